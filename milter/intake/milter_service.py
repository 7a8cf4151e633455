"""What do all milter connections share? The gate, the limits, and the room for mails under way."""

import asyncio
from typing import Protocol

from milter.config import MilterConfig
from milter.gate import Gate
from milter.intake.milter_session import NEEDED_ACTIONS
from milter.intake.milter_wire import Actions


class Connection(Protocol):
    """A mail server's connection, as the one who stops the service sees it."""

    def stop(self) -> None:
        """Hang up: now where no mail is under way, else after it."""

    def abort(self) -> None:
        """Hang up at once."""


class MilterService:
    """Collaborators, open connections, octets kept."""

    def __init__(self, gate: Gate, config: MilterConfig, max_message_size: int) -> None:
        """Nothing is open yet."""
        self.gate = gate
        self.config = config
        self.max_message_size = max_message_size
        self.is_stopping = False
        self.kept = 0
        self.connections: set[Connection] = set()
        self._nobody = asyncio.Event()
        self._nobody.set()

    @property
    def wanted_actions(self) -> Actions:
        """What we ask to be allowed."""
        return NEEDED_ACTIONS | (Actions.QUARANTINE if self.config.quarantine == "mta" else Actions(0))

    def has_room(self, octets: int) -> bool:
        """Can so much more be kept?"""
        return self.kept + octets <= self.config.max_kept_size

    def enter(self, connection: Connection) -> bool:
        """A connection begins; False where the service stops."""
        if self.is_stopping:
            return False
        self.connections.add(connection)
        self._nobody.clear()
        return True

    def leave(self, connection: Connection) -> None:
        """A connection has ended."""
        self.connections.discard(connection)
        if not self.connections:
            self._nobody.set()

    async def wait_for_all(self) -> None:
        """Wait until no connection is open."""
        await self._nobody.wait()

    async def end(self, grace: float) -> int:
        """Wait until no connection is open; hang up on those that take longer, and say how many."""
        for connection in tuple(self.connections):
            connection.stop()
        try:
            async with asyncio.timeout(grace):
                await self.wait_for_all()
        except TimeoutError:
            pass
        late = tuple(self.connections)
        for connection in late:
            connection.abort()
        # Closing is told by the loop, in its next round.
        await asyncio.sleep(0)
        return len(late)
