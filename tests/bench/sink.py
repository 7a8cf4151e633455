"""A next hop that takes everything, and keeps nothing but a count, or what it is asked to keep."""

import asyncio
import threading
from collections.abc import Callable
from typing import Self

_REPLIES = {
    b"EHLO": b"250-sink.example\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 2.0.0 bye\r\n",
}
_END = b"\r\n.\r\n"


class Sink:
    """Listens in a thread of its own. `keep` is called there with each mail, as it was sent."""

    def __init__(self, keep: Callable[[bytes], None] | None = None) -> None:
        self.mails = 0
        self.port = 0
        self.keep = keep
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self.port = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def _listen(self) -> int:
        server = await self._loop.create_server(lambda: _Session(self), "127.0.0.1", 0)
        return int(server.sockets[0].getsockname()[1])


class _Session(asyncio.Protocol):
    """One client. It does not pipeline: a command, a reply; DATA, the text, a reply."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._unread = bytearray()
        self._in_mail = False
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        transport.write(b"220 sink.example ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        seen = max(0, len(self._unread) - len(_END))
        self._unread += data
        if self._in_mail and (end := self._unread.find(_END, seen)) >= 0:
            self._take(bytes(self._unread[2 : end + 2]))
            self._transport.write(b"250 2.0.0 taken\r\n")
        elif not self._in_mail and self._unread.endswith(b"\r\n"):
            verb = bytes(self._unread[:4]).upper()
            self._in_mail = verb == b"DATA"
            # A first line that is a dot ends the mail, too.
            self._unread[:] = b"\r\n" if self._in_mail else b""
            self._transport.write(_REPLIES.get(verb, b"250 2.0.0 fine\r\n"))
            if verb == b"QUIT":
                self._transport.close()

    def _take(self, stuffed: bytes) -> None:
        self._sink.mails += 1
        if self._sink.keep is not None:
            self._sink.keep((b"\r\n" + stuffed).replace(b"\r\n.", b"\r\n")[2:])
        self._unread.clear()
        self._in_mail = False
