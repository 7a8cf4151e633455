"""Is a text worded as impostors word theirs, or as others write of the same things? Reads config/wording.

A logistic regression over which words and pairs of words stand in the text, learnt by `make wording` from the
mails of tests/mails and the letters of tests/letters. It knows letters about one brand only, so it is a
second opinion on a claim that was found by other signs; alone it makes a claim for which nothing is ever held
(`claim.manner`). Loading raises ConfigError; the rest never raises.
"""

import heapq
import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from milter.config.data_file import FileTable, read_table
from milter.errors import ConfigError
from milter.mail.folding import first_words, fold, folded
from milter.mail.reading import Reading

_LONGEST = 40_000
_MOST_WORDS = 1500
# Of less there is no manner of wording.
_FEWEST_WORDS = 12
# Where fewer of the words are known (in percent), the text is of another language, or about something else.
_KNOWN = 50
# Beyond, e ** -score is 0 or infinite for all that matters.
_SUREST = 50.0
_NUMBER = "#"
_SCALE = 1000
_SHOWN, _LOOKED_AT = 5, 12
_SAYING = 4  # letters of a word that says something by itself
_SCHEMES = frozenset({"http", "https"})


@dataclass(frozen=True, slots=True)
class Worded:
    """How a text is worded: `percent`, 0 (as others write) to 100 (as impostors do), and the terms that
    speak most for the side it is on."""

    percent: int
    terms: tuple[str, ...]


class _File(FileTable):
    bias: int
    terms: dict[str, tuple[int, int]]


class Wording:
    """Reads the wording of mails; built once for a brand."""

    def __init__(self, terms: dict[str, tuple[int, int]], bias: int) -> None:
        """`terms`: each word or pair of words, how much it says and how rare it is, in thousandths."""
        self._terms = terms
        self._bias = bias / _SCALE

    def read(self, reading: Reading) -> Worded | None:
        """How subject and text are worded; None where there is too little of them that is known."""
        text = words_of(reading)
        known = sum(map(self._terms.__contains__, text))
        if len(text) < _FEWEST_WORDS or known * 100 < _KNOWN * len(text):
            return None
        found = {term: self._terms[term] for term in self._terms.keys() & terms_of(text)}
        length = math.sqrt(sum(rare * rare for _, rare in found.values()))
        score = self._bias + sum(says for says, _ in found.values()) / length if length else self._bias
        score = max(-_SUREST, min(_SUREST, score))
        side = 1 if score > 0 else -1
        # Of those that say the most: a key for each term takes more than to sort all numbers.
        least = sorted((side * says for says, _ in found.values()), reverse=True)[:_LOOKED_AT][-1:]
        most = (term for term, (says, _) in found.items() if side * says >= least[0])
        telling = heapq.nsmallest(_LOOKED_AT, most, key=lambda term: (-side * found[term][0], term))
        return Worded(round(100 / (1 + math.exp(-score))), _shown(telling))


def _shown(terms: list[str]) -> tuple[str, ...]:
    """Those that say something to a person, none within another: `caisse primaire`, and not `caisse` too."""
    said = [
        term for term in terms if any(len(word) >= _SAYING and word not in _SCHEMES for word in term.split())
    ]
    whole = (term for term in said if not any(f" {term} " in f" {other} " for other in said if other != term))
    return tuple(whole)[:_SHOWN]


def words_of(reading: Reading) -> list[str]:
    """The first words of subject and text, folded; whatever holds a digit is `#`."""
    both = f"{fold(reading.subject)}\n{folded(reading.text[:_LONGEST])}"
    text = first_words(both, _MOST_WORDS)
    return [word if word.isalpha() else _NUMBER for word in text]


def terms_of(text: Iterable[str]) -> set[str]:
    """The words of a text, and each two that follow each other."""
    text = tuple(text)
    return {*text, *map(" ".join, pairwise(text))}


def load_wordings(directory: Path) -> dict[str, Wording]:
    """The wording of each brand that has one, by the key of the brand, which is the name of the file."""
    wordings: dict[str, Wording] = {}
    problems: list[str] = []
    for path in sorted(directory.glob("*.toml")):
        try:
            read = read_table(path, _File)
        except ConfigError as error:
            problems += error.problems
        else:
            wordings[path.stem] = Wording(read.terms, read.bias)
    if problems:
        raise ConfigError(problems)
    return wordings
