"""What of a mail's text stands below everything that its sender writes: legal notices, and his signature?

Pure. Below three words of a note firms put two hundred on secrets, data and the environment. Who hides
behind a file puts them there too, for then it is the text that seems to say what there is to say. They tell
who writes, and count as nothing that he says.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from milter.claim.lines import Phrases
from milter.claim.text import MOST_TEXT
from milter.claim.words import ClaimWords
from milter.mail.reading import Reading
from milter.mail.text.folding import phrase, phrases_in_lines

# RFC 3676 section 4.3; programs take the blank away.
_DELIMITER = re.compile(r"(?:\A|\n)--[ \t\u00a0]*\n")
_SIGNATURE_LINES = 10
# Characters of a line that a mail program breaks, so that its paragraph goes on in the next one.
_WRAPPED = range(50, 111)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n")


class Footings:
    """Finds the footing of texts; built once."""

    def __init__(self, common: ClaimWords) -> None:
        """Prepare the phrases of legal notices."""
        self._legal = Phrases(common.legal)

    def marked(self, reading: Reading) -> Reading:
        """The reading with its `footing`; as it is, where the text is too long for a note."""
        if len(reading.text) > MOST_TEXT:
            return reading
        return replace(reading, footing=tuple(self._of(reading.text)))

    def _of(self, text: str) -> Iterator[str]:
        if not self._may_have_one(text):
            return
        end = self._signature_start(text)
        for start, stop in _paragraphs(text[:end]):
            if (at := self._notice_start(text[start:stop])) is not None:
                yield text[start + at : stop]
        if end < len(text):
            yield text[end:]

    def _may_have_one(self, text: str) -> bool:
        """False of most texts, which is found out at a tenth of the price: all lines are read as one."""
        said = f" {' '.join(filter(None, phrases_in_lines(text)))} "
        return self._legal.find(said) is not None or _DELIMITER.search(text) is not None

    def _signature_start(self, text: str) -> int:
        """Where the last delimiter stands, if it is a signature that stands below it; else the end."""
        start = max((found.start() for found in _DELIMITER.finditer(text)), default=len(text))
        below = text[start:]
        own = [at for at in _paragraphs(below) if self._notice_start(below[slice(*at)]) is None]
        lines = sum(below.count("\n", *at) + 1 for at in own)
        # The delimiter is one.
        return start if lines <= _SIGNATURE_LINES + 1 else len(text)

    def _notice_start(self, paragraph: str) -> int | None:
        """Where the first sentence of a notice begins, which goes on to the end of the paragraph."""
        if not self._is_legal(paragraph):
            return None
        at = 0
        for found in _SENTENCE.finditer(paragraph):
            if self._is_legal(paragraph[at : found.start()]):
                return at
            at = found.end()
        # In the last one, or over the end of a line.
        return at if self._is_legal(paragraph[at:]) else 0

    def _is_legal(self, text: str) -> bool:
        return self._legal.find(f" {phrase(text)} ") is not None


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Where each begins and ends: a line, with those before it that a mail program has broken."""
    start = at = 0
    for line in text.split("\n"):
        end = at + len(line)
        if not line.strip():
            if start < at:
                yield start, at - 1
            start = end + 1
        elif len(line) not in _WRAPPED:
            yield start, end
            start = end + 1
        at = end + 1
    if start < len(text):
        yield start, len(text)
