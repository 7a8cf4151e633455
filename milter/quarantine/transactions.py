"""How is a database asked? Transactions that are whole, of SQLite or PostgreSQL.

Raises TryLater, with the cause, whenever the database does not do what it was asked; then nothing was done.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from milter.errors import TryLater
from milter.quarantine import postgresql, sqlite
from milter.quarantine.database import Database, tell_nobody
from milter.quarantine.lane import Lane

BUSY_TIMEOUT = 5.0
# Seconds between transactions of one work: as long as those take, or nearly.
_PAUSE = 0.05

T = TypeVar("T")


class Transactions:
    """An open database. Several processes may have the same one open, those on several machines one of
    PostgreSQL.

    A transaction is a plain function of its connection, and is carried out as a whole in a thread: the event
    loop waits for no database, and each statement does not cost a way there and back.
    """

    def __init__(self, database: Database, writers: Lane, readers: Lane) -> None:
        """Use `open`."""
        self._database = database
        self._writers = writers
        self._readers = readers
        self._at_work: set[asyncio.Task[Any]] = set()
        self._long = _Long(database)

    @classmethod
    async def open(
        cls,
        place: Path | str,
        busy_timeout: float = BUSY_TIMEOUT,
        begins: Callable[[str], None] = tell_nobody,
    ) -> "Transactions":
        """The database in this file, made (mode 0600) where it is missing, or at this address
        (postgresql://), with its tables; ConfigError when unusable. `begins` is told of which version they
        are before they are upgraded, and they stay as they are if it raises."""
        database = await asyncio.to_thread(open_database, place, busy_timeout, begins)
        readers = Lane(database.connections - database.writers, busy_timeout)
        # Where all may write, they share what connections there are.
        return cls(database, Lane(database.writers, busy_timeout) if database.writers else readers, readers)

    async def close(self) -> None:
        """Close it, once what is being written is written. What may take long is broken off."""
        ended = asyncio.gather(*self._at_work, return_exceptions=True)
        while await asyncio.to_thread(self._long.end):
            await asyncio.wait([ended], timeout=_PAUSE)
        await ended
        for lane in (self._writers, self._readers):
            lane.close()
        # Whoever is the last to close a file of SQLite works for a while.
        await asyncio.to_thread(self._database.engine.dispose)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """What `work` returns, committed. It comes to its end even if the caller is cancelled."""
        return await self._whole(self._writers, partial(_written, self._database.engine, work))

    async def write_by_and_by(self, work: Callable[[Connection], int], at_once: int) -> int:
        """How many rows `work` changed in all, not more than `at_once` with each call: in as many
        transactions as that takes, so that nobody waits for the whole."""
        count = done = await self.write(work)
        while done >= at_once:
            # Other processes look now and then whether SQLite is free: without a pause it would never be.
            await asyncio.sleep(_PAUSE)
            done = await self.write(work)
            count += done
        return count

    async def read(self, work: Callable[[Connection], T]) -> T:
        """What `work` returns, which only reads: it sees what is committed, and waits for no writer."""
        return await self._whole(self._readers, partial(_read, self._database.reading, work))

    async def forget(self) -> None:
        """Take what was just deleted out of the files. What readers or a lock keep from us now, the next
        purge or the closing of the file does."""
        with contextlib.suppress(TryLater):
            await self._outside(self._database.after_purge)

    @property
    def has_to_be_tidied(self) -> bool:
        """Whether what was deleted stays in the files until `tidy`."""
        return bool(self._database.nightly)

    async def tidy(self) -> None:
        """Take what was deleted out of the files, where that is too much to do with each deletion."""
        await self._outside(self._database.nightly)

    async def rewrite(self) -> None:
        """Take what a person was known by out of all files, now: `tidy`, and the tables that it leaves."""
        await self._outside(self._database.nightly + self._database.erasing)

    async def _outside(self, statements: tuple[str, ...]) -> None:
        """Run them without a transaction."""
        if statements:
            await self._whole(self._readers, partial(self._long.run, statements))

    async def _whole(self, lane: Lane, work: Callable[[], T]) -> T:
        """What `work` returns. A thread cannot be cut short, and who waits for it may be cancelled: it is
        waited for here, so that its place in the lane is given away only when it is free."""
        task = asyncio.create_task(lane.run(work))
        self._at_work.add(task)
        task.add_done_callback(self._ended)
        with _try_later():
            return await asyncio.shield(task)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._at_work.discard(task)
        # Where the caller is gone nobody asks for the failure, which was his to hear.
        if not task.cancelled():
            task.exception()


def open_database(
    place: Path | str, busy_timeout: float = BUSY_TIMEOUT, begins: Callable[[str], None] = tell_nobody
) -> Database:
    """What `Transactions.open` opens, with its tables. Blocks, for as long as it takes to upgrade them;
    before that, `begins` is told of which version they are."""
    if isinstance(place, Path):
        database = sqlite.database(place, busy_timeout)
    else:
        database = postgresql.database(place, busy_timeout)
    try:
        database.make_tables(busy_timeout, begins)
    except BaseException:
        database.engine.dispose()
        raise
    return database


def _written(engine: Engine, work: Callable[[Connection], T]) -> T:
    with engine.begin() as connection:
        return work(connection)


def _read(engine: Engine, work: Callable[[Connection], T]) -> T:
    with engine.connect() as connection:
        return work(connection)


class _Long:
    """Statements without a transaction, that take as long as they need, or until they are ended."""

    def __init__(self, database: Database) -> None:
        """None runs yet."""
        self._database = database
        self._running: set[Any] = set()
        self._is_ended = False

    def run(self, statements: tuple[str, ...]) -> None:
        """Run them, in a thread."""
        with self._database.outside.connect() as connection:
            driver = connection.connection.driver_connection
            self._running.add(driver)
            try:
                for statement in statements:
                    if self._is_ended:
                        raise OSError("the database is closed")
                    connection.exec_driver_sql(statement)
            finally:
                self._running.discard(driver)

    def end(self) -> bool:
        """Break off what runs, and let nothing begin; False once nothing runs any more."""
        self._is_ended = True
        running = (*self._running,)
        for driver in running:
            self._database.break_off(driver)
        return bool(running)


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
