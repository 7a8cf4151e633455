"""A mail server as the milter sees it: sends the events of a mail, does to the mail what it is told."""

import asyncio
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from milter.intake.milter_replies import frame

Frame = tuple[bytes, bytes]

POSTFIX = (6, 0x1FF, 0x1FFFFF)
# libmilter of Sendmail 8.17 offers more than it has names for.
SENDMAIL = (6, 0x1FF, 0x301FFFFF)
OLDEST = (2, 0x3F, 0x7F)

_LEADING_SPACE = 0x100000
_NO_REPLY = {b"C": 0x1000, b"H": 0x2000, b"M": 0x4000, b"R": 0x8000, b"L": 0x80, b"N": 0x40000, b"B": 0x80000}
_NO_DATA = 0x200


@dataclass
class Outcome:
    """What the milter said at the end of a mail."""

    frames: list[Frame] = field(default_factory=list)

    @property
    def codes(self) -> bytes:
        return b"".join(code for code, _ in self.frames)

    @property
    def last(self) -> Frame:
        return self.frames[-1]


class Mta:
    """One connection to the milter."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.version = self.actions = self.protocol = 0
        self.macros: dict[int, bytes] = {}

    @classmethod
    async def dial(cls, where: int | Path) -> Self:
        if isinstance(where, Path):
            return cls(*await asyncio.open_unix_connection(str(where)))
        return cls(*await asyncio.open_connection("127.0.0.1", where))

    @classmethod
    async def ready(cls, where: int | Path, offer: tuple[int, int, int] = POSTFIX) -> Self:
        """A connection whose client has said EHLO."""
        mta = await cls.dial(where)
        await mta.negotiate(*offer)
        await mta.client()
        return mta

    async def negotiate(self, version: int, actions: int, protocol: int) -> None:
        self.write(b"O", struct.pack(">III", version, actions, protocol))
        code, data = await self.read()
        assert code == b"O"
        self.version, self.actions, self.protocol = struct.unpack(">III", data[:12])
        rest = data[12:]
        while rest:
            names, _, after = rest[4:].partition(b"\0")
            self.macros[int.from_bytes(rest[:4], "big")] = names
            rest = after

    async def client(
        self, address: bytes = b"4\x10\x00192.0.2.7\0", name: bytes = b"mail.client.example"
    ) -> None:
        await self.event(b"C", name + b"\0" + address)
        await self.event(b"H", b"client.example\0")

    async def envelope(self, sender: bytes = b"<a@client.example>", *recipients: bytes) -> None:
        await self.event(b"M", sender + b"\0SIZE=1000\0")
        for recipient in recipients or (b"<b@hop.example>",):
            await self.event(b"R", recipient + b"\0")
        if self.version > 3 and not self.protocol & _NO_DATA:
            await self.event(b"T")

    async def content(self, raw: bytes, piece: int = 65535) -> None:
        header, _, body = raw.partition(b"\r\n\r\n")
        for name, value in split_fields(header + b"\r\n"):
            shown = value if self.protocol & _LEADING_SPACE else value.removeprefix(b" ")
            await self.event(b"L", name + b"\0" + shown + b"\0")
        await self.event(b"N")
        for start in range(0, len(body), piece):
            await self.event(b"B", body[start : start + piece])

    async def mail(self, raw: bytes, *recipients: bytes, piece: int = 65535) -> Outcome:
        await self.envelope(b"<a@client.example>", *recipients)
        await self.content(raw, piece)
        return await self.end()

    async def end(self, rest: bytes = b"") -> Outcome:
        self.write(b"D", b"Ei\x004Vigimel\x00")
        self.write(b"E", rest)
        outcome = Outcome()
        while not outcome.frames or outcome.frames[-1][0] not in b"acdryt":
            outcome.frames.append(await self.read())
        return outcome

    async def event(self, code: bytes, data: bytes = b"") -> None:
        """Send it, and wait for the answer unless it was agreed that there is none."""
        self.write(code, data)
        if not self.protocol & _NO_REPLY.get(code, 0):
            assert (b"c", b"") == await self.read()
        await self.writer.drain()

    def write(self, code: bytes, data: bytes = b"") -> None:
        self.writer.write(frame(code, data))

    async def read(self) -> Frame:
        async with asyncio.timeout(20):
            length = int.from_bytes(await self.reader.readexactly(4), "big")
            octets = await self.reader.readexactly(length)
        return octets[:1], octets[1:]

    async def is_hung_up(self) -> bool:
        """Wait for the end of the connection; False when there is an answer before."""
        async with asyncio.timeout(20):
            try:
                return not await self.reader.read(1)
            except ConnectionError:
                return True

    def close(self) -> None:
        self.writer.close()


def split_fields(header: bytes) -> list[tuple[bytes, bytes]]:
    """Names and values as a mail server sends them: lines joined by LF, the leading space kept."""
    fields: list[bytes] = []
    for line in header.replace(b"\r\n", b"\n").splitlines(keepends=True):
        if line[:1] in {b" ", b"\t"} and fields:
            fields[-1] += line
        else:
            fields.append(line)
    split = (each.removesuffix(b"\n").partition(b":") for each in fields)
    return [(name, value) for name, _, value in split if name]


def edited(raw: bytes, frames: Sequence[Frame], *, leading_space: bool = True) -> bytes:
    """The mail after the edits, as Postfix makes them below its own Received, which the milter never saw."""
    header, _, body = raw.partition(b"\r\n\r\n")
    fields: list[tuple[bytes, bytes] | None] = list(split_fields(header + b"\r\n"))
    space = b"" if leading_space else b" "
    inserted: list[tuple[bytes, bytes]] = []
    for code, data in frames:
        number, (name, value) = (
            int.from_bytes(data[:4], "big"),
            data[4:].split(b"\0")[:2] if code in b"im" else (b"", b""),
        )
        if code == b"i":
            assert number == 0
            inserted.insert(0, (name, space + value))
        elif code == b"m":
            assert not inserted, "an index would no longer mean what it meant"
            same = [i for i, each in enumerate(fields) if each and each[0].lower() == name.lower()]
            fields[same[number - 1]] = (name, space + value) if value else None
    whole = [*inserted, *filter(None, fields)]
    lines = b"".join(name + b":" + value.replace(b"\n", b"\r\n") + b"\r\n" for name, value in whole)
    return lines + b"\r\n" + body
