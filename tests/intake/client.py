"""A client that sends the very bytes a test gives it."""

import asyncio
import ssl
from typing import Self


class Client:
    """One connection to the intake."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def connect(cls, port: int, header: bytes = b"") -> Self:
        """Greeted; the header goes before the greeting."""
        client = await cls.dial(port)
        await client.send(header)
        assert (await client.reply()).startswith("220 ")
        return client

    @classmethod
    async def dial(cls, port: int) -> Self:
        """Connected, and nothing was said."""
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=2**20))

    async def start_tls(self) -> ssl.SSLObject:
        """Shake hands, after our 220; whose certificate it is does not matter."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        await self.writer.start_tls(context)
        # As asyncio does from 3.12 on.
        self.reader._transport = self.writer.transport  # type: ignore[attr-defined]
        found = self.writer.get_extra_info("ssl_object")
        assert isinstance(found, ssl.SSLObject)
        return found

    async def say(self, *lines: str) -> str:
        """Send the lines in one segment; the reply to the last one."""
        self.writer.write("".join(f"{line}\r\n" for line in lines).encode("utf-8", "surrogateescape"))
        reply = ""
        for _ in lines:
            reply = await self.reply()
        return reply

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def reply(self) -> str:
        """The next reply, its lines joined by a slash; empty when the connection has ended."""
        lines = []
        while True:
            async with asyncio.timeout(10):
                try:
                    line = (await self.reader.readline()).decode()
                except ConnectionError:
                    line = ""
            lines.append(line.rstrip("\r\n"))
            if line[3:4] != "-":
                return "/".join(lines)

    async def mail(self, raw: bytes, *recipients: str) -> str:
        """A whole transaction; the reply to the final dot (the mail must need no dot-stuffing)."""
        await self.say("MAIL FROM:<a@client.example>")
        for recipient in recipients or ("b@hop.example",):
            await self.say(f"RCPT TO:<{recipient}>")
        reply = await self.say("DATA")
        if not reply.startswith("354"):
            return reply
        await self.send(raw + b".\r\n")
        return await self.reply()

    def close(self) -> None:
        self.writer.close()
