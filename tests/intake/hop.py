"""A next hop that says what a test tells it to say, on a real socket, and keeps what it is sent."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

EHLO = (
    "250-hop.example\r\n250-PIPELINING\r\n250-SIZE 99999999\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-DSN\r\n"
    "250 ENHANCEDSTATUSCODES"
)


@dataclass
class Hop:
    """`says` maps a verb (`GREETING`, `EHLO`, `MAIL`, `RCPT`, `DATA`, `DOT`, `RSET`) to its reply; `None`
    hangs up instead, `...` says nothing at all. A list is used up one by one."""

    says: dict[str, Any] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    ended: int = 0
    port: int = 0
    server: asyncio.Server | None = None
    before_dot: asyncio.Event | None = None

    async def start(self) -> "Hop":
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=2**25)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    def stop(self) -> None:
        if self.server is not None:
            self.server.close()

    def _reply(self, verb: str, default: str) -> Any:
        reply = self.says.get(verb, default)
        if isinstance(reply, list):
            return reply.pop(0) if reply else default
        return reply

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.ended += 1
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not await self._say(writer, "GREETING", "220 hop.example ESMTP"):
            return
        while True:
            line = (await reader.readuntil(b"\r\n")).decode().removesuffix("\r\n")
            self.commands.append(line)
            verb = line.partition(" ")[0].upper()
            if verb == "QUIT":
                writer.write(b"221 2.0.0 bye\r\n")
                return
            default = {"EHLO": EHLO, "LHLO": EHLO, "DATA": "354 go on"}.get(verb, f"250 2.0.0 {verb} ok")
            if not await self._say(writer, verb, default):
                return
            if verb == "DATA" and self._said.startswith("354"):
                self.mails.append(await self._receive(reader))
                if self.before_dot is not None:
                    await self.before_dot.wait()
                if not await self._say(writer, "DOT", "250 2.0.0 queued as HOP1"):
                    return

    async def _say(self, writer: asyncio.StreamWriter, verb: str, default: str) -> bool:
        reply = self._reply(verb, default)
        if reply is None:
            return False
        if reply is ...:
            await asyncio.sleep(3600)
        self._said = str(reply)
        writer.write(self._said.encode() + b"\r\n")
        await writer.drain()
        return True

    async def _receive(self, reader: asyncio.StreamReader) -> bytes:
        lines = []
        while (line := await reader.readuntil(b"\r\n")) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)
