"""Which facts were read too long ago? Pure."""

import datetime
from dataclasses import dataclass

from milter.brand.brand import Brand, Fact


@dataclass(frozen=True, slots=True)
class Old:
    """A fact of a brand that should be read again, and how many days ago it was read."""

    brand: Brand
    fact: Fact
    days: int


def facts(brand: Brand) -> tuple[Fact, ...]:
    """Every fact that was read somewhere: addresses, domains and numbers."""
    return (*brand.addresses, *(owned.fact for owned in brand.domains), *brand.numbers)


def too_old(brand: Brand, today: datetime.date) -> tuple[Old, ...]:
    """The facts that were read more than the brand's `fresh_days` ago, the oldest first."""
    found = (Old(brand, fact, (today - fact.read).days) for fact in facts(brand))
    return tuple(sorted((old for old in found if old.days > brand.fresh_days), key=lambda old: -old.days))
