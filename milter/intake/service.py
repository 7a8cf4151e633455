"""What do all SMTP connections share? The gate, the next hop, and the work that outlives a connection."""

import asyncio
import contextlib
import ssl
from collections.abc import Coroutine, Mapping
from typing import Any

from milter import maillog
from milter.config import SmtpConfig
from milter.config.address import is_within
from milter.errors import Reply, TryLater
from milter.gate import Gate
from milter.intake.board import Place
from milter.intake.connections import Connections
from milter.relay.next_hop import NextHop

# The next hop has two seconds for its own (milter.relay.smtp.QUIT_TIMEOUT).
_LONGEST_GOODBYE = 3.0
# Said only if the next hop says so too: a mail must not come in that cannot go on.
_THEIRS = ("8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES")


class Room:
    """What one mail takes of the room for all mails under way."""

    def __init__(self, service: "Service") -> None:
        """Nothing yet."""
        self._service = service
        self._taken = 0

    def take(self, octets: int) -> bool:
        """Take so much more, where there is as much."""
        if self._service.kept + octets > self._service.config.max_kept_size:
            return False
        self._service.kept += octets
        self._taken += octets
        return True

    def give_back(self) -> None:
        """The mail is no more, here."""
        self._service.kept -= self._taken
        self._taken = 0


class Service:
    """Collaborators, open connections, and tasks that must come to their end."""

    def __init__(
        self,
        gate: Gate,
        next_hop: NextHop,
        config: SmtpConfig,
        hostname: str,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Nothing is open yet."""
        self.tls = tls
        self.gate = gate
        self.next_hop = next_hop
        self.config = config
        self.hostname = hostname
        self.is_stopping = False
        self.kept = 0
        self.connections = Connections()
        self._mails: set[asyncio.Task[Reply]] = set()
        self._goodbyes: set[asyncio.Task[None]] = set()
        self._extensions: Mapping[str, str] | None = None

    @property
    def mails_under_way(self) -> int:
        """How many mails were read to their end and have not come to theirs."""
        return len(self._mails)

    def begin(self, mail: Coroutine[Any, Any, Reply]) -> asyncio.Task[Reply]:
        """What is done with a mail goes on whatever becomes of the connection."""
        task = asyncio.get_running_loop().create_task(mail)
        self._mails.add(task)
        task.add_done_callback(self._mails.discard)
        return task

    def part(self, goodbye: Coroutine[Any, Any, None]) -> None:
        """The end of a connection, which waits for its mail and then tells the next hop."""
        task = asyncio.get_running_loop().create_task(goodbye)
        self._goodbyes.add(task)
        task.add_done_callback(self._goodbyes.discard)

    def has_too_many(self, client: str, place: Place) -> bool:
        """Has this client more connections than one may have? Servers of ours have as many as they want."""
        config = self.config
        if place.of_client <= config.max_connections_per_client:
            return False
        return not is_within(client, (*config.trusted_clients, *config.trusted_proxies))

    def learn(self, extensions: Mapping[str, str]) -> None:
        """Remember what the next hop said in its EHLO."""
        self._extensions = extensions

    async def offered(self) -> dict[str, str]:
        """The extensions that both we and the next hop can do, for our EHLO (THREATS S31)."""
        if self._extensions is None:
            await self._ask_next_hop()
        theirs = self._extensions or {}
        offered = {"PIPELINING": "", "SIZE": str(self._size(theirs.get("SIZE", "")))}
        return offered | {keyword: "" for keyword in _THEIRS if keyword in theirs}

    async def give_up(self) -> int:
        """Hang up on everybody and end all work; how many mails had not come to their end."""
        mails = tuple(self._mails)
        for task in mails:
            task.cancel()
        self.connections.abort()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_GOODBYE):
                await self.connections.wait_for_all()
        return len(mails)

    async def _ask_next_hop(self) -> None:
        try:
            session = await self.next_hop.open(None)
        except TryLater as error:
            # Whoever sends a mail now hears 451 at MAIL; whoever asks again may find it back.
            maillog.relay_failed("-", str(error))
            return
        self.learn(session.extensions)
        await session.close()

    def _size(self, theirs: str) -> int:
        ours = self.config.max_message_size
        return min(ours, int(theirs)) if theirs.isdecimal() and 0 < len(theirs) < 20 and int(theirs) else ours
