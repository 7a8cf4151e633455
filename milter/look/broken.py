"""Do words of this text lie in pieces, or stand without a blank between them? Then it is read as it is shown.

Pure. Never raises. Linear. Boxes of a page that stand side by side (cells, floats, `display: inline-block`)
show `Vo`, `tre` as one word, and tell nobody where it ends. Which words that are is told by nothing but the
words themselves, and only those of letters about the brands are; lists, tables and other languages stay.
"""

import math
import re
from collections.abc import Iterator
from itertools import accumulate, compress
from operator import sub

from milter.look.segment import Segmenter
from milter.mail.reading import Reading
from milter.mail.text.folding import fold

# Pieces that are short, so many of which follow each other, and of so few characters in the mean.
_PIECES = re.compile(r"(?<!\S)(?:\S{1,8}\s){17,999}\S{1,8}(?!\S)")
_FEWEST, _SHORT = 18, 3.5
_MOST_OF_FEWEST = _FEWEST * _SHORT
# At least one of so many is no word; and of four pieces come no more than three words.
_FEWEST_BROKEN = 3
_PIECES_OF, _WORDS_FROM = 4, 3
# Letters and digits as one word, longer than words are; then others like it, and the marks between them.
_LONGER = 25
_LONG, _LONG_LETTERS = re.compile(rf"(?<!\S)\w{{{_LONGER},400}}(?!\S)"), 20
_GLUED = re.compile(r"(?<!\S)\w{6,400}(?!\S)")
_LONE_MARK = re.compile(r"\s([.,;:!?])(?=\s)")
_LONE_HYPHEN = re.compile(r"\s(['’-])\s")
_LETTERS = re.compile(r"[^\W\d_]+")
# Where a word ends though no blank says so: `septembre.Commandez`, `de210euros`.
_SEAM = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=[\d.,;:!?])(?=[^\W\d_])")
# At most one letter of so many may be of no word, and so many words must be such that no letters make by
# chance.
_FEW = 8
_FEWEST_TELLING = 2
# Letters that are looked at in a mail, and how far into each text.
_MOST_LETTERS = 4000
_LONGEST_TEXT = 40_000


class Broken:
    """Puts words together; built once."""

    def __init__(self, segmenter: Segmenter) -> None:
        """`segmenter` knows the words."""
        self._segmenter = segmenter

    def as_meant(self, reading: Reading) -> Reading:
        """The reading with such words put together; the same reading where there are none."""
        texts = (reading.subject, reading.text, *reading.versions, reading.quoted, reading.attached)
        if not any(map(_is_odd, texts)):
            return reading
        left = _MOST_LETTERS

        def together(run: re.Match[str]) -> str:
            nonlocal left
            pieces = run[0].split()
            glued = "".join(pieces)
            if len(glued) > _SHORT * len(pieces) or not self._are_broken(pieces):
                return run[0]
            left -= len(glued)
            parted = self._parted(glued) if left >= 0 else None
            fewer = parted is not None and len(parted.split()) * _PIECES_OF <= len(pieces) * _WORDS_FROM
            return parted if parted is not None and fewer else run[0]

        def whole(text: str) -> str:
            seen = _PIECES.sub(together, text[:_LONGEST_TEXT])
            return self._unglued(seen) + text[_LONGEST_TEXT:]

        return reading.with_texts(whole)

    def _are_broken(self, pieces: list[str]) -> bool:
        return sum(map(self._is_no_word, pieces)) * _FEWEST_BROKEN >= len(pieces)

    def _is_no_word(self, piece: str) -> bool:
        word = fold("".join(filter(str.isalnum, piece)))
        return word.isalpha() and not self._segmenter.is_word(word)

    def _unglued(self, text: str) -> str:
        """The text with its glued words parted, where one is longer than words are; the same text else."""
        long = (one[0] for one in _LONG.finditer(text) if sum(map(str.isalpha, one[0])) >= _LONG_LETTERS)
        first = next(long, None)
        if first is None or self._parted(first) is None:
            return text
        left = _MOST_LETTERS

        def parted(run: re.Match[str]) -> str:
            nonlocal left
            left -= len(run[0])
            return (left >= 0 and self._parted(run[0], fewest=1)) or run[0]

        return _LONE_HYPHEN.sub(r"\1", _LONE_MARK.sub(r"\1", _GLUED.sub(parted, text)))

    def _parted(self, glued: str, fewest: int = _FEWEST_TELLING) -> str | None:
        """The words that the letters are, a blank between them; None where they are none of such a letter."""
        stray = telling = letters = 0
        parts: list[str] = []
        for at, run in _runs(glued):
            if not at:
                parts.append(run)
                continue
            seen = fold(run)
            if len(seen) != len(run):
                return None
            letters += len(run)
            words = []
            for begin, end, is_word in self._segmenter.pieces(seen):
                stray += 0 if is_word else end - begin
                telling += self._segmenter.is_telling(seen[begin:end])
                words.append(run[begin:end])
            parts.append(" ".join(words))
        if telling < fewest or stray * _FEW > letters:
            return None
        return _SEAM.sub(" ", "".join(parts))


def _is_odd(text: str) -> bool:
    """False of most texts: no word is too long, and never so many short ones follow each other."""
    words = text[:_LONGEST_TEXT].split()
    lengths = list(map(len, words))
    if any(map(str.isalnum, compress(words, map(_LONGER.__le__, lengths)))):
        return True
    # How many characters there are before each word.
    before = list(accumulate(lengths, initial=0))
    step = _FEWEST // 2
    starts, ends = before[: len(lengths) - _FEWEST + 1 : step], before[_FEWEST::step]
    return min(map(sub, ends, starts), default=math.inf) <= _MOST_OF_FEWEST


def _runs(text: str) -> Iterator[tuple[bool, str]]:
    """The text cut into letters (True) and what stands between them (False)."""
    end = 0
    for run in _LETTERS.finditer(text):
        yield False, text[end : run.start()]
        yield True, run[0]
        end = run.end()
    yield False, text[end:]
