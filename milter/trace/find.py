"""What happened to this message? Rows of the trace, by what an admin knows of a mail.

Raises TryLater when the database is away.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Text, cast, delete, func, select

from milter.action.action import Action
from milter.quarantine.rows import folded
from milter.quarantine.schema import trace
from milter.quarantine.transactions import Transactions
from milter.trace import tally
from milter.trace.tally import Counts, Kind
from milter.trace.traced import Traced
from milter.verdict.verdict import AGAINST, Finding

_COLUMNS = Traced._fields
_LISTS = frozenset({"recipients", "asks"})
# A look back in which an official sender has shown that it proves itself, and how often.
_LOOK_BACK = timedelta(days=30)
_USUALLY = 10
# Rows that are forgotten in one transaction, which those of new mails wait for.
_AT_ONCE = 2000
# Longer than a mail is on its way from its judgment to the quarantine.
_NEAR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Sought:
    """Which mails; what is not set is not asked for. `words` are sought in Message-ID, envelope, author,
    client and our own number of the mail, whatever their case, each on its own."""

    words: str = ""
    finding: Finding | None = None
    since: datetime | None = None
    until: datetime | None = None
    held_id: int | None = None
    before_id: int | None = None
    action: Action | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A row and its number, which grows with time."""

    id: int
    mail: Traced


class Traces:
    """The trace in a database."""

    def __init__(self, transactions: Transactions) -> None:
        """That of an open database."""
        self._transactions = transactions

    async def find(self, sought: Sought, limit: int = 50) -> tuple[Found, ...]:
        """Mails, the newest first."""
        query = select(trace).where(*_conditions(sought)).order_by(trace.c.id.desc()).limit(limit)
        rows = await self._transactions.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(Found(row["id"], _traced(row)) for row in rows)

    async def tagged(self, since: datetime, until: datetime, limit: int) -> tuple[Traced, ...]:
        """Mails that went on with a tag, the newest first."""
        # By their findings, which are in the index: most mail is none of these.
        tagged = trace.c.finding.in_(AGAINST), trace.c.action == Action.TAG.value
        query = (
            select(trace)
            .where(*tagged, trace.c.at >= since, trace.c.at < until)
            .order_by(trace.c.at.desc())
            .limit(limit)
        )
        rows = await self._transactions.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(map(_traced, rows))

    async def of_held(self, held_id: int, received: datetime) -> tuple[Found, ...]:
        """The rows of a held mail: as many as its sender tried, or none when they were forgotten."""
        # The times are read by an index, the number is not.
        near = Sought(held_id=held_id, since=received - _NEAR, until=received + _NEAR)
        return await self.find(near)

    async def counts(self, since: datetime, until: datetime) -> Counts:
        """How many mails of what kind came in this time, whole hours."""
        return await self._transactions.read(lambda connection: tally.counted(connection, since, until))

    async def findings_by_hour(self, since: datetime, until: datetime) -> dict[datetime, dict[str, int]]:
        """How many mails of each finding came in each hour."""
        return await self._transactions.read(
            lambda connection: tally.by_hour(connection, Kind.FINDING, since, until)
        )

    async def sender_domains(self, since: datetime, until: datetime, limit: int = 10) -> dict[str, int]:
        """The author domains of most of what was found (suspect, impersonation), as far back as rows are
        kept."""
        total = func.count()
        query = (
            select(trace.c.author_domain, total)
            .where(*_found(since, until), trace.c.author_domain != "")
            .group_by(trace.c.author_domain)
            .order_by(total.desc(), trace.c.author_domain)
            .limit(limit)
        )
        return await self._transactions.read(
            lambda connection: {domain: int(mails) for domain, mails in connection.execute(query)}
        )

    async def unlisted_senders(self, since: datetime, until: datetime, limit: int = 10) -> dict[str, int]:
        """The proven addresses of the organisation that are not on its published list."""
        total = func.count()
        unlisted = trace.c.finding == Finding.GENUINE_UNLISTED.value
        query = (
            select(trace.c.author_address, total)
            .where(unlisted, trace.c.at >= since, trace.c.at < until)
            .group_by(trace.c.author_address)
            .order_by(total.desc(), trace.c.author_address)
            .limit(limit)
        )
        return await self._transactions.read(
            lambda connection: {address: int(mails) for address, mails in connection.execute(query)}
        )

    async def targets(self, since: datetime, until: datetime, limit: int = 10) -> dict[str, int]:
        """The recipients of most of what was found."""
        # As it is written: the database counts, and each list is read once, not with each mail.
        written = cast(trace.c.recipients, Text)
        query = select(written, func.count()).where(*_found(since, until)).group_by(written)

        def work(connection: Connection) -> dict[str, int]:
            counts: dict[str, int] = {}
            for recipients, mails in connection.execute(query):
                for path in json.loads(recipients):
                    counts[path] = counts.get(path, 0) + int(mails)
            return counts

        counts = await self._transactions.read(work)
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:limit])

    async def stopped_proving(self, since: datetime, until: datetime) -> tuple[str, ...]:
        """The domains of the organisation that proved themselves in the thirty days before, and in this time
        were only seen without proof: a key that is broken, or a change of the sender's."""
        now, before = await self.counts(since, until), await self.counts(since - _LOOK_BACK, since)
        usual = {domain for domain, mails in before[Kind.PROVEN].items() if mails >= _USUALLY}
        return tuple(sorted(usual & set(now[Kind.UNPROVEN]) - set(now[Kind.PROVEN])))

    async def expire(self, now: datetime, days: int) -> int:
        """How many rows older than so many days were deleted."""
        await self._transactions.write(lambda connection: tally.forget(connection, now))
        old = select(trace.c.id).where(trace.c.at < now - timedelta(days=days)).limit(_AT_ONCE)
        some = delete(trace).where(trace.c.id.in_(old))
        return await self._transactions.write_by_and_by(
            lambda connection: connection.execute(some).rowcount, _AT_ONCE
        )


def _found(since: datetime, until: datetime) -> list[ColumnElement[bool]]:
    found = (Finding.SUSPECT.value, Finding.IMPERSONATION.value)
    return [trace.c.finding.in_(found), trace.c.at >= since, trace.c.at < until]


def _traced(row: RowMapping) -> Traced:
    values: dict[str, Any] = {name: row[name] for name in _COLUMNS}
    return Traced(**values | {name: tuple(row[name]) for name in _LISTS})


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if sought.finding is not None:
        conditions.append(trace.c.finding == sought.finding.value)
    if sought.action is not None:
        conditions.append(trace.c.action == sought.action.value)
    if sought.since is not None:
        conditions.append(trace.c.at >= sought.since)
    if sought.until is not None:
        conditions.append(trace.c.at < sought.until)
    if sought.held_id is not None:
        conditions.append(trace.c.held_id == sought.held_id)
    if sought.before_id is not None:
        conditions.append(trace.c.id < sought.before_id)
    conditions += [trace.c.words.contains(word, autoescape=True) for word in folded(sought.words).split()]
    return conditions
