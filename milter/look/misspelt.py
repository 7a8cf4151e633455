"""Is this text misspelt so often that its phrases are not found? Then it is read as it is meant.

Pure. Never raises. Linear. Frauds are spelled badly, some so that filters shall not find their words. A word
that no language knows, and that is one slip from a word of the letters about the brand, is that word: a
letter is too much, one is missing, or two stand in the wrong order.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from milter.ask.ask import LONGEST_QUOTE
from milter.claim.names.vocabulary import ManyWords, ordinary_words
from milter.look.sight import Sight
from milter.mail.reading import Link, Reading
from milter.mail.text.folding import fold, folded, singular, words

# Letters of a word that is looked at: of a shorter one too many others are one slip away.
_SHORTEST, _LONGEST = 6, 24
_SHORTEST_MEANT = 5
# So many words, and not so many times more strange ones: names are, and other languages.
_FEWEST, _STRANGE = 2, 3
_MOST_LOOKED_AT = 400
_MOST_REMEMBERED = 4096
_LONGEST_TEXT, _MOST_LINKS, _LONGEST_SHOWN = 100_000, 200, 300
_CUT = "…"  # what stands behind a quotation that is cut off (`ask.find`)
_LETTERS = "etaoinsrluczdmpvfghbqxyjkw"
_WORD = re.compile(r"[^\W\d_]{5,}")
# What stands between blanks; an address is left as it is.
_RUN = re.compile(r"\S+")
_IN_ADDRESS = re.compile(r"[@/]|\w\.\w")


class Misspelt:
    """Knows the words of letters about the brands; built once."""

    def __init__(self, known: Iterable[str]) -> None:
        """`known`: folded words."""
        self._known = frozenset(word for word in known if len(word) >= _SHORTEST_MEANT)
        # Of a word that is none of these no missing letter need be guessed: nine of ten guesses are that.
        self._lacking = ManyWords(
            {word[:at] + word[at + 1 :] for word in self._known for at in range(1, len(word) - 1)}
        )
        self._meant = lru_cache(_MOST_REMEMBERED)(self._look_up)

    def as_meant(self, reading: Reading) -> Reading:
        """The reading with its words spelled as they are meant, and in `misspelt` the texts that held others;
        the same reading where too few are misspelt."""
        meant = self._slips(reading)
        if not meant:
            return reading
        written: dict[str, str] = {}

        def spelled(text: str, longest: int = _LONGEST_TEXT) -> str:
            right = _exchanged(text[:longest], meant) + text[longest:]
            if right != text:
                written[right] = text
            return right

        def labelled(link: Link) -> Link:
            return link._replace(shown=spelled(link.shown, _LONGEST_SHOWN))

        links = (*map(labelled, reading.links[:_MOST_LINKS]), *reading.links[_MOST_LINKS:])
        read = replace(reading.with_texts(spelled), links=links)
        return replace(read, misspelt=tuple(written.items()))

    def _slips(self, reading: Reading) -> dict[str, str]:
        """The misspelt words, folded, and what each means; nothing where they are few."""
        text = f"{fold(reading.subject)}\n{folded(reading.text[:_LONGEST_TEXT])}"
        if reading.attached:
            text = f"{text}\n{fold(reading.attached[:_LONGEST_TEXT])}"
        strange = {word for word in {*words(text)} - self._known if _SHORTEST <= len(word) <= _LONGEST}
        looked_up = {word: self._meant(word) for word in sorted(strange)[:_MOST_LOOKED_AT]}
        meant = {word: right for word, right in looked_up.items() if right}
        others = sum(right is None for right in looked_up.values())
        return meant if len(meant) >= _FEWEST and others <= _STRANGE * len(meant) else {}

    def _look_up(self, word: str) -> str | None:
        """What the word means; empty for a word of its own or a number, None for a strange one."""
        ordinary = ordinary_words()
        if not word.isalpha() or word in ordinary or singular(word) in ordinary:
            return ""
        slips = _one_slip_from(word, lacks_one=word in self._lacking)
        return next((other for other in slips if other in self._known), None)


def as_written(sight: Sight, reading: Reading) -> Sight:
    """What was seen in such a reading, each quotation as it stands in the mail."""
    if not reading.misspelt:
        return sight
    texts = [(" ".join(right.split()), text.split()) for right, text in reading.misspelt]
    asks = tuple(replace(ask, quote=_standing(ask.quote, texts)[:LONGEST_QUOTE]) for ask in sight.asks)
    if (claim := sight.claim) is not None:
        traces = (replace(one, shows=_standing(one.shows, texts)) for one in claim.evidence)
        claim = replace(claim, evidence=tuple(traces))
    return replace(sight, claim=claim, asks=asks)


def _standing(quote: str, texts: Iterable[tuple[str, list[str]]]) -> str:
    """What is written where the quotation stands, in the first text that holds it; itself where none does.

    `texts`: each as it is meant, one blank between its words, and the words as they are written, as many.
    """
    said = " ".join(quote.removesuffix(_CUT).split())
    for right, written in texts:
        if (at := right.find(said)) >= 0:
            first = right.count(" ", 0, at)
            return " ".join(written[first : first + said.count(" ") + 1])
    return quote


def _one_slip_from(word: str, *, lacks_one: bool) -> Iterator[str]:
    """The words that this one may be meant for, the likeliest slips first. The last letter is an ending.

    With `lacks_one` also those with a letter more.
    """
    ends = range(len(word) - 1)
    shorter = [word[:at] + word[at + 1 :] for at in ends]
    yield from (other for at, other in enumerate(shorter) if word[at] == word[at + 1])
    yield from (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in ends)
    if lacks_one:
        yield from (word[: at + 1] + letter + word[at + 1 :] for at in ends for letter in _LETTERS)
    yield from shorter


def _like(written: str, other: str | None) -> str:
    """The other word with the capitals of this one; this one for None."""
    if other is None:
        return written
    return other.upper() if written.isupper() else other.capitalize() if written[:1].isupper() else other


def _exchanged(text: str, others: Mapping[str, str]) -> str:
    """The text with another word for each that, folded, has one; addresses stay."""

    def exchanged(run: re.Match[str]) -> str:
        if _IN_ADDRESS.search(run[0]):
            return run[0]
        return _WORD.sub(lambda word: _like(word[0], others.get(fold(word[0]))), run[0])

    return _RUN.sub(exchanged, text)
