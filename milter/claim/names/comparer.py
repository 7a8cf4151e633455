"""Is this name, or this domain, the brand's to the eye?

Pure. Whole words and complete segmentations, never substrings: *Amélie Martin*, *Carameli*, *améliorer* and
*Hôtel Ameli* are not the brand.
"""

from collections.abc import Iterator
from functools import lru_cache
from unicodedata import normalize

from rapidfuzz.distance import OSA

from milter.brand.brand import Words
from milter.claim.lines import Phrases
from milter.claim.names.labels import LONG_ENOUGH_FOR_TYPOS, Degree, Labels
from milter.claim.names.matter import MatterReader
from milter.claim.names.vocabulary import Vocabulary
from milter.claim.words import ClaimWords
from milter.mail.domain import Domain
from milter.mail.reading import Mailbox
from milter.mail.remembered import remembered
from milter.mail.text.disguise import letters
from milter.mail.text.folding import fold, phrase, singular, words
from milter.mail.text.spaced_letters import join_spaced

_MAX_NAME_WORDS = 24
_SHORT_WORD = 3  # letters of a word that tells nothing
_BEFORE_A_PLACE = frozenset({"de", "du", "d", "des", "la", "le", "l"})


class Comparer:
    """Compares names and domains with one brand; built once, and cached by text."""

    def __init__(self, brand: Words, common: ClaimWords) -> None:
        """Cut the names into words once."""
        self._brand = brand
        self._common = common
        self._names = tuple(tuple(map(_Word, name.split())) for name in brand.names)
        said = (name.split() for name in (*brand.names, *brand.objects, *brand.unnamed))
        self._initials = frozenset("".join(word[0] for word in name) for name in said)
        firsts = {name[0].written: name[0] for name in self._names}.values()
        self._long_firsts = tuple(first for first in firsts if first.is_long)
        self._drawn_firsts: dict[str, set[str]] = {}
        for first in firsts:
            self._drawn_firsts.setdefault(first.drawn, set()).add(first.written)
        self._soft = tuple(f" {name} " for name in brand.soft)
        self._any_soft = Phrases(brand.soft)
        self._places = frozenset(brand.with_place)
        self.first_names = brand.first_names
        self.surnames = brand.surnames
        self.words = Vocabulary(common)
        self.matter = MatterReader(brand, self.words)
        self._labels = Labels(brand, common, self.words)
        self.label = self._labels.degree
        self._begun_by = remembered(1024, longest=40)(self._names_begun_by)
        self._may_begin = remembered(2048, longest=40)(self._may_begin_a_name)
        self.name = remembered(1024, longest=120)(self._name)
        self.domain = lru_cache(maxsize=512)(self._domain)

    def _name(self, text: str) -> Degree:
        """How much of a display name, a line or a title is the brand's name."""
        folded = fold(text[:400])
        joined = join_spaced(folded)
        degree = self._name_words(folded)
        if joined != folded:
            degree = max(degree, self._name_words(joined))
        if degree is Degree.SHORT and not any(
            name in _written(text[:400]) for name in self._brand.first_names
        ):
            # Nobody who is called so writes it `4meli` or `am€li`.
            return Degree.WHOLE
        return degree

    def are_its_initials(self, word: str) -> bool:
        """True for `am` and `cv`: what it is called is shortened so."""
        return word in self._initials

    def _name_words(self, folded: str) -> Degree:
        tokens = [singular(word) for word in words(folded)][:_MAX_NAME_WORDS]
        rest, found, placed = self._without_names(tokens)
        if not found:
            return self._hint(tokens)
        own = [word for word in rest if not self.words.is_plain(word)]
        if self.words.says_a_body_at_length(tokens):
            return Degree.BODY
        if self.words.says_a_body(tokens) and (own or self.words.begins_as_a_body(folded)):
            named = self._is_distinct(tokens) and self.words.is_a_department(own, tokens)
            return Degree.PART if named else Degree.BODY
        before = [word for word in rest[: max(placed, 0)] if not self.words.is_plain(word)]
        if own and (before or placed < 0 or len(own) > self._common.place_words):
            return Degree.BODY if self._is_first_name(tokens, rest) else Degree.PART
        return Degree.SHORT if self._is_first_name(tokens, []) and len(tokens) == 1 else Degree.WHOLE

    def _is_distinct(self, tokens: list[str]) -> bool:
        """True where a name stands among the words that is nobody else's: initials, no first name."""
        return any(
            len(name) == 1 and name[0].written in tokens and name[0].written not in self._brand.first_names
            for name in self._names
        )

    def is_shared(self, text: str) -> bool:
        """True where a name stands in it that namesakes carry, too: `Rosa Assurance Maladie`."""
        padded = f" {phrase(text)} "
        return any(f" {name} " in padded for name in self._brand.shared)

    def telling_of_domain(self, box: Mailbox) -> Iterator[str]:
        """The words of the display name that stand in the domain and say who somebody is."""
        label = fold(box.domain.label) if box.domain is not None else ""
        for word in phrase(box.display_name).split():
            if len(word) > _SHORT_WORD and word in label and not self.is_common(word):
                yield word

    def _is_first_name(self, tokens: list[str], rest: list[str]) -> bool:
        """`Ameli Dubois`: a first name, and one word that nobody else uses."""
        named = [token for token in tokens if token not in rest]
        return len(named) == 1 and named[0] in self._brand.first_names and len(rest) <= 1

    def _without_names(self, tokens: list[str]) -> tuple[list[str], bool, int]:
        """The words beside the names; whether a name was there; how many words stand before one that a place
        follows, -1 where none does.
        """
        if not any(map(self._may_begin, tokens)):
            # Most names of pictures are of something else, and a newsletter has seventy.
            return tokens, False, -1
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
            following[0] in _BEFORE_A_PLACE or following[0].isdigit() or following[0] in self._common.regions
        )

    def _name_at(self, tokens: list[str], at: int) -> int:
        for name in self._begun_by(tokens[at]):
            if _same_words(tokens[at : at + len(name)], name):
                return len(name)
        return int(self._is_a_name(tokens[at]))

    def _may_begin_a_name(self, token: str) -> bool:
        return bool(self._begun_by(token)) or self._is_a_name(token)

    def _is_a_name(self, token: str) -> bool:
        return not self.words.is_plain(token) and self.label(token) is Degree.WHOLE

    def _names_begun_by(self, token: str) -> tuple[tuple["_Word", ...], ...]:
        drawn = letters(token)
        slipped = {first.written for first in self._long_firsts if first.is_meant_by(token, drawn)}
        meant = slipped | self._drawn_firsts.get(drawn, set())
        return tuple(name for name in self._names if name[0].written in meant) if meant else ()

    def _hint(self, tokens: list[str]) -> Degree:
        text = rest = f" {' '.join(tokens)} "
        if self._any_soft.find(text) is None:
            return Degree.NONE
        for padded in self._soft:
            rest = rest.replace(padded, " ")
        own = [word for word in rest.split() if not self.words.is_plain(word)]
        return Degree.HINT if not own or self._is_placed(text, own) else Degree.NONE

    def _is_placed(self, text: str, own: list[str]) -> bool:
        """True where all that is said beside such a name is the place that follows it: `CGSS Guadeloupe`."""
        name = next(padded for padded in self._soft if padded in text)
        after = text.partition(name)[2].split()
        return (
            name.strip() in self._places
            and len(own) <= self._common.place_words
            and own[0] in after
            and self._place_follows(after, 0)
        )

    def is_office(self, box: Mailbox) -> bool:
        """True where the domain is called like an office of the brand, and the display name no other body."""
        domain = box.domain
        if domain is None or self.words.names_a_body(box.display_name):
            return False
        return self._labels.is_of_an_office(domain.organizational.unicode.partition(".")[0])

    def is_passed_off(self, domain: Domain) -> bool:
        """True where the registered name is the brand's to the eye, not only a page below somebody's name."""
        return self.label(domain.organizational.unicode.partition(".")[0]) is Degree.WHOLE

    def is_common(self, word: str) -> bool:
        """True for a word that says nothing of who somebody is: ordinary, or the brand's own."""
        return self.words.is_plain(word) or self.name(word) >= Degree.HINT

    def _domain(self, domain: Domain) -> Degree:
        """How much of a domain is the brand's name, in its registrable label or in a label below it."""
        labels = domain.unicode.split(".")
        registrable = domain.organizational.unicode.split(".")
        below = labels[: len(labels) - len(registrable)]
        best = self.label(registrable[0])
        for label in below:
            best = max(best, self.label(label))
        return max(best, self.label("-".join(below))) if len(below) > 1 else best


def _written(text: str) -> str:
    """The ASCII letters as written, accents and case apart: nothing that only passes for a letter."""
    return normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()


class _Word:
    """A word of a name, and how it looks."""

    __slots__ = ("drawn", "is_long", "written")

    def __init__(self, written: str) -> None:
        self.written, self.drawn = written, letters(written)
        self.is_long = len(written) >= LONG_ENOUGH_FOR_TYPOS - 1

    def is_meant_by(self, token: str, drawn: str) -> bool:
        """True for the word, for what looks like it, and for a long one with one slip of the pen at most."""
        if drawn == self.drawn:
            return True
        return (
            self.is_long
            and -1 <= len(token) - len(self.written) <= 1
            and OSA.distance(token, self.written, score_cutoff=1) <= 1
        )


def _same_words(tokens: list[str], name: tuple[_Word, ...]) -> bool:
    return len(tokens) == len(name) and all(
        word.is_meant_by(token, letters(token)) for token, word in zip(tokens, name, strict=True)
    )
