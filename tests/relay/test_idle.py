import asyncio
from collections.abc import Callable

import pytest

from milter.config import NextHopConfig
from milter.mail.envelope import Envelope
from milter.relay.next_hop import NextHop, next_hop
from milter.relay.route import Route
from tests.relay.peer import CLOSE, Peer, listening

CLIENT = Envelope("192.0.2.1", "client.example", "a@b.example", ("c@d.example",))
MAIL = b"Subject: x\r\n\r\nx\r\n"
FOR_EVER = 3600.0


def hop(port: int, keep_idle: float = FOR_EVER) -> NextHop:
    url = f"smtp://127.0.0.1:{port}"
    return next_hop(NextHopConfig(url=url), "gw.example", keep_idle)


async def pass_on(to: NextHop) -> None:
    session = await to.open(CLIENT)
    await session.mail("a@b.example")
    await session.rcpt("c@d.example")
    await session.data([MAIL])
    await session.close()


async def eventually(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 what is waited for is at the peer
            await asyncio.sleep(0.01)


async def test_the_next_mail_takes_the_connection_of_the_one_before() -> None:
    async with listening(Peer()) as peer:
        to = hop(peer.port)
        await pass_on(to)
        await pass_on(to)
        await to.close()

    assert ["EHLO", "MAIL", "RCPT", "DATA", "MAIL", "RCPT", "DATA", "QUIT"] == peer.verbs


async def test_two_mails_at_once_have_a_connection_each() -> None:
    async with listening(Peer()) as peer:
        to = hop(peer.port)
        await asyncio.gather(pass_on(to), pass_on(to))
        await pass_on(to)
        await to.close()

    assert (2, 3, 2) == tuple(map(peer.verbs.count, ("EHLO", "MAIL", "QUIT")))


async def test_the_next_hop_hears_of_each_client() -> None:
    ehlo = b"250-peer.example\r\n250 XFORWARD NAME ADDR PROTO HELO\r\n"
    async with listening(Peer(EHLO=ehlo)) as peer:
        to = hop(peer.port)
        await pass_on(to)
        await pass_on(to)
        await to.close()

    assert ["EHLO", *["XFORWARD", "XFORWARD", "MAIL", "RCPT", "DATA"] * 2, "QUIT"] == peer.verbs


async def test_where_something_was_refused_nobody_else_pays_for_it() -> None:
    async with listening(
        Peer(RCPT=b"550 5.1.1 No such user\r\n", DATA=b"503 5.5.1 No recipient\r\n")
    ) as peer:
        to = hop(peer.port)
        session = await to.open(CLIENT)
        await session.mail("a@b.example")
        await session.rcpt("c@d.example")
        await session.rset()
        await session.close()

    assert ["EHLO", "MAIL", "RCPT", "RSET", "QUIT"] == peer.verbs


async def test_an_open_transaction_is_nobody_elses() -> None:
    async with listening(Peer()) as peer:
        to = hop(peer.port)
        session = await to.open(CLIENT)
        await session.mail("a@b.example")
        await session.close()

    assert ["EHLO", "MAIL", "QUIT"] == peer.verbs


@pytest.mark.parametrize("last_words", [CLOSE, b"421 4.4.2 Idle for too long\r\n" + CLOSE])
async def test_a_connection_that_the_next_hop_has_ended_is_not_taken(last_words: bytes) -> None:
    async with listening(Peer(dot=b"250 2.0.0 Kept\r\n" + last_words)) as peer:
        to = hop(peer.port)
        await pass_on(to)
        assert isinstance(to, Route)
        [idle] = to._idle.values()
        await eventually(lambda: not any(kept.is_at_rest for kept in idle._sessions))
        await pass_on(to)

    assert ["EHLO", "MAIL", "RCPT", "DATA"] * 2 == [verb for verb in peer.verbs if verb != "QUIT"]


async def test_a_connection_that_nobody_takes_is_ended() -> None:
    async with listening(Peer()) as peer:
        await pass_on(hop(peer.port, keep_idle=0.05))
        await eventually(lambda: peer.verbs[-1] == "QUIT")


async def test_nothing_is_kept_where_that_is_not_wanted() -> None:
    async with listening(Peer()) as peer:
        await pass_on(hop(peer.port, keep_idle=0))

    assert "QUIT" == peer.verbs[-1]
