"""Which of several next hops takes the mail? In their order, those that failed lately after the others.

Raises TryLater, with the cause of each, when none does. A name with several addresses is several next hops.
"""

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

from milter.errors import Reply, TryLater
from milter.mail.envelope import Envelope, Path
from milter.relay.connection import Address
from milter.relay.idle import Idle
from milter.relay.server import Server
from milter.relay.smtp import SmtpSession

_T = TypeVar("_T")
# A server, and one of its addresses.
_Place = tuple[Server, Address]
# Seconds. The DNS is not asked for each mail, and a server that moves is found again soon.
_ADDRESSES_HOLD = 30.0


class Route:
    """Servers in the order in which they are tried."""

    def __init__(
        self,
        servers: Sequence[Server],
        retry_after: float,
        keep_idle: float = 0,
        note: Callable[[str], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """A place that failed is passed over for `retry_after` seconds, unless there is no other; connections
        are kept for `keep_idle` seconds. `note` hears why one was not taken where another was."""
        self.servers = tuple(servers)
        self._retry_after = retry_after
        self._note = note
        self._clock = clock
        self._failed: dict[_Place, float] = {}
        self._known: dict[Server, tuple[tuple[Address, ...], float]] = {}
        self._idle: dict[_Place, Idle[SmtpSession]] = defaultdict(lambda: Idle(keep_idle))

    async def open(self, client: Envelope | None = None) -> SmtpSession:
        """A session with the first one that welcomes us, or that has welcomed us a moment ago."""
        return await self._first(client, _as_it_is)

    async def begin(
        self, client: Envelope, sender: Path, recipient: Path
    ) -> tuple[SmtpSession, Reply, Reply | None]:
        """A session with the first one that answers MAIL and RCPT, and its answers."""

        async def ask(session: SmtpSession) -> tuple[SmtpSession, Reply, Reply | None]:
            return session, *await session.begin(sender, recipient)

        return await self._first(client, ask)

    async def close(self) -> None:
        """End the connections that nobody uses."""
        await asyncio.gather(*(idle.close() for idle in self._idle.values()))

    async def _first(self, client: Envelope | None, use: Callable[[SmtpSession], Awaitable[_T]]) -> _T:
        """To ask all of them takes no longer than to ask one may: the client waits for one answer."""
        within = max(server.times.command for server in self.servers)
        causes: list[str] = []
        try:
            async with asyncio.timeout(within):
                async for place in self._places(causes):
                    try:
                        used = await self._used(place, client, use)
                    except TryLater as error:
                        self._fail(place)
                        causes.append(str(error))
                    else:
                        if causes:
                            self._note("; ".join(causes))
                        return used
        except TimeoutError:
            causes.append(f"nothing within {within:g} s")
        raise TryLater("; ".join(causes))

    async def _used(
        self, place: _Place, client: Envelope | None, use: Callable[[SmtpSession], Awaitable[_T]]
    ) -> _T:
        while (kept := self._idle[place].take()) is not None:
            # The next hop had the right to end it.
            with contextlib.suppress(TryLater):
                return await _with(kept, client, use)
        server, address = place
        session = await server.open(address, client)
        session.on_failure = partial(self._fail, place)
        session.keep = self._idle[place].keep
        used = await _with(session, client, use)
        self._failed.pop(place, None)
        return used

    async def _places(self, causes: list[str]) -> AsyncIterator[_Place]:
        """Every place: those that failed lately at the end."""
        later: list[_Place] = []
        for server in self.servers:
            for place in await self._places_of(server, causes):
                if self._failed.get(place, 0.0) > self._clock():
                    later.append(place)
                else:
                    yield place
        for place in later:
            yield place

    async def _places_of(self, server: Server, causes: list[str]) -> list[_Place]:
        known, until = self._known.get(server, ((), 0.0))
        if not known or self._clock() >= until:
            try:
                known = await server.addresses()
            except TryLater as error:
                # An address of a minute ago is better than none.
                causes.append(str(error))
            self._known[server] = known, self._clock() + _ADDRESSES_HOLD
        return [(server, address) for address in known]

    def _fail(self, place: _Place) -> None:
        # A name may have had many addresses over the years of a process.
        now = self._clock()
        self._failed = {old: until for old, until in self._failed.items() if until > now}
        self._failed[place] = now + self._retry_after


async def _with(
    session: SmtpSession, client: Envelope | None, use: Callable[[SmtpSession], Awaitable[_T]]
) -> _T:
    session.introduce(client)
    try:
        return await use(session)
    except BaseException:
        session.abort()
        raise


async def _as_it_is(session: SmtpSession) -> SmtpSession:
    return session
