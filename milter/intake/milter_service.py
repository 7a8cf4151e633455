"""What do all milter connections share? The gate, the limits, and the room for mails under way."""

import asyncio
import contextlib

from milter.config import MilterConfig
from milter.gate import Gate
from milter.intake.connections import Connection, Connections
from milter.intake.milter_session import NEEDED_ACTIONS
from milter.intake.milter_wire import Actions


class MilterService:
    """Collaborators, open connections, octets kept."""

    def __init__(self, gate: Gate, config: MilterConfig, max_message_size: int) -> None:
        """Nothing is open yet."""
        self.gate = gate
        self.config = config
        self.max_message_size = max_message_size
        self.is_stopping = False
        self.kept = 0
        self.connections = Connections()

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
        self.connections.enter(connection)
        return True

    async def end(self, grace: float) -> int:
        """Wait until no connection is open; hang up on those that take longer, and say how many."""
        self.connections.stop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace):
                await self.connections.wait_for_all()
        late = self.connections.abort()
        # Closing is told by the loop, in its next round.
        await asyncio.sleep(0)
        return late
