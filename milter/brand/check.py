"""Does a brand file make sense, alone and beside the others? Pure.

What cannot be read at all `milter.brand.load` says; here is what can be read and is doubtful or wrong.
"""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from milter.brand.age import facts, too_old
from milter.brand.brand import Brand, Sureness
from milter.brand.promise import AskKind
from milter.mail.domain import Domain


class Doubt(StrEnum):
    """What is doubtful. The value is the word in JSON; `milter.cli.brand` has the sentences."""

    TWICE = "twice"  # stands twice
    CONFLICT = "conflict"  # a domain is the brand's own and a stranger's
    UNKNOWN_DOMAIN = "unknown_domain"  # an address of a domain that the brand does not own
    WEAK = "weak"  # a fact that rests on one weak or old source
    FUTURE = "future"  # read, or published, on a day that has not come
    TOO_OLD = "too_old"  # read longer ago than fresh_days
    NO_PROMISE = "no_promise"  # an ask that no published promise rules out
    OVERLAP = "overlap"  # another brand has it, too

    @property
    def is_wrong(self) -> bool:
        """True where verdicts would be wrong; else it should be looked at."""
        return self in {Doubt.CONFLICT, Doubt.UNKNOWN_DOMAIN, Doubt.FUTURE}


@dataclass(frozen=True, slots=True)
class Doubtful:
    """One thing to look at: what it is, which value, and what it is beside."""

    doubt: Doubt
    value: str
    beside: str = ""


def check(brand: Brand, others: Sequence[Brand], today: datetime.date) -> tuple[Doubtful, ...]:
    """Everything doubtful about a brand; `others` are those that are protected beside it."""
    return (
        *_twice(brand),
        *_domains(brand),
        *_sources(brand, today),
        *(Doubtful(Doubt.NO_PROMISE, kind.value) for kind in AskKind if brand.promise_against(kind) is None),
        *(doubtful for other in others if other.key != brand.key for doubtful in _overlaps(brand, other)),
    )


def _twice(brand: Brand) -> Iterator[Doubtful]:
    lists: tuple[Iterable[str], ...] = (
        (fact.value for fact in brand.addresses),
        (owned.domain.name for owned in brand.domains),
        (domain.name for domain in brand.neighbours),
        (fact.value for fact in brand.numbers),
    )
    for values in lists:
        yield from (Doubtful(Doubt.TWICE, value) for value, count in Counter(values).items() if count > 1)


def _domains(brand: Brand) -> Iterator[Doubtful]:
    own = [owned.domain for owned in brand.domains]
    for domain in brand.neighbours:
        if brand.owns(domain) or any(one.is_within(domain) for one in own):
            yield Doubtful(Doubt.CONFLICT, domain.name)
    for fact in brand.addresses:
        domain_of = Domain.parse(fact.value.rpartition("@")[2])
        if domain_of is None or not brand.owns(domain_of):
            yield Doubtful(Doubt.UNKNOWN_DOMAIN, fact.value)


def _sources(brand: Brand, today: datetime.date) -> Iterator[Doubtful]:
    for fact in facts(brand):
        if fact.sure is Sureness.C:
            yield Doubtful(Doubt.WEAK, fact.value, fact.source)
        if fact.read > today:
            yield Doubtful(Doubt.FUTURE, fact.value, fact.read.isoformat())
    for promise in brand.promises:
        if promise.date > today:
            yield Doubtful(Doubt.FUTURE, promise.text, promise.date.isoformat())
    for old in too_old(brand, today):
        yield Doubtful(Doubt.TOO_OLD, old.fact.value, old.fact.read.isoformat())


def _overlaps(brand: Brand, other: Brand) -> Iterator[Doubtful]:
    for owned in brand.domains:
        if other.owns(owned.domain) or any(o.domain.is_within(owned.domain) for o in other.domains):
            yield Doubtful(Doubt.OVERLAP, owned.domain.name, other.key)
    shared = {fact.value for fact in brand.addresses} & {fact.value for fact in other.addresses}
    shared |= {fact.value for fact in brand.numbers} & {fact.value for fact in other.numbers}
    shared |= set(brand.words.names) & set(other.words.names)
    yield from (Doubtful(Doubt.OVERLAP, value, other.key) for value in sorted(shared))
