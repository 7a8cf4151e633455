"""Who was told of which held mail by a digest, and may ask for it?

What a recipient was told of comes in no later digest of his. Raises TryLater when the database is away.
"""

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, func, insert, or_, select, update

from milter.quarantine.database import insert_new
from milter.quarantine.held import State
from milter.quarantine.journal import Deed, Line
from milter.quarantine.requests import Decision
from milter.quarantine.schema import held_mail, release_request, sent_digest, told_mail
from milter.quarantine.transactions import Transactions

# Rows that are read at once.
_AT_ONCE = 1000
# Days for which is known who got which digest.
_KEPT = timedelta(days=60)
_TOLD = told_mail.c


@dataclass(slots=True)
class Waiting:
    """What waits for a recipient who was not told of it: the newest mails, and how many more there are."""

    recipient: str
    mails: list[int] = field(default_factory=list)
    more: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """A recipient who was told of a mail. `token_hash` is empty where he may not ask for it."""

    id: int
    mail_id: int
    recipient: str
    token_hash: str
    until: datetime
    used: datetime | None


@dataclass(frozen=True, slots=True)
class Telling:
    """What is about to be told of a mail, until when he may ask for it."""

    mail_id: int
    recipient: str
    token_hash: str
    until: datetime


class Outcome(Enum):
    """What became of somebody's wish."""

    ASKED = auto()
    # Of this mail by this recipient, or of this token.
    ASKED_BEFORE = auto()
    TOO_LATE = auto()
    TOO_MANY = auto()


class ToldMails:
    """Who was told of what, in a database."""

    def __init__(self, transactions: Transactions) -> None:
        """That of an open one."""
        self._transactions = transactions

    async def waiting(
        self, is_meant: Callable[[str], bool], before: datetime, most: int
    ) -> tuple[Waiting, ...]:
        """Those who are meant, and up to `most` mails for each that were received before then and that he
        was not told of. However an address is written in capitals, it is one recipient."""
        told = await self._told()
        found: dict[str, Waiting] = {}
        async for mail_id, forward_paths, delivered in self._held(before):
            for path in dict.fromkeys(forward_paths):
                key = path.lower()
                if path in delivered or (mail_id, key) in told or not is_meant(path):
                    continue
                waits = found.setdefault(key, Waiting(path))
                if mail_id in waits.mails:
                    continue
                if len(waits.mails) < most:
                    waits.mails.append(mail_id)
                else:
                    waits.more += 1
        return tuple(found.values())

    async def claim(
        self, name: str, recipient: str, tellings: Sequence[Telling], now: datetime
    ) -> tuple[int, ...] | None:
        """The ids of what is about to be told, for the one gateway that sends this digest to him."""
        rows = [
            {
                "mail_id": one.mail_id,
                "recipient": one.recipient,
                "token_hash": one.token_hash,
                "until": one.until,
            }
            for one in tellings
        ]

        def work(connection: Connection) -> tuple[int, ...] | None:
            if not insert_new(connection, sent_digest, **_digest(name, recipient), at=now):
                return None
            ids = []
            for values in rows:
                made = insert(told_mail).values(values).returning(_TOLD.id)
                ids.append(int(connection.execute(made).scalar_one()))
            return tuple(ids)

        return await self._transactions.write(work)

    async def told(self, ids: Sequence[int], now: datetime) -> None:
        """The next hop has taken the digest."""

        def work(connection: Connection) -> None:
            connection.execute(update(told_mail).where(_TOLD.id.in_(ids)).values(told=now))

        await self._transactions.write(work)

    async def unclaim(self, name: str, recipient: str, ids: Sequence[int]) -> None:
        """It was not sent after all: somebody may try again."""
        wanted = _digest(name, recipient)

        def work(connection: Connection) -> None:
            connection.execute(delete(told_mail).where(_TOLD.id.in_(ids)))
            connection.execute(delete(sent_digest).filter_by(**wanted))

        await self._transactions.write(work)

    async def get(self, told_id: int) -> Told | None:
        """What this token was made for; None if there is none."""
        columns = [told_mail.c[name] for name in Told.__dataclass_fields__]
        query = select(*columns).where(_TOLD.id == told_id)
        row = await self._transactions.read(
            lambda connection: connection.execute(query).mappings().one_or_none()
        )
        return Told(**row) if row else None

    async def ask(self, told: Told, now: datetime, most: int) -> Outcome:
        """Make a request of a token, once, with its line in the journal; a recipient has at most so many open
        ones."""

        def work(connection: Connection) -> Outcome:
            # Whoever else asks for this mail waits here, on PostgreSQL; SQLite has one writer.
            mail = select(held_mail.c.state, held_mail.c.delivered).where(held_mail.c.id == told.mail_id)
            state, delivered = connection.execute(mail.with_for_update()).one()
            if state != State.HELD.value or told.recipient in delivered or now >= told.until:
                return Outcome.TOO_LATE
            if _has_asked(connection, told):
                return Outcome.ASKED_BEFORE
            if _open(connection, told.recipient) >= most:
                return Outcome.TOO_MANY
            use = update(told_mail).where(_TOLD.id == told.id, _TOLD.used.is_(None)).values(used=now)
            if connection.execute(use).rowcount != 1:
                return Outcome.ASKED_BEFORE
            values = {"state": Decision.OPEN.value, "asked": now, "who": "", "word": ""}
            values |= {"mail_id": told.mail_id, "recipient": told.recipient}
            connection.execute(insert(release_request).values(values))
            # Not who: he is a person of the mail, and no account.
            Line("", Deed.REQUESTED, told.mail_id).add(connection)
            return Outcome.ASKED

        return await self._transactions.write(work)

    async def expire(self, now: datetime) -> None:
        """Forget who was told of what waits no more or was emptied, and the digests of long ago."""
        held = select(held_mail.c.id).where(held_mail.c.state == State.HELD.value)
        emptied = select(held_mail.c.id).where(held_mail.c.emptied.is_not(None))

        def work(connection: Connection) -> None:
            over = and_(_TOLD.until < now, _TOLD.mail_id.not_in(held))
            connection.execute(delete(told_mail).where(or_(over, _TOLD.mail_id.in_(emptied))))
            connection.execute(delete(sent_digest).where(sent_digest.c.at < now - _KEPT))

        await self._transactions.write(work)

    async def _told(self) -> set[tuple[int, str]]:
        """Mail and recipient, of what still waits."""
        query = (
            select(_TOLD.mail_id, _TOLD.recipient)
            .join(held_mail, held_mail.c.id == _TOLD.mail_id)
            .where(held_mail.c.state == State.HELD.value, _TOLD.told.is_not(None))
        )
        rows = await self._transactions.read(lambda connection: connection.execute(query).all())
        return {(int(mail_id), recipient.lower()) for mail_id, recipient in rows}

    async def _held(self, before: datetime) -> AsyncIterator[Any]:
        """Id, recipients and those who have it already, of all held mail, the newest first."""
        columns = held_mail.c.id, held_mail.c.forward_paths, held_mail.c.delivered
        held = held_mail.c.state == State.HELD.value, held_mail.c.received < before
        last: int | None = None
        while True:
            query = select(*columns).where(*held).order_by(held_mail.c.id.desc()).limit(_AT_ONCE)
            if last is not None:
                query = query.where(held_mail.c.id < last)
            rows = await self._transactions.read(partial(_all, query))
            for row in rows:
                yield row
            if not rows:
                return
            last = rows[-1][0]


def _all(query: Select[Any], connection: Connection) -> Sequence[Row[Any]]:
    return connection.execute(query).all()


def _has_asked(connection: Connection, told: Told) -> bool:
    asked = release_request.c.mail_id == told.mail_id, release_request.c.recipient == told.recipient
    query = select(func.count()).where(*asked)
    return bool(connection.execute(query).scalar_one())


def _open(connection: Connection, recipient: str) -> int:
    same = func.lower(release_request.c.recipient) == recipient.lower()
    query = select(func.count()).where(release_request.c.state == Decision.OPEN.value, same)
    return int(connection.execute(query).scalar_one())


def _digest(name: str, recipient: str) -> dict[str, str]:
    # A hash: that somebody got a digest is kept longer than what was in it.
    return {"name": name, "recipient_hash": hashlib.sha256(recipient.lower().encode()).hexdigest()}
