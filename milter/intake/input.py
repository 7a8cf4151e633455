"""What has the client sent and nobody read yet? Command lines and blocks from one connection.

Raises HungUp when the client is gone, PeerError for a line without end, Refuse for one too long.
"""

import asyncio
from contextlib import AbstractContextManager

from milter.errors import PeerError
from milter.intake.commands import Refuse

BLOCK = 64 * 1024


class HungUp(PeerError):
    """The client has ended the connection; nobody is there to answer to."""


class Input:
    """What was read ahead stays here: after a final dot, it is the next command."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        waiting: AbstractContextManager[None],
        max_line: int,
    ) -> None:
        """`waiting` is entered for each wait for the client, and may end the connection."""
        self._reader = reader
        self._waiting = waiting
        self._max_line = max_line
        self._pending = bytearray()

    @property
    def is_ahead(self) -> bool:
        """Has the client sent more than was asked for yet?"""
        return bool(self._pending)

    async def line(self) -> bytes:
        """The next line with its LF; one that is too long is read to its end, if that is near."""
        seen = 0
        while (end := self._pending.find(b"\n", seen)) < 0 and len(self._pending) <= BLOCK:
            seen = len(self._pending)
            self._pending += await self._read()
        if not 0 <= end < BLOCK:
            raise PeerError("command line without end")
        line = bytes(self._pending[: end + 1])
        del self._pending[: end + 1]
        if len(line) > self._max_line:
            raise Refuse(500, "5.5.2", "Command line too long")
        return line

    async def block(self) -> bytes:
        """What is there, at least one byte."""
        if self._pending:
            block = bytes(self._pending)
            self._pending.clear()
            return block
        return await self._read()

    def give_back(self, rest: bytes) -> None:
        """Keep the end of a block for the next reader."""
        self._pending[:0] = rest

    async def _read(self) -> bytes:
        try:
            with self._waiting:
                block = await self._reader.read(BLOCK)
        except OSError as error:
            raise HungUp(str(error)) from error
        if not block:
            raise HungUp("end of input")
        return block
