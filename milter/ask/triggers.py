"""In which lines of a text do words stand without which nothing is asked for?

Pure. Never raises. One pass of an automaton over the looks of the text.
"""

import operator
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

from ahocorasick_rs import AhoCorasick

from milter.ask.canonical import joined, looks
from milter.ask.finder import Table
from milter.ask.language import SUM, Trigger
from milter.brand.promise import AskKind
from milter.mail.folding import fold

# What a sign of a canonical sentence looks like in the text itself.
_SIGNS = {
    "^euro": ("€", *(f"{digit}{blank}eur" for digit in range(10) for blank in ("", " "))),
    "^url": ("http", "hxxp", "www."),
    "^mail": ("@",),
    "^blank": ("___", "....", "[ ]", "[_", "[]"),
}
# All that parts words becomes a blank, so that a word of the lexicon is found where a word begins only:
# "rib" is not in "tribune".
_BLANKS = (*(chr(code) for code in range(128) if not chr(code).isalnum() and chr(code) != "\n"), "°", "º")
_WORDS = {code: looks(chr(code)) for code in range(128)} | {ord(char): " " for char in _BLANKS}
# The words of one phrase stand no farther apart.
_NEAR = 300
# A kind is a bit in the masks of the lines.
BIT = {kind: 1 << number for number, kind in enumerate(AskKind)}
# These stand in most lines, and are seldom wanted.
_COMMON = BIT[AskKind.LINK] | BIT[AskKind.ATTACHMENT]

# What must stand near a word, one of each group, for it to mean the kinds of a mask.
_Conditions = tuple[tuple[int, tuple[tuple[str, ...], ...]], ...]


def mask(kinds: Iterable[AskKind]) -> int:
    """The kinds as bits."""
    return sum({BIT[kind] for kind in kinds})


class Triggers:
    """The words and signs without one of which no line asks, of all languages."""

    def __init__(self, triggers: Iterable[Trigger]) -> None:
        """Build the automata: one for signs, two for words, with and without what stands everywhere."""
        conditions: dict[str, dict[tuple[tuple[str, ...], ...], int]] = {}
        for trigger in triggers:
            for seen in _SIGNS.get(trigger.word.rstrip(), (f" {looks(trigger.word)}",)):
                by_beside = conditions.setdefault(seen, {})
                beside = tuple(sorted(map(_seen, trigger.beside)))
                by_beside[beside] = by_beside.get(beside, 0) | BIT[trigger.kind]
        words = {word: _by_mask(found) for word, found in conditions.items() if word[0] == " "}
        self._signs = _Automaton(
            {sign: _by_mask(found) for sign, found in conditions.items() if sign not in words}
        )
        self._all_words = _Automaton(words)
        self._rare_words = _Automaton({word: rare for word, found in words.items() if (rare := _rare(found))})

    def lines(self, text: str, wanted: int, *, apart: bool = False) -> dict[int, int]:
        """For each line with a trigger of a wanted kind the mask of these kinds.

        Of lines that are `apart`, sentences, each is read for itself.
        """
        folded = fold(text)
        lines = self._signs.lines(folded, wanted, apart=apart)
        automaton = self._all_words if wanted & _COMMON else self._rare_words
        for line, kinds in automaton.lines(in_words(folded), wanted, apart=apart).items():
            lines[line - 1] = lines.get(line - 1, 0) | kinds
        return lines


class WordSearch:
    """Finds the lines of a text where words begin that may begin a phrase of some tables."""

    def __init__(self, tables: Sequence[Table[None]]) -> None:
        """The table number n is the bit n of a mask."""
        masks: dict[str, int] = {}
        for number, table in enumerate(tables):
            for start in table.starts():
                masks[f" {looks(start)}"] = masks.get(f" {looks(start)}", 0) | 1 << number
        self._automaton = _Automaton({word: ((found, ()),) for word, found in masks.items()})

    def lines(self, folded: str) -> dict[int, int]:
        """For each line the tables of which a phrase may stand there."""
        return {
            line - 1: tables
            for line, tables in self._automaton.lines(in_words(folded), -1, apart=True).items()
        }


def in_words(folded: str) -> str:
    """The looks of a folded text, with one blank at least around every word, and a line above the first."""
    seen = joined(folded.replace("€", " € ")).translate(_WORDS)
    return f"\n{seen} ".replace("\n", " \n ")


class _Automaton:
    """Finds strings that count only with others near."""

    def __init__(self, conditions: Mapping[str, _Conditions]) -> None:
        self._automaton = AhoCorasick(list(conditions))
        groups = {group for found in conditions.values() for _, beside in found for group in beside}
        bits = {group: 1 << number for number, group in enumerate(groups)}
        # For each string what it may mean, and what it means by itself; and masks, each with what is needed.
        self._free = tuple(
            _union(mask for mask, beside in found if not beside) for found in conditions.values()
        )
        self._all = tuple(_union(mask for mask, _ in found) for found in conditions.values())
        self._bound = tuple(
            tuple((mask, _union(map(bits.__getitem__, beside))) for mask, beside in found if beside)
            for found in conditions.values()
        )
        self._beside = _Beside(bits)

    def lines(self, text: str, wanted: int, *, apart: bool) -> dict[int, int]:
        """For each line with such a string its bits, of those that are wanted.

        What must stand near it stands in the same line, where lines are `apart`.
        """
        lines = dict[int, int]()
        number, begin, end, got = 0, 0, -1, 0
        near = _Near(self._beside, text, 0, len(text))
        for one, start, _ in self._automaton.find_matches_as_indexes(text, overlapping=True):
            if start > end:
                number += text.count("\n", begin, start)
                begin, end, got = text.rfind("\n", 0, start) + 1, _end_of_line(text, start), 0
                near = _Near(self._beside, text, begin, end) if apart else near
            missing = self._all[one] & wanted & ~got
            if not missing:
                continue
            found = self._free[one] & missing
            if found != missing and self._bound[one]:
                found |= _bits(self._bound[one], missing, near.at(start)) & missing
            if found:
                lines[number] = got = got | found
        return lines


class _Beside:
    """Finds all the words of all groups in one pass."""

    def __init__(self, groups: Mapping[tuple[str, ...], int]) -> None:
        bits: dict[str, int] = {}
        for group, bit in groups.items():
            for word in group:
                bits[word] = bits.get(word, 0) | bit
        self._bits = tuple(bits.values())
        self._automaton = AhoCorasick(list(bits)) if bits else None

    def groups_in(self, text: str) -> int:
        """The groups of which a word stands in there, as bits."""
        found = 0
        if self._automaton is not None:
            for number, _, _ in self._automaton.find_matches_as_indexes(text, overlapping=True):
                found |= self._bits[number]
        return found


class _Near:
    """Knows of one stretch of text which groups stand near a place; looked up where it is asked for, once."""

    def __init__(self, beside: _Beside, text: str, begin: int, end: int) -> None:
        self._beside, self._text = beside, text
        self._begin, self._end = begin, end
        self._known: dict[int, int] = {}

    def at(self, start: int) -> int:
        """The groups of which a word stands within `_NEAR` characters of the place, or a little beyond."""
        block = (start - self._begin) // _NEAR
        groups = self._known.get(block)
        if groups is None:
            first = max(self._begin, self._begin + (block - 1) * _NEAR)
            last = min(self._end, self._begin + (block + 2) * _NEAR)
            groups = self._known[block] = self._beside.groups_in(self._text[first:last])
        return groups


def _bits(bound: Iterable[tuple[int, int]], wanted: int, near: int) -> int:
    found = 0
    for bits, groups in bound:
        if bits & wanted & ~found and groups & near == groups:
            found |= bits
    return found


def _union(masks: Iterable[int]) -> int:
    return reduce(operator.or_, masks, 0)


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return end if end >= 0 else len(text)


def _seen(words: frozenset[str]) -> tuple[str, ...]:
    if words == SUM:
        return ("€", "eur ", "euros ")
    # "n°" is written for "numéro".
    written = words | {"n "} if "numero " in words else words
    return tuple(sorted({f" {looks(word)}" for word in written}))


def _by_mask(found: Mapping[tuple[tuple[str, ...], ...], int]) -> _Conditions:
    return tuple((bits, beside) for beside, bits in sorted(found.items()))


def _rare(conditions: _Conditions) -> _Conditions:
    return tuple((bits & ~_COMMON, beside) for bits, beside in conditions if bits & ~_COMMON)
