"""How does a session with a server of SMTP or LMTP begin? Greeting, EHLO, STARTTLS, and who the client is.

Raises TryLater.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from milter.mail.envelope import Envelope
from milter.relay.client import commands
from milter.relay.connection import Address, NotEncrypted, connect, resolve
from milter.relay.dialogue import Dialogue
from milter.relay.smtp import SmtpSession, Terms
from milter.relay.tls import Tls

# RFC 5321 section 4.1.1.1: a domain or an address literal.
_HELO_NAME = re.compile(r"[A-Za-z0-9._-]{1,255}|\[[A-Za-z0-9.:]{1,64}\]")

TellClient = Literal["xforward", "xclient", "off"]


def is_helo_name(text: str) -> bool:
    """Can this be said in EHLO?"""
    return _HELO_NAME.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds: to connect, to come as far as MAIL, for each command, from DATA to the answer to the dot."""

    connect: float
    greeting: float
    command: float
    data: float


@dataclass(frozen=True, slots=True)
class Server:
    """A server of SMTP, or of LMTP (RFC 2033)."""

    name: str
    address: Address
    lmtp: bool
    helo_name: str
    times: Times
    tls: Tls = field(default_factory=Tls)
    tell_client: TellClient = "xforward"

    async def addresses(self) -> tuple[Address, ...]:
        """Where it may be reached; TryLater when its name has no address."""
        return await resolve(self.address, self.name, self.times.connect)

    async def open(self, address: Address, client: Envelope | None) -> SmtpSession:
        """A session as far as MAIL, told who the client is."""
        try:
            return await self._open(address, client, self.tls)
        except NotEncrypted:
            if self.tls.is_required:
                raise
            return await self._open(address, client, Tls())

    async def _open(self, address: Address, client: Envelope | None, tls: Tls) -> SmtpSession:
        name = self.name if address == self.address else f"{self.name} ({address[0]})"
        dialogue = Dialogue(await connect(address, name, self.times.connect))
        async with dialogue.exchange("greeting", self.times.greeting):
            dialogue.welcome(await dialogue.heard())
            beginning = _Beginning(self, dialogue)
            await beginning.hello(self.helo_name)
            if isinstance(address, tuple) and (tls.is_wanted or tls.is_required):
                await beginning.encrypt(tls, self.address[0])
            # A session in which nobody was named is nobody's: who is named later would be named too late.
            is_one_clients = self.tell_client == "xclient" and "XCLIENT" in beginning.extensions
            if client is not None and is_one_clients:
                await beginning.pass_for(client)
        may_tell = self.tell_client != "off" and not is_one_clients
        terms = Terms(self.lmtp, self.times.command, self.times.data, may_tell, is_one_clients)
        return SmtpSession(dialogue, beginning.extensions, terms)


class _Beginning:
    def __init__(self, server: Server, dialogue: Dialogue) -> None:
        self.extensions: Mapping[str, str] = {}
        self._server = server
        self._dialogue = dialogue

    async def hello(self, name: str) -> None:
        """EHLO or LHLO, or HELO to whom does not know EHLO (RFC 5321 section 3.2)."""
        self.extensions = {}
        hello = await self._dialogue.ask("LHLO" if self._server.lmtp else "EHLO", name)
        if hello.code >= 500 and not self._server.lmtp:
            self._dialogue.welcome(await self._dialogue.ask("HELO", name))
            return
        self._dialogue.welcome(hello)
        self.extensions = hello.extensions()

    async def encrypt(self, tls: Tls, host: str) -> None:
        """STARTTLS; what was offered before is forgotten (RFC 3207 section 4.2)."""
        refusal = "STARTTLS is not offered"
        if "STARTTLS" in self.extensions:
            reply = (await self._dialogue.ask("STARTTLS")).reply()
            if reply.code == 220 and tls.context is not None:
                # The name is sent (SNI) whether it is verified or not. Half of the time, so that a handshake
                # that does not come is told from a server that does not answer.
                connection, within = self._dialogue.connection, self._server.times.greeting / 2
                await connection.start_tls(tls.context, tls.name or host, within)
                await self.hello(self._server.helo_name)
                return
            refusal = f"answered STARTTLS with {reply}"
            if reply.is_success:
                raise self._dialogue.failure(refusal)
        if tls.is_required:
            raise self._dialogue.failure(refusal)

    async def pass_for(self, client: Envelope) -> None:
        """XCLIENT: from here on we are the client."""
        for line in commands("XCLIENT", client, self.extensions["XCLIENT"]):
            # 220 is a new greeting. Without it the client would pass for us, with all that we may do.
            self._dialogue.welcome((await self._dialogue.ask_all([line]))[0])
        await self.hello(client.helo if is_helo_name(client.helo) else self._server.helo_name)
