"""How is a client's connection held, and when does it end? One SMTP connection from greeting to good-bye.

aiosmtpd holds the connection. The loop is ours: its own one takes a bare LF for the end of a command,
answers our faults with 500 and their text, and is cancelled when the client hangs up after the final dot.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import cast

from aiosmtpd.smtp import SMTP

from milter import maillog
from milter.errors import PeerError, Reply
from milter.gate import guarded
from milter.intake.board import Place
from milter.intake.commands import Command, Refuse, read_command
from milter.intake.conversation import Conversation
from milter.intake.input import BLOCK, HungUp, Input
from milter.intake.patience import IDLE, Patience
from milter.intake.service import Service

STOPPING = Reply(421, "4.3.2", "Service stops, try again later")
_TOO_MANY_ERRORS = Reply(421, "4.7.0", "Too many errors, good-bye")

# After these the connection is closed (RFC 5321 section 3.8; 521: RFC 7504).
_LAST_WORDS = frozenset({221, 421, 521})
# Seconds for a client that is no longer talked to to take our last words.
_LINGER = 5.0


class SmtpSession(SMTP):
    """One connection."""

    # Of the stream reader; lines and mails have limits of their own.
    line_length_limit = BLOCK

    def __init__(self, service: Service, loop: asyncio.AbstractEventLoop, place: Place) -> None:
        """Not connected yet. The place among all connections is given back at the end."""
        super().__init__(None, hostname=service.hostname, timeout=service.config.idle_timeout, loop=loop)
        self._service = service
        self._place = place
        self._has_begun = False
        self._errors = 0
        self._waits_for_command = False
        self._patience = Patience(service.config, loop.time)

    def stop(self) -> None:
        """Say 421: now to a client that has no mail under way, else after its mail."""
        if self._waits_for_command:
            self._hang_up(STOPPING)

    def abort(self) -> None:
        """Hang up without a word."""
        if (transport := self._connection()) is not None:
            transport.abort()

    def eof_received(self) -> bool | None:
        """Go on until what was sent is read: aiosmtpd would throw away a mail whose dot has come."""
        return asyncio.StreamReaderProtocol.eof_received(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection from its first moment: the service may be about to stop."""
        super().connection_made(transport)
        # The timer that aiosmtpd has begun: ours take its place.
        if self._timeout_handle is not None:
            self._timeout_handle.cancel()
        self._service.enter(self)

    def connection_lost(self, error: Exception | None) -> None:
        """Give the place back, where the client went before a word was said."""
        super().connection_lost(error)
        if not self._has_begun:
            self._leave()

    def _hang_up(self, reply: Reply) -> None:
        maillog.refused(self._client_address(), reply)
        if (transport := self._connection()) is not None:
            transport.write(wire(reply))
            self._close()

    def _close(self) -> None:
        """Close once the client has taken what was said to him; who does not take it is not waited for."""
        if (transport := self._connection()) is not None:
            transport.close()
            self.loop.call_later(_LINGER, transport.abort)

    def _connection(self) -> asyncio.WriteTransport | None:
        # A transport of uvloop is none of asyncio by its class.
        return cast(asyncio.WriteTransport | None, self.transport)

    def _client_address(self) -> str:
        peer = self.transport.get_extra_info("peername") if self.transport else None
        # A link-local IPv6 address comes with the name of our interface.
        return str(peer[0]).partition("%")[0] if isinstance(peer, tuple) else "unknown"

    async def _handle_client(self) -> None:
        self._has_begun = True
        client_address = self._client_address()
        maillog.connected(client_address)
        client_input = Input(self._reader, self._waiting, self._service.config.max_command_length)
        conversation = Conversation(self._service, client_address, client_input, self._patience, self._answer)
        try:
            with contextlib.suppress(HungUp):
                await self._converse(client_input, conversation)
        finally:
            self._close()
            self._service.part(self._end(conversation))

    async def _end(self, conversation: Conversation) -> None:
        try:
            await conversation.end()
        finally:
            self._leave()

    def _leave(self) -> None:
        self._service.leave(self)
        self._place.leave()

    async def _converse(self, client_input: Input, conversation: Conversation) -> None:
        greeting = Reply(220, "", f"{self._service.hostname} ESMTP")
        reply = STOPPING if self._service.is_stopping else greeting
        await self._answer(reply)
        while reply.code not in _LAST_WORDS:
            reply = await self._next_reply(client_input, conversation)
            if self._errors > self._service.config.max_errors:
                reply = _TOO_MANY_ERRORS
            await self._answer(reply)
            if self._service.is_stopping and reply.code not in _LAST_WORDS:
                reply = STOPPING
                await self._answer(reply)

    async def _next_reply(self, client_input: Input, conversation: Conversation) -> Reply:
        verb = ""
        try:
            command = await self._read_command(client_input)
            verb = command.verb
            return await guarded("-", conversation.obey(command), lambda reply: reply)
        except HungUp:
            raise
        except (Refuse, PeerError) as error:
            self._errors += 1
            reply = error.answer if isinstance(error, Refuse) else error.reply
            maillog.refused(self._client_address(), reply, verb)
            return reply

    async def _read_command(self, client_input: Input) -> Command:
        self._waits_for_command = True
        self._patience.expect_line()
        try:
            return read_command(await client_input.line())
        finally:
            self._waits_for_command = False

    async def _answer(self, reply: Reply) -> None:
        try:
            with self._timer(self._service.config.idle_timeout, IDLE):
                self._writer.write(wire(reply))
                await self._writer.drain()
        except OSError as error:
            raise HungUp(str(error)) from error

    @contextlib.contextmanager
    def _waiting(self) -> Iterator[None]:
        """Waiting for the client; while it waits for us, it is not the idle one."""
        seconds, reply = self._patience.left()
        if seconds <= 0:
            self._hang_up(reply)
            raise HungUp(reply.text)
        with self._timer(seconds, reply):
            yield

    @contextlib.contextmanager
    def _timer(self, seconds: float, reply: Reply) -> Iterator[None]:
        handle = self.loop.call_later(seconds, self._hang_up, reply)
        try:
            yield
        finally:
            handle.cancel()


def wire(reply: Reply) -> bytes:
    """The reply as octets, one line for each line of its text; what a next hop says may hold anything."""
    head = f"{reply.enhanced} " if reply.enhanced else ""
    *others, last = reply.text.split("\n")
    lines = [f"{reply.code}-{head}{line}" for line in others] + [f"{reply.code} {head}{last}"]
    safe = ("".join(c if " " <= c <= "~" else "?" for c in line) for line in lines)
    return "".join(f"{line}\r\n" for line in safe).encode("ascii")
