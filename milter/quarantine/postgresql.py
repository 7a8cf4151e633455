"""How is PostgreSQL made to keep what it was given? The engine, with the settings that durability needs.

Raises ConfigError when the address cannot be used. The driver is the extra `postgresql`.
"""

import contextlib
import importlib.util
import math
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from milter.config.address import without_password
from milter.errors import ConfigError
from milter.quarantine.database import Database

# Connections of one process; a worker holds one mail at a time in each.
_CONNECTIONS = 5
# Seconds after which the server breaks off a statement.
_STATEMENT = 20
# Seconds that what writes a table anew waits for those who read it, as a back-up does. All who come later
# wait behind it: for less than a hold waits for a lock.
_LOCK = 2
# Any number that is ours: one node at a time makes or changes tables.
_UPGRADE_LOCK = 0x5649474D


def check(url: str) -> URL:
    """The address, as SQLAlchemy has it; ConfigError where it cannot be used, without asking the server."""
    try:
        address = make_url(url).set(drivername="postgresql+psycopg")
    except ArgumentError as error:
        raise ConfigError(["quarantine.url: not an address such as postgresql://user@host/name"]) from error
    name = f"quarantine.url {without_password(url)}"
    if importlib.util.find_spec("psycopg") is None:
        raise ConfigError([f"{name}: the driver is missing; install vigimel[postgresql]"])
    # Loads the driver, which no process needs beside an SQLite file.
    from psycopg.pq import Conninfo

    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    if wrong := sorted(set(address.query) - known):
        raise ConfigError(
            [f"{name}: no option of PostgreSQL: {', '.join(wrong)} (TLS: sslmode, sslrootcert)"]
        )
    return address


def database(url: str, busy_timeout: float) -> Database:
    """The database at postgresql://user:password@host/name (?host=/run/postgresql for a socket)."""
    address, name = check(url), f"quarantine.url {without_password(url)}"
    engine = _engine(address, busy_timeout)
    return Database(
        engine,
        reading=engine,
        outside=_patient_engine(address, busy_timeout),
        break_off=_break_off,
        name=name,
        connections=_CONNECTIONS,
        lock=f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})",
        # Deleted rows stay in the files of a table until it is written anew.
        nightly=("VACUUM (FULL) raw_mail", "VACUUM (FULL) held_mail", "VACUUM (FULL) held_words"),
        erasing=tuple(
            f"VACUUM (FULL) {table}" for table in ("trace", "allow_rule", "told_mail", "release_request")
        ),
    )


def _engine(address: URL, busy_timeout: float) -> Engine:
    engine = create_engine(
        address,
        # Parameters are subjects and addresses: no exception text may carry them into the log.
        hide_parameters=True,
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_timeout=busy_timeout,
        # A server that was restarted must not cost the first mail after it a 451.
        pool_pre_ping=True,
        connect_args=_arguments(busy_timeout, busy_timeout, _STATEMENT),
    )
    event.listen(engine, "do_connect", _connect)
    return engine


def _patient_engine(address: URL, busy_timeout: float) -> Engine:
    """For what takes as long as the tables are large, on a connection of its own. A server that is gone is
    known by its silence in TCP."""
    alive = {"keepalives_idle": 60, "keepalives_interval": 10, "keepalives_count": 6}
    return create_engine(
        address,
        hide_parameters=True,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args=_arguments(busy_timeout, _LOCK, 0) | alive,
    )


def _arguments(busy_timeout: float, lock: float, statement: float) -> dict[str, Any]:
    settings = {
        # Whatever the server's default: the commit is on its disk before we say 250.
        "synchronous_commit": "on",
        "lock_timeout": int(lock * 1000),
        "statement_timeout": int(statement * 1000),
    }
    return {
        "connect_timeout": math.ceil(busy_timeout),
        "application_name": "vigimel",
        "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
    }


def _break_off(connection: Any) -> None:
    from psycopg import Error

    # Where that does not reach the server it is tried again.
    with contextlib.suppress(Error):
        connection.cancel()


def _connect(_dialect: Any, _record: Any, arguments: list[Any], options: dict[str, Any]) -> Any:
    from milter.quarantine.patience import ImpatientConnection

    return ImpatientConnection.connect(*arguments, **options)
