"""Is it a note to somebody whom the writer says "tu" to, and that leads nowhere but to him?

Pure. Mothers, friends and colleagues tell each other what the organisation wants, and how to go about it;
they help with accounts and ask for the numbers in a few oral words, of which the wording knows little.
"""

import re

from milter.claim.lines import MAX_LINE, Line, Phrases
from milter.claim.words import ClaimWords

_MOST_WORDS = 120
_SENTENCE = re.compile(r"(?<=[.!?;:…])\s+")
_FEWEST_WORDS = 5


class Familiar:
    """Knows how one speaks to a friend; built once."""

    def __init__(self, common: ClaimWords) -> None:
        """Prepare the words of the language."""
        self._friend, self._formal = common.familiar, common.formal
        self._orders = Phrases(common.familiar_orders)

    def is_said(self, lines: list[Line]) -> bool:
        """True of a short text that says "tu" to its reader, or tells him what to do like that, and never
        "vous".
        """
        said = [word for line in lines for word in line.words.split()]
        if not _FEWEST_WORDS <= len(said) <= _MOST_WORDS or not self._formal.isdisjoint(said):
            return False
        return not self._friend.isdisjoint(said) or any(map(self._is_an_order, lines))

    def _is_an_order(self, line: Line) -> bool:
        """`Dépose le fichier ici`, at the beginning of a sentence: not `il dépose`."""
        for sentence in _SENTENCE.split(line.text[:MAX_LINE]):
            words = Line.of(sentence).words
            order = self._orders.find(words)
            if order is not None and words.startswith(f" {order} "):
                return True
        return False
