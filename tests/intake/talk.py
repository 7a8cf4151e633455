"""A whole session without a network: octets go in as segments, what was said comes out."""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from milter.config import PolicyConfig, SmtpConfig
from milter.errors import Reply
from milter.gate import Gate
from milter.intake.board import Board
from milter.intake.patience import Patience
from milter.intake.service import Service
from milter.intake.session import SmtpSession
from milter.mail.envelope import Envelope, Path
from milter.quarantine.held import HeldMail
from tests.intake.judges import NotingJudge

OK = Reply(250, "2.0.0", "Ok")


class Wire(asyncio.Transport):
    """The way to a client that takes all at once, or nothing; its address is one of loopback."""

    def __init__(self, at_once: dict[bytes, bytes], *, is_deaf: bool) -> None:
        super().__init__({"peername": ("127.0.0.1", 40000)})
        self.said = bytearray()
        self._is_deaf = is_deaf
        self._at_once = at_once
        self.protocol: SmtpSession | None = None
        self._is_closing = False

    def write(self, data: Any) -> None:
        if self._is_closing:
            return
        self.said += data
        if self._is_deaf and len(self.said) == len(data) and self.protocol is not None:
            self.protocol.pause_writing()
        if (answer := self._at_once.get(bytes(data))) and self.protocol is not None:
            self.protocol.data_received(answer)

    def is_closing(self) -> bool:
        return self._is_closing

    def close(self) -> None:
        # What was said is to arrive first, and never does.
        if self._is_deaf:
            self._is_closing = True
        elif not self._is_closing:
            self.abort()

    def abort(self) -> None:
        assert self.protocol is not None
        self._is_closing, self._is_deaf = True, False
        asyncio.get_running_loop().call_soon(self.protocol.connection_lost, None)

    def get_write_buffer_size(self) -> int:
        # A deaf client takes nothing of what was said.
        return len(self.said) if self._is_deaf else 0

    def pause_reading(self) -> None:
        """All is there at once."""

    resume_reading = pause_reading


@dataclass
class Hop:
    """A next hop that takes everything at once."""

    extensions: Mapping[str, str] = field(default_factory=lambda: {"8BITMIME": "", "SMTPUTF8": "", "DSN": ""})
    max_recipients: int | None = None
    mails: list[bytes] = field(default_factory=list)
    said: list[tuple[Any, ...]] = field(default_factory=list)

    async def open(self, client: Envelope | None = None) -> "Hop":
        self.said.append(("open", client and (client.client_address, client.helo)))
        return self

    async def begin(self, *asked: Any) -> Any:
        """Of a next hop, the client comes first, and the session is in the answer."""
        if isinstance(asked[0], Path):
            sender, recipient = asked
            reply = await self.mail(sender.address, sender.parameters)
            return reply, await self.rcpt(recipient.address, recipient.parameters)
        client, *paths = asked
        await self.open(client)
        return self, *await self.begin(*paths)

    async def mail(self, reverse_path: str, parameters: Sequence[str] = ()) -> Reply:
        self.said.append(("mail", reverse_path, *parameters))
        return OK

    async def rcpt(self, forward_path: str, parameters: Sequence[str] = ()) -> Reply:
        self.said.append(("rcpt", forward_path, *parameters))
        return OK

    async def data(self, chunks: Sequence[bytes]) -> Reply:
        self.mails.append(b"".join(chunks))
        return OK

    async def rset(self) -> Reply:
        self.said.append(("rset",))
        return OK

    async def close(self) -> None:
        """Nothing is open."""


class NoStore:
    """Nothing is ever held."""

    async def hold(self, _mail: HeldMail) -> int:
        raise AssertionError


@dataclass
class Outcome:
    """What a client heard, and what the next hop got."""

    replies: bytes
    hop: Hop
    judge: NotingJudge


async def talk(
    groups: Sequence[Sequence[bytes]],
    *,
    is_proxied: bool = False,
    tls: ssl.SSLContext | None = None,
    at_once: dict[bytes, bytes] | None = None,
    pause: float = 0,
    is_deaf: bool = False,
    **options: Any,
) -> Outcome:
    """Send the segments of a group, let the session come to rest, send the next group; then hang up.

    `at_once`: what the client says to a reply before anybody else comes to do anything. `pause`: seconds
    that pass, by the clock of the session, before each group. `is_deaf`: the client takes no answer.
    """
    now = 0.0
    hop, judge, wire = Hop(), NotingJudge(), Wire(at_once or {}, is_deaf=is_deaf)
    config = SmtpConfig(**options)
    gate = Gate(judge, NoStore(), PolicyConfig(), "gw.example", "gw.example")
    service = Service(gate, hop, config, "gw.example", tls)
    loop = asyncio.get_running_loop()
    session = SmtpSession(service, loop, Board().row(0).enter("127.0.0.1"), is_proxied=is_proxied)
    session._waiting.patience = Patience(config, lambda: now)
    wire.protocol = session
    session.connection_made(wire)
    await _rest()
    for group in groups:
        now += pause
        for segment in group:
            if not wire.is_closing():
                session.data_received(segment)
                await asyncio.sleep(0)
        await _rest()
    if not wire.is_closing():
        session.eof_received()
    async with asyncio.timeout(30):
        await service.connections.wait_for_all()
    return Outcome(bytes(wire.said), hop, judge)


async def _rest() -> None:
    # Nothing here waits for anything but the loop: after so many rounds nothing moves any more.
    for _ in range(60):
        await asyncio.sleep(0)
