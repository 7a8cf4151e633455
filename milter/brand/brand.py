"""Who can be impersonated, and what is known of him? Every fact with source, date and sureness. Pure."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from milter.brand.promise import AskKind, Promise
from milter.config.data_file import FileTable
from milter.mail.domain import Domain
from milter.mail.text.folding import fold, phrase
from milter.mail.text.letters import plain


def _as_phrase(text: str) -> str:
    if not (said := phrase(text)):
        raise ValueError(f"{text!r} holds no word")
    return said


def _longest_first(phrases: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(phrases), key=lambda p: (-len(p), p)))


def _glued(labels: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label.replace("-", "") for label in labels))


# As lists of a brand's file are read.
_Phrase = Annotated[str, AfterValidator(_as_phrase)]
_Phrases = Annotated[tuple[_Phrase, ...], AfterValidator(_longest_first)]
_PhraseSet = frozenset[_Phrase]
_Folded = tuple[Annotated[str, AfterValidator(fold)], ...]
_Plain = tuple[Annotated[str, AfterValidator(plain)], ...]
_Labels = Annotated[_Folded, AfterValidator(_glued)]


class Sureness(StrEnum):
    """How well a fact is founded."""

    A = "A"  # official text read, or several independent sources
    B = "B"  # one good press or public source
    C = "C"  # one weak or old source


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known, the place it was read, the day it was read, and how sure it is."""

    value: str
    source: str
    read: datetime.date
    sure: Sureness


@dataclass(frozen=True, slots=True)
class OwnedDomain:
    """A domain of the organisation. `staff` is True where people write from it by hand, so that an
    unproven mail from it may be a mailing list that broke an employee's signature."""

    domain: Domain
    fact: Fact
    staff: bool = False


class Words(FileTable):
    """The words a claim is read from, each a phrase as `milter.mail.text.folding.phrase` writes it.

    `stems`: letters one of which stands in every text about it. `other_words`: words that begin like a
    stem and mean something else, whole, or with `*` for any ending. `names`: phrases that name the
    organisation. `shared`: those of them that namesakes carry too. `soft`: words that only hint at it.
    `with_place`: names that a place name may follow. `first_names`: names of one word that people are
    called by, too; `surnames`: other words of it that are. `labels`: the names as one word of a domain;
    `soft_labels`: those that only hint. `objects`: what it alone manages; `soft_objects`: what others may,
    too. `unnamed`: how it is meant without its name. `matter`: what it alone is about; `soft_matter`: what
    insurers of every kind are about, too.
    `sector`: what a sender is called by who says his trade and no name. `field`: how words begin one of which
    stands in every letter about health or insurance. `homonyms`: other people's things
    that carry its name. `foreign`: signs of a namesake abroad; `foreign_suffixes`: the top-level domains of
    those; `home`: what is said of the brand itself beside other countries. `accounts`: what one's own
    account there is called. `translated`: how it is called in languages that no other list has, in their
    own letters; `cards`: parts of words for a card in such languages, which beside a hint of one word
    (`vitale`) mean what it alone manages.
    """

    stems: _Folded = Field(min_length=1)
    other_words: _Folded = ()
    names: _Phrases = Field(min_length=1)
    shared: _PhraseSet = frozenset()
    soft: _Phrases = ()
    with_place: _Phrases = ()
    first_names: _PhraseSet = frozenset()
    surnames: _PhraseSet = frozenset()
    labels: _Labels = ()
    soft_labels: _Labels = ()
    objects: _Phrases = ()
    soft_objects: _Phrases = ()
    unnamed: _Phrases = ()
    matter: _Phrases = ()
    soft_matter: _Phrases = ()
    sector: _Phrases = ()
    field: _Folded = ()
    homonyms: _Phrases = ()
    foreign: _Phrases = ()
    foreign_suffixes: frozenset[str] = frozenset()
    home: _Phrases = ()
    accounts: _Phrases = ()
    translated: _Plain = ()
    cards: _Plain = ()

    def abroad(self) -> "Words":
        """The words that count in a mail that shows a namesake abroad: those nobody shares."""
        own = tuple(name for name in self.names if name not in self.shared)
        things = tuple(t for t in self.objects if not any(f" {name} " in f" {t} " for name in self.shared))
        glued = {name.replace(" ", "") for name in self.shared}
        labels = tuple(label for label in self.labels if label.replace("-", "") not in glued)
        left_out = dict.fromkeys(("soft", "soft_objects", "unnamed", "matter", "soft_matter", "sector"), ())
        return self.model_copy(update={**left_out, "names": own, "objects": things, "labels": labels})

    def beside_a_namesake(self) -> "Words":
        """The words that count in a mail by a person who is called like the brand."""
        names = tuple(name for name in self.names if name not in self.first_names)
        # Of him it may be asked back, too: "Remboursement Ameli".
        objects = tuple(one for one in self.objects if not self.first_names & set(one.split()))
        labels = tuple(set(self.labels) - self.first_names)
        return self.model_copy(update={"names": names, "objects": objects, "labels": labels})


@dataclass(frozen=True, slots=True)
class Brand:
    """One organisation that can be impersonated, as read from its file in config/brands/."""

    key: str
    name: str
    name_en: str
    version: str
    addresses: tuple[Fact, ...]
    domains: tuple[OwnedDomain, ...]
    neighbours: tuple[Domain, ...]
    numbers: tuple[Fact, ...]
    promises: tuple[Promise, ...]
    words: Words
    # A fact that was read longer ago should be read again: sources change, and nobody writes to tell us.
    fresh_days: int = 365
    # The names of `domains`, and of `neighbours` beside them: asked for each link of each mail.
    _owned: frozenset[str] = field(init=False, repr=False, compare=False)
    _known: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        owned = frozenset(one.domain.name for one in self.domains)
        object.__setattr__(self, "_owned", owned)
        object.__setattr__(self, "_known", owned | {one.name for one in self.neighbours})

    def owns(self, domain: Domain) -> bool:
        """True where the domain, or one above it, is the organisation's own."""
        return domain.is_within_any(self._owned)

    def knows(self, domain: Domain) -> bool:
        """True for an own domain and for a genuine outsider whose name looks like the brand's."""
        return domain.is_within_any(self._known)

    def lists(self, address: str) -> bool:
        """True where the addr-spec (lower case) is one of the published sender addresses."""
        return any(address == fact.value for fact in self.addresses)

    def answers(self, number: str) -> bool:
        """True where the digits (national form, `+33` as `0`) are a number one may call back."""
        return any(number == fact.value for fact in self.numbers)

    def promise_against(self, kind: AskKind, words: str = "") -> Promise | None:
        """The first published promise that rules this ask out, by who says these folded words; if any."""
        return next((promise for promise in self.promises if promise.rules_out(kind, words)), None)
