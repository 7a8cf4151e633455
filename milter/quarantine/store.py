"""Where does a mail wait? The quarantine in a database, of SQLite or PostgreSQL.

Raises TryLater, with the cause, whenever the database does not do what it was asked; then nothing was
done. `hold` returns only after the mail is on the disk (DESIGN section 1, rule 1).
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, RowMapping, case, delete, insert, select, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from milter.errors import TryLater
from milter.mail.envelope import Envelope
from milter.quarantine import postgresql, sqlite
from milter.quarantine.database import Database
from milter.quarantine.held import Held, HeldMail, State, masked
from milter.quarantine.raw import pack, unpack
from milter.quarantine.schema import held_mail, raw_mail
from milter.verdict.verdict import Finding

T = TypeVar("T")

BUSY_TIMEOUT = 5.0
# Longer than any release is silent: it notes every transaction that is done.
RECOVER_AFTER = timedelta(minutes=10)

# Nobody who looks at a held mail needs these two, and a login is personal data.
_NOT_KEPT = frozenset({"client_port", "login"})
_ENVELOPE = tuple(field.name for field in fields(Envelope) if field.name not in _NOT_KEPT)
_SAME = (
    "id",
    "changed",
    "received",
    "reason",
    "brand",
    "author",
    "subject",
    "report",
    "message_id",
    "size",
    "sha256",
)
_LISTS = ("forward_paths", "mail_parameters")
_NO_WORDS = {"author": "", "subject": "", "reason": "", "report": "{}"}


class Store:
    """The quarantine. Several processes may have the same database open, those on several machines one of
    PostgreSQL."""

    def __init__(self, database: Database, busy_timeout: float) -> None:
        """Use `open`."""
        self._database = database
        self._engine = database.engine
        self._busy_timeout = busy_timeout
        # SQLite has one writer; in this process they queue here, where the wait costs nothing and is fair.
        self._writer = asyncio.Lock() if database.has_one_writer else contextlib.nullcontext()
        self._writing: set[asyncio.Task[Any]] = set()

    @classmethod
    async def open(cls, place: Path | str, *, busy_timeout: float = BUSY_TIMEOUT) -> "Store":
        """The quarantine in this file, made (mode 0600) where it is missing, or at this address
        (postgresql://); ConfigError when unusable."""
        if isinstance(place, Path):
            database = await asyncio.to_thread(sqlite.database, place, busy_timeout)
        else:
            database = postgresql.database(place, busy_timeout)
        try:
            await database.make_tables(busy_timeout)
        except BaseException:
            await database.engine.dispose()
            raise
        return cls(database, busy_timeout)

    async def close(self) -> None:
        """Close it, once what is being written is written."""
        await asyncio.gather(*self._writing, return_exceptions=True)
        await self._engine.dispose()

    async def hold(self, mail: HeldMail) -> int:
        """The id of the mail, which is on the disk now: committed and synced, whole."""
        values, packed = await asyncio.to_thread(_row, mail)

        async def work(connection: AsyncConnection) -> int:
            row = insert(held_mail).values(values).returning(held_mail.c.id)
            mail_id = int((await connection.execute(row)).scalar_one())
            await connection.execute(insert(raw_mail).values(mail_id=mail_id, zstd=packed))
            return mail_id

        return await self._write(work)

    async def list(
        self, state: State | None = None, limit: int = 50, before_id: int | None = None
    ) -> tuple[Held, ...]:
        """The newest mails, newest first; to go on, `before_id` is the id of the last one shown."""
        query = select(held_mail).order_by(held_mail.c.id.desc()).limit(limit)
        if state is not None:
            query = query.where(held_mail.c.state == state.value)
        if before_id is not None:
            query = query.where(held_mail.c.id < before_id)
        async with self._read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return tuple(map(_held, rows))

    async def get(self, mail_id: int) -> Held | None:
        """The mail of this id; None if there is none."""
        async with self._read() as connection:
            query = select(held_mail).where(held_mail.c.id == mail_id)
            row = (await connection.execute(query)).mappings().one_or_none()
        return _held(row) if row else None

    async def raw(self, mail_id: int) -> bytes:
        """The bytes that were held; LookupError when they were purged, TryLater when they are damaged."""
        columns = raw_mail.c.zstd, held_mail.c.size, held_mail.c.sha256
        async with self._read() as connection:
            query = select(*columns).join(held_mail).where(raw_mail.c.mail_id == mail_id)
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            raise LookupError(f"the quarantine has no bytes of mail {mail_id}")
        try:
            return await asyncio.to_thread(unpack, *row)
        except ValueError as error:
            raise TryLater(f"quarantine, mail {mail_id}: {error}") from error

    async def begin_release(self, mail_id: int, token: str) -> bool:
        """True for the one caller who may release it now: held -> releasing."""
        return await self._change(mail_id, State.HELD, {"state": State.RELEASING.value, "token": token})

    async def note_delivered(self, mail_id: int, token: str, delivered: tuple[str, ...]) -> bool:
        """Remember who has it already; False when the mail is not this caller's any more."""
        return await self._change(mail_id, State.RELEASING, {"delivered": [*delivered]}, token)

    async def end_release(self, mail_id: int, token: str, delivered: tuple[str, ...], *, done: bool) -> bool:
        """Releasing -> released, or back to held; False when the mail is not this caller's any more."""
        state = State.RELEASED if done else State.HELD
        values = {"state": state.value, "token": "", "delivered": [*delivered]}
        return await self._change(mail_id, State.RELEASING, values, token)

    async def delete(self, mail_id: int) -> bool:
        """Held -> deleted, its bytes purged at once; False when it was not held."""
        deleted = await self._change(mail_id, State.HELD, {"state": State.DELETED.value}, purge=True)
        if deleted:
            await self._forget()
        return deleted

    async def recover(self, now: datetime, older_than: timedelta = RECOVER_AFTER) -> int:
        """How many mails went back to held, because whoever was releasing them has died."""
        stale = held_mail.c.state == State.RELEASING.value, held_mail.c.changed < now - older_than
        values = {"state": State.HELD.value, "token": "", "changed": datetime.now(UTC)}
        change = update(held_mail).where(*stale).values(values)

        async def work(connection: AsyncConnection) -> int:
            return (await connection.execute(change)).rowcount

        return await self._write(work)

    async def expire(self, before: datetime) -> int:
        """How many mails received before then lost their bytes and their words; the held ones are expired.

        A mail that is just being released is left alone. Envelope and finding stay, for the report.
        """
        old = held_mail.c.received < before
        idle = held_mail.c.state != State.RELEASING.value
        expired = case((held_mail.c.state == State.HELD.value, State.EXPIRED.value), else_=held_mail.c.state)
        now = datetime.now(UTC)
        values = {"state": expired, "emptied": now, "changed": now, **_NO_WORDS}
        ids = select(held_mail.c.id).where(old, idle)
        change = update(held_mail).where(old, idle, held_mail.c.emptied.is_(None)).values(values)

        async def work(connection: AsyncConnection) -> int:
            await connection.execute(delete(raw_mail).where(raw_mail.c.mail_id.in_(ids)))
            return (await connection.execute(change)).rowcount

        count = await self._write(work)
        if count:
            await self._forget()
        return count

    async def _change(
        self,
        mail_id: int,
        state: State,
        values: dict[str, Any],
        token: str | None = None,
        *,
        purge: bool = False,
    ) -> bool:
        """Compare and set: True for the caller who found the mail in this state, with this token."""
        same: list[ColumnElement[bool]] = [held_mail.c.id == mail_id, held_mail.c.state == state.value]
        if token is not None:
            same.append(held_mail.c.token == token)
        change = update(held_mail).where(*same).values({**values, "changed": datetime.now(UTC)})

        async def work(connection: AsyncConnection) -> bool:
            changed = (await connection.execute(change)).rowcount == 1
            if changed and purge:
                await connection.execute(delete(raw_mail).where(raw_mail.c.mail_id == mail_id))
            return changed

        return await self._write(work)

    async def tidy(self) -> None:
        """Take what was deleted out of the files, where that is too much to do with each deletion."""
        await self._outside(self._database.nightly)

    async def _forget(self) -> None:
        """Take what was just deleted out of the files. What readers or a lock keep from us now, the next
        purge or the closing of the file does."""
        with contextlib.suppress(TryLater):
            await self._outside(self._database.after_purge)

    async def _outside(self, statements: tuple[str, ...]) -> None:
        """Run them without a transaction."""
        if not statements:
            return
        with _try_later():
            async with self._engine.connect() as connection:
                await connection.execution_options(**self._database.outside)
                for statement in statements:
                    await connection.exec_driver_sql(statement)

    async def _write(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """What `work` returns, committed. It comes to its end even if the caller is cancelled: a transaction
        that is cut keeps the lock of the database, from all processes, until its connection is collected."""
        task = asyncio.create_task(self._transaction(work))
        self._writing.add(task)
        task.add_done_callback(self._written)
        return await asyncio.shield(task)

    def _written(self, task: asyncio.Task[Any]) -> None:
        self._writing.discard(task)
        # Where the caller is gone nobody asks for the failure, which was his to hear.
        if not task.cancelled():
            task.exception()

    async def _transaction(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        with _try_later():
            async with contextlib.AsyncExitStack() as stack:
                async with asyncio.timeout(self._busy_timeout):
                    await stack.enter_async_context(self._writer)
                return await work(await stack.enter_async_context(self._engine.begin()))

    @contextlib.asynccontextmanager
    async def _read(self) -> AsyncIterator[AsyncConnection]:
        with _try_later():
            async with self._engine.connect() as connection:
                await connection.execution_options(**self._database.reading)
                yield connection


@contextlib.contextmanager
def _try_later() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise TryLater(f"quarantine: {error.orig}") from error
    except TimeoutError as error:
        raise TryLater("quarantine: busy with other writers") from error
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise TryLater(f"quarantine: {error}") from error


def _row(mail: HeldMail) -> tuple[dict[str, Any], bytes]:
    """The columns of a new row, and its bytes; in a thread, because masking and packing take their time."""
    packed, sha256 = pack(mail.raw)
    return _values(masked(mail)) | {"size": len(mail.raw), "sha256": sha256}, packed


def _values(mail: HeldMail) -> dict[str, Any]:
    envelope = {name: getattr(mail.envelope, name) for name in _ENVELOPE}
    envelope |= {name: [*envelope[name]] for name in _LISTS}
    words = {name: getattr(mail, name) for name in _SAME if hasattr(mail, name)}
    now = datetime.now(UTC)
    return envelope | words | {"finding": mail.finding.value, "state": State.HELD.value, "changed": now}


def _held(row: RowMapping) -> Held:
    envelope = {name: row[name] for name in _ENVELOPE} | {name: tuple(row[name]) for name in _LISTS}
    return Held(
        state=State(row["state"]),
        finding=Finding(row["finding"]),
        envelope=Envelope(**envelope),
        delivered=tuple(row["delivered"]),
        **{name: row[name] for name in _SAME},
    )
