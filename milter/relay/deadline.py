"""Until when is the other end waited for? One timer a connection, however often it is waited for.

A timer for each wait would be set and cancelled again for each line that comes in time, and nearly all do.
This one rings at the earliest moment that it was set for, and then looks whether anybody waits, until when.
"""

import asyncio
from collections.abc import Callable


class Deadline:
    """Calls `late` when a wait has lasted too long. One wait at a time."""

    __slots__ = ("_armed", "_due", "_late", "_loop", "_timer")

    def __init__(self, loop: asyncio.AbstractEventLoop, late: Callable[[], None]) -> None:
        """Nobody waits yet."""
        self._loop = loop
        self._late = late
        self._due: float | None = None
        self._armed = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, seconds: float) -> None:
        """Somebody waits from now on, for so long."""
        due = self._due = self._loop.time() + seconds
        if self._timer is None:
            self._arm(due)
        elif due < self._armed:
            self._timer.cancel()
            self._arm(due)

    def end(self) -> None:
        """What was waited for has come."""
        self._due = None

    def close(self) -> None:
        """Nobody will wait any more."""
        self._due = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self, due: float) -> None:
        self._armed = due
        self._timer = self._loop.call_at(due, self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._due is None:
            return
        if self._loop.time() < self._due:
            self._arm(self._due)
        else:
            self._due = None
            self._late()
