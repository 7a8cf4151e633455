"""Which words are these letters, without a blank between them? Only those of letters about the brands.

Pure. Never raises. Linear.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from milter.claim.names.vocabulary import ordinary_words
from milter.mail.text.folding import singular

_LONGEST = 20  # letters of a word
_SHORTEST = 3  # of an ordinary one
# Of the shorter ones those that stand in every French letter.
_JOINTS = frozenset({
    "a", "au", "ce", "de", "du", "en", "et", "il", "je", "la", "le", "ma", "me", "ne", "on", "ou", "sa",
    "se", "si", "un",
})  # fmt: skip
TELLING = 5  # of one that no letters make by chance
# What a word costs by its letters, up to four: many short ones are read into anything. A letter that is of
# no word costs more than the shortest.
_COST = (0, 5, 4, 3, 2)
_STRAY = 6
# And what it costs more where such letters do not hold it.
_ORDINARY = 1


class Segmenter:
    """Knows the words of letters about the brands; built once."""

    def __init__(self, known: Iterable[str]) -> None:
        """`known`: folded words."""
        words = frozenset(known)
        # Letters hold names of hosts, too: `cartevitale`.
        self._known = frozenset(word for word in words if not _is_glued(word, words))

    def is_telling(self, word: str) -> bool:
        """True of a folded word that such letters hold, and that no letters make by chance."""
        return len(word) >= TELLING and word in self._known

    def pieces(self, seen: str) -> Iterator[tuple[int, int, bool]]:
        """Where the words begin and end, and True; and what of no word stands between them, and False."""
        begins = self._begins(seen)
        cuts, end = list[tuple[int, int]](), len(seen)
        while end:
            cuts.append((begins[end], end))
            end = begins[end]
        for is_word, run in groupby(reversed(cuts), key=lambda cut: self.is_word(seen[slice(*cut)])):
            if is_word:
                yield from ((begin, end, True) for begin, end in run)
            else:
                strays = list(run)
                yield strays[0][0], strays[-1][1], False

    def _begins(self, seen: str) -> list[int]:
        """For each place where the last word begins of the fewest and longest ones that end there."""
        costs, begins = [0], [0]
        for end in range(1, len(seen) + 1):
            cost, begin = costs[end - 1] + _STRAY, end - 1
            for start in range(max(0, end - _LONGEST), end):
                price = costs[start] + _COST[min(end - start, len(_COST) - 1)]
                if price >= cost or not self.is_word(word := seen[start:end]):
                    continue
                price += 0 if word in self._known or word in _JOINTS else _ORDINARY
                if price < cost:
                    cost, begin = price, start
            costs.append(cost)
            begins.append(begin)
        return begins

    def is_word(self, word: str) -> bool:
        """True of a folded word that such letters hold, or the language."""
        if word in self._known or word in _JOINTS:
            return True
        one = singular(word)
        forms = (one, one.removesuffix("e")) if len(word) > TELLING else (one,)
        return len(word) >= _SHORTEST and any(form in ordinary_words() for form in forms)


def _is_glued(word: str, words: frozenset[str]) -> bool:
    """True for two of the words without a blank between them, each of which no letters make by chance."""
    ends = range(TELLING, len(word) - TELLING + 1)
    return any(word[:at] in words and word[at:] in words for at in ends)
