"""Which connections of an intake are open, and when have all of them ended?"""

import asyncio
from collections.abc import Iterator
from typing import Protocol


class Connection(Protocol):
    """One connection, as who stops the intake sees it."""

    def stop(self) -> None:
        """Hang up, as its protocol has it: now where no mail is under way, else after it."""

    def abort(self) -> None:
        """Hang up at once, without a word."""


class Connections:
    """Those of one intake."""

    def __init__(self) -> None:
        """None is open yet."""
        self._open: set[Connection] = set()
        self._nobody = asyncio.Event()
        self._nobody.set()

    def __iter__(self) -> Iterator[Connection]:
        return iter(tuple(self._open))

    def __len__(self) -> int:
        return len(self._open)

    def enter(self, connection: Connection) -> None:
        """One begins."""
        self._open.add(connection)
        self._nobody.clear()

    def leave(self, connection: Connection) -> None:
        """One has ended, its mail and the next hop's side of it too."""
        self._open.discard(connection)
        if not self._open:
            self._nobody.set()

    async def wait_for_all(self) -> None:
        """Wait until none is open."""
        await self._nobody.wait()

    def stop(self) -> None:
        """Have each end, after its mail."""
        for connection in self:
            connection.stop()

    def abort(self) -> int:
        """Hang up on those that are open still; how many they were."""
        late = tuple(self)
        for connection in late:
            connection.abort()
        return len(late)
