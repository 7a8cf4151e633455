"""Where in a sentence do the phrases of the lexicon stand? One look-up a word, patterns only where they fit.

Pure. Never raises once it is made; making it raises PhraseError.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from milter.ask.phrase import Phrase, PhraseError, compile_phrase

T = TypeVar("T")
# Words are looked up once: what may begin with each is remembered, up to so many words of so many letters.
_MOST_WORDS = 8_000
_LONGEST_WORD = 40


class Table(Generic[T]):
    """Phrases by the words that they can begin with, each with the value that it stands for."""

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        """Compile the phrases; of those with one value, the first that fits at a word is found."""
        listed = [(compile_phrase(text), text, value) for text, value in entries]
        self._exact: dict[str, list[tuple[int, re.Pattern[str], T]]] = {}
        self._stems: dict[str, list[tuple[int, re.Pattern[str], T]]] = {}
        for number, (phrase, text, value) in enumerate(listed):
            pattern = re.compile(phrase.pattern)
            for start in _starts(phrase, text):
                whole = start.endswith(" ")
                by_start = self._exact if whole else self._stems
                by_start.setdefault(start.rstrip(), []).append((number, pattern, value))
        self._lengths = sorted({len(stem) for stem in self._stems})
        self.known: dict[str, tuple[tuple[re.Pattern[str], T], ...]] = {}

    def at(self, word: str) -> tuple[tuple[re.Pattern[str], T], ...]:
        """The patterns that may match where this word stands, in the order of the file."""
        known = self.known.get(word)
        if known is None:
            known = self._look_up(word)
            if len(self.known) >= _MOST_WORDS:
                self.known.clear()
            if len(word) <= _LONGEST_WORD:
                self.known[word] = known
        return known

    def find(self, sentence: str) -> Iterator[tuple[T, int, int]]:
        """Value, start and end of each match, in order of starts; none within another of its value."""
        known, taken, at = self.known, dict[T, int](), 1
        for word in sentence.split():
            patterns = known.get(word)
            for pattern, value in self.at(word) if patterns is None else patterns:
                if taken.get(value, 0) <= at and (found := pattern.match(sentence, at)):
                    taken[value] = found.end()
                    yield value, at, found.end()
            at += len(word) + 1

    def starts(self) -> frozenset[str]:
        """The beginnings of words that a phrase can begin with."""
        return frozenset(self._exact) | frozenset(self._stems)

    def is_in(self, sentence: str) -> bool:
        """True where any phrase stands in the sentence."""
        return next(self.find(sentence), None) is not None

    def _look_up(self, word: str) -> tuple[tuple[re.Pattern[str], T], ...]:
        found = list(self._exact.get(word, ()))
        for length in self._lengths:
            if length > len(word):
                break
            found += self._stems.get(word[:length], ())
        by_number = {number: (pattern, value) for number, pattern, value in found}
        return tuple(by_number[number] for number in sorted(by_number))


def finder(texts: Iterable[str]) -> Table[None]:
    """A table of phrases that all stand for the same."""
    return Table((text, None) for text in texts)


def _starts(phrase: Phrase, text: str) -> frozenset[str]:
    if phrase.starts is None:
        raise PhraseError(f"may not begin with a gap: {text!r}")
    return phrase.starts
