"""How long may a PostgreSQL server be silent? A connection that is given up when it is for too long.

A server that hangs, or a network that drops all, must not keep a thread and a client for ever. Raises the
driver's OperationalError then.
"""

from typing import Any, TypeVar

from psycopg import Connection, OperationalError
from psycopg.abc import PQGen
from psycopg.errors import _WaitTimeout

# Seconds; a server that lives has broken off the statement by itself before (see `postgresql.py`).
SILENCE = 21.0

T = TypeVar("T")


class ImpatientConnection(Connection[Any]):
    """A connection on which nothing takes longer."""

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """What the server answers; the connection is closed when it does not."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, SILENCE)
        except _WaitTimeout:
            self.close()
            raise OperationalError("the server does not answer") from None
