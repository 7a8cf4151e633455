"""How is SQLite made to keep what it was given? The engine, with the settings that durability needs.

Raises ConfigError when the file cannot be used.
"""

import contextlib
import os
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError

from milter.errors import ConfigError
from milter.quarantine.database import Database

# FULL: in WAL mode, NORMAL may lose the last commits at a power loss, after our 250 (THREATS 1.1).
# secure_delete: purged bytes are overwritten, not left in free pages.
# cache_size: KiB a connection, of which each worker has some; what is asked again the system has in memory.
_PRAGMAS = ("synchronous=FULL", "secure_delete=ON", "foreign_keys=ON", "cache_size=-512")

# Connections of one process, one of them for what is written.
_CONNECTIONS = 5

# The execution option that says how a transaction begins.
_BEGIN = "sqlite_begin"


def database(path: Path, busy_timeout: float) -> Database:
    """The database in this file, made (mode 0600) where it is missing."""
    name = f"quarantine.path {path}"
    _make_file(path, name)
    engine = _engine(path, busy_timeout)
    return Database(
        engine,
        reading=engine.execution_options(**{_BEGIN: "BEGIN"}),
        outside=engine.execution_options(**{_BEGIN: ""}),
        name=name,
        connections=_CONNECTIONS,
        # SQLite has one writer; in this process they queue before it reaches the file.
        writers=1,
        # The write-ahead log keeps purged bytes until it is used again.
        after_purge=("PRAGMA wal_checkpoint(TRUNCATE)",),
    )


def _engine(path: Path, busy_timeout: float) -> Engine:
    """An engine whose transactions take the write lock at their start, unless its options say otherwise."""
    # rw: once it is there it is not made anew, or what an admin has moved away would begin empty.
    address = URL.create(
        "sqlite+pysqlite", database=f"file:{quote(str(path))}", query={"mode": "rw", "uri": "true"}
    )
    made = create_engine(
        address,
        # Parameters are subjects and addresses: no exception text may carry them into the log.
        hide_parameters=True,
        connect_args={"timeout": busy_timeout},
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_timeout=busy_timeout,
        # The one whose pages are in memory: a worker that only holds mail has no other.
        pool_use_lifo=True,
    )
    event.listen(made, "connect", partial(_prepare, path))
    event.listen(made, "checkout", partial(_check, path))
    event.listen(made, "begin", _begin)
    return made


def _prepare(path: Path, connection: Any, record: Any) -> None:
    record.info["file"] = _file(path)
    # The driver begins transactions lazily and deferred; we say BEGIN ourselves.
    connection.isolation_level = None
    with contextlib.closing(connection.cursor()) as cursor:
        cursor.execute("PRAGMA journal_mode=WAL")
        if (mode := cursor.fetchone()[0]) != "wal":
            raise OSError(f"this file system cannot keep a write-ahead log (journal mode {mode})")
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")


def _check(path: Path, _connection: Any, record: Any, _proxy: Any) -> None:
    # An open file outlives its name: what is written to it then is lost with the process.
    if record.info["file"] != _file(path):
        raise DisconnectionError(f"{path} is gone, or another file")


def _file(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _begin(connection: Connection) -> None:
    # IMMEDIATE: a deferred transaction that writes later fails at once, whatever the busy timeout.
    if statement := connection.get_execution_options().get(_BEGIN, "BEGIN IMMEDIATE"):
        connection.exec_driver_sql(statement)


def _make_file(path: Path, name: str) -> None:
    """Make the file (0600) and its directory (0700) where they are missing."""
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # SQLite gives its -wal and -shm files the mode of this one.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise ConfigError([f"{name}: {error.strerror}"]) from error
