"""What does the next hop answer? One question and its answer at a time, or several sent together.

Raises TryLater for everything a peer can do wrong: gone, late, garbage, a good-bye, spoken out of turn.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from types import TracebackType

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

    def answering(self, what: str, within: float) -> "_Answering":
        """The same where nothing but replies is waited for."""
        return _Answering(self.connection, what, within)

    async def answer(self, within: float, verb: str, *words: str) -> Reply:
        """The answer to a command that ends with its answer."""
        with self.answering(verb, within):
            return self.final(verb, await self.ask(verb, *words))

    def final(self, verb: str, reply: wire.PeerReply) -> Reply:
        """The reply to hand on; a go-ahead is none. 521 ends the peer's connection with us alone (RFC 7504
        section 3): to whom it is handed on it is a no like any other."""
        if 300 <= reply.code < 400:
            raise self.failure(f"answered {verb} with {reply.code}")
        said = reply.reply()
        return replace(said, code=550) if said.code == 521 else said

    async def ask(self, verb: str, *words: str) -> wire.PeerReply:
        """The reply to one command."""
        return (await self.ask_all([wire.command(verb, *words)]))[0]

    async def ask_all(self, lines: Sequence[bytes]) -> list[wire.PeerReply]:
        """The replies to commands that are sent together (RFC 2920)."""
        await self.say(lines)
        return [await self.heard() for _ in lines]

    async def say(self, lines: Sequence[bytes]) -> None:
        """Send commands together; each has a reply, which is to be heard."""
        # An answer that came before its question would be taken for the answer to the next one.
        if unread := self.connection.unread:
            raise self.failure(f"spoke out of turn: {unread!r}")
        await self.connection.send(b"".join(lines))

    async def heard(self) -> wire.PeerReply:
        """The next reply; 221 and 421 are a good-bye, whatever was asked (RFC 5321 section 4.2.3)."""
        reply = await self.connection.reply()
        if reply.code in {221, 421}:
            raise self.failure(f"said {reply.reply()}")
        return reply

    def welcome(self, reply: wire.PeerReply) -> None:
        """TryLater unless this is a 2xx."""
        if not reply.reply().is_success:
            raise self.failure(f"said {reply.reply()}")

    def failure(self, cause: str) -> TryLater:
        """The exception that says what this peer did."""
        return self.connection.failure(cause)


class _Answering:
    """A context that ends the connection when it is left by an exception, or has lasted too long."""

    __slots__ = ("_connection", "_what", "_within")

    def __init__(self, connection: Connection, what: str, within: float) -> None:
        self._connection = connection
        self._what = what
        self._within = within

    def __enter__(self) -> None:
        self._connection.expect(self._what, self._within)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.expect_nothing()
        if kind is not None:
            self._connection.abort()


class Telling:
    """A context that tells of a TryLater, which goes on."""

    __slots__ = ("_tell",)

    def __init__(self, tell: Callable[[], None]) -> None:
        """`tell` is called for each that goes by."""
        self._tell = tell

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, TryLater):
            self._tell()
