"""How is PostgreSQL made to keep what it was given? The engine, with the settings that durability needs.

Raises ConfigError when the address cannot be used. The driver is the extra `postgresql`.
"""

import importlib.util

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import create_async_engine

from milter.config.address import without_password
from milter.errors import ConfigError
from milter.quarantine.database import Database

# Connections of one process; a worker holds one mail at a time in each.
_CONNECTIONS = 5
# Seconds for a statement: a server that hangs must not keep a client waiting for its reply.
_STATEMENT = 20.0
# Any number that is ours: one node at a time makes or changes tables.
_UPGRADE_LOCK = 0x5649474D


def database(url: str, busy_timeout: float) -> Database:
    """The database at postgresql://user:password@host/name (?host=/run/postgresql for a socket)."""
    try:
        address = make_url(url).set(drivername="postgresql+asyncpg")
    except ArgumentError as error:
        raise ConfigError(["quarantine.url: not an address such as postgresql://user@host/name"]) from error
    name = f"quarantine.url {without_password(url)}"
    if importlib.util.find_spec("asyncpg") is None:
        raise ConfigError([f"{name}: the driver is missing; install vigimel[postgresql]"])
    milliseconds = str(int(busy_timeout * 1000))
    engine = create_async_engine(
        address,
        # Parameters are subjects and addresses: no exception text may carry them into the log.
        hide_parameters=True,
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_timeout=busy_timeout,
        # A server that was restarted must not cost the first mail after it a 451.
        pool_pre_ping=True,
        connect_args={
            "timeout": busy_timeout,
            "command_timeout": _STATEMENT,
            "server_settings": {
                "application_name": "vigimel",
                # Whatever the server's default: the commit is on its disk before we say 250.
                "synchronous_commit": "on",
                "lock_timeout": milliseconds,
            },
        },
    )
    return Database(
        engine,
        name,
        outside={"isolation_level": "AUTOCOMMIT"},
        lock=f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})",
        # Deleted rows stay in the files of a table until it is written anew.
        nightly=("VACUUM (FULL) raw_mail", "VACUUM (FULL) held_mail", "VACUUM (FULL) held_words"),
        erasing=tuple(
            f"VACUUM (FULL) {table}" for table in ("trace", "allow_rule", "told_mail", "release_request")
        ),
    )
