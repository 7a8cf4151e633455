"""How many mails of what kind came in which hour? Counted as they are written, kept when their rows are gone.

Every value is one of a few words of ours or of the brand file: no stranger makes the table grow.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

from sqlalchemy import Connection, Executable, delete, func, select

from milter.proof.proof import Standing
from milter.quarantine.database import insert_for
from milter.quarantine.schema import tally
from milter.trace.traced import Traced
from milter.verdict.verdict import AGAINST, Finding

# Long enough to compare a month with the one of a year ago; there is nothing personal in it.
KEPT_DAYS = 400


class Kind(StrEnum):
    """What is counted. All but the first three of what was found only: suspect, impersonation, undecided."""

    # The finding; empty where there was no verdict.
    FINDING = "finding"
    ACTION = "action"
    # Domains of the organisation, by the standing of the mails in their name.
    PROVEN = "proven"
    UNPROVEN = "unproven"
    UNLISTED = "unlisted"
    LIKENESS = "likeness"
    ASK = "ask"


Counts = Mapping[Kind, Mapping[str, int]]


def tallied(rows: Iterable[Traced]) -> Counter[tuple[datetime, Kind, str]]:
    """The counts of these mails, by hour."""
    return Counter((whole_hour(row.at), kind, value) for row in rows for kind, value in _kinds(row))


def add(connection: Connection, counts: Mapping[tuple[datetime, Kind, str], int]) -> None:
    """Add them to what is there."""
    if not counts:
        return
    # In one order everywhere: two gateways that lock the same rows never wait for each other in a circle.
    values = [
        {"hour": hour, "kind": kind.value, "value": value, "mails": mails}
        for (hour, kind, value), mails in sorted(counts.items())
    ]
    connection.execute(_adding(connection.dialect.name), values)


# Made once: to put it together and to compile it took some milliseconds of each second in which mail came.
@cache
def _adding(dialect: str) -> Executable:
    add = insert_for(dialect, tally)
    same = [tally.c.hour, tally.c.kind, tally.c.value]
    return add.on_conflict_do_update(index_elements=same, set_={"mails": tally.c.mails + add.excluded.mails})


def counted(connection: Connection, since: datetime, until: datetime) -> Counts:
    """All counts of this time, whole hours."""
    total = func.sum(tally.c.mails)
    query = (
        select(tally.c.kind, tally.c.value, total)
        .where(tally.c.hour >= whole_hour(since), tally.c.hour < until)
        .group_by(tally.c.kind, tally.c.value)
        .order_by(total.desc(), tally.c.value)
    )
    found: dict[Kind, dict[str, int]] = {kind: {} for kind in Kind}
    for kind, value, mails in connection.execute(query):
        found[Kind(kind)][value] = int(mails)
    return found


def by_hour(
    connection: Connection, kind: Kind, since: datetime, until: datetime
) -> dict[datetime, dict[str, int]]:
    """The counts of one kind, hour by hour."""
    query = select(tally.c.hour, tally.c.value, tally.c.mails).where(
        tally.c.kind == kind.value, tally.c.hour >= whole_hour(since), tally.c.hour < until
    )
    found: dict[datetime, dict[str, int]] = {}
    for hour, value, mails in connection.execute(query.order_by(tally.c.hour)):
        found.setdefault(hour, {})[value] = int(mails)
    return found


def forget(connection: Connection, now: datetime) -> int:
    """How many counts were too old."""
    old = tally.c.hour < now - timedelta(days=KEPT_DAYS)
    return connection.execute(delete(tally).where(old)).rowcount


def whole_hour(moment: datetime) -> datetime:
    """The beginning of its hour: counts are kept for whole ones."""
    return moment.replace(minute=0, second=0, microsecond=0)


def _kinds(row: Traced) -> Iterable[tuple[Kind, str]]:
    yield Kind.FINDING, row.finding
    yield Kind.ACTION, row.action
    if row.official:
        yield (Kind.PROVEN if row.standing == Standing.PROVEN else Kind.UNPROVEN), row.official
        if row.finding == Finding.GENUINE_UNLISTED:
            yield Kind.UNLISTED, row.official
    if row.finding in AGAINST:
        yield Kind.LIKENESS, row.likeness
        for ask in row.asks:
            yield Kind.ASK, ask
