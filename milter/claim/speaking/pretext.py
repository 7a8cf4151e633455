"""Does the text tell of frauds as a reason to act, and not to warn of one that its reader may get?

Pure. "Une tentative de fraude a été bloquée sur votre compte" is an impostor's reason as well as anybody's.
Who warns says of a mail that it is false, says what not to do, or asks; and who shows what he got says so
above or below it, or calls it by one word.
"""

import re

from milter.claim.lines import Phrases
from milter.claim.text import MOST_TEXT
from milter.claim.words import ClaimWords
from milter.mail.reading import Reading
from milter.mail.text.folding import phrase

_EDGE = 2  # lines above or below what somebody shows
_SENTENCE = 8  # words of one; of less is a label


class Pretexts:
    """Reads the pretexts of a language; built once."""

    def __init__(self, common: ClaimWords) -> None:
        """Prepare the phrases."""
        self._pretext = re.compile(f" (?:{'|'.join(common.pretexts)})(?= )")
        self._warning = tuple(map(Phrases, (common.reporting, common.doubting)))
        self._own = Phrases(common.own)

    def are_all(self, reading: Reading) -> bool:
        """True where a sentence says one, and nothing that is said of frauds is more than that."""
        text = reading.text[:MOST_TEXT]
        if "?" in text or reading.quoted:
            return False
        lines = [f" {words} " for line in text.split("\n") if (words := phrase(line))]
        if not any(line.count(" ") > _SENTENCE and self._pretext.search(line) for line in lines):
            return False
        said = self._pretext.sub(" _", "".join((f" {phrase(reading.subject)} ", *lines)))
        warns = any(one.find(said) for one in self._warning)
        return not warns and not self._own.find("".join((*lines[:_EDGE], *lines[-_EDGE:])))
