"""Is the next hop still there, and what does it say? One socket to a server of SMTP or LMTP.

Raises TryLater, with the cause, for everything a peer can do wrong.
"""

import asyncio
import ipaddress
import os
import socket
import ssl
from typing import cast

from milter.errors import PeerError, TryLater
from milter.relay.deadline import Deadline
from milter.relay.wire import PeerReply, ReplyParser

# Host (an IP address, where it is to be connected to) and port, or the path of a Unix socket.
Address = tuple[str, int] | str


class NotEncrypted(TryLater):
    """The peer offered TLS and could not do it."""


class Connection(asyncio.Protocol):
    """Bytes out, replies in. `send` never fails: a loss is told by the next `reply`, after the replies
    that came before it, so that a server which refuses and hangs up is still heard."""

    def __init__(self, name: str) -> None:
        """Not connected yet; `name` is how errors call the peer."""
        self.name = name
        self.lost = ""
        self._garbage = ""
        self._parser = ReplyParser()
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._deadline: Deadline | None = None
        self._awaited = ""
        self._writable = asyncio.Event()
        self._writable.set()

    @property
    def unread(self) -> bytes:
        """The beginning of what the peer said and nobody asked for yet."""
        return self._parser.unread or self._garbage.encode()

    async def send(self, data: bytes) -> None:
        """Write, and wait while the peer reads slower than we write."""
        if self._transport is not None and not self.lost:
            self._transport.write(data)
            if not self._writable.is_set():
                await self._writable.wait()

    async def reply(self) -> PeerReply:
        """The next reply of the peer; TryLater when none will come."""
        while True:
            if self._garbage:
                raise self.failure(self._garbage)
            try:
                reply = self._parser.next_reply()
            except PeerError as error:
                raise self.failure(str(error)) from None
            if reply is not None:
                return reply
            if self.lost:
                raise self.failure(self.lost)
            await self._more()

    def expect(self, what: str, within: float) -> None:
        """From now on the peer has so many seconds; whoever then still waits hears that this did not come."""
        if self._deadline is None:
            self._deadline = Deadline(asyncio.get_running_loop(), self._late)
        self._awaited = f"no answer to {what} within {within:g} s"
        self._deadline.begin(within)

    def expect_nothing(self) -> None:
        """The peer has said what there was to say."""
        if self._deadline is not None:
            self._deadline.end()

    async def start_tls(self, context: ssl.SSLContext, name: str | None, within: float) -> None:
        """Encrypt from here on; NotEncrypted when that fails, which ends the connection.

        What the peer said before is not trusted, and what it sent already for later is refused: somebody
        on the way may have written it (CVE-2011-0411).
        """
        if self.unread:
            raise self.failure(f"spoke before TLS began: {self.unread!r}")
        if self._transport is None or self.lost:
            raise self.failure(self.lost or "not connected")
        loop = asyncio.get_running_loop()
        try:
            # Not ssl_handshake_timeout: asyncio 3.11 forgets it where the peer resets the connection.
            async with asyncio.timeout(within):
                transport = await loop.start_tls(self._transport, self, context, server_hostname=name)
        except (OSError, ValueError) as error:
            self.abort()
            raise NotEncrypted(f"{self.name}: no TLS: {str(error) or 'no handshake'}") from error
        if (
            transport is None
        ):  # pragma: no cover, it hung up right after its handshake: no test wins that race
            raise NotEncrypted(f"{self.name}: no TLS: {self.lost}")
        self._transport = transport

    def abort(self) -> None:
        """Hang up at once."""
        if self._transport is not None:
            self._transport.abort()
        self._lose("closed by us")

    def failure(self, cause: str) -> TryLater:
        """The exception that says what this peer did."""
        return TryLater(f"{self.name}: {cause}")

    async def _more(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _late(self) -> None:
        self.lost = self.lost or self._awaited
        self.abort()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _lose(self, cause: str) -> None:
        self.lost = self.lost or cause
        if self._deadline is not None:
            self._deadline.close()
        self._writable.set()
        self._wake()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is connected."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Bytes came; more than any reply has are not kept."""
        if self._garbage:
            return
        try:
            self._parser.feed(data)
        except PeerError as error:
            self._garbage = str(error)
            self.abort()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is closed."""
        self._lose(f"connection lost ({exc})" if exc else "connection closed by the peer")

    def pause_writing(self) -> None:
        """The peer reads too slowly."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """The peer has caught up."""
        self._writable.set()


async def connect(address: Address, name: str, within: float) -> Connection:
    """A connected socket; TryLater when there is none within so many seconds."""
    loop = asyncio.get_running_loop()
    connection = Connection(name)
    try:
        async with asyncio.timeout(within):
            if isinstance(address, str):
                await loop.create_unix_connection(lambda: connection, address)
            else:
                await loop.create_connection(lambda: connection, *address)
    except TimeoutError:
        raise connection.failure(f"no connection within {within:g} s") from None
    except (OSError, UnicodeError) as error:
        # The system's own words: asyncio's are other ones than uvloop's.
        why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else error
        raise connection.failure(f"no connection: {why}") from error
    return connection


async def resolve(address: Address, name: str, within: float) -> tuple[Address, ...]:
    """Every address behind this one, in the order in which the system would try them; TryLater when there
    is none."""
    if isinstance(address, str) or _is_ip(address[0]):
        return (address,)
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(within):
            found = await loop.getaddrinfo(*address, type=socket.SOCK_STREAM)
    except TimeoutError:
        raise TryLater(f"{name}: no address within {within:g} s") from None
    except (OSError, UnicodeError) as error:
        raise TryLater(f"{name}: no address: {error}") from error
    return tuple(dict.fromkeys((str(place[0]), int(place[1])) for *_, place in found))


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
