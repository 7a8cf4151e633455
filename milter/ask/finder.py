"""Where in a sentence do the phrases of the lexicon stand? One look-up a word, patterns only where they fit.

Pure. Never raises once it is made; making it raises PhraseError.
"""

import operator
import re
from collections.abc import Iterable, Iterator
from functools import reduce
from typing import Generic, TypeVar

from milter.ask.phrase import Phrase, PhraseError, compile_phrase

T = TypeVar("T")
# Words are looked up once: what is noted for each is remembered, up to so many words of so many letters. With
# one more a dict takes twice as much room, and there are seventy. The words are not interned: Python's table
# of all that are would grow by 3 MB, and stay so.
_MOST_WORDS = 1365
_LONGEST_WORD = 40
# So many of the sure words of a phrase, the rarest, are looked for before its pattern is tried.
_SOUGHT = 3


class Table(Generic[T]):
    """Phrases, each with the value that it stands for.

    A pattern is tried only where a word stands that it can begin with, in a sentence that holds its sure
    words. Phrases are bits of a number, so that one look-up a word tells which these are.
    """

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        """Compile the phrases; of those with one value, the first that fits at a word is found."""
        listed = [(compile_phrase(text), text, value) for text, value in entries]
        self._entries = [(re.compile(phrase.pattern), value) for phrase, _, value in listed]
        self._begins, self._holds = _Masks(), _Masks()
        self._sure = 0
        for number, (phrase, text, _) in enumerate(listed):
            for start in _starts(phrase, text):
                self._begins.note(start, 1 << number)
            self._note_sure(phrase, number)

    def find(self, sentence: str) -> Iterator[tuple[T, int, int]]:
        """Value, start and end of each match, in order of starts; none within another of its value."""
        taken = dict[T, int]()
        for value, found in self.find_all(sentence):
            if taken.get(value, 0) <= found.start():
                taken[value] = found.end()
                yield value, *found.span()

    def find_all(self, sentence: str) -> Iterator[tuple[T, re.Match[str]]]:
        """The matches of all phrases in order of starts, also those within another."""
        words = sentence.split()
        begun = list(map(self._begins.__getitem__, words))
        # Most sentences end here, or at the next line.
        if not any(begun):
            return
        possible = self._possible(words) & reduce(operator.or_, filter(None, begun))
        if not possible:
            return
        at, before, entries = 1, 0, self._entries
        for place in [place for place, bits in enumerate(begun) if bits & possible]:
            at += sum(map(len, words[before:place])) + place - before
            before = place
            numbers = begun[place] & possible
            while numbers:
                pattern, value = entries[(numbers & -numbers).bit_length() - 1]
                numbers &= numbers - 1
                if found := pattern.match(sentence, at):
                    yield value, found

    def starts(self) -> frozenset[str]:
        """The beginnings of words that a phrase can begin with."""
        return self._begins.noted()

    def is_in(self, sentence: str) -> bool:
        """True where any phrase stands in the sentence."""
        return next(self.find_all(sentence), None) is not None

    def _note_sure(self, phrase: Phrase, number: int) -> None:
        sought = sorted(phrase.sure, key=_rarity, reverse=True)[:_SOUGHT]
        for rank in range(_SOUGHT):
            bit = 1 << (rank * len(self._entries) + number)
            if rank < len(sought):
                for word in sought[rank]:
                    self._holds.note(word, bit)
            else:
                self._sure |= bit

    def _possible(self, words: Iterable[str]) -> int:
        """The phrases of which all sure words stand among these, as bits."""
        count = len(self._entries)
        held = reduce(operator.or_, filter(None, map(self._holds.__getitem__, words)), self._sure)
        possible = held & ((1 << count) - 1)
        for rank in range(1, _SOUGHT):
            possible &= held >> (rank * count)
        return possible


def finder(texts: Iterable[str]) -> Table[None]:
    """A table of phrases that all stand for the same."""
    return Table((text, None) for text in texts)


class _Masks(dict[str, int]):
    """For each word the bits that are noted for it, or for a beginning of it."""

    def __init__(self) -> None:
        super().__init__()
        self._exact: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        # How long the stems are that begin with a letter.
        self._lengths: dict[str, set[int]] = {}

    def note(self, start: str, bits: int) -> None:
        """Note bits for a whole word with its blank, a beginning of a word, `#name`, `#` or `~group`."""
        by_start = self._exact if start[-1] == " " else self._stems
        by_start[start.rstrip()] = by_start.get(start.rstrip(), 0) | bits
        if by_start is self._stems:
            self._lengths.setdefault(start[0], set()).add(len(start))

    def noted(self) -> frozenset[str]:
        return frozenset(self._exact) | frozenset(self._stems)

    def __missing__(self, word: str) -> int:
        bits = self._exact.get(word, 0)
        for length in self._lengths.get(word[0], ()):
            bits |= self._stems.get(word[:length], 0)
        if word[0] == "~":
            for group in word.rpartition(".")[2].split("+"):
                bits |= self._stems.get(f"~{group}", 0)
            if said := word[1:].partition(".")[0]:
                bits |= self[said]
        if len(self) >= _MOST_WORDS:
            self.clear()
        # Numbers are all different.
        if len(word) <= _LONGEST_WORD and not word.isdigit():
            self[word] = bits
        return bits


def _starts(phrase: Phrase, text: str) -> frozenset[str]:
    if phrase.starts is None:
        raise PhraseError(f"may not begin with a gap: {text!r}")
    return phrase.starts


def _rarity(group: frozenset[str]) -> int:
    return min(map(len, group))
