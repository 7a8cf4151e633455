"""Do letters of this text stand apart, so that no word of it is found? Then it is read as it is meant.

Pure. Never raises. Linear. `V o t r e c a r t e`, `A.s.s.u.r.a.n.c.e`: where one word ends and the next
begins is told by nothing but the words themselves, so that only what is words of letters about the brands is
drawn together; initials, and what is spelled out in other languages, stay.
"""

import re

from milter.look.segment import Segmenter
from milter.mail.reading import Reading
from milter.mail.text.folding import fold, folded
from milter.mail.text.spaced_letters import has_spaced

# Letters, each alone, and no more than these at once; of all that a mail holds no more than these.
_RUN = re.compile(r"(?<![^\W_])[^\W\d_](?:[ .\-_*·]{1,3}[^\W\d_](?![^\W_])){4,399}")
_MOST_LETTERS = 4000
_LONGEST_TEXT = 100_000
# At most one letter of so many may be of no word; names are.
_FEW = 4


class Spaced:
    """Draws letters together; built once."""

    def __init__(self, segmenter: Segmenter) -> None:
        """`segmenter` knows the words."""
        self._segmenter = segmenter

    def as_meant(self, reading: Reading) -> Reading:
        """The reading with such letters drawn together to words; the same reading where none stand apart."""
        others = (reading.subject, *reading.versions, reading.quoted, reading.attached)
        if not has_spaced(folded(reading.text)) and not any(
            has_spaced(fold(one[:_LONGEST_TEXT])) for one in others if one
        ):
            return reading
        left = _MOST_LETTERS

        def together(run: re.Match[str]) -> str:
            nonlocal left
            letters = [one for one in run[0] if one.isalpha()]
            left -= len(letters)
            return self._words(letters) or run[0] if left >= 0 else run[0]

        def drawn(text: str) -> str:
            return _RUN.sub(together, text[:_LONGEST_TEXT]) + text[_LONGEST_TEXT:]

        return reading.with_texts(drawn)

    def _words(self, letters: list[str]) -> str | None:
        """The words that they are, with a blank between them; None where they are none of such a letter."""
        seen = list(map(fold, letters))
        if any(len(one) != 1 for one in seen):
            return None
        folded_letters = "".join(seen)
        pieces = list(self._segmenter.pieces(folded_letters))
        stray = sum(end - begin for begin, end, is_word in pieces if not is_word)
        telling = any(self._segmenter.is_telling(folded_letters[begin:end]) for begin, end, _ in pieces)
        if not telling or stray * _FEW > len(letters):
            return None
        return " ".join("".join(letters[begin:end]) for begin, end, _ in pieces)
