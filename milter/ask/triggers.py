"""In which lines of a text do words stand without which nothing is asked for?

Pure. Never raises. One look-up a word, and one pass of an automaton for signs.
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from itertools import compress
from typing import Generic, NamedTuple, TypeVar

from ahocorasick_rs import AhoCorasick

from milter.ask.canonical import joined, looks
from milter.ask.finder import Table
from milter.ask.language import SUM, Trigger
from milter.brand.promise import AskKind
from milter.mail.folding import fold

T = TypeVar("T")
A = TypeVar("A")
# What a sign of a canonical sentence looks like in the text itself.
_SIGNS = {
    "^euro": ("€", *(f"{digit}{blank}eur" for digit in range(10) for blank in ("", " "))),
    "^url": ("http", "hxxp", "www."),
    "^mail": ("@",),
    "^blank": ("___", "....", "[ ]", "[_", "[]"),
}
# A word that ends so is one of a sum, whatever stands before it: `50euros`.
_SUMS = ("eur", "euros", "€")
_SUM = 1  # the bit of their group
# What parts words, but for line ends: "rib" is not in "tribune".
_APART = dict.fromkeys(
    (*(code for code in range(128) if not chr(code).isalnum() and chr(code) != "\n"), *map(ord, "°º")), " "
)
# Among the words, for a line end: no word holds it.
_LINE_END, _LINE_END_MASK = "_", -1
# A kind is a bit in the masks of the lines.
BIT = {kind: 1 << number for number, kind in enumerate(AskKind)}
# What is noted for a word is remembered: with one more a dict takes twice as much room. Numbers are all
# different, but for the shortest ones.
_MOST_WORDS, _LONGEST_WORD, _LONGEST_NUMBER = 2730, 40, 3

# Kinds, and the groups of words that must all stand near for them to be meant; both as bits.
_Condition = tuple[int, int]


def mask(kinds: Iterable[AskKind]) -> int:
    """The kinds as bits."""
    return sum({BIT[kind] for kind in kinds})


class _Meaning(NamedTuple):
    """The kinds that a word may mean: by itself, and beside others; and all of them."""

    alone: int = 0
    beside: tuple[_Condition, ...] = ()
    kinds: int = 0


_OF_LINE_END = _Meaning()


class Triggers:
    """The words and signs without one of which no line asks, of all languages."""

    def __init__(self, triggers: Iterable[Trigger]) -> None:
        """Note each word that means something, and each that has to stand beside another."""
        groups = {SUM: _SUM}
        conditions: dict[str, list[_Condition]] = {}
        for trigger in triggers:
            needed = _union(groups.setdefault(group, 1 << len(groups)) for group in trigger.beside)
            conditions.setdefault(trigger.word, []).append((BIT[trigger.kind], needed))
        signs = {sign: word for word in conditions for sign in _SIGNS.get(word.rstrip(), ())}
        self._signs = AhoCorasick(list(signs))
        self._of_signs = tuple(_meaning(conditions[word]) for word in signs.values())
        self._meanings = _Noted(_noted_meanings(conditions), _meaning_of)
        self._groups = _Noted(_noted_groups(groups), _groups_of)

    def lines(self, text: str, wanted: int, *, apart: bool = False) -> dict[int, int]:
        """For each line with a trigger of a wanted kind the mask of these kinds.

        What must stand beside it stands in the same line where they are `apart`, sentences; else anywhere.
        """
        folded = fold(text)
        words, signs = _words(folded), self._signs_in(folded)
        everywhere = 0 if apart else self._groups_of(words)
        meanings = list(map(self._meanings.__getitem__, words))
        lines = dict[int, int]()
        line, begun, meant = 0, 0, list[_Meaning]()
        for at, one in compress(enumerate(meanings), meanings):
            if one is not None and one is not _OF_LINE_END:
                meant.append(one)
                continue
            meant += signs.get(line, ())
            if meant and (kinds := self._kinds(meant, wanted, words[begun:at], everywhere)):
                lines[line] = kinds
            line, begun, meant = line + 1, at + 1, []
        return lines

    def _kinds(self, meant: list[_Meaning], wanted: int, words: list[str], everywhere: int) -> int:
        """The wanted kinds that these words of a line mean, beside all of its words."""
        got = _union([one.alone for one in meant]) & wanted
        groups = -1
        for _, beside, kinds in meant:
            if not kinds & wanted & ~got:
                continue
            if groups < 0:
                groups = everywhere or self._groups_of(words)
            for more, needed in beside:
                if needed & groups == needed:
                    got |= more & wanted
        return got

    def _groups_of(self, words: Iterable[str]) -> int:
        """The groups of which one of the words is, as bits."""
        return _union(filter(None, map(self._groups.__getitem__, words)))

    def _signs_in(self, folded: str) -> dict[int, list[_Meaning]]:
        """What the signs of each line mean."""
        signs: dict[int, list[_Meaning]] = {}
        line = begun = 0
        for sign, start, _ in self._signs.find_matches_as_indexes(folded):
            line, begun = line + folded.count("\n", begun, start), start
            signs.setdefault(line, []).append(self._of_signs[sign])
        return signs


class WordSearch:
    """Finds the lines of a text where words begin that may begin a phrase of some tables."""

    def __init__(self, tables: Sequence[Table[None]]) -> None:
        """The table number n is the bit n of a mask."""
        masks: dict[str, int] = {}
        for number, table in enumerate(tables):
            for start in table.starts():
                masks[looks(start)] = masks.get(looks(start), 0) | 1 << number
        self._masks = _Noted(masks, _all_masks)

    def lines(self, folded: str) -> dict[int, int]:
        """For each line with such a word the tables of which a phrase may stand there."""
        words = _words(folded)
        masks = list(map(self._masks.__getitem__, words))
        lines = dict[int, int]()
        line = 0
        for mask in filter(None, masks):
            if mask == _LINE_END_MASK:
                line += 1
            else:
                lines[line] = lines.get(line, 0) | mask
        return lines


def _all_masks(word: str, found: list[int]) -> int:
    return _LINE_END_MASK if word == _LINE_END else _union(found)


def _words(folded: str) -> list[str]:
    """The words of a folded text, and a sign behind each line."""
    apart = joined(folded.replace("€", " € "))
    return f"{apart}\n".translate(_APART).replace("\n", f" {_LINE_END} ").split()


class _Noted(dict[str, A], Generic[T, A]):
    """What is answered for each word, by what is noted for it or its beginnings; looked up once."""

    def __init__(self, noted: Mapping[str, T], answer: Callable[[str, list[T]], A]) -> None:
        """`noted` for the looks of beginnings of words, and of whole words with a blank."""
        super().__init__()
        self._noted, self._answer = noted, answer
        self._lengths: dict[str, set[int]] = {}
        for start in noted:
            self._lengths.setdefault(start[0], set()).add(len(start))

    def __missing__(self, word: str) -> A:
        seen = f"{looks(word)} "
        lengths = self._lengths.get(seen[0], ())
        answer = self._answer(word, [self._noted[s] for n in lengths if (s := seen[:n]) in self._noted])
        if len(self) >= _MOST_WORDS:
            self.clear()
        if len(word) <= (_LONGEST_NUMBER if word.isdigit() else _LONGEST_WORD):
            self[word] = answer
        return answer


def _noted_meanings(conditions: Mapping[str, list[_Condition]]) -> dict[str, _Meaning]:
    seen: dict[str, list[_Condition]] = {}
    for word, found in conditions.items():
        seen.setdefault(looks(word), []).extend(found)
    return {word: _meaning(found) for word, found in seen.items()}


def _meaning_of(word: str, found: list[_Meaning]) -> _Meaning | None:
    """What a word means that is, or begins with, all that was found."""
    if word == _LINE_END:
        return _OF_LINE_END
    if not found[1:]:
        return found[0] if found else None
    alone = ((one.alone, 0) for one in found)
    return _meaning([*alone, *(condition for one in found for condition in one.beside)])


def _noted_groups(groups: Mapping[frozenset[str], int]) -> dict[str, int]:
    bits: dict[str, int] = {}
    for group, bit in groups.items():
        # "n°" is written for "numéro".
        for word in group | {"n "} if "numero " in group else group:
            bits[looks(word)] = bits.get(looks(word), 0) | bit
    return bits


def _groups_of(word: str, found: list[int]) -> int:
    return _union(found) | (_SUM if word.endswith(_SUMS) else 0)


def _meaning(conditions: Iterable[_Condition]) -> _Meaning:
    conditions = set(conditions)
    alone = _union(kinds for kinds, needed in conditions if not needed)
    needs: dict[int, int] = {}
    for kinds, needed in sorted(conditions):
        if kinds & ~alone:
            needs[needed] = needs.get(needed, 0) | kinds & ~alone
    return _Meaning(
        alone, tuple((kinds, needed) for needed, kinds in needs.items()), alone | _union(needs.values())
    )


def _union(masks: Iterable[int]) -> int:
    return reduce(operator.or_, masks, 0)
