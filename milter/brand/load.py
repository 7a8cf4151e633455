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
from milter.mail.text.folding import phrase


def _to_domain(text: str) -> Domain:
    domain = Domain.parse(text)
    if domain is None:
        raise ValueError(f"{text!r} is not a domain")
    return domain


def _is_domain(text: str) -> str:
    return _to_domain(text).name


_DomainText = Annotated[str, AfterValidator(_is_domain)]
_Beginning = Annotated[str, AfterValidator(phrase), Field(min_length=1)]


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
    # An address is the same in every language.
    source_en: str = ""
    date: datetime.date
    about: tuple[_Beginning, ...] = ()

    def promise(self) -> Promise:
        source_en = self.source_en or self.source
        kinds, about = frozenset(self.kinds), self.about
        return Promise(kinds, self.text, self.text_en, self.source, source_en, self.date, about)


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
    words: Words

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
            words=self.words,
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
