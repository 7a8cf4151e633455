"""Do letters of this text stand apart, so that no word of it is found? Then it is read as it is meant.

Pure. Never raises. Linear. `V o t r e c a r t e`, `A.s.s.u.r.a.n.c.e`: where one word ends and the next
begins is told by nothing but the words themselves, so that only what is words of letters about the brands is
drawn together; initials, and what is spelled out in other languages, stay.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from milter.claim.vocabulary import ordinary_words
from milter.mail.folding import fold, folded, singular
from milter.mail.reading import Reading
from milter.mail.spaced_letters import has_spaced

# Letters, each alone, and no more than these at once; of all that a mail holds no more than these.
_RUN = re.compile(r"(?<![^\W_])[^\W\d_](?:[ .\-_*·]{1,3}[^\W\d_](?![^\W_])){4,399}")
_MOST_LETTERS = 4000
_LONGEST_TEXT = 100_000
_LONGEST = 20  # letters of a word
_SHORTEST = 3  # of an ordinary one
_TELLING = 5  # of one that no letters make by chance
# What a word costs by its letters, up to four: many short ones are read into anything. A letter that is of
# no word costs more than the shortest.
_COST = (0, 5, 4, 3, 2)
_STRAY = 6
# At most one letter of so many may be of no word; names are.
_FEW = 4


class Spaced:
    """Knows the words of letters about the brands; built once."""

    def __init__(self, known: Iterable[str]) -> None:
        """`known`: folded words."""
        words = frozenset(known)
        # Letters hold names of hosts, too: `cartevitale`.
        self._known = frozenset(word for word in words if not _is_glued(word, words))

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
        pieces = list(self._pieces(folded_letters))
        stray = sum(end - begin for begin, end, is_word in pieces if not is_word)
        telling = any(
            end - begin >= _TELLING and folded_letters[begin:end] in self._known for begin, end, _ in pieces
        )
        if not telling or stray * _FEW > len(letters):
            return None
        return " ".join("".join(letters[begin:end]) for begin, end, _ in pieces)

    def _pieces(self, seen: str) -> Iterator[tuple[int, int, bool]]:
        """Where the words begin and end, and True; and what of no word stands between them, and False."""
        begins = self._begins(seen)
        cuts, end = list[tuple[int, int]](), len(seen)
        while end:
            cuts.append((begins[end], end))
            end = begins[end]
        for is_word, run in groupby(reversed(cuts), key=lambda cut: self._is_word(seen[slice(*cut)])):
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
                if price < cost and self._is_word(seen[start:end]):
                    cost, begin = price, start
            costs.append(cost)
            begins.append(begin)
        return begins

    def _is_word(self, word: str) -> bool:
        if word in self._known:
            return True
        one = singular(word)
        forms = (one, one.removesuffix("e")) if len(word) > _TELLING else (one,)
        return len(word) >= _SHORTEST and any(form in ordinary_words() for form in forms)


def _is_glued(word: str, words: frozenset[str]) -> bool:
    """True for two of the words without a blank between them, each of which no letters make by chance."""
    ends = range(_TELLING, len(word) - _TELLING + 1)
    return any(word[:at] in words and word[at:] in words for at in ends)
