"""Which held mails are copies of one letter, and how many are there? The campaigns of a quarantine.

Raises TryLater when the database is away.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from milter.campaign.traits import Traits, traits_of
from milter.quarantine.held import Held, State
from milter.quarantine.listing import Wanted, conditions_of
from milter.quarantine.matching import campaign_of
from milter.quarantine.raw import unpack
from milter.quarantine.rows import held_of
from milter.quarantine.schema import (
    allow_rule,
    campaign,
    campaign_order,
    held_mail,
    raw_mail,
)
from milter.quarantine.transactions import Transactions


@dataclass(frozen=True, slots=True)
class Campaign:
    """A letter that came in copies. `links` are those of its first copy, without what differs."""

    id: int
    began: datetime
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The mails of a campaign that somebody wants to see: how many, the first and the newest of them, and one
    of those of the sender who has sent most. `states` counts all mails of the campaign."""

    id: int
    mails: int
    first: Held
    newest: Held
    of_top_sender: Held
    states: Mapping[State, int]


class Campaigns:
    """The campaigns in a database."""

    def __init__(self, transactions: Transactions) -> None:
        """Those of an open database."""
        self._transactions = transactions

    async def get(self, number: int) -> Campaign | None:
        """The campaign of this number; None if there is none."""
        query = select(campaign.c.id, campaign.c.began, campaign.c.links).where(campaign.c.id == number)
        row = await self._transactions.read(lambda connection: connection.execute(query).one_or_none())
        return row and Campaign(row.id, row.began, tuple(row.links))

    async def groups(
        self, wanted: Wanted, limit: int = 50, skip: int = 0, *, largest_first: bool = False
    ) -> tuple[Group, ...]:
        """The campaigns of the mails that are wanted: those that came last first, or the largest; after
        `skip` others. Mails that are in no campaign are in no group."""
        count, newest = func.count(), func.max(held_mail.c.id)
        query = select(held_mail.c.campaign, count, func.min(held_mail.c.id), newest)
        query = query.where(*conditions_of(wanted), held_mail.c.campaign.is_not(None))
        order = [count.desc(), newest.desc()] if largest_first else [newest.desc()]
        query = query.group_by(held_mail.c.campaign).order_by(*order).limit(limit).offset(skip)
        return await self._groups(query)

    async def largest(
        self, since: datetime, until: datetime, limit: int = 10, *, only_new: bool = False
    ) -> tuple[Group, ...]:
        """The campaigns of which most mails came in this time, at least two; on request only those of which
        none came before. Ids grow with time: an index knows them, and no row is read."""

        def ends(connection: Connection) -> list[Any]:
            return [connection.execute(_first_id(moment)).scalar() for moment in (since, until)]

        start, end = await self._transactions.read(ends)
        if start is None:
            return ()
        came = [held_mail.c.campaign.is_not(None), held_mail.c.id >= start]
        came += [] if end is None else [held_mail.c.id < end]
        mails, first, last = func.count(), func.min(held_mail.c.id), func.max(held_mail.c.id)
        found = select(held_mail.c.campaign, mails.label("mails"), first.label("first"), last.label("last"))
        groups = found.where(*came).group_by(held_mail.c.campaign).having(mails > 1).subquery()
        older = held_mail.alias()
        is_old = exists().where(older.c.campaign == groups.c.campaign, older.c.id < start)
        query = select(groups).order_by(groups.c.mails.desc(), groups.c.last.desc()).limit(limit)
        return await self._groups(query.where(~is_old) if only_new else query)

    async def _groups(self, query: Select[Any]) -> tuple[Group, ...]:
        """The groups of rows of a campaign, a count, and the ids of the first and the newest mail."""
        return await self._transactions.read(partial(_groups, query))

    async def ids(self, number: int, state: State, limit: int, after: int = 0) -> tuple[int, ...]:
        """The ids of the mails of a campaign that are in this state, the oldest first."""
        wanted = held_mail.c.campaign == number, held_mail.c.state == state.value, held_mail.c.id > after
        query = select(held_mail.c.id).where(*wanted).order_by(held_mail.c.id).limit(limit)
        return await self._transactions.read(lambda connection: tuple(connection.execute(query).scalars()))

    async def waiting(self) -> tuple[int, int]:
        """Of how many letters mail waits, and how many mails of the one of which most do."""
        mails = func.count().label("mails")
        held = held_mail.c.state == State.HELD.value, held_mail.c.campaign.is_not(None)
        groups = select(mails).where(*held).group_by(held_mail.c.campaign).subquery()
        row = await self._transactions.read(
            lambda connection: connection.execute(select(func.count(), func.max(groups.c.mails))).one()
        )
        return int(row[0]), int(row[1] or 0)

    async def states(self, number: int) -> Mapping[State, int]:
        """How many mails of a campaign are in which state."""
        return await self._transactions.read(lambda connection: _states(connection, [number])[number])

    async def forget(self) -> int:
        """How many campaigns were deleted, because they have no mail any more whose words are kept, and
        nothing stands for those to come."""
        needed = (held_mail.c.campaign, campaign_order.c.campaign_id, allow_rule.c.campaign_id)
        gone = ~or_(*(exists().where(column == campaign.c.id) for column in needed))

        def work(connection: Connection) -> int:
            return connection.execute(delete(campaign).where(gone)).rowcount

        return await self._transactions.write(work)

    async def fill(self, after: int, limit: int = 200) -> int | None:
        """Find the campaigns of so many mails with a higher id that were held by an older version; the id of
        the last one, None where there is none. Those whose bytes are gone or damaged stay without."""
        lost = held_mail.c.campaign.is_(None), held_mail.c.emptied.is_(None), held_mail.c.id > after
        query = select(held_mail.c.id).join(raw_mail).where(*lost).order_by(held_mail.c.id).limit(limit)
        ids = await self._transactions.read(lambda connection: connection.execute(query).scalars().all())
        for mail_id in ids:
            await self._fill(mail_id)
        return ids[-1] if ids else None

    async def _fill(self, mail_id: int) -> None:
        columns = held_mail.c.forward_paths, raw_mail.c.zstd, held_mail.c.size, held_mail.c.sha256
        query = select(*columns).join(raw_mail).where(held_mail.c.id == mail_id)
        row = await self._transactions.read(lambda connection: connection.execute(query).one_or_none())
        traits = await asyncio.to_thread(_traits, *row) if row else None
        if traits is None:
            return

        def work(connection: Connection) -> None:
            number = campaign_of(connection, traits)
            same = held_mail.c.id == mail_id, held_mail.c.campaign.is_(None), held_mail.c.emptied.is_(None)
            connection.execute(update(held_mail).where(*same).values(campaign=number))

        await self._transactions.write(work)


def _groups(query: Select[Any], connection: Connection) -> tuple[Group, ...]:
    rows = connection.execute(query).all()
    numbers = [row[0] for row in rows]
    top = _top_senders(connection, numbers)
    ids = {*top.values(), *(one for row in rows for one in row[2:])}
    held = _held(connection, [*ids])
    states = _states(connection, numbers)
    return tuple(
        Group(number, mails, held[first], held[last], held[top[number]], states[number])
        for number, mails, first, last in rows
    )


def _traits(paths: Sequence[str], zstd: bytes, size: int, sha256: str) -> Traits | None:
    try:
        return traits_of(unpack(zstd, size, sha256), paths)
    except ValueError:
        return None


def _first_id(moment: datetime) -> Select[Any]:
    """What asks for the first mail that came then or later."""
    query = select(held_mail.c.id).where(held_mail.c.received >= moment)
    return query.order_by(held_mail.c.received, held_mail.c.id).limit(1)


def _top_senders(connection: Connection, numbers: Sequence[int]) -> dict[int, int]:
    """Of each campaign a mail of the sender who has sent most of it."""
    query = select(held_mail.c.campaign, func.max(held_mail.c.id))
    query = query.where(held_mail.c.campaign.in_(numbers))
    query = query.group_by(held_mail.c.campaign, held_mail.c.by_author).order_by(func.count())
    # The last one of each campaign stays: that of most mails.
    return {row[0]: row[1] for row in connection.execute(query).all()}


def _held(connection: Connection, ids: Sequence[int]) -> dict[int, Held]:
    rows = connection.execute(select(held_mail).where(held_mail.c.id.in_(ids))).mappings()
    return {row["id"]: held_of(row) for row in rows}


def _states(connection: Connection, numbers: Sequence[int]) -> dict[int, dict[State, int]]:
    query = select(held_mail.c.campaign, held_mail.c.state, func.count())
    query = query.where(held_mail.c.campaign.in_(numbers)).group_by(held_mail.c.campaign, held_mail.c.state)
    found: dict[int, dict[State, int]] = {number: {} for number in numbers}
    for number, state, mails in connection.execute(query).all():
        found[number][State(state)] = mails
    return found
