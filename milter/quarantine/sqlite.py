"""How is SQLite made to keep what it was given? The engine, with the settings that durability needs.

Raises ConfigError when the file cannot be used.
"""

import asyncio
import contextlib
import os
import sqlite3
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import Connection, event, func, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from milter.errors import ConfigError
from milter.quarantine.schema import VERSION, metadata, schema_version

# FULL: in WAL mode, NORMAL may lose the last commits at a power loss, after our 250 (THREATS 1.1).
# secure_delete: purged bytes are overwritten, not left in free pages.
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON")

# Seconds before a file that is busy is tried again.
_PAUSE = 0.02

# Execution options of a connection: what BEGIN says.
READ = {"sqlite_begin": "BEGIN"}
OUTSIDE = {"sqlite_begin": ""}


def engine(path: Path, busy_timeout: float) -> AsyncEngine:
    """An engine whose transactions take the write lock at their start, unless its options say otherwise."""
    made = create_async_engine(
        f"sqlite+aiosqlite:///{path}",
        # Parameters are subjects and addresses: no exception text may carry them into the log.
        hide_parameters=True,
        connect_args={"timeout": busy_timeout},
        pool_timeout=busy_timeout,
    )
    event.listen(made.sync_engine, "connect", _prepare)
    event.listen(made.sync_engine, "begin", _begin)
    return made


def _prepare(connection: Any, _record: Any) -> None:
    # The driver begins transactions lazily and deferred; we say BEGIN ourselves.
    connection.isolation_level = None
    with contextlib.closing(connection.cursor()) as cursor:
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # IMMEDIATE: a deferred transaction that writes later fails at once, whatever the busy timeout.
    if statement := connection.get_execution_options().get("sqlite_begin", "BEGIN IMMEDIATE"):
        connection.exec_driver_sql(statement)


def make_file(path: Path) -> None:
    """Make the file (0600) and its directory (0700) where they are missing."""
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700, parents=True)
        # SQLite gives its -wal and -shm files the mode of this one.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise ConfigError([f"quarantine.path {path}: {error.strerror}"]) from error


async def make_tables(made: AsyncEngine, path: Path, busy_timeout: float) -> None:
    """Make the tables where they are missing; refuse a file that is not ours or is newer than we are."""
    try:
        problem = await _patiently(made, monotonic() + busy_timeout)
    except SQLAlchemyError as error:
        raise ConfigError([f"quarantine.path {path}: {getattr(error, 'orig', error)}"]) from error
    if problem:
        raise ConfigError([f"quarantine.path {path}: {problem}"])


async def _patiently(made: AsyncEngine, deadline: float) -> str:
    while True:
        try:
            async with made.begin() as connection:
                return await _make_tables(connection)
        except SQLAlchemyError as error:
            if not _busy(error) or monotonic() > deadline:
                raise
            await asyncio.sleep(_PAUSE)


def _busy(error: SQLAlchemyError) -> bool:
    # While another process turns a new file to WAL, SQLite says so at once, whatever the busy timeout
    # (its busy handler is left out where waiting could be a deadlock).
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0)
    return code & 0xFF == sqlite3.SQLITE_BUSY


async def _make_tables(connection: AsyncConnection) -> str:
    mode = (await connection.exec_driver_sql("PRAGMA journal_mode")).scalar()
    if mode != "wal":
        return f"this file system cannot keep a write-ahead log (journal mode {mode})"
    await connection.run_sync(metadata.create_all)
    found = (await connection.execute(select(func.max(schema_version.c.version)))).scalar()
    if found is None:
        await connection.execute(insert(schema_version).values(version=VERSION))
    elif found != VERSION:
        return f"made by another version of Vigimel (tables {found}, this one knows {VERSION})"
    return ""
