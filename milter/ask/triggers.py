"""In which lines of a text do words stand without which nothing is asked for?

Pure. Never raises. One pass of an automaton over the looks of the text.
"""

import bisect
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ahocorasick_rs import AhoCorasick

from milter.ask.canonical import joined, looks
from milter.ask.finder import Table
from milter.ask.language import SUM, Language
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
_WORDS = {code: " " for code in range(128) if not chr(code).isalnum() and chr(code) != "\n"} | {
    ord("°"): " ",
    ord("º"): " ",
}
# The words of one phrase stand no farther apart.
_NEAR = 300
# A word that means nothing there is not tried again sooner: what stands near it is nearly the same.
_TRY_AGAIN = 60
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

    def __init__(self, languages: Sequence[Language]) -> None:
        """Build the automata: one for signs, two for words, with and without what stands everywhere."""
        conditions: dict[str, dict[tuple[tuple[str, ...], ...], int]] = {}
        for trigger in frozenset().union(*(language.triggers for language in languages)):
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

    def lines(self, text: str, wanted: int) -> dict[int, int]:
        """For each line with a trigger of a wanted kind the mask of these kinds."""
        folded = fold(text)
        lines = self._signs.lines(folded, wanted)
        automaton = self._all_words if wanted & _COMMON else self._rare_words
        for line, kinds in automaton.lines(in_words(folded), wanted).items():
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
        return {line - 1: tables for line, tables in self._automaton.lines(in_words(folded), -1).items()}


def in_words(folded: str) -> str:
    """The looks of a folded text, with one blank at least around every word, and a line above the first."""
    seen = looks(joined(folded.replace("€", " € "))).translate(_WORDS)
    return f"\n{seen} ".replace("\n", " \n ")


class _Automaton:
    """Finds strings that count only with others near."""

    def __init__(self, conditions: Mapping[str, _Conditions]) -> None:
        self._automaton = AhoCorasick(list(conditions))
        groups = {group for found in conditions.values() for _, beside in found for group in beside}
        numbers = {group: number for number, group in enumerate(groups)}
        # For each string its masks, each with the numbers of the groups.
        self._conditions = tuple(
            tuple((bits, tuple(map(numbers.__getitem__, beside))) for bits, beside in found)
            for found in conditions.values()
        )
        self._beside = _Beside(tuple(groups))

    def lines(self, text: str, wanted: int) -> dict[int, int]:
        """For each line with such a string its bits, of those that are wanted."""
        matches = self._automaton.find_matches_as_indexes(text, overlapping=True)
        if not matches:
            return {}
        near = _Near(self._beside, text)
        starts, lines, tried = _starts_of_lines(text), dict[int, int](), dict[int, int]()
        for number, start, _ in matches:
            line = bisect.bisect_right(starts, start)
            missing = wanted & ~lines.get(line, 0)
            if not missing or start < tried.get(number, 0):
                continue
            found = _bits(self._conditions[number], missing, near, start)
            if found:
                lines[line] = lines.get(line, 0) | found
            else:
                tried[number] = start + _TRY_AGAIN
        return lines


class _Beside:
    """Finds all the words of all conditions in one pass."""

    def __init__(self, groups: tuple[tuple[str, ...], ...]) -> None:
        words = tuple(frozenset().union(*groups))
        numbers = {word: number for number, word in enumerate(words)}
        self.lengths = tuple(map(len, words))
        self.groups = tuple(tuple(map(numbers.__getitem__, group)) for group in groups)
        self._automaton = AhoCorasick(words) if words else None

    def places(self, text: str) -> dict[int, list[int]]:
        """Where each of the words begins that stand in the text, by its number."""
        places = defaultdict[int, list[int]](list)
        if self._automaton is not None:
            for number, start, _ in self._automaton.find_matches_as_indexes(text, overlapping=True):
                places[number].append(start)
        return places


class _Near:
    """Knows of one text which words stand near a place; each group is looked up once."""

    def __init__(self, beside: _Beside, text: str) -> None:
        self._beside = beside
        self._places = beside.places(text)
        self._found: dict[int, tuple[tuple[int, list[int]], ...]] = {}

    def one_of(self, group: int, start: int) -> bool:
        """True where a word of the group stands, whole, within `_NEAR` characters of the place."""
        found = self._found.get(group)
        if found is None:
            found = self._found[group] = self._look_up(group)
        first, last = start - _NEAR, start + _NEAR
        for length, places in found:
            at = bisect.bisect_left(places, first)
            if at < len(places) and places[at] + length <= last:
                return True
        return False

    def _look_up(self, group: int) -> tuple[tuple[int, list[int]], ...]:
        places, lengths = self._places, self._beside.lengths
        return tuple((lengths[word], places[word]) for word in self._beside.groups[group] if word in places)


def _bits(conditions: Iterable[tuple[int, tuple[int, ...]]], wanted: int, near: _Near, start: int) -> int:
    found = 0
    for bits, beside in conditions:
        if not bits & wanted & ~found:
            continue
        for group in beside:
            if not near.one_of(group, start):
                break
        else:
            found |= bits & wanted
    return found


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


def _starts_of_lines(text: str) -> list[int]:
    starts, at = [], text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return starts
