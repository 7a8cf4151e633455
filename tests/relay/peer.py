"""A server of SMTP or LMTP that says what the test tells it to, over a real socket."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator

HANG = b"\0hang"
CLOSE = b"\0close"

GOOD = {
    "greeting": b"220 peer.example ESMTP\r\n",
    "EHLO": b"250-peer.example\r\n250-SIZE 1000\r\n250 8BITMIME\r\n",
    "LHLO": b"250-peer.example\r\n250 8BITMIME\r\n",
    "HELO": b"250 peer.example\r\n",
    "MAIL": b"250 2.1.0 Ok\r\n",
    "RCPT": b"250 2.1.5 Ok\r\n",
    "DATA": b"354 Go\r\n",
    "dot": b"250 2.0.0 Kept\r\n",
    "RSET": b"250 2.0.0 Ok\r\n",
    "QUIT": b"221 2.0.0 Bye\r\n",
    "XFORWARD": b"250 2.0.0 Ok\r\n",
    "XCLIENT": b"220 peer.example ESMTP\r\n",
    "STARTTLS": b"220 2.0.0 Go\r\n",
}


class Peer:
    """Answers every stage with its bytes; keeps the commands and contents (still stuffed) it was sent."""

    def __init__(self, **answers: bytes) -> None:
        self.answers = GOOD | answers
        # What it speaks after STARTTLS; where it has no certificate, it only says that it has one.
        self.tls: ssl.SSLContext | None = None
        # What it says to EHLO on an encrypted connection.
        self.encrypted_ehlo = b"250-peer.example\r\n250 8BITMIME\r\n"
        self.commands: list[str] = []
        self.contents: list[bytes] = []
        self.port = 0

    @property
    def verbs(self) -> list[str]:
        return [command.split()[0] for command in self.commands]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await self._answer("greeting", writer)
            while line := await reader.readline():
                self.commands.append(line.decode().removesuffix("\r\n"))
                verb = self.verbs[-1]
                await self._answer(verb, writer)
                if verb == "STARTTLS" and self.tls and self.answers[verb].startswith(b"220"):
                    await writer.start_tls(self.tls)
                    self.answers["EHLO"] = self.answers["LHLO"] = self.encrypted_ehlo
                if verb == "DATA" and self.answers[verb].startswith(b"3"):
                    await self._content(reader, writer)
        writer.close()

    async def _content(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        content = bytearray(b"\r\n")
        while not content.endswith(b"\r\n.\r\n"):
            content += await reader.readuntil(b"\n")
        self.contents.append(bytes(content[2:-3]))
        await self._answer("dot", writer)

    async def _answer(self, stage: str, writer: asyncio.StreamWriter) -> None:
        answer = self.answers[stage]
        if answer == HANG:
            await asyncio.Event().wait()
        if answer.endswith(CLOSE):
            writer.write(answer.removesuffix(CLOSE))
            with contextlib.suppress(ConnectionError):
                await writer.drain()
            writer.close()
            raise ConnectionResetError
        writer.write(answer)
        await writer.drain()


@contextlib.asynccontextmanager
async def listening(peer: Peer) -> AsyncIterator[Peer]:
    """The peer on a free port of the loopback."""
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(peer.serve(reader, writer)))

    server = await asyncio.start_server(connected, "127.0.0.1", 0, limit=2**20)
    peer.port = server.sockets[0].getsockname()[1]
    try:
        yield peer
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
