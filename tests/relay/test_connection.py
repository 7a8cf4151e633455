"""What a socket to the next hop does where the peer, the network or we are at fault."""

import asyncio
import ssl

import pytest

from milter.errors import TryLater
from milter.relay.connection import Connection, connect, resolve


async def test_there_is_no_encryption_where_there_is_no_connection() -> None:
    connection = Connection("smtp://peer.example")
    with pytest.raises(TryLater, match="not connected"):
        await connection.start_tls(ssl.create_default_context(), "peer.example", 1)
    connection.abort()
    with pytest.raises(TryLater, match="closed by us"):
        await connection.start_tls(ssl.create_default_context(), "peer.example", 1)


async def test_after_more_than_any_reply_has_nothing_is_read_any_more() -> None:
    connection = Connection("smtp://peer.example")
    connection.data_received(b"a" * (1 << 20))
    connection.data_received(b"250 2.0.0 Ok\r\n")

    with pytest.raises(TryLater):
        await connection.reply()
    assert b"250" not in connection.unread


async def test_a_peer_that_reads_slowly_is_waited_for_and_gets_everything() -> None:
    go_on, everything = asyncio.Event(), asyncio.Event()
    read = bytearray()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await go_on.wait()
        while len(read) < 32 << 20:
            read.extend(await reader.read(1 << 20))
        writer.close()
        everything.set()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        connection = await connect(server.sockets[0].getsockname()[:2], "peer", 60)
        sending = asyncio.create_task(connection.send(b"a" * (32 << 20)))
        # More than the system takes by itself: our side is told to wait.
        await asyncio.wait([sending], timeout=0.1)
        waited = not sending.done()
        go_on.set()
        async with asyncio.timeout(60):
            await sending
            await everything.wait()
        connection.abort()

    assert waited
    assert b"a" * (32 << 20) == read


async def test_a_connection_or_an_address_that_does_not_come_in_time_means_try_later() -> None:
    with pytest.raises(TryLater, match="no connection within 0 s"):
        await connect(("127.0.0.1", 9), "peer", 0)
    with pytest.raises(TryLater, match="peer: no address within 0 s"):
        await resolve(("mail.town-hall.example", 25), "peer", 0)


async def test_a_name_that_is_none_means_try_later() -> None:
    with pytest.raises(TryLater, match="no address"):
        await resolve(("a..b" + "x" * 70, 25), "peer", 60)
