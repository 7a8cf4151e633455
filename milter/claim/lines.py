"""The lines of a text, and the phrases found in them. Pure."""

import re
from dataclasses import dataclass

from milter.mail.folding import phrase

MAX_LINE = 600

_MAX_LINES = 1500
_BROKEN = 45  # characters of a line that a mail program breaks
_ENDS = tuple(".!?;:")


@dataclass(frozen=True, slots=True)
class Line:
    """A line or sentence as written, and its words (see `folding.phrase`) padded with blanks."""

    text: str
    words: str


class Phrases:
    """Finds whole phrases in padded words; one pass for each of the few lines that matter."""

    def __init__(self, phrases: tuple[str, ...]) -> None:
        """`phrases` as `folding.phrase` writes them, or patterns of such (see `words.forms`)."""
        self._pattern = re.compile(f" (?:{'|'.join(phrases)}) " if phrases else r"(?!)")

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


def flowed(lines: list[Line]) -> list[Line]:
    """The lines with those joined that a mail program broke in the middle of a sentence."""
    joined: list[Line] = []
    for line in lines:
        if joined and _goes_on(joined[-1].text, line.text):
            before = joined.pop()
            joined.append(Line(f"{before.text} {line.text}", f"{before.words}{line.words[1:]}"))
        else:
            joined.append(line)
    return joined


def _goes_on(before: str, after: str) -> bool:
    if not _BROKEN <= len(before) <= MAX_LINE or before.rstrip()[-1:] in _ENDS:
        return False
    first = after.split(maxsplit=1)[0]
    return first[0].islower() and "@" not in first
