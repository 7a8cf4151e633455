"""Where does a mail wait? The quarantine in a database, of SQLite or PostgreSQL.

Raises TryLater, with the cause, whenever the database does not do what it was asked; then nothing was
done. `hold` returns only after the mail is on the disk (DESIGN section 1, rule 1).
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    case,
    delete,
    exists,
    insert,
    literal,
    select,
    true,
    update,
)

from milter.config.options.next_hop import LONGEST_COMMAND, LONGEST_DATA
from milter.errors import TryLater
from milter.quarantine.database import clock, tell_nobody
from milter.quarantine.held import Held, HeldMail, State
from milter.quarantine.journal import Deed, Line
from milter.quarantine.listing import ALL, Wanted, place_of, rows_of
from milter.quarantine.matching import campaign_of
from milter.quarantine.raw import unpack
from milter.quarantine.rows import NO_PEOPLE, NO_WORDS, held_of, row_of
from milter.quarantine.schema import Utc, held_mail, held_words, raw_mail
from milter.quarantine.transactions import BUSY_TIMEOUT, Transactions

# Longer than any release is silent: before each command to the next hop it says that it goes on, and none of
# them takes longer than the configuration allows. Five minutes more, for a database that is busy.
RECOVER_AFTER = timedelta(seconds=max(LONGEST_COMMAND, LONGEST_DATA)) + timedelta(minutes=5)

# Built once: to put a statement together costs more than to carry it out.
_HOLD = insert(held_mail).returning(held_mail.c.id)
_KEEP, _FIND_BY = insert(raw_mail), insert(held_words)
_IS_DELETED = held_mail.c.state == State.DELETED.value
# Mails of one transaction: what must be held meanwhile waits for it, and is deferred after BUSY_TIMEOUT.
_EMPTIED_AT_ONCE = 200
# Octets of a mail that is made a row of at once: a thread that works in Python takes turns with the loop, and
# the turns cost as much again as the two milliseconds that most frauds need.
_SMALL = 32 * 1024


# What else is done in the transaction of a change, where there is a change: its line in the journal.
Also = Callable[[Connection], None]


def _nothing(_: Connection) -> None:
    """Nothing else."""


class Damaged(TryLater):
    """The bytes of a mail are not those that were held, and are not given out."""


class Store:
    """The quarantine."""

    def __init__(self, transactions: Transactions, grace: timedelta = timedelta(0)) -> None:
        """A quarantine in an open database. What is deleted is kept for the time of `grace`."""
        self.transactions = transactions
        self.grace = grace

    @classmethod
    async def open(
        cls,
        place: Path | str,
        *,
        busy_timeout: float = BUSY_TIMEOUT,
        grace: timedelta = timedelta(0),
        begins: Callable[[str], None] = tell_nobody,
    ) -> "Store":
        """The quarantine in this file or at this address (see `Transactions.open`)."""
        return cls(await Transactions.open(place, busy_timeout, begins), grace)

    async def close(self) -> None:
        """Close the database."""
        await self.transactions.close()

    async def hold(self, mail: HeldMail) -> int:
        """The id of the mail, which is on the disk now: committed and synced, whole."""
        new = row_of(mail) if len(mail.raw) <= _SMALL else await asyncio.to_thread(row_of, mail)

        def work(connection: Connection) -> int:
            campaign = campaign_of(connection, new.traits)
            held = connection.execute(_HOLD, {**new.values, "campaign": campaign})
            mail_id = int(held.scalar_one())
            connection.execute(_KEEP, {"mail_id": mail_id, "zstd": new.packed})
            connection.execute(_FIND_BY, {"mail_id": mail_id, **new.words})
            return mail_id

        return await self.transactions.write(work)

    async def list(self, wanted: Wanted = ALL, limit: int = 50) -> tuple[Held, ...]:
        """The mails that are wanted, in the order that is wanted."""
        place = place_of(wanted)

        def work(connection: Connection) -> Sequence[RowMapping]:
            key = None if place is None else connection.execute(place).scalar()
            return connection.execute(rows_of(wanted, key, limit)).mappings().all()

        rows = await self.transactions.read(work)
        return tuple(map(held_of, rows if wanted.above_id is None else reversed(rows)))

    async def get(self, mail_id: int) -> Held | None:
        """The mail of this id; None if there is none."""
        query = select(held_mail).where(held_mail.c.id == mail_id)
        row = await self.transactions.read(
            lambda connection: connection.execute(query).mappings().one_or_none()
        )
        return held_of(row) if row else None

    async def raw(self, mail_id: int) -> bytes:
        """The bytes that were held; LookupError when they were purged, Damaged when they are."""
        columns = raw_mail.c.zstd, held_mail.c.size, held_mail.c.sha256
        query = select(*columns).join(held_mail).where(raw_mail.c.mail_id == mail_id)
        row = await self.transactions.read(lambda connection: connection.execute(query).one_or_none())
        if row is None:
            raise LookupError(f"the quarantine has no bytes of mail {mail_id}")
        try:
            return await asyncio.to_thread(unpack, *row)
        except ValueError as error:
            raise Damaged(f"quarantine, mail {mail_id}: {error}") from error

    async def begin_release(self, mail_id: int, token: str) -> bool:
        """True for the one caller who may release it now: held -> releasing."""
        return await self._change(mail_id, State.HELD, {"state": State.RELEASING.value, "token": token})

    async def note_delivered(self, mail_id: int, token: str, delivered: tuple[str, ...]) -> bool:
        """Remember who has it already, and that the release goes on; False when the mail is not this
        caller's any more."""
        mine = held_mail.c.token == token
        return await self._change(mail_id, State.RELEASING, {"delivered": [*delivered]}, where=mine)

    async def end_release(
        self, mail_id: int, token: str, delivered: tuple[str, ...], *, done: bool, also: Also = _nothing
    ) -> bool:
        """Releasing -> released, or back to held; False when the mail is not this caller's any more."""
        state = State.RELEASED if done else State.HELD
        values = {"state": state.value, "token": "", "delivered": [*delivered]}
        return await self._change(mail_id, State.RELEASING, values, also, where=held_mail.c.token == token)

    async def delete(self, mail_id: int, also: Also = _nothing) -> bool:
        """Held -> deleted, for good where there is no grace; False when it was not held."""
        deleted = await self._change(mail_id, State.HELD, {"state": State.DELETED.value}, also)
        if deleted and not self.grace:
            await self._empty(and_(held_mail.c.id == mail_id, _IS_DELETED))
        return deleted

    async def confirm(self, mail_id: int, also: Also = _nothing) -> bool:
        """Held -> confirmed: somebody says that it is a fraud. It keeps its bytes, as evidence, and is not
        released; False when it was not held."""
        return await self._change(mail_id, State.HELD, {"state": State.CONFIRMED.value}, also)

    async def undo(self, mail_id: int, also: Also = _nothing) -> bool:
        """Confirmed or deleted -> held again; False when it was neither, or has no bytes any more."""
        held, has_bytes = {"state": State.HELD.value}, exists().where(raw_mail.c.mail_id == mail_id)
        return await self._change(mail_id, State.CONFIRMED, held, also) or await self._change(
            mail_id, State.DELETED, held, also, where=has_bytes
        )

    async def purge(self, now: datetime) -> int:
        """How many deleted mails lost bytes, words and people, now that their grace is over."""
        return await self._empty(and_(_IS_DELETED, held_mail.c.changed <= now - self.grace))

    async def forget_emptied(self, before: datetime) -> int:
        """How many rows of mails that were emptied before then are gone, too."""
        gone = delete(held_mail).where(held_mail.c.emptied < before)

        def work(connection: Connection) -> int:
            return connection.execute(gone).rowcount

        return await self.transactions.write(work)

    async def recover(self, older_than: timedelta = RECOVER_AFTER) -> int:
        """How many mails went back to held, because whoever was releasing them has died."""

        def work(connection: Connection) -> int:
            now = clock(connection)
            stale = held_mail.c.state == State.RELEASING.value, held_mail.c.changed <= now - older_than
            values = {"state": State.HELD.value, "token": "", "changed": now}
            return connection.execute(update(held_mail).where(*stale).values(values)).rowcount

        return await self.transactions.write(work)

    async def expire(self, before: datetime) -> int:
        """How many mails received before then lost their bytes and their words; the held ones are expired.

        A mail that is just being released is left alone. Envelope and finding stay, for the report.
        """
        return await self._empty(held_mail.c.received < before)

    async def empty(self, ids: Sequence[int]) -> int:
        """How many of these mails lost their bytes and their words, like those that are too old; each that
        was still held has a line in the journal that says for want of room."""
        return await self._empty(held_mail.c.id.in_(ids), Deed.NO_ROOM)

    async def _empty(self, wanted: ColumnElement[bool], deed: Deed | None = None) -> int:
        idle = held_mail.c.state != State.RELEASING.value
        is_held = held_mail.c.state == State.HELD.value
        expired = case((is_held, State.EXPIRED.value), else_=held_mail.c.state)
        now = datetime.now(UTC)
        # When somebody decided on it stays known.
        changed = case((is_held, literal(now, Utc)), else_=held_mail.c.changed)
        values = {"state": expired, "emptied": now, "changed": changed, **NO_WORDS}
        full = wanted, idle, held_mail.c.emptied.is_(None)
        # In PostgreSQL a release may come in between; SQLite has one writer.
        free = select(held_mail.c.id, is_held).where(*full).with_for_update(skip_locked=True)
        some = free.limit(_EMPTIED_AT_ONCE)

        def work(connection: Connection) -> int:
            found = connection.execute(some).all()
            ids = [mail_id for mail_id, _ in found]
            connection.execute(delete(raw_mail).where(raw_mail.c.mail_id.in_(ids)))
            connection.execute(delete(held_words).where(held_words.c.mail_id.in_(ids)))
            these = *full, held_mail.c.id.in_(ids)
            connection.execute(update(held_mail).where(*these, _IS_DELETED).values(NO_PEOPLE))
            emptied = connection.execute(update(held_mail).where(*these).values(values)).rowcount
            for mail_id, was_held in found if deed else ():
                if deed and was_held:
                    Line("", deed, mail_id).add(connection)
            return emptied

        count = await self.transactions.write_by_and_by(work, _EMPTIED_AT_ONCE)
        if count:
            await self.transactions.forget()
        return count

    async def _change(
        self,
        mail_id: int,
        state: State,
        values: dict[str, Any],
        also: Also = _nothing,
        *,
        where: ColumnElement[bool] | None = None,
    ) -> bool:
        """Compare and set: True for the caller who found the mail in this state, and where this is true."""
        # What retention has emptied is decided for good.
        same = held_mail.c.id == mail_id, held_mail.c.state == state.value, held_mail.c.emptied.is_(None)
        change = update(held_mail).where(*same, true() if where is None else where)

        def work(connection: Connection) -> bool:
            now = clock(connection)
            changed = connection.execute(change.values({**values, "changed": now})).rowcount == 1
            if changed:
                also(connection)
            return changed

        return await self.transactions.write(work)
