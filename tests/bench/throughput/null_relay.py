"""What can Python do at best? Two relays that look at nothing: aiosmtpd with aiosmtplib, and bare protocols.

    python -m tests.bench.throughput.null_relay aiosmtpd|bare PORT NEXT_HOP_PORT

Two processes may listen on the same port. The bare one keeps its connections to the next hop, knows no error
and answers whatever it is told: a limit, not a server.
"""

import asyncio
import socket
import sys
from collections.abc import Callable
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope, Session

from milter.workers.loop import new_event_loop


class _Handler:
    """What aiosmtpd calls: a connection of its own for each mail."""

    def __init__(self, next_hop: int) -> None:
        self._next_hop = next_hop

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        # Only `make bench-throughput` installs it.
        import aiosmtplib

        client = aiosmtplib.SMTP(
            hostname="127.0.0.1", port=self._next_hop, start_tls=False, local_hostname="relay.example"
        )
        async with client:
            await client.sendmail(envelope.mail_from or "", envelope.rcpt_tos, envelope.content or b"")
        return "250 2.0.0 Ok"


class _Bare(asyncio.Protocol):
    """One client."""

    def __init__(self, next_hop: int, idle: list["_Onward"]) -> None:
        self._next_hop = next_hop
        self._idle = idle
        self._unread = bytearray()
        self._envelope: list[bytes] = []
        self._in_mail = False
        self._work: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)
        self._transport.write(b"220 relay.example ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self._unread += data
        if self._in_mail:
            if self._unread.endswith(b"\r\n.\r\n"):
                self._work = asyncio.get_running_loop().create_task(self._pass_on(bytes(self._unread)))
                self._unread.clear()
                self._in_mail = False
            return
        line = bytes(self._unread)
        self._unread.clear()
        self._obey(line, line[:4].upper())

    def _obey(self, line: bytes, verb: bytes) -> None:
        if verb in {b"MAIL", b"RCPT"}:
            self._envelope.append(line)
        self._in_mail = verb == b"DATA"
        self._transport.write(b"354 Go on\r\n" if self._in_mail else b"250 Ok\r\n")

    async def _pass_on(self, content: bytes) -> None:
        loop = asyncio.get_running_loop()
        if self._idle:
            onward = self._idle.pop()
        else:
            _, onward = await loop.create_connection(_Onward, "127.0.0.1", self._next_hop)
            await onward.hears(1)
            await onward.asks(b"EHLO relay.example\r\n", 1)
        await onward.asks(b"".join((*self._envelope, b"DATA\r\n")), len(self._envelope) + 1)
        await onward.asks(content, 1)
        self._envelope.clear()
        self._idle.append(onward)
        self._transport.write(b"250 Ok\r\n")


class _Onward(asyncio.Protocol):
    """One connection to the next hop."""

    def __init__(self) -> None:
        self._unread = b""
        self._wanted = 1
        self._heard = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)

    def data_received(self, data: bytes) -> None:
        *lines, self._unread = (self._unread + data).split(b"\n")
        self._wanted -= sum(line[3:4] != b"-" for line in lines)
        if self._wanted <= 0 and not self._heard.done():
            self._heard.set_result(None)

    async def hears(self, replies: int) -> None:
        """Wait for so many replies."""
        self._wanted += replies - 1
        if self._wanted > 0:
            await self._heard
        self._wanted, self._heard = 1, asyncio.get_running_loop().create_future()

    async def asks(self, said: bytes, replies: int) -> None:
        """Say this and wait."""
        self._transport.write(said)
        await self.hears(replies)


def _factory(kind: str, next_hop: int) -> Callable[[], asyncio.Protocol]:
    if kind == "bare":
        idle: list[_Onward] = []
        return lambda: _Bare(next_hop, idle)
    handler: Any = _Handler(next_hop)
    return lambda: SMTP(handler, hostname="relay.example", data_size_limit=100_000_000)


async def _serve(kind: str, port: int, next_hop: int) -> None:
    # asyncio sets TCP_NODELAY only where the protocol is named.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listening.bind(("127.0.0.1", port))
    await asyncio.get_running_loop().create_server(_factory(kind, next_hop), sock=listening, backlog=1024)
    await asyncio.Event().wait()


if __name__ == "__main__":
    new_event_loop().run_until_complete(_serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
