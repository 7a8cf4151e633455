"""The lines of a text, and the phrases found in them. Pure."""

import re
from dataclasses import dataclass

from milter.mail.folding import phrase

MAX_LINE = 600

_MAX_LINES = 1500


@dataclass(frozen=True, slots=True)
class Line:
    """A line or sentence as written, and its words (see `folding.phrase`) padded with blanks."""

    text: str
    words: str


class Phrases:
    """Finds whole phrases in padded words; one pass for each of the few lines that matter."""

    def __init__(self, phrases: tuple[str, ...]) -> None:
        """`phrases` as `folding.phrase` writes them."""
        self._pattern = re.compile("|".join(f" {re.escape(p)} " for p in phrases) or r"(?!)")

    def find(self, words: str) -> str | None:
        """The first phrase that stands in the padded words."""
        found = self._pattern.search(words)
        return found.group().strip() if found else None


class Lines:
    """Cuts texts into lines, other people's things of like name taken out."""

    def __init__(self, homonyms: tuple[str, ...]) -> None:
        """`homonyms` as `folding.phrase` writes them."""
        self._homonyms = Phrases(homonyms)

    def of(self, text: str) -> list[Line]:
        """The lines of a text that hold words, the first 1,500 of them."""
        return [
            Line(line, self.without_homonyms(f" {found} "))
            for line in text.split("\n", _MAX_LINES)[:_MAX_LINES]
            if (found := phrase(line[:MAX_LINE]))
        ]

    def without_homonyms(self, words: str) -> str:
        """Padded words with each homonym replaced by a blank sign."""
        while found := self._homonyms.find(words):
            words = words.replace(f" {found} ", " _ ")
        return words
