"""Does the next hop take this mail, by SMTP or LMTP?

Raises TryLater for everything a peer can do wrong; only what it really said comes back as a Reply,
but for what we refuse to say to it (a path that is none, SMTPUTF8 that it does not know, THREATS R13).
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from milter.errors import Reply, TryLater
from milter.mail.envelope import Envelope
from milter.relay import wire
from milter.relay.connection import Address, Connection, connect
from milter.relay.idle import Idle

# A good-bye is a courtesy; nobody waits long for it.
QUIT_TIMEOUT = 2.0

BAD_SENDER = Reply(553, "5.1.7", "Sender address syntax not accepted")
BAD_RECIPIENT = Reply(553, "5.1.3", "Recipient address syntax not accepted")
BAD_PARAMETER = Reply(501, "5.5.4", "Parameter syntax not accepted")
NO_SMTPUTF8 = Reply(550, "5.6.7", "Next hop does not support internationalized mail")
# RFC 5321 section 4.5.3.1.10: the sender comes again with the others.
ONE_RECIPIENT = Reply(452, "4.5.3", "One recipient a transaction")


@dataclass(frozen=True, slots=True)
class SmtpNextHop:
    """A server of SMTP, or of LMTP (RFC 2033)."""

    name: str
    address: Address
    lmtp: bool
    helo_name: str
    connect_timeout: float
    timeout: float
    idle: "Idle[SmtpSession]" = field(default_factory=lambda: Idle(0), compare=False)

    async def open(self, client: Envelope | None = None) -> "SmtpSession":
        """A greeted session; `client` is told to a server that offers XFORWARD. TryLater on failure."""
        while (kept := self.idle.take()) is not None:
            with contextlib.suppress(TryLater):
                await kept.introduce(client)
                return kept
        connection = await connect(self.address, self.name, self.connect_timeout)
        session = SmtpSession(connection, lmtp=self.lmtp, timeout=self.timeout, idle=self.idle)
        await session.greet(self.helo_name)
        await session.introduce(client)
        return session

    async def close(self) -> None:
        """End the connections that nobody uses."""
        await self.idle.close()


class SmtpSession:
    """One connection. Every call ends within the timeout; a call that fails ends the connection.

    LMTP answers the final dot once for each recipient, SMTP once for all: a mix of answers could not be
    passed back without a loss or a duplicate, so LMTP takes one recipient a transaction (THREATS R13).
    """

    def __init__(
        self, connection: Connection, *, lmtp: bool, timeout: float, idle: "Idle[SmtpSession]"
    ) -> None:
        """Connected, not greeted. When it is closed, `idle` may keep it."""
        self.extensions: Mapping[str, str] = MappingProxyType({})
        self.max_recipients = 1 if lmtp else None
        self.is_reused = False
        self._idle = idle
        self._in_transaction = False
        self._was_refused = False
        self._connection = connection
        self._lmtp = lmtp
        self._timeout = timeout
        self._accepted = 0
        self._smtputf8 = False

    @property
    def is_at_rest(self) -> bool:
        """No transaction is open, nothing was refused, and the peer is there and silent."""
        is_quiet = not (self._connection.lost or self._connection.unread)
        return is_quiet and not self._in_transaction and not self._was_refused

    async def greet(self, helo_name: str) -> None:
        """Greeting, EHLO or LHLO (or HELO, RFC 5321 section 3.2); TryLater unless welcome."""
        async with self._exchange("greeting"):
            self._welcome(self._heard(await self._connection.reply()))
            hello = await self._ask("LHLO" if self._lmtp else "EHLO", helo_name)
            if hello.code >= 500 and not self._lmtp:
                hello = await self._ask("HELO", helo_name)
                self._welcome(hello)
            else:
                self._welcome(hello)
                self.extensions = MappingProxyType(hello.extensions())

    async def introduce(self, client: Envelope | None) -> None:
        """Say who the client is, to a server that wants to hear it (XFORWARD)."""
        if client is not None and "XFORWARD" in self.extensions:
            async with self._exchange("XFORWARD"):
                for line in wire.xforward(client, self.extensions["XFORWARD"]):
                    await self._send(line)

    async def mail(self, reverse_path: str, parameters: Sequence[str] = ()) -> Reply:
        """The answer to MAIL, with those parameters that the next hop has offered to understand."""
        smtputf8 = wire.needs_smtputf8(reverse_path, parameters)
        if not wire.is_path(reverse_path):
            return BAD_SENDER
        if not wire.are_parameters(parameters):
            return BAD_PARAMETER
        if smtputf8 and "SMTPUTF8" not in self.extensions:
            return NO_SMTPUTF8
        words = wire.offered(parameters, self.extensions)
        if smtputf8 and "SMTPUTF8" not in map(str.upper, words):
            words += ("SMTPUTF8",)
        self._accepted, self._smtputf8, self._in_transaction = 0, smtputf8, True
        reply = await self._answer("MAIL", f"FROM:<{reverse_path}>", *words)
        self.is_reused = True
        return reply

    async def rcpt(self, forward_path: str, parameters: Sequence[str] = ()) -> Reply:
        """The answer to RCPT; 452 to every recipient after the first one of an LMTP transaction."""
        if not forward_path or not wire.is_path(forward_path):
            return BAD_RECIPIENT
        if not wire.are_parameters(parameters):
            return BAD_PARAMETER
        if not forward_path.isascii() and not self._smtputf8:
            return NO_SMTPUTF8
        if self._accepted == self.max_recipients:
            return ONE_RECIPIENT
        words = wire.offered(parameters, self.extensions)
        reply = await self._answer("RCPT", f"TO:<{forward_path}>", *words)
        self._accepted += reply.is_success
        return reply

    async def data(self, chunks: Sequence[bytes]) -> Reply:
        """The answer to the final dot, or to DATA itself where that is refused; the bytes go unchanged."""
        async with self._exchange("DATA"):
            go = await self._ask("DATA")
            if 200 <= go.code < 300:
                raise self._connection.failure(f"answered DATA with {go.code}")
            reply = await self._content(chunks) if go.code < 400 else go.reply()
        self._accepted = 0
        self._note(reply)
        self._in_transaction = not reply.is_success
        return reply

    async def rset(self) -> Reply:
        """The answer to RSET."""
        self._accepted, self._smtputf8 = 0, False
        reply = await self._answer("RSET")
        self._in_transaction = False
        return reply

    async def close(self) -> None:
        """Not needed any more: kept for another mail where that may be, else ended."""
        if not self._idle.keep(self):
            await self.end()

    async def end(self) -> None:
        """Say QUIT and hang up; never fails, never waits long."""
        try:
            with contextlib.suppress(TryLater, TimeoutError):
                async with asyncio.timeout(min(self._timeout, QUIT_TIMEOUT)):
                    await self._connection.send(wire.command("QUIT"))
                    await self._connection.reply()
        finally:
            self._connection.abort()

    @contextlib.asynccontextmanager
    async def _exchange(self, what: str) -> AsyncIterator[None]:
        """One question and its answer; without a whole answer nobody knows where the peer stands, so the
        connection ends."""
        whole = False
        try:
            async with asyncio.timeout(self._timeout):
                yield
            whole = True
        except TimeoutError:
            raise self._connection.failure(f"no answer to {what} within {self._timeout:g} s") from None
        finally:
            if not whole:
                self._connection.abort()

    async def _answer(self, verb: str, *words: str) -> Reply:
        async with self._exchange(verb):
            reply = await self._ask(verb, *words)
            if 300 <= reply.code < 400:
                raise self._connection.failure(f"answered {verb} with {reply.code}")
        return self._note(reply.reply())

    def _note(self, reply: Reply) -> Reply:
        # Servers count errors, and slow down or hang up for the client that made them: no other client may
        # pay for it.
        self._was_refused = self._was_refused or not reply.is_success
        return reply

    async def _ask(self, verb: str, *words: str) -> wire.PeerReply:
        return await self._send(wire.command(verb, *words))

    async def _send(self, line: bytes) -> wire.PeerReply:
        # An answer that came before its question would be taken for the answer to the next one.
        if self._connection.unread:
            raise self._connection.failure(f"spoke out of turn: {self._connection.unread!r}")
        await self._connection.send(line)
        return self._heard(await self._connection.reply())

    async def _content(self, chunks: Sequence[bytes]) -> Reply:
        whole = await self._send_content(chunks)
        reply = self._heard(await self._connection.reply())
        if not whole:
            # A server may refuse in the middle, but it cannot have accepted what it has not got.
            self._connection.abort()
        if 300 <= reply.code < 400 or (not whole and reply.code < 400):
            raise self._connection.failure(f"answered the content with {reply.code}, whole={whole}")
        return reply.reply()

    async def _send_content(self, chunks: Sequence[bytes]) -> bool:
        """Send it; False when the peer spoke or went away before the final dot."""
        for piece in wire.stuffed(chunks):
            if self._connection.unread or self._connection.lost:
                return False
            await self._connection.send(piece)
        return True

    def _heard(self, reply: wire.PeerReply) -> wire.PeerReply:
        if reply.code == 421:
            raise self._connection.failure(f"said {reply.reply()}")
        return reply

    def _welcome(self, reply: wire.PeerReply) -> None:
        if not reply.reply().is_success:
            raise self._connection.failure(f"said {reply.reply()}")
