"""Is a mail worded as impostors word theirs, or as others write of the same things? Reads config/wording.

A logistic regression over which words and pairs of words stand in the text, and which words the sender calls
himself by, learnt by `make wording` from the mails of tests/mails and the letters of tests/letters. It knows
letters about one brand only, so it is a second opinion on a claim that was found by other signs; alone it
makes a claim for which nothing is ever held (`claim.writing.manner`).

Loading raises ConfigError; the rest never raises.
"""

import io
import math
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from operator import mul
from pathlib import Path
from typing import Any

from milter.claim.writing.tongue import is_of_another_script
from milter.config.data_file import FileTable, read_table
from milter.errors import ConfigError
from milter.mail.reading import Reading
from milter.mail.text.folding import first_words, fold, folded
from milter.mail.text.terms import NUMBER, numbers_alike, terms_of

_LONGEST = 40_000
_MOST_WORDS = 1500
# Of less there is no manner of wording.
_FEWEST_WORDS = 12
# Where fewer of the words are known (in percent), the text is of another language, or about something else.
_KNOWN = 50
# Beyond, e ** -score is 0 or infinite for all that matters.
_SUREST = 50.0
# Names that only mail for tests holds, in the links of frauds more than elsewhere (RFC 2606 section 2).
_MADE_UP = frozenset({"example", "test", "invalid", "localhost"})
# What marks a word of the sender's name or address: no folded word of a text holds it.
_OF_SENDER = "@"
_MOST_AUTHORS, _MOST_OF_AUTHOR, _LONGEST_NAME = 4, 24, 200
_no_letters = re.compile(r"[\W\d_]+")
_SCALE = 1000
# What stands before the terms, and one of them, as `make wording` writes them.
_TERMS = "\n[terms]\n"
_term = re.compile(r'"([^"\\\x00-\x1f\x7f]+)" = \[(0|-?[1-9]\d{0,8}), (0|[1-9]\d{0,8})\]\n', re.ASCII)
_SHOWN, _LOOKED_AT = 5, 12
_SAYING = 4  # letters of a word that says something by itself
_SAYS_NOTHING = frozenset({"http", "https", "From:"})


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
        # A number is known in every language, whether it says something or not.
        self._known = frozenset((NUMBER, *(term for term in terms if " " not in term)))
        self._bias = bias / _SCALE

    @property
    def words(self) -> Iterator[str]:
        """The folded words that it knows."""
        return (term for term in self._terms if term.isalpha())

    def read(self, reading: Reading) -> Worded | None:
        """How subject and text are worded; None where there is too little of them that is known."""
        if is_of_another_script(reading.note[:_LONGEST]):
            # Of its letters some look like Latin ones, and together like words that are known.
            return None
        text = words_of(reading)
        known = sum(map(self._known.__contains__, text))
        if len(text) < _FEWEST_WORDS or known * 100 < _KNOWN * len(text):
            return None
        found = {term: self._terms[term] for term in self._terms.keys() & {*terms_of(text), *sender(reading)}}
        if not found:
            # Of nothing but numbers, which are known, none may say anything.
            return None
        says, rare = zip(*found.values(), strict=True)
        length = math.sqrt(sum(map(mul, rare, rare)))
        score = self._bias + sum(says) / length if length else self._bias
        score = max(-_SUREST, min(_SUREST, score))
        side = 1 if score > 0 else -1
        # Of those that say the most: a key for each term takes more than to sort all numbers.
        least = side * sorted(says, reverse=side > 0)[:_LOOKED_AT][-1]
        most = [term for term, (says, _) in found.items() if side * says >= least]
        telling = sorted(most, key=lambda term: (-side * found[term][0], term))[:_LOOKED_AT]
        return Worded(round(100 / (1 + math.exp(-score))), _shown(telling))


def _shown(terms: list[str]) -> tuple[str, ...]:
    """Those that say something to a person, none within another: `caisse primaire`, and not `caisse` too.

    A word of the sender's stands as `From: caisse`.
    """
    told = (term.replace(_OF_SENDER, "From: ") for term in terms)
    said = [term for term in told if any(map(_says_something, term.split()))]
    whole = (term for term in said if not any(f" {term} " in f" {other} " for other in said if other != term))
    return tuple(whole)[:_SHOWN]


def _says_something(word: str) -> bool:
    return len(word) >= _SAYING and word not in _SAYS_NOTHING


def words_of(reading: Reading) -> list[str]:
    """The first words of subject and text, folded; whatever holds a digit is `#`.

    Beside next to no text the files are the letter, as far as they were read.
    """
    subject = fold(reading.subject)
    if is_in_files(reading):
        said = f"{subject}\n{folded(reading.note[:_LONGEST])}\n{folded(reading.attached[:_LONGEST])}"
    else:
        said = f"{subject}\n{folded(reading.text[:_LONGEST])}"
    text = first_words(said, _MOST_WORDS)
    return numbers_alike(word for word in text if word not in _MADE_UP)


def is_in_files(reading: Reading) -> bool:
    """True where the files are the letter: the text is too short to have a manner (`Voir PJ.`)."""
    return bool(reading.attached) and len(reading.note.split(None, _FEWEST_WORDS)) < _FEWEST_WORDS


def sender(reading: Reading) -> set[str]:
    """The folded words of the names and addresses of the authors, marked as such; not top-level domains."""
    found: set[str] = set()
    for author in reading.authors[:_MOST_AUTHORS]:
        host = author.address.rpartition("@")[2].rpartition(".")[0]
        said = f"{author.display_name[:_LONGEST_NAME]} {_parted(author.local_part)} {_parted(host)}"
        known = first_words(fold(said), _MOST_OF_AUTHOR)
        found.update(f"{_OF_SENDER}{word}" for word in known if word.isalpha() and word not in _MADE_UP)
    return found


def _parted(address: str) -> str:
    """The words of an address: `avis.soins2@` has `avis` and `soins`."""
    return _no_letters.sub(" ", address[:_LONGEST_NAME])


def load_wordings(directory: Path) -> dict[str, Wording]:
    """The wording of each brand that has one, by the key of the brand, which is the name of the file."""
    wordings: dict[str, Wording] = {}
    problems: list[str] = []
    for path in sorted(directory.glob("*.toml")):
        try:
            read = read_table(path, _File, _parsed)
        except ConfigError as error:
            problems += error.problems
        else:
            wordings[path.stem] = Wording(read.terms, read.bias)
    if problems:
        raise ConfigError(problems)
    return wordings


def _parsed(text: str) -> dict[str, Any]:
    """The TOML of such a file.

    tomllib takes 12 MB and a fifth of a second to read thousands of arrays, and each process keeps the holes.
    So terms are read as `make wording` writes them; what is written otherwise is for tomllib.
    """
    head, _, lines = text.partition(_TERMS)
    terms: dict[str, tuple[int, int]] = {}
    # Few differ: each is kept once.
    rare: dict[str, int] = {}
    for line in io.StringIO(lines):
        found = _term.fullmatch(line)
        if found is None or found[1] in terms:
            return tomllib.loads(text)
        terms[found[1]] = int(found[2]), rare.setdefault(found[3], int(found[3]))
    return {**tomllib.loads(head), "terms": terms} if terms else tomllib.loads(text)
