"""How is a database asked? Transactions that are whole, of SQLite or PostgreSQL.

Raises TryLater, with the cause, whenever the database does not do what it was asked; then nothing was done.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from milter.errors import TryLater
from milter.quarantine import postgresql, sqlite
from milter.quarantine.database import Database

BUSY_TIMEOUT = 5.0

T = TypeVar("T")


class Transactions:
    """An open database. Several processes may have the same one open, those on several machines one of
    PostgreSQL."""

    def __init__(self, database: Database, busy_timeout: float) -> None:
        """Use `open`."""
        self._database = database
        self._busy_timeout = busy_timeout
        # SQLite has one writer; in this process they queue here, where the wait costs nothing and is fair.
        self._writer = asyncio.Lock() if database.has_one_writer else contextlib.nullcontext()
        self._writing: set[asyncio.Task[Any]] = set()

    @classmethod
    async def open(cls, place: Path | str, busy_timeout: float = BUSY_TIMEOUT) -> "Transactions":
        """The database in this file, made (mode 0600) where it is missing, or at this address
        (postgresql://), with its tables; ConfigError when unusable."""
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
        await self._database.engine.dispose()

    async def write(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """What `work` returns, committed. It comes to its end even if the caller is cancelled: a transaction
        that is cut keeps the lock of the database, from all processes, until its connection is collected."""
        task = asyncio.create_task(self._transaction(work))
        self._writing.add(task)
        task.add_done_callback(self._written)
        return await asyncio.shield(task)

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection that only reads: it sees what is committed, and waits for no writer."""
        with _try_later():
            async with self._database.engine.connect() as connection:
                await connection.execution_options(**self._database.reading)
                yield connection

    async def forget(self) -> None:
        """Take what was just deleted out of the files. What readers or a lock keep from us now, the next
        purge or the closing of the file does."""
        with contextlib.suppress(TryLater):
            await self._outside(self._database.after_purge)

    async def tidy(self) -> None:
        """Take what was deleted out of the files, where that is too much to do with each deletion."""
        await self._outside(self._database.nightly)

    async def rewrite(self) -> None:
        """Take what a person was known by out of all files, now: `tidy`, and the tables that it leaves."""
        await self._outside(self._database.nightly + self._database.erasing)

    async def _outside(self, statements: tuple[str, ...]) -> None:
        """Run them without a transaction."""
        if not statements:
            return
        with _try_later():
            async with self._database.engine.connect() as connection:
                await connection.execution_options(**self._database.outside)
                for statement in statements:
                    await connection.exec_driver_sql(statement)

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
                return await work(await stack.enter_async_context(self._database.engine.begin()))


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
