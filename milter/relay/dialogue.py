"""What does the next hop answer? One question and its answer at a time, or several sent together.

Raises TryLater for everything a peer can do wrong: gone, late, garbage, 421, spoken out of turn.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

from milter.errors import Reply, TryLater
from milter.relay import wire
from milter.relay.connection import Connection


class Dialogue:
    """A connection on which somebody asks and somebody answers."""

    def __init__(self, connection: Connection) -> None:
        """Connected; nothing was said yet."""
        self.connection = connection

    @contextlib.asynccontextmanager
    async def exchange(self, what: str, within: float) -> AsyncIterator[None]:
        """Questions and their answers; without a whole answer nobody knows where the peer stands, so the
        connection ends."""
        whole = False
        try:
            async with asyncio.timeout(within):
                yield
            whole = True
        except TimeoutError:
            raise self.failure(f"no answer to {what} within {within:g} s") from None
        finally:
            if not whole:
                self.connection.abort()

    async def answer(self, within: float, verb: str, *words: str) -> Reply:
        """The answer to a command that ends with its answer."""
        async with self.exchange(verb, within):
            return self.final(verb, await self.ask(verb, *words))

    def final(self, verb: str, reply: wire.PeerReply) -> Reply:
        """The reply to hand on; a go-ahead is none."""
        if 300 <= reply.code < 400:
            raise self.failure(f"answered {verb} with {reply.code}")
        return reply.reply()

    async def ask(self, verb: str, *words: str) -> wire.PeerReply:
        """The reply to one command."""
        return (await self.ask_all([wire.command(verb, *words)]))[0]

    async def ask_all(self, lines: Sequence[bytes]) -> list[wire.PeerReply]:
        """The replies to commands that are sent together (RFC 2920)."""
        # An answer that came before its question would be taken for the answer to the next one.
        if self.connection.unread:
            raise self.failure(f"spoke out of turn: {self.connection.unread!r}")
        await self.connection.send(b"".join(lines))
        return [await self.heard() for _ in lines]

    async def heard(self) -> wire.PeerReply:
        """The next reply; 421 is a good-bye, whatever was asked."""
        reply = await self.connection.reply()
        if reply.code == 421:
            raise self.failure(f"said {reply.reply()}")
        return reply

    def welcome(self, reply: wire.PeerReply) -> None:
        """TryLater unless this is a 2xx."""
        if not reply.reply().is_success:
            raise self.failure(f"said {reply.reply()}")

    def failure(self, cause: str) -> TryLater:
        """The exception that says what this peer did."""
        return self.connection.failure(cause)
