"""Which connections to the next hop wait for the next mail? Each for a moment, after a session without blame.

A mail server in front opens a connection for each mail, and a greeting, an EHLO and a QUIT with the next hop
would cost as much as the mail itself. Postfix keeps its own connections for two seconds, too. Raises nothing.
"""

import asyncio
from typing import Generic, Protocol, TypeVar

SECONDS = 2.0
# The next hop has as many connections as its clients had at once a moment ago, but not more than these.
_MOST = 20


class Rests(Protocol):
    """A session that may be kept: `milter.relay.smtp.SmtpSession`."""

    @property
    def is_at_rest(self) -> bool:
        """No transaction is open, nothing was refused, and the peer is there."""

    async def end(self) -> None:
        """Say good-bye; never fails, never hangs."""


_S = TypeVar("_S", bound=Rests)


class Idle(Generic[_S]):
    """Sessions of one process that nobody uses."""

    def __init__(self, seconds: float) -> None:
        """Keep each for so many seconds; none at all where that is 0."""
        self._seconds = seconds
        self._sessions: dict[_S, asyncio.TimerHandle] = {}
        self._goodbyes: set[asyncio.Task[None]] = set()

    def keep(self, session: _S) -> bool:
        """True when it is kept, and will be ended if nobody takes it."""
        if not self._seconds or not session.is_at_rest or len(self._sessions) >= _MOST:
            return False
        loop = asyncio.get_running_loop()
        self._sessions[session] = loop.call_later(self._seconds, self._part, session)
        return True

    def take(self) -> _S | None:
        """The one that was used last, if its peer is still there."""
        while self._sessions:
            session, timer = self._sessions.popitem()
            timer.cancel()
            if session.is_at_rest:
                return session
            self._end(session)
        return None

    async def close(self) -> None:
        """End them all."""
        for session, timer in self._sessions.items():
            timer.cancel()
            self._end(session)
        self._sessions.clear()
        if self._goodbyes:
            await asyncio.wait(self._goodbyes)

    def _part(self, session: _S) -> None:
        del self._sessions[session]
        self._end(session)

    def _end(self, session: _S) -> None:
        task = asyncio.get_running_loop().create_task(session.end())
        self._goodbyes.add(task)
        task.add_done_callback(self._goodbyes.discard)
