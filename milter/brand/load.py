"""What is known of each brand? Reads config/brands/*.toml.

Raises ConfigError, with every problem of every file at once.
"""

import datetime
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from milter.brand.brand import Brand, Fact, OwnedDomain, Sureness, Words
from milter.brand.promise import AskKind, Promise
from milter.config.data_file import FileTable, read_table
from milter.errors import ConfigError
from milter.mail.domain import Domain
from milter.mail.folding import fold, phrase


def _to_domain(text: str) -> Domain:
    domain = Domain.parse(text)
    if domain is None:
        raise ValueError(f"{text!r} is not a domain")
    return domain


def _is_domain(text: str) -> str:
    return _to_domain(text).name


def _is_phrase(text: str) -> str:
    if not phrase(text):
        raise ValueError(f"{text!r} holds no word")
    return text


_DomainText = Annotated[str, AfterValidator(_is_domain)]
_Phrase = Annotated[str, AfterValidator(_is_phrase)]


class _Fact(FileTable):
    value: str = Field(min_length=1)
    source: str = Field(min_length=1)
    read: datetime.date
    sure: Sureness

    def fact(self) -> Fact:
        return Fact(self.value.lower(), self.source, self.read, self.sure)


class _Domain(_Fact):
    value: _DomainText
    staff: bool = False

    def owned(self) -> OwnedDomain:
        return OwnedDomain(_to_domain(self.value), self.fact(), self.staff)


class _Promise(FileTable):
    kinds: tuple[AskKind, ...] = Field(min_length=1)
    text: str = Field(min_length=1)
    text_en: str = Field(min_length=1)
    source: str = Field(min_length=1)
    date: datetime.date

    def promise(self) -> Promise:
        return Promise(frozenset(self.kinds), self.text, self.text_en, self.source, self.date)


class _Words(FileTable):
    stems: tuple[str, ...] = Field(min_length=1)
    other_words: tuple[str, ...] = ()
    names: tuple[_Phrase, ...] = Field(min_length=1)
    shared: tuple[_Phrase, ...] = ()
    soft: tuple[_Phrase, ...] = ()
    with_place: tuple[_Phrase, ...] = ()
    first_names: tuple[_Phrase, ...] = ()
    labels: tuple[str, ...] = ()
    soft_labels: tuple[str, ...] = ()
    objects: tuple[_Phrase, ...] = ()
    soft_objects: tuple[_Phrase, ...] = ()
    unnamed: tuple[_Phrase, ...] = ()
    matter: tuple[_Phrase, ...] = ()
    soft_matter: tuple[_Phrase, ...] = ()
    homonyms: tuple[_Phrase, ...] = ()
    foreign: tuple[_Phrase, ...] = ()
    foreign_suffixes: tuple[str, ...] = ()
    accounts: tuple[_Phrase, ...] = ()

    def words(self) -> Words:
        return Words(
            stems=tuple(map(fold, self.stems)),
            other_words=tuple(map(fold, self.other_words)),
            names=_longest_first(self.names),
            shared=frozenset(map(phrase, self.shared)),
            soft=_longest_first(self.soft),
            with_place=_longest_first(self.with_place),
            first_names=frozenset(map(phrase, self.first_names)),
            labels=_glued(self.labels),
            soft_labels=_glued(self.soft_labels),
            objects=_longest_first(self.objects),
            soft_objects=_longest_first(self.soft_objects),
            unnamed=_longest_first(self.unnamed),
            matter=_longest_first(self.matter),
            soft_matter=_longest_first(self.soft_matter),
            homonyms=_longest_first(self.homonyms),
            foreign=_longest_first(self.foreign),
            foreign_suffixes=frozenset(self.foreign_suffixes),
            accounts=_longest_first(self.accounts),
        )


class _BrandFile(FileTable):
    key: str = Field(pattern=r"^[a-z0-9-]+$")
    name: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    version: str = Field(min_length=1)
    fresh_days: int = Field(365, ge=1)
    address: tuple[_Fact, ...] = ()
    domain: tuple[_Domain, ...] = Field(min_length=1)
    neighbour: tuple[_Domain, ...] = ()
    number: tuple[_Fact, ...] = ()
    promise: tuple[_Promise, ...] = ()
    words: _Words

    def brand(self) -> Brand:
        return Brand(
            key=self.key,
            name=self.name,
            name_en=self.name_en,
            version=self.version,
            addresses=tuple(entry.fact() for entry in self.address),
            domains=tuple(entry.owned() for entry in self.domain),
            neighbours=tuple(_to_domain(entry.value) for entry in self.neighbour),
            numbers=tuple(entry.fact() for entry in self.number),
            promises=tuple(entry.promise() for entry in self.promise),
            words=self.words.words(),
            fresh_days=self.fresh_days,
        )


def load_brands(directory: Path) -> tuple[Brand, ...]:
    """Every brand of the directory, in the order of the file names."""
    problems: list[str] = []
    files = sorted(directory.glob("*.toml")) if directory.is_dir() else []
    if not files:
        problems.append(f"{directory}: no brand file (*.toml) here")
    brands: list[Brand] = []
    for path in files:
        try:
            brands.append(load_brand(path))
        except ConfigError as error:
            problems += error.problems
    keys = [brand.key for brand in brands]
    problems += [
        f"{directory}: two brands are called {key!r}"
        for key in sorted({k for k in keys if keys.count(k) > 1})
    ]
    if problems:
        raise ConfigError(problems)
    return tuple(brands)


def load_brand(path: Path) -> Brand:
    """The brand of one file. Raises ConfigError, with every problem of it."""
    return read_table(path, _BrandFile).brand()


def _glued(labels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fold(label).replace("-", "") for label in labels))


def _longest_first(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({phrase(text) for text in texts}, key=lambda p: (-len(p), p)))
