"""How is a client's connection held, and when does it end? One SMTP connection from greeting to good-bye.

aiosmtpd holds the connection. The loop is ours: its own one takes a bare LF for the end of a command,
answers our faults with 500 and their text, and is cancelled when the client hangs up after the final dot.
"""

import asyncio
import contextlib
from typing import cast

from aiosmtpd.smtp import SMTP

from milter import maillog
from milter.config.address import is_within
from milter.errors import PeerError, Reply
from milter.gate import guarded
from milter.intake.arrival import arrived, named_by
from milter.intake.board import Place
from milter.intake.client import Identity
from milter.intake.commands import Command, Refuse, read_command
from milter.intake.conversation import Conversation
from milter.intake.handshake import shake_hands
from milter.intake.input import BLOCK, HungUp, Input
from milter.intake.patience import Patience
from milter.intake.replies import (
    GO_TLS,
    LAST_WORDS,
    STOPPING,
    TOO_MANY_ERRORS,
    TOO_MANY_OF_YOURS,
    wire,
)
from milter.intake.service import Service
from milter.intake.waiting import Waiting

# Seconds for a client that is no longer talked to to take our last words.
_LINGER = 5.0


class _HasNoHooks:
    """aiosmtpd looks through all names for commands and hooks, at each connection; ours are elsewhere."""

    def __dir__(self) -> tuple[str, ...]:
        """No name to look at."""
        return ()


_NO_HANDLER = _HasNoHooks()


class SmtpSession(_HasNoHooks, SMTP):
    """One connection."""

    # Of the stream reader; lines and mails have limits of their own.
    line_length_limit = BLOCK

    def __init__(
        self, service: Service, loop: asyncio.AbstractEventLoop, place: Place, *, is_proxied: bool = False
    ) -> None:
        """Not connected yet. The place among all connections is given back at the end.

        `is_proxied`: a proxy says first whose connection it is.
        """
        super().__init__(
            _NO_HANDLER, hostname=service.hostname, timeout=service.config.idle_timeout, loop=loop
        )
        self._service = service
        self._place = place
        self._is_proxied = is_proxied
        self._address = "unknown"
        self._has_begun = False
        self._errors = 0
        self._waits_for_command = False
        self._shakes_hands = False
        self._conversation: Conversation | None = None
        self._last_resort: asyncio.TimerHandle | None = None
        self._waiting = Waiting(Patience(service.config, loop.time), loop, self._hang_up)

    def stop(self) -> None:
        """Say 421: now to a client that has no mail begun, else after its mail."""
        if self._waits_for_command and not (self._conversation and self._conversation.has_mail):
            self._hang_up(STOPPING)
        elif self._shakes_hands:
            # In the middle of it there is no language in which to say it.
            self.abort()

    def abort(self) -> None:
        """Hang up without a word."""
        if (transport := self._connection()) is not None:
            transport.abort()
        if self._shakes_hands and self._handler_coroutine is not None:
            # asyncio forgets to tell a handshake that its connection is gone.
            self._handler_coroutine.cancel()

    def eof_received(self) -> bool | None:
        """Go on until what was sent is read: aiosmtpd would throw away a mail whose dot has come."""
        return asyncio.StreamReaderProtocol.eof_received(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection from its first moment: the service may be about to stop."""
        super().connection_made(transport)
        # The timer that aiosmtpd has begun: ours take its place.
        if self._timeout_handle is not None:
            self._timeout_handle.cancel()
        self._service.connections.enter(self)

    def connection_lost(self, error: Exception | None) -> None:
        """Give the place back, where the client went before a word was said."""
        super().connection_lost(error)
        if self._last_resort is not None:
            self._last_resort.cancel()
        if not self._has_begun:
            self._leave()

    def _hang_up(self, reply: Reply) -> None:
        maillog.refused(self._address, reply)
        if (transport := self._connection()) is not None:
            transport.write(wire(reply))
            self._close()

    def _close(self) -> None:
        """Close once the client has taken what was said to him; who does not take it is not waited for."""
        if (transport := self._connection()) is not None:
            transport.close()
            if self._last_resort is None:
                self._last_resort = self.loop.call_later(_LINGER, transport.abort)

    def _connection(self) -> asyncio.Transport | None:
        # A transport of uvloop is none of asyncio by its class.
        return cast(asyncio.Transport | None, self.transport)

    async def _handle_client(self) -> None:
        self._has_begun = True
        client_input = Input(self._reader, self._waiting, self._service.config.max_command_length)
        try:
            with contextlib.suppress(HungUp):
                self._conversation = Conversation(
                    self._service,
                    await self._identity(),
                    self._place,
                    client_input,
                    self._waiting.patience,
                    self._answer,
                )
                await self._converse(client_input, self._conversation)
        finally:
            self._close()
            self._service.part(self._end(self._conversation))

    async def _identity(self) -> Identity:
        """Who has connected, or whom the proxy that has connected names."""
        peer = arrived(self.transport.get_extra_info("peername") if self.transport else None)
        self._address = peer.address
        maillog.connected(peer.address)
        trusted = self._service.config.trusted_proxies
        if not self._is_proxied:
            return Identity(peer, may_name=is_within(peer.address, trusted))
        named = await named_by(peer, self._reader, trusted, self._waiting)
        if named is None:
            return Identity(peer, may_name=False)
        self._address = named.address
        self._place.move(named.address)
        return Identity(named, may_name=is_within(named.address, trusted))

    async def _end(self, conversation: Conversation | None) -> None:
        try:
            if conversation is not None:
                await conversation.end()
        finally:
            self._leave()

    def _leave(self) -> None:
        self._waiting.close()
        self._service.connections.leave(self)
        self._place.leave()

    async def _converse(self, client_input: Input, conversation: Conversation) -> None:
        reply = conversation.greeting
        if self._service.is_stopping:
            reply = STOPPING
        elif self._is_proxied and self._service.has_too_many(conversation.client_address, self._place):
            reply = TOO_MANY_OF_YOURS
        await self._answer(reply)
        while reply.code not in LAST_WORDS:
            reply = await self._next_reply(client_input, conversation)
            if self._errors > self._service.config.max_errors:
                reply = TOO_MANY_ERRORS
            await self._answer(reply)
            if self._service.is_stopping and not conversation.has_mail and reply.code not in LAST_WORDS:
                reply = STOPPING
                await self._answer(reply)
            if reply is GO_TLS:
                await self._start_tls()
                await conversation.tls_began()

    async def _start_tls(self) -> None:
        """Shake hands. What came before, and was not asked for, came from somebody on the way."""
        transport, seconds = self._connection(), self._service.config.idle_timeout
        if transport is None or self._service.tls is None or _has_unread(self._reader):
            maillog.tls_failed(self._address, "spoke before the handshake")
            raise HungUp("spoke before the handshake")
        self._shakes_hands = True
        try:
            tls = await shake_hands(
                transport, self, self._service.tls, self._address, seconds=seconds, goodbye=_LINGER
            )
        finally:
            self._shakes_hands = False
        self._speak_over(tls)

    def _speak_over(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self._over_ssl = True
        # As aiosmtpd does: asyncio has no public way.
        for end in (self, self._reader, self._writer):
            end._transport = transport  # type: ignore[union-attr] # noqa: SLF001

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
            maillog.refused(conversation.client_address, reply, verb)
            return reply

    async def _read_command(self, client_input: Input) -> Command:
        self._waits_for_command = True
        self._waiting.patience.expect_line()
        try:
            return read_command(await client_input.line())
        finally:
            self._waits_for_command = False

    async def _answer(self, reply: Reply) -> None:
        try:
            self._writer.write(wire(reply))
            transport = self._writer.transport
            # Nearly every reply is on its way by now, and there is nothing to wait for.
            if transport.get_write_buffer_size() or transport.is_closing():
                await self._waiting.drain(self._writer, self._service.config.idle_timeout)
        except OSError as error:
            raise HungUp(str(error)) from error


def _has_unread(reader: asyncio.StreamReader) -> bool:
    return bool(reader._buffer)  # type: ignore[attr-defined] # noqa: SLF001 as aiosmtpd asks
