"""Is the client still waited for? Its patience, at the clock. Raises HungUp where there is none left."""

import asyncio
from collections.abc import Callable
from types import TracebackType

from milter.errors import Reply
from milter.intake.input import HungUp
from milter.intake.patience import IDLE, Patience
from milter.relay.deadline import Deadline


class Waiting:
    """A context, entered for each wait for a client; while it waits for us, it is not the idle one."""

    def __init__(
        self, patience: Patience, loop: asyncio.AbstractEventLoop, hang_up: Callable[[Reply], None]
    ) -> None:
        """`hang_up` is told what to say to who does not come in time."""
        self.patience = patience
        self._hang_up = hang_up
        self._deadline = Deadline(loop, self._late)
        self._when_late = IDLE

    def __enter__(self) -> None:
        seconds, self._when_late = self.patience.left()
        if seconds <= 0:
            self._late()
            raise HungUp(self._when_late.text)
        self._deadline.begin(seconds)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._deadline.end()

    async def drain(self, writer: asyncio.StreamWriter, seconds: float) -> None:
        """Wait until the client has taken what we say."""
        self._when_late = IDLE
        self._deadline.begin(seconds)
        try:
            await writer.drain()
        finally:
            self._deadline.end()

    def close(self) -> None:
        """Nobody is waited for any more."""
        self._deadline.close()

    def _late(self) -> None:
        self._hang_up(self._when_late)
