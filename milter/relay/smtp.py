"""Does the next hop take this mail, by SMTP or LMTP?

Raises TryLater for everything a peer can do wrong; only what it really said comes back as a Reply,
but for what we refuse to say to it (a path that is none, SMTPUTF8 that it does not know, THREATS R13).
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from milter.errors import Reply, TryLater
from milter.mail.envelope import Envelope, Path
from milter.relay import wire
from milter.relay.client import commands
from milter.relay.dialogue import Dialogue, Telling

# A good-bye is a courtesy; nobody waits long for it.
QUIT_TIMEOUT = 2.0

BAD_SENDER = Reply(553, "5.1.7", "Sender address syntax not accepted")
BAD_RECIPIENT = Reply(553, "5.1.3", "Recipient address syntax not accepted")
BAD_PARAMETER = Reply(501, "5.5.4", "Parameter syntax not accepted")
NO_SMTPUTF8 = Reply(550, "5.6.7", "Next hop does not support internationalized mail")
# RFC 6152 section 3: what is not for seven bits must not be sent to whom has seven.
NO_8BITMIME = Reply(554, "5.6.3", "Next hop does not support 8-bit mail")
# RFC 5321 section 4.5.3.1.10: the sender comes again with the others.
ONE_RECIPIENT = Reply(452, "4.5.3", "One recipient a transaction")


@dataclass(frozen=True, slots=True)
class Terms:
    """LMTP or SMTP, seconds for each command and for the mail, whether we may say who the client is, and
    whether the session passes for one client (XCLIENT)."""

    lmtp: bool
    command_timeout: float
    data_timeout: float
    may_tell: bool
    is_one_clients: bool


class SmtpSession:
    """One connection. Every call ends within its time; a call that fails ends the connection.

    LMTP answers the final dot once for each recipient, SMTP once for all: a mix of answers could not be
    passed back without a loss or a duplicate, so LMTP takes one recipient a transaction (THREATS R13).
    """

    def __init__(self, dialogue: Dialogue, extensions: Mapping[str, str], terms: Terms) -> None:
        """Greeted."""
        self.extensions: Mapping[str, str] = MappingProxyType(dict(extensions))
        self.max_recipients = 1 if terms.lmtp else None
        # What is to be told: that the next hop failed after it had taken MAIL, that nobody needs us any more.
        self.on_failure: Callable[[], None] = lambda: None
        self.keep: Callable[[SmtpSession], bool] = lambda _: False
        self._in_transaction = False
        self._was_refused = False
        self._dialogue = dialogue
        self._terms = terms
        self._before_mail: tuple[bytes, ...] = ()
        self._accepted = 0
        self._smtputf8 = False
        self._8bit = False

    @property
    def is_at_rest(self) -> bool:
        """May another client have it? No transaction is open, nothing was refused, it does not pass for one
        client, and the peer is there and silent."""
        connection, is_ours = self._dialogue.connection, not self._terms.is_one_clients
        is_quiet = not (connection.lost or connection.unread)
        return is_quiet and is_ours and not self._in_transaction and not self._was_refused

    def introduce(self, client: Envelope | None) -> None:
        """Say before the next MAIL that it comes from this client, where the server wants to hear it."""
        attributes = self.extensions.get("XFORWARD")
        if client is None or attributes is None or not self._terms.may_tell:
            self._before_mail = ()
        else:
            self._before_mail = commands("XFORWARD", client, attributes)

    async def begin(self, sender: Path, recipient: Path) -> tuple[Reply, Reply | None]:
        """The answers to MAIL and to RCPT, asked together where the next hop takes that (RFC 2920); no answer
        to RCPT where MAIL was refused."""
        line, asks = self._opening(sender.address, sender.parameters), self._line_to(recipient)
        if isinstance(line, Reply):
            return line, None
        if "PIPELINING" in self.extensions and not isinstance(asks, Reply):
            return await self._say_both(line, asks)
        reply = await self._say_mail(line)
        return reply, await self.rcpt(recipient.address, recipient.parameters) if reply.is_success else None

    async def mail(self, reverse_path: str, parameters: Sequence[str] = ()) -> Reply:
        """The answer to MAIL, with those parameters that the next hop has offered to understand."""
        line = self._opening(reverse_path, parameters)
        return line if isinstance(line, Reply) else await self._say_mail(line)

    async def rcpt(self, forward_path: str, parameters: Sequence[str] = ()) -> Reply:
        """The answer to RCPT; 452 to every recipient after the first one of an LMTP transaction."""
        line = self._line_to(Path(forward_path, tuple(parameters)))
        if isinstance(line, Reply):
            return line
        dialogue = self._dialogue
        with self._telling_of_failure(), dialogue.answering("RCPT", self._terms.command_timeout):
            return self._accept(dialogue.final("RCPT", (await dialogue.ask_all([line]))[0]))

    async def data(self, chunks: Sequence[bytes]) -> Reply:
        """The answer to the final dot, or to DATA itself where that is refused; the bytes go unchanged."""
        if self._8bit and "8BITMIME" not in self.extensions and not all(map(bytes.isascii, chunks)):
            return NO_8BITMIME
        dialogue = self._dialogue
        with self._telling_of_failure(), dialogue.answering("DATA", self._terms.data_timeout):
            go = await dialogue.ask("DATA")
            if 200 <= go.code < 300:
                raise dialogue.failure(f"answered DATA with {go.code}")
            reply = await self._content(chunks) if go.code < 400 else dialogue.final("DATA", go)
        self._accepted, self._in_transaction = 0, not reply.is_success
        return self._note(reply)

    async def rset(self) -> Reply:
        """The answer to RSET."""
        self._accepted, self._smtputf8, self._8bit = 0, False, False
        reply = await self._answer("RSET")
        self._in_transaction = False
        return reply

    async def close(self) -> None:
        """Not needed any more: kept for another mail where that may be, else ended."""
        if not self.keep(self):
            await self.end()

    async def end(self) -> None:
        """Say QUIT and hang up; never fails, never waits long."""
        connection = self._dialogue.connection
        try:
            with contextlib.suppress(TryLater, TimeoutError):
                async with asyncio.timeout(min(self._terms.command_timeout, QUIT_TIMEOUT)):
                    await connection.send(wire.command("QUIT"))
                    await connection.reply()
        finally:
            connection.abort()

    def abort(self) -> None:
        """Hang up without a word."""
        self._dialogue.connection.abort()

    def _opening(self, reverse_path: str, parameters: Sequence[str]) -> bytes | Reply:
        """What begins a transaction, which is begun by that; or why it cannot be said."""
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
        self._accepted, self._smtputf8, self._8bit = 0, smtputf8, wire.is_8bit(parameters)
        self._in_transaction = True
        return wire.command("MAIL", f"FROM:<{reverse_path}>", *words)

    def _line_to(self, recipient: Path) -> bytes | Reply:
        """What names a recipient, or why he cannot be named."""
        if not recipient.address or not wire.is_path(recipient.address):
            return BAD_RECIPIENT
        if not wire.are_parameters(recipient.parameters):
            return BAD_PARAMETER
        # RFC 6531 section 3.3: address and parameters alike.
        if not all(map(str.isascii, (recipient.address, *recipient.parameters))) and not self._smtputf8:
            return NO_SMTPUTF8
        if self._accepted == self.max_recipients:
            return ONE_RECIPIENT
        words = wire.offered(recipient.parameters, self.extensions)
        return wire.command("RCPT", f"TO:<{recipient.address}>", *words)

    async def _say_both(self, line: bytes, asks: bytes) -> tuple[Reply, Reply | None]:
        dialogue = self._dialogue
        with dialogue.answering("MAIL", self._terms.command_timeout):
            await dialogue.say([*self._before_mail, line, asks])
            for _ in self._before_mail:
                await dialogue.heard()
            reply = self._note(dialogue.final("MAIL", await dialogue.heard()))
            if not reply.is_success:
                await self._pass_over_answer()
                return reply, None
        with self._telling_of_failure(), dialogue.answering("RCPT", self._terms.command_timeout):
            return reply, self._accept(dialogue.final("RCPT", await dialogue.heard()))

    async def _pass_over_answer(self) -> None:
        """Hear what it says to the recipient of no transaction. Where it hangs up instead, its no still
        stands."""
        try:
            await self._dialogue.heard()
        except TryLater:
            self.abort()

    async def _say_mail(self, line: bytes) -> Reply:
        """MAIL, and before it what the next hop is told of the client; in one go where it takes that."""
        dialogue, before = self._dialogue, self._before_mail
        with dialogue.answering("MAIL", self._terms.command_timeout):
            if before and "PIPELINING" not in self.extensions:
                for each in before:
                    await dialogue.ask_all([each])
                before = ()
            # What it says to XFORWARD decides nothing: it only writes it in its log.
            *_, reply = await dialogue.ask_all([*before, line])
            return self._note(dialogue.final("MAIL", reply))

    def _accept(self, reply: Reply) -> Reply:
        self._accepted += reply.is_success
        return self._note(reply)

    async def _answer(self, verb: str, *words: str) -> Reply:
        return self._note(await self._dialogue.answer(self._terms.command_timeout, verb, *words))

    def _note(self, reply: Reply) -> Reply:
        # Servers count errors, and slow down or hang up for the client that made them: no other client may
        # pay for it.
        self._was_refused = self._was_refused or not reply.is_success
        return reply

    def _telling_of_failure(self) -> Telling:
        return Telling(self.on_failure)

    async def _content(self, chunks: Sequence[bytes]) -> Reply:
        whole = await self._send_content(chunks)
        reply = await self._dialogue.heard()
        if not whole:
            # A server may refuse in the middle, but it cannot have accepted what it has not got.
            self._dialogue.connection.abort()
        if not whole and reply.code < 400:
            raise self._dialogue.failure(f"answered the content with {reply.code}, whole={whole}")
        return self._dialogue.final("the content", reply)

    async def _send_content(self, chunks: Sequence[bytes]) -> bool:
        """Send it; False when the peer spoke or went away before the final dot."""
        connection = self._dialogue.connection
        for piece in wire.stuffed(chunks):
            if connection.unread or connection.lost:
                return False
            await connection.send(piece)
        return True
