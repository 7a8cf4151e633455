"""Is this domain label, or this one word, the brand's name to the eye?

Pure. Other suffix, hyphens, glued words, digits for letters, slips of the pen and of the finger. Complete
segmentations, never substrings of short names: *carameli* and *gameli* are not the brand.
"""

from collections.abc import Iterable
from enum import IntEnum

import ahocorasick_rs
from rapidfuzz.distance import OSA

from milter.brand.brand import Words
from milter.claim.names.vocabulary import Vocabulary
from milter.claim.words import ClaimWords
from milter.mail.remembered import remembered
from milter.mail.text.disguise import letters
from milter.mail.text.folding import fold, singular, words

LONG_ENOUGH_FOR_TYPOS = 8

_LONG = 10  # a name of so many letters is not met by chance inside another word
_LONGER, _SLIPS = 12, 2  # in a name of so many letters two slips are still seen
_MAX_LABEL = 63
_MAX_PIECE = 28
_SHORTEST = 5  # letters of a name in which a slip is still seen
_KEYS = ("azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_SECOND_LEVEL = frozenset({"gouv", "com", "org", "net", "asso", "co", "gov", "fr"})


class Degree(IntEnum):
    """How much of a text is the brand's name."""

    NONE = 0
    HINT = 1  # only a word that others use too
    BODY = 2  # the name beside words that name another body
    PART = 3  # the name beside words of which nothing is known
    SHORT = 4  # the name alone, but a word that people are called by, too
    WHOLE = 5  # the name, and ordinary words at most


class Labels:
    """Compares labels with one brand; built once, and cached by text."""

    def __init__(self, brand: Words, common: ClaimWords, vocabulary: Vocabulary) -> None:
        """Glue the names once."""
        self._brand = brand
        self._regions = common.regions
        self._vocabulary = vocabulary
        self._places = frozenset(name.replace(" ", "") for name in brand.with_place)
        self._labels = (*brand.labels, *(name.replace(" ", "") for name in brand.names if " " in name))
        self._long = _Pieces(name for name in self._labels if len(name) >= _LONG)
        self._written = _Pieces(self._labels)
        self._drawn = _Pieces(map(letters, self._labels))
        self._soft = _Pieces(brand.soft_labels)
        # By how many letters are written: the names that may be meant, and with how many slips at most.
        self._typed = {
            length: tuple(
                (name, 1 if len(name) < _LONGER else _SLIPS)
                for name in self._labels
                if len(name) >= LONG_ENOUGH_FOR_TYPOS and abs(length - len(name)) <= _SLIPS
            )
            for length in range(LONG_ENOUGH_FOR_TYPOS - _SLIPS, _MAX_LABEL + 1)
        }
        # Of a name that is a first name, too, `gite-ameli.fr` says little.
        self._names = frozenset(brand.labels)
        self._distinct = self._names - brand.first_names
        self._short = tuple(n for n in brand.labels if _SHORTEST <= len(n) < LONG_ENOUGH_FOR_TYPOS)
        self.degree = remembered(512, longest=_MAX_LABEL)(self._degree)

    def _degree(self, label: str) -> Degree:
        """How much of one domain label, or of one word, is the brand's name."""
        folded = fold(label[:_MAX_LABEL])
        parts = [part for part in words(folded) if part not in _SECOND_LEVEL]
        # `e-vitale`, `m-ameli`: the letter says electronic or mobile.
        parts = [part for part in parts if len(part) > 1 or part.isdigit()] or parts
        glued = "".join(parts)
        if not glued or len(glued) > _MAX_LABEL:
            return Degree.NONE
        if len(parts) > 1 and self._vocabulary.says_a_body(parts):
            named = self._names & set(parts) or self._long.stand_in(glued)
            return Degree.BODY if named else Degree.NONE
        if self._is_whole(parts, glued):
            return Degree.WHOLE
        if not self._names.isdisjoint((*parts, *map(singular, parts))):
            return self._beside_words(parts)
        if self._segments(glued, self._soft) or any(map(self._slipped, parts)):
            return Degree.HINT
        return Degree.NONE

    def _beside_words(self, parts: list[str]) -> Degree:
        """A label in which the name stands beside other words: ordinary ones, a place, or somebody's own."""
        rest = [part for part in map(singular, parts) if part not in self._brand.labels]
        placed = any(part in self._places for part in parts)
        if all(self._vocabulary.is_said_by_all(part) or (placed and part in self._regions) for part in rest):
            return Degree.WHOLE
        # `ameli-international`, but not `gite-ameli`: a body says first what it is.
        return Degree.PART if set(parts) & self._distinct or parts[0] in self._brand.labels else Degree.BODY

    def is_of_an_office(self, label: str) -> bool:
        """True for a name that is nobody else's beside words of the language, one of them an office's.

        `cpam-fuite-donnees`, but not `cpam-marine`: initials are a shipyard's, too.
        """
        parts = [singular(part) for part in words(fold(label[:_MAX_LABEL]))]
        rest = [part for part in parts if part not in self._brand.labels]
        return bool(set(parts) & self._distinct) and self._vocabulary.is_of_an_office(rest)

    def _slipped(self, part: str) -> bool:
        """A short name with one slip of the finger: a letter twice, two turned round, the key beside.

        Never enough by itself, because people are called Amelli.
        """
        return any(
            part != name
            and abs(len(part) - len(name)) <= 1
            and part not in self._brand.soft_labels
            and (_doubled(part, name) or _turned(part, name) or _beside(part, name))
            for name in self._short
        )

    def _is_whole(self, parts: list[str], glued: str) -> bool:
        """Names and ordinary words from end to end, as written or as drawn; or a long name with a slip."""
        return (
            self._segments(glued, self._written)
            or self._segments(letters(glued), self._drawn)
            or self._mistyped(parts, glued)
            or self._long.stand_in(glued)
        )

    def _segments(self, glued: str, names: "_Pieces") -> bool:
        """True where the letters are names and ordinary words from end to end, with one name at least."""
        if not names.stand_in(glued):
            return False
        # reach[i] = (can the first i letters be cut, and with a name among the pieces)
        plain, named = {0}, set[int]()
        for at in range(len(glued)):
            if at not in plain and at not in named:
                continue
            for end in range(at + 1, min(len(glued), at + _MAX_PIECE) + 1):
                piece = glued[at:end]
                if piece in names.written:
                    named.add(end)
                elif self._vocabulary.is_piece(piece):
                    named.update({end} if at in named else ())
                    plain.update({end} if at in plain else ())
        return len(glued) in named

    def _mistyped(self, parts: list[str], glued: str) -> bool:
        return any(
            OSA.distance(candidate, name, score_cutoff=slips) <= slips
            for candidate in {glued, *parts}
            for name, slips in self._typed.get(len(candidate), ())
        )


class _Pieces:
    """Names as they are glued to other words; all are looked for at once."""

    def __init__(self, names: Iterable[str]) -> None:
        self.written = frozenset(names)
        # As small as in `lines`, for the same reason.
        self._found = ahocorasick_rs.AhoCorasick(
            list(self.written), implementation=ahocorasick_rs.Implementation.ContiguousNFA
        )

    def stand_in(self, glued: str) -> bool:
        """True where one of the names stands anywhere in the letters."""
        return bool(self._found.find_matches_as_indexes(glued))


def _doubled(part: str, name: str) -> bool:
    """One letter of the name stands twice: `amelli`."""
    return len(part) == len(name) + 1 and any(
        part == name[:at] + name[at] + name[at:] for at in range(len(name))
    )


def _turned(part: str, name: str) -> bool:
    """Two letters of the name are turned round: `amlei`."""
    return any(part == name[:at] + name[at + 1] + name[at] + name[at + 2 :] for at in range(len(name) - 1))


def _beside(part: str, name: str) -> bool:
    """One letter is the key beside it, on a French keyboard: `aneli`, `amelo`."""
    if len(part) != len(name):
        return False
    wrong = [(a, b) for a, b in zip(part, name, strict=True) if a != b]
    return len(wrong) == 1 and any(a + b in row or b + a in row for row in _KEYS for a, b in wrong)
