"""What must a database do for the quarantine? Commits that are durable, tables that this version knows.

Raises ConfigError when it cannot be used.
"""

import asyncio
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from milter.errors import ConfigError
from milter.quarantine.migrations.upgrade import upgrade, version

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

# Seconds before a database that is busy is tried again.
_PAUSE = 0.02


@dataclass(frozen=True, slots=True)
class Database:
    """An engine, and what differs from one database to the other.

    `name` is for the operator and has no password. `reading` and `outside` are execution options of a
    connection that only reads, and of one without a transaction. `lock` begins a transaction that changes
    tables. `after_purge` is run when bytes were deleted, `nightly` once a day, both without a transaction:
    they take what was deleted out of the files. `erasing` is run after it where a person was forgotten.
    """

    engine: AsyncEngine
    name: str
    has_one_writer: bool = False
    reading: Mapping[str, Any] = field(default_factory=dict)
    outside: Mapping[str, Any] = field(default_factory=dict)
    lock: str = ""
    after_purge: tuple[str, ...] = ()
    nightly: tuple[str, ...] = ()
    erasing: tuple[str, ...] = ()

    async def make_tables(self, patience: float) -> None:
        """Make or upgrade the tables; refuse a database that is not ours or is newer than we are."""
        try:
            problem = await self._patiently(monotonic() + patience)
        except (SQLAlchemyError, OSError) as error:
            raise ConfigError([f"{self.name}: {getattr(error, 'orig', error)}"]) from error
        if problem:
            raise ConfigError([f"{self.name}: {problem}"])

    async def trouble(self) -> str:
        """Why it does not answer, for the operator; nothing where it does."""
        try:
            async with self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError) as error:
            return str(getattr(error, "orig", error)) or type(error).__name__
        finally:
            await self.engine.dispose()
        return ""

    async def version(self) -> str:
        """Of which version its tables are, nothing where there are none. Raises ConfigError."""
        try:
            async with self.engine.connect() as connection:
                return await connection.run_sync(version)
        except (SQLAlchemyError, OSError) as error:
            raise ConfigError([f"{self.name}: {getattr(error, 'orig', error)}"]) from error
        finally:
            await self.engine.dispose()

    async def _patiently(self, deadline: float) -> str:
        while True:
            try:
                async with self.engine.begin() as connection:
                    return await connection.run_sync(self._upgrade)
            except SQLAlchemyError as error:
                if not _is_busy(error) or monotonic() > deadline:
                    raise
                await asyncio.sleep(_PAUSE)

    def _upgrade(self, connection: Connection) -> str:
        if self.lock:
            connection.execute(text(self.lock))
        return upgrade(connection)


def insert_into(connection: AsyncConnection, table: Table) -> "postgresql.Insert | sqlite.Insert":
    """An insert that can say what is done where the row is there already."""
    return insert_for(connection.dialect.name, table)


def insert_for(dialect: str, table: Table) -> "postgresql.Insert | sqlite.Insert":
    """The same for a database of this kind: each of the two has its own."""
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
