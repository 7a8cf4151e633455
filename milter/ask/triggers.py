"""In which lines of a text do words stand without which nothing is asked for?

Pure. Never raises. One pass of an automaton over the looks of the text; what must stand beside a word is
looked up in its line.
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial, reduce
from typing import Generic, NamedTuple, TypeVar

from ahocorasick_rs import AhoCorasick

from milter.ask.canonical import joined, looks
from milter.ask.finder import Table
from milter.ask.language import SUM, Trigger
from milter.brand.promise import AskKind

T = TypeVar("T")
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
# All that parts words becomes a blank, so that a word of the lexicon is found where a word begins only:
# "rib" is not in "tribune".
_BLANKS = (*(chr(code) for code in range(128) if not chr(code).isalnum() and chr(code) != "\n"), "°", "º")
_WORDS = {code: looks(chr(code)) for code in range(128)} | {ord(char): " " for char in _BLANKS}
# A kind is a bit in the masks of the lines.
BIT = {kind: 1 << number for number, kind in enumerate(AskKind)}
# These stand in most lines, and are seldom wanted.
_COMMON = BIT[AskKind.LINK] | BIT[AskKind.ATTACHMENT]
# What is known of a word is remembered: with one more a dict takes twice as much room.
_MOST_WORDS, _LONGEST_WORD = 1365, 40

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


class Triggers:
    """The words and signs without one of which no line asks, of all languages."""

    def __init__(self, triggers: Iterable[Trigger]) -> None:
        """Build the automata: one for signs, two for words, with and without what stands everywhere."""
        groups = {SUM: _SUM}
        conditions: dict[str, list[_Condition]] = {}
        for trigger in triggers:
            needed = _union(groups.setdefault(group, 1 << len(groups)) for group in trigger.beside)
            for seen in _SIGNS.get(trigger.word.rstrip(), (f" {looks(trigger.word)}",)):
                conditions.setdefault(seen, []).append((BIT[trigger.kind], needed))
        words = {word: _meaning(found) for word, found in conditions.items() if word[0] == " "}
        self._signs = _Automaton(
            {sign: _meaning(found) for sign, found in conditions.items() if sign not in words}
        )
        self._all_words = _Automaton(words)
        self._rare_words = _Automaton({word: one for word, one in words.items() if one.kinds & ~_COMMON})
        self._groups = _Groups(groups)

    def lines(self, folded: str, wanted: int, around: Callable[[], int] | None = None) -> dict[int, int]:
        """For each line of a folded text with a trigger of a wanted kind the mask of these kinds.

        What must stand beside it stands in the same line, or is one of the groups that `around` tells.
        """
        words = in_words(folded)
        automaton = self._all_words if wanted & _COMMON else self._rare_words
        meant = automaton.lines(words, -1)
        for line, signs in self._signs.lines(folded, 0).items():
            meant.setdefault(line, []).extend(signs)
        said = words.split("\n")[1:]
        found = (
            (line, self._kinds(meant[line], wanted, around or partial(self._groups.of, said[line])))
            for line in meant
        )
        return {line: kinds for line, kinds in found if kinds}

    def groups_in(self, folded: str) -> int:
        """The groups of which any word of a folded text is, as bits."""
        return self._groups.of(in_words(folded))

    def _kinds(self, meant: Iterable[_Meaning], wanted: int, around: Callable[[], int]) -> int:
        """The wanted kinds that are meant in a line."""
        got, groups = 0, -1
        for alone, beside, kinds in meant:
            got |= alone & wanted
            if not kinds & wanted & ~got:
                continue
            if groups < 0:
                groups = around()
            for more, needed in beside:
                if needed & groups == needed:
                    got |= more & wanted
        return got


class WordSearch:
    """Finds the lines of a text where words begin that may begin a phrase of some tables."""

    def __init__(self, tables: Sequence[Table[None]]) -> None:
        """The table number n is the bit n of a mask."""
        masks: dict[str, int] = {}
        for number, table in enumerate(tables):
            for start in table.starts():
                masks[f" {looks(start)}"] = masks.get(f" {looks(start)}", 0) | 1 << number
        self._automaton = _Automaton(masks)

    def lines(self, folded: str) -> dict[int, int]:
        """For each line with such a word the tables of which a phrase may stand there."""
        return {line: _union(found) for line, found in self._automaton.lines(in_words(folded), -1).items()}


def in_words(folded: str) -> str:
    """The looks of a folded text, with one blank at least around every word, and a line above the first."""
    seen = joined(folded.replace("€", " € ")).translate(_WORDS)
    return f"\n{seen} ".replace("\n", " \n ")


class _Automaton(Generic[T]):
    """Finds strings, each with what is noted for it."""

    def __init__(self, noted: Mapping[str, T]) -> None:
        self._automaton = AhoCorasick(list(noted))
        self._noted = tuple(noted.values())

    def lines(self, text: str, line: int) -> dict[int, list[T]]:
        """What is noted for the strings in each line; the first one has this number."""
        lines: dict[int, list[T]] = {}
        begin, end, found = 0, -1, list[T]()
        for one, start, _ in self._automaton.find_matches_as_indexes(text, overlapping=True):
            if start > end:
                line += text.count("\n", begin, start)
                begin, end, found = start, text.find("\n", start), []
                end = end if end >= 0 else len(text)
                lines[line] = found
            found.append(self._noted[one])
        return lines


class _Groups(dict[str, int]):
    """The groups that a word is of, as bits; each is looked up once."""

    def __init__(self, groups: Mapping[frozenset[str], int]) -> None:
        super().__init__()
        self._noted: dict[str, int] = {}
        for group, bit in groups.items():
            # "n°" is written for "numéro".
            for word in group | {"n "} if "numero " in group else group:
                self._noted[looks(word)] = self._noted.get(looks(word), 0) | bit
        # By the first two letters: no beginning is shorter with the blank that follows a whole word.
        self._lengths: dict[str, set[int]] = {}
        for start in self._noted:
            self._lengths.setdefault(start[:2], set()).add(len(start))

    def of(self, words: str) -> int:
        """The groups of which any of the words is."""
        return _union(filter(None, map(self.__getitem__, words.split())))

    def __missing__(self, word: str) -> int:
        seen, groups = f"{word} ", _SUM if word.endswith(_SUMS) else 0
        for length in self._lengths.get(seen[:2], ()):
            groups |= self._noted.get(seen[:length], 0)
        if len(self) >= _MOST_WORDS:
            self.clear()
        if len(word) <= _LONGEST_WORD:
            self[word] = groups
        return groups


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
