"""Is this line a field that a program fills in, rather than what its writer says: `Client : CPAM des Vosges`?

Pure. Tickets, call lists, plannings and agendas name so whoever they have to do with.
"""

import re

from milter.claim.lines import MAX_LINE, Line, Phrases
from milter.claim.words import ClaimWords
from milter.mail.folding import phrase

_LONGEST_LABEL = 60


class Fields:
    """Knows the labels of a language, and the names that stand behind them; built once."""

    def __init__(self, common: ClaimWords, names: Phrases) -> None:
        """`names` are the brand's."""
        self._names = names
        self._labels = re.compile("|".join(common.fields))
        self._bare = re.compile(f" (?:{'|'.join(common.bare_fields)}) (?:la |le |l )?")

    def is_one(self, line: Line) -> bool:
        """True of a label, a colon, and anything; without the colon, where the name of the brand follows."""
        label, colon, _ = line.text[:MAX_LINE].partition(":")
        if colon:
            return len(label) < _LONGEST_LABEL and self._labels.fullmatch(phrase(label)) is not None
        labelled = self._bare.match(line.words)
        rest = line.words[labelled.end() - 1 :] if labelled else ""
        found = self._names.find(rest)
        return found is not None and rest.startswith(f" {found} ")
