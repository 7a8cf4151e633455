"""Is this name, or this domain, the brand's to the eye?

Pure. Whole words and complete segmentations, never substrings: *Amélie Martin*, *Carameli*, *améliorer* and
*Hôtel Ameli* are not the brand.
"""

from enum import IntEnum
from functools import lru_cache

from rapidfuzz.distance import OSA

from milter.brand.brand import Words
from milter.claim.words import ClaimWords
from milter.mail.domain import Domain
from milter.mail.folding import fold, join_spaced, letters, phrase, singular, words
from milter.mail.reading import Mailbox

_LONG = 10  # a name of so many letters is not met by chance inside another word
_LONG_ENOUGH_FOR_TYPOS = 8
_MAX_NAME_WORDS = 24
_MAX_LABEL = 63
_SHORT_WORD = 3  # letters of a word that tells nothing
_ABSTRACT = 8  # letters of a word that its ending marks as an abstract noun: `recouvrement`, not `Clement`
_MAX_PERSON = 4  # words in the name of a person
_SECOND_LEVEL = frozenset({"gouv", "com", "org", "net", "asso", "co", "gov", "fr"})


class Degree(IntEnum):
    """How much of a text is the brand's name."""

    NONE = 0
    HINT = 1  # only a word that others use too
    BODY = 2  # the name beside words that name another body
    PART = 3  # the name beside words of which nothing is known
    SHORT = 4  # the name alone, but a word that people are called by, too
    WHOLE = 5  # the name, and ordinary words at most


class Likeness:
    """Compares names and domains with one brand; built once, and cached by text."""

    def __init__(self, brand: Words, common: ClaimWords) -> None:
        """Cut the names into words once."""
        self._brand = brand
        self._common = common
        self._names = tuple(name.split() for name in brand.names)
        self._soft = tuple(name.split() for name in brand.soft)
        self._places = frozenset(brand.with_place)
        self._labels = (*brand.labels, *(name.replace(" ", "") for name in brand.names if " " in name))
        # Of a name that is a first name, too, `gite-ameli.fr` says little.
        self._distinct = frozenset(brand.labels) - brand.first_names
        self._ordinary = common.filler | common.roles
        self._bodies = frozenset(common.bodies)
        self.name = lru_cache(maxsize=4096)(self._name)
        self.domain = lru_cache(maxsize=4096)(self._domain)
        self.label = lru_cache(maxsize=4096)(self._label)

    def _name(self, text: str) -> Degree:
        """How much of a display name, a line or a title is the brand's name."""
        folded = fold(text[:400])
        return max(self._name_words(folded), self._name_words(join_spaced(folded)))

    def _name_words(self, folded: str) -> Degree:
        tokens = [singular(word) for word in words(folded)][:_MAX_NAME_WORDS]
        rest, found, placed = self._without_names(tokens)
        if not found:
            return self._hint(tokens)
        own = [word for word in rest if not self._is_plain(word)]
        if own and self._names_a_body(tokens):
            return Degree.BODY
        before = [word for word in rest[: max(placed, 0)] if not self._is_plain(word)]
        if own and (before or placed < 0 or len(own) > self._common.place_words):
            return Degree.BODY if self._is_first_name(tokens, rest) else Degree.PART
        return Degree.SHORT if self._is_first_name(tokens, []) and len(tokens) == 1 else Degree.WHOLE

    def names_a_body(self, text: str) -> bool:
        """True where a word says that a body of its own is meant: `Amicale du personnel`, `Caf du Sureau`."""
        found = [word for word in phrase(text).split() if word not in self._common.titles]
        padded = f" {' '.join(found)} "
        return self._names_a_body(found) or any(f" {other} " in padded for other in self._common.others)

    def is_shared(self, text: str) -> bool:
        """True where a name stands in it that namesakes carry, too: `Rosa Assurance Maladie`."""
        padded = f" {phrase(text)} "
        return any(f" {name} " in padded for name in self._brand.shared)

    def is_namesakes(self, box: Mailbox) -> bool:
        """True where, beside such a name, a telling word of the display name is the domain's: rosa.ch."""
        label = fold(box.domain.label) if box.domain is not None else ""
        telling = (
            w for w in phrase(box.display_name).split() if len(w) > _SHORT_WORD and not self.is_common(w)
        )
        return self.is_shared(box.display_name) and any(word in label for word in telling)

    def begins_as_a_body(self, text: str) -> bool:
        """True where that word comes first: `Syndicat CPAM`, not `CPAM - Pharmacie`."""
        return phrase(text).partition(" ")[0] in self._bodies

    def has_title(self, found: list[str]) -> bool:
        """True for the folded words of a person's name with a title: `dr p sow`."""
        return any(word in self._common.titles for word in found)

    def _names_a_body(self, tokens: list[str]) -> bool:
        text = f" {' '.join(tokens)} "
        return any(f" {body} " in text for body in self._common.bodies)

    def is_namesake(self, name: str) -> bool:
        """True for the name of a person who is called like the brand: `Ameli Dubois`."""
        tokens = phrase(name).split()
        rest = [token for token in tokens if token not in self._brand.first_names]
        return 0 < len(rest) < len(tokens) <= _MAX_PERSON and not any(map(self.is_common, rest))

    def _is_first_name(self, tokens: list[str], rest: list[str]) -> bool:
        """`Ameli Dubois`: a first name, and one word that nobody else uses."""
        named = [token for token in tokens if token not in rest]
        return len(named) == 1 and named[0] in self._brand.first_names and len(rest) <= 1

    def _without_names(self, tokens: list[str]) -> tuple[list[str], bool, int]:
        """The words beside the names; whether a name was there; how many words stand before one that a place
        follows, -1 where none does.
        """
        rest: list[str] = []
        found, placed = False, -1
        at = 0
        while at < len(tokens):
            length = self._name_at(tokens, at)
            if length:
                found = True
                name = " ".join(tokens[at : at + length])
                if placed < 0 and name in self._places and self._place_follows(tokens, at + length):
                    placed = len(rest)
                at += length
            else:
                rest.append(tokens[at])
                at += 1
        return rest, found, placed

    def _place_follows(self, tokens: list[str], at: int) -> bool:
        following = tokens[at : at + 2]
        return bool(following) and (
            following[0] in {"de", "du", "d", "des", "la", "le", "l"} or following[0].isdigit()
        )

    def _name_at(self, tokens: list[str], at: int) -> int:
        for name in self._names:
            if _same_words(tokens[at : at + len(name)], name):
                return len(name)
        return 1 if self.label(tokens[at]) is Degree.WHOLE and not self._is_plain(tokens[at]) else 0

    def _hint(self, tokens: list[str]) -> Degree:
        text = f" {' '.join(tokens)} "
        for name in self._soft:
            if (padded := f" {' '.join(name)} ") in text:
                rest = text.replace(padded, " ").split()
                return Degree.HINT if all(map(self._is_plain, rest)) else Degree.NONE
        return Degree.NONE

    def is_common(self, word: str) -> bool:
        """True for a word that says nothing of who somebody is: ordinary, or the brand's own."""
        return self._is_plain(word) or self.name(word) >= Degree.HINT

    def _is_plain(self, word: str) -> bool:
        return self.is_ordinary(word) or _is_reference(word) or word in self._common.departments

    def is_ordinary(self, word: str) -> bool:
        """True for a word, or a number, that organisations of every kind carry in their names."""
        return (
            word in self._ordinary
            or word.isdigit()
            or len(word) <= 2
            or (len(word) >= _ABSTRACT and word.endswith(self._common.endings) and word not in self._bodies)
        )

    def _domain(self, domain: Domain) -> Degree:
        """How much of a domain is the brand's name, in its registrable label or in a label below it."""
        labels = domain.unicode.split(".")
        registrable = domain.organizational.unicode.split(".")
        below = labels[: len(labels) - len(registrable)]
        best = self.label(registrable[0])
        for label in below:
            best = max(best, self.label(label))
        return max(best, self.label("-".join(below))) if len(below) > 1 else best

    def _label(self, label: str) -> Degree:
        """How much of one domain label, or of one word, is the brand's name."""
        folded = fold(label[:_MAX_LABEL])
        parts = [part for part in words(folded) if part not in _SECOND_LEVEL]
        glued = "".join(parts)
        if not glued or len(glued) > _MAX_LABEL:
            return Degree.NONE
        if len(parts) > 1 and self._names_a_body(parts):
            return Degree.BODY if set(parts) & set(self._brand.labels) else Degree.NONE
        if self._segments(glued, self._labels) or self._segments(
            letters(glued), tuple(map(letters, self._labels))
        ):
            return Degree.WHOLE
        if self._mistyped(parts, glued):
            return Degree.WHOLE
        if any(len(name) >= _LONG and name in glued for name in self._labels):
            return Degree.WHOLE
        if any(name in map(singular, parts) or name in parts for name in self._brand.labels):
            # `ameli-international`, but not `gite-ameli`: a body says first what it is.
            return (
                Degree.PART if set(parts) & self._distinct or parts[0] in self._brand.labels else Degree.BODY
            )
        return Degree.HINT if self._segments(glued, self._brand.soft_labels) else Degree.NONE

    def _segments(self, glued: str, names: tuple[str, ...]) -> bool:
        """True where the letters are names and ordinary words from end to end, with one name at least."""
        # reach[i] = (can the first i letters be cut, and with a name among the pieces)
        plain, named = {0}, set[int]()
        for at in range(len(glued)):
            if at not in plain and at not in named:
                continue
            for end in range(at + 1, min(len(glued), at + 28) + 1):
                piece = glued[at:end]
                if piece in names:
                    named.add(end)
                elif self._is_piece(piece):
                    named.update({end} if at in named else ())
                    plain.update({end} if at in plain else ())
        return len(glued) in named

    def _is_piece(self, piece: str) -> bool:
        if piece.isdigit():
            return True
        return len(piece) > 1 and (
            piece in self._ordinary or (piece[-1] == "s" and piece[:-1] in self._ordinary)
        )

    def _mistyped(self, parts: list[str], glued: str) -> bool:
        candidates = {glued, *parts}
        return any(
            OSA.distance(candidate, name, score_cutoff=2) <= (1 if len(name) < 12 else 2)
            for name in self._labels
            if len(name) >= _LONG_ENOUGH_FOR_TYPOS
            for candidate in candidates
            if abs(len(candidate) - len(name)) <= 2
        )


def _same_words(tokens: list[str], name: list[str]) -> bool:
    """The same words, a long one (8 letters or more) with one slip of the pen at most."""
    if len(tokens) != len(name):
        return False
    for token, word in zip(tokens, name, strict=True):
        if token == word or letters(token) == letters(word):
            continue
        if len(word) < _LONG_ENOUGH_FOR_TYPOS - 1 or OSA.distance(token, word, score_cutoff=1) > 1:
            return False
    return True


def _is_reference(word: str) -> bool:
    """True for a file number: letters and digits mixed (`aml591783021`, `2b45`)."""
    return any(char.isdigit() for char in word) and len(word) > 2
