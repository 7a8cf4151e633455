"""What must a database do for the quarantine? Commits that are durable, tables that this version knows.

Raises ConfigError when it cannot be used.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Table, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import SQLAlchemyError

from milter.errors import ConfigError
from milter.quarantine.migrations.upgrade import HEAD, upgrade, version

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

# Seconds before a database that is busy is tried again.
_PAUSE = 0.02


def _leave(_connection: Any) -> None:
    """It is over in no time."""


def tell_nobody(_version: str) -> None:
    """Nobody waits for it."""


@dataclass(frozen=True, slots=True)
class Database:
    """An engine, and what differs from one database to the other.

    `reading` is the same engine (one pool) for what only reads, `outside` that for what is run without a
    transaction, however long it takes; `break_off` ends that on its connection, from another thread. `name`
    is for the operator and has no password. A process has `connections` at most; `writers` of them write, all
    where it is 0. `lock` begins a transaction that changes tables. `after_purge` is run when bytes were
    deleted, `nightly` once a night, both without a transaction: they take what was deleted out of the files.
    `erasing` is run after it where a person was forgotten.
    """

    engine: Engine
    reading: Engine
    outside: Engine
    name: str
    connections: int
    writers: int = 0
    lock: str = ""
    break_off: Callable[[Any], None] = _leave
    after_purge: tuple[str, ...] = ()
    nightly: tuple[str, ...] = ()
    erasing: tuple[str, ...] = ()

    def make_tables(self, patience: float, begins: Callable[[str], None] = tell_nobody) -> None:
        """Make or upgrade the tables; refuse a database that is not ours or is newer than we are.

        `begins` is told of which version they are before they are upgraded.
        """
        try:
            problem = self._patiently(monotonic() + patience, begins)
        except (SQLAlchemyError, OSError) as error:
            raise ConfigError([f"{self.name}: {getattr(error, 'orig', error)}"]) from error
        if problem:
            raise ConfigError([f"{self.name}: {problem}"])

    def trouble(self) -> str:
        """Why it does not answer, for the operator; nothing where it does."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError) as error:
            return str(getattr(error, "orig", error)) or type(error).__name__
        finally:
            self.engine.dispose()
        return ""

    def version(self) -> str:
        """Of which version its tables are, nothing where there are none. Raises ConfigError."""
        try:
            with self.engine.connect() as connection:
                return version(connection)
        except (SQLAlchemyError, OSError) as error:
            raise ConfigError([f"{self.name}: {getattr(error, 'orig', error)}"]) from error
        finally:
            self.engine.dispose()

    def _patiently(self, deadline: float, begins: Callable[[str], None]) -> str:
        while True:
            try:
                # To look does not wait for whoever writes, be it for long.
                with self.reading.connect() as connection:
                    if version(connection) == HEAD:
                        return ""
                with self.engine.begin() as connection:
                    return self._upgrade(connection, begins)
            except SQLAlchemyError as error:
                if not _is_busy(error) or monotonic() > deadline:
                    raise
                sleep(_PAUSE)

    def _upgrade(self, connection: Connection, begins: Callable[[str], None]) -> str:
        if self.lock:
            connection.execute(text(self.lock))
        return upgrade(connection, begins)


def clock(connection: Connection) -> datetime:
    """What time it is for all who write to this database: of several nodes, each has a clock of its own."""
    if connection.dialect.name == "sqlite":
        return datetime.now(UTC)
    now: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return now.astimezone(UTC)


def insert_new(connection: Connection, table: Table, **values: Any) -> bool:
    """True where the row was not there yet, and is now."""
    row = insert_for(connection.dialect.name, table).values(**values).on_conflict_do_nothing()
    # Asked for, because not every driver says of an insert how many rows it was.
    return connection.execute(row.returning(*table.primary_key)).first() is not None


def insert_for(dialect: str, table: Table) -> "postgresql.Insert | sqlite.Insert":
    """An insert that can say what is done where the row is there already: each database has its own."""
    if dialect == "sqlite":
        return sqlite.insert(table)
    # Three megabytes that no process needs beside an SQLite file.
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def _is_busy(error: SQLAlchemyError) -> bool:
    # While another process turns a new file to WAL, SQLite says so at once, whatever the busy timeout
    # (its busy handler is left out where waiting could be a deadlock).
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0)
    return code & 0xFF == sqlite3.SQLITE_BUSY
