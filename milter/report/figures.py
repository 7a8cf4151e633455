"""What happened in a time, and what waits? Read from the quarantine, the trace and the journal.

Raises TryLater when the database is away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import ColumnElement, Connection, Text, cast, func, select

from milter.action.action import Action
from milter.brand.age import too_old
from milter.brand.brand import Brand
from milter.quarantine.campaigns import Campaigns, Group
from milter.quarantine.held import Held, State
from milter.quarantine.journal import Deed
from milter.quarantine.listing import Wanted
from milter.quarantine.requests import Request, Requests
from milter.quarantine.schema import held_mail, journal
from milter.quarantine.store import Store
from milter.trace.find import Traces
from milter.trace.tally import Kind, whole_hour
from milter.trace.traced import Traced
from milter.verdict.verdict import Finding

# As many as somebody reads in the morning; the page has all.
MOST_WAITING = 50
MOST_CAMPAIGNS = 20
MOST_TAGGED = 20
_MOST_RELEASED = 100
# Where a mail may be that was released to some only; one that was deleted or confirmed since was no mistake.
_WAITED = (State.HELD.value, State.RELEASING.value, State.EXPIRED.value)
_IS_SENT = (cast(held_mail.c.delivered, Text) != "[]",)


@dataclass(frozen=True, slots=True)
class Period:
    """A time, and the one as long before it."""

    since: datetime
    until: datetime

    @property
    def before(self) -> "Period":
        """The time as long just before."""
        return Period(self.since - (self.until - self.since), self.since)


@dataclass(frozen=True, slots=True)
class Release:
    """A mail that was let go on, when, and by whom: an account, or empty where the journal does not know."""

    mail_id: int
    at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class Old:
    """A fact of a brand file that nobody has looked up for long."""

    brand: str
    value: str
    read: date


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything a report says. `findings`, `held`, `was_released` and `was_confirmed` (as fraud) are of mail
    that came in the period, those with `_before` of the period before; `waiting` is how many wait now,
    `newest` the newest of them, `requests` what recipients ask for, and nobody has answered, `new_campaigns`
    the largest of those whose first mail came in the period; `tagged` is how many of it went on with a tag,
    `newest_tagged` the newest of them."""

    period: Period
    findings: Mapping[str, int]
    findings_before: Mapping[str, int]
    likenesses: Mapping[str, int]
    asks: Mapping[str, int]
    sender_domains: Mapping[str, int]
    targets: Mapping[str, int]
    proven: Mapping[str, int]
    proven_before: Mapping[str, int]
    unlisted: Mapping[str, int]
    stopped_proving: Sequence[str]
    held: int
    held_before: int
    was_released: int
    was_released_before: int
    was_confirmed: int
    was_confirmed_before: int
    waiting: int
    newest: Sequence[Held]
    released: Sequence[Release]
    old_facts: Sequence[Old]
    requests: Sequence[tuple[Request, Held]] = ()
    new_campaigns: Sequence[Group] = ()
    tagged: int = 0
    newest_tagged: Sequence[Traced] = ()

    @property
    def mistakes(self) -> float | None:
        """Which part of what was held was let go on: false positives, as far as people have looked."""
        return self.was_released / self.held if self.held else None


async def gather(store: Store, period: Period, brands: Sequence[Brand] = ()) -> Figures:
    """The figures of a period, from the beginning of its first hour: no hour is counted in two periods."""
    traces = Traces(store.transactions)
    period = Period(whole_hour(period.since), period.until)
    since, until = period.since, period.until
    now = await traces.counts(since, until)
    before = await traces.counts(period.before.since, period.before.until)
    (
        (held, was_released, was_confirmed),
        (held_before, was_released_before, was_confirmed_before),
        waiting,
        released,
    ) = await store.transactions.read(partial(_of_quarantine, period))
    return Figures(
        period=period,
        findings={**dict.fromkeys((f.value for f in Finding), 0), **now[Kind.FINDING]},
        findings_before=before[Kind.FINDING],
        likenesses=now[Kind.LIKENESS],
        asks=now[Kind.ASK],
        sender_domains=await traces.sender_domains(since, until),
        targets=await traces.targets(since, until),
        proven=now[Kind.PROVEN],
        proven_before=before[Kind.PROVEN],
        unlisted=now[Kind.UNLISTED],
        stopped_proving=await traces.stopped_proving(since, until),
        held=held,
        held_before=held_before,
        was_released=was_released,
        was_released_before=was_released_before,
        was_confirmed=was_confirmed,
        was_confirmed_before=was_confirmed_before,
        waiting=waiting,
        newest=await store.list(Wanted(State.HELD), MOST_WAITING),
        released=released,
        old_facts=old_facts(brands, until.date()),
        requests=await _requests(store),
        new_campaigns=await Campaigns(store.transactions).largest(
            since, until, MOST_CAMPAIGNS, only_new=True
        ),
        tagged=now[Kind.ACTION].get(Action.TAG.value, 0),
        newest_tagged=await traces.tagged(since, until, MOST_TAGGED),
    )


def old_facts(brands: Sequence[Brand], today: date) -> tuple[Old, ...]:
    """What nobody has looked up for as long as its brand file allows."""
    found = (old for brand in brands for old in too_old(brand, today))
    return tuple(Old(old.brand.name, old.fact.value, old.fact.read) for old in found)


async def _requests(store: Store) -> tuple[tuple[Request, Held], ...]:
    found = await Requests(store.transactions).list(limit=MOST_WAITING)
    return tuple([(one, held) for one in found if (held := await store.get(one.mail_id))])


_Held = tuple[int, int, int]


def _of_quarantine(period: Period, connection: Connection) -> tuple[_Held, _Held, int, tuple[Release, ...]]:
    """What is held of this period and of the one before, what waits, and what was let go on."""
    held = _held(connection, period), _held(connection, period.before)
    return *held, _waiting(connection), _released(connection, period)


def _held(connection: Connection, period: Period) -> _Held:
    """How many were held, and how many of them were let go on since, or confirmed as fraud."""
    came = held_mail.c.received >= period.since, held_mail.c.received < period.until
    query = select(held_mail.c.state, func.count()).where(*came).group_by(held_mail.c.state)
    counts = {state: int(mails) for state, mails in connection.execute(query)}
    released, confirmed = (counts.get(state.value, 0) for state in (State.RELEASED, State.CONFIRMED))
    return sum(counts.values()), released + _to_some(connection, came), confirmed


def _to_some(connection: Connection, came: Sequence[ColumnElement[bool]]) -> int:
    """How many of these went on to some of their recipients, and wait for the others or have become too old
    there. Whoever has had a copy is no recipient of it."""
    columns = held_mail.c.forward_paths, held_mail.c.delivered
    query = select(*columns).where(*came, held_mail.c.state.in_(_WAITED), *_IS_SENT)
    return sum(not {*paths}.isdisjoint(sent) for paths, sent in connection.execute(query))


def _waiting(connection: Connection) -> int:
    query = select(func.count()).where(held_mail.c.state == State.HELD.value)
    return int(connection.execute(query).scalar_one())


def _released(connection: Connection, period: Period) -> tuple[Release, ...]:
    """What was let go on in this time, by the quarantine itself; the journal knows who it was."""
    at = held_mail.c.changed
    # Versions that had no grace changed a mail when they emptied it, too; that is no release.
    query = select(held_mail.c.id, at).where(
        held_mail.c.state == State.RELEASED.value,
        held_mail.c.emptied.is_(None),
        at >= period.since,
        at < period.until,
    )
    mails = {
        int(mail_id): moment
        for mail_id, moment in connection.execute(query.order_by(at.desc()).limit(_MOST_RELEASED))
    }
    noted = select(journal.c.mail_id, journal.c.who).where(
        journal.c.deed == Deed.RELEASED.value, journal.c.mail_id.in_(mails)
    )
    who = {int(mail_id): str(name) for mail_id, name in connection.execute(noted)}
    found = [Release(mail_id, moment, who.get(mail_id, "")) for mail_id, moment in mails.items()]
    found += [one for one in _released_to_one(connection, period) if one.mail_id not in mails]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True)[:_MOST_RELEASED])


def _released_to_one(connection: Connection, period: Period) -> list[Release]:
    """What somebody has let go on to the recipient who had asked for it, in this time."""
    query = select(journal.c.mail_id, journal.c.at, journal.c.who).where(
        journal.c.deed == Deed.REQUEST_APPROVED.value,
        journal.c.at >= period.since,
        journal.c.at < period.until,
    )
    rows = connection.execute(query.order_by(journal.c.id.desc()).limit(_MOST_RELEASED))
    return [Release(int(mail_id), at, str(who)) for mail_id, at, who in rows]
