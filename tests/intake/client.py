"""A client that sends the very bytes a test gives it."""

import asyncio
from typing import Self


class Client:
    """One connection to the intake."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def connect(cls, port: int) -> Self:
        client = cls(*await asyncio.open_connection("127.0.0.1", port, limit=2**20))
        assert (await client.reply()).startswith("220 ")
        return client

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
