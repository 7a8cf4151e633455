"""MAIL and the first RCPT in one go: what is heard where the next hop takes that, and where it says no."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from milter.errors import TryLater
from milter.mail.envelope import Path
from milter.relay.connection import Connection
from milter.relay.next_hop import Session
from tests.relay.peer import CLOSE, Peer, listening
from tests.relay.test_smtp import hop

SENDER, RECIPIENT = Path("a@b.example"), Path("c@d.example")
PIPELINED = b"250-peer.example\r\n250 PIPELINING\r\n"
NO, NO_MAIL = b"550 5.7.1 No\r\n", b"503 5.5.1 MAIL first\r\n"


@contextlib.asynccontextmanager
async def opened(peer: Peer) -> AsyncIterator[Session]:
    async with listening(peer):
        session = await hop(peer.port).open(None)
        yield session
        await session.close()


@pytest.mark.parametrize("ehlo", [PIPELINED, b"250 peer.example\r\n"])
async def test_both_answers_are_heard(ehlo: bytes) -> None:
    async with opened(Peer(EHLO=ehlo, RCPT=NO)) as session:
        mail, recipient = await session.begin(SENDER, RECIPIENT)

        assert recipient
        assert (250, 550) == (mail.code, recipient.code)


@pytest.mark.parametrize("ehlo", [PIPELINED, b"250 peer.example\r\n"])
async def test_a_sender_who_is_refused_has_no_recipient_and_another_mail_may_follow(ehlo: bytes) -> None:
    peer = Peer(EHLO=ehlo, MAIL=NO, RCPT=NO_MAIL)
    async with opened(peer) as session:
        refused = await session.begin(SENDER, RECIPIENT)
        peer.answers |= {"MAIL": b"250 Ok\r\n", "RCPT": b"250 Ok\r\n"}
        mail, recipient = await session.begin(SENDER, RECIPIENT)

        assert (550, None) == (refused[0].code, refused[1])
        assert recipient
        assert (250, 250) == (mail.code, recipient.code)


async def test_a_no_stands_though_the_next_hop_hangs_up_after_it() -> None:
    async with opened(Peer(EHLO=PIPELINED, MAIL=NO, RCPT=CLOSE)) as session:
        mail, recipient = await session.begin(SENDER, RECIPIENT)

        assert (550, None) == (mail.code, recipient)
        with pytest.raises(TryLater):
            await session.begin(SENDER, RECIPIENT)


async def test_what_cannot_be_said_is_not_said() -> None:
    peer = Peer(EHLO=PIPELINED)
    async with opened(peer) as session:
        mail, recipient = await session.begin(Path("a@b.example\r\nDATA"), RECIPIENT)
        assert (5, None) == (mail.code // 100, recipient)
        mail, nobody = await session.begin(SENDER, Path(""))
        assert nobody
        assert (250, 5) == (mail.code, nobody.code // 100)

    assert ["EHLO", "MAIL"] == peer.verbs[:2]
    assert "RCPT" not in peer.verbs


async def test_a_peer_of_whom_nothing_was_expected_may_be_left_in_peace() -> None:
    connection = Connection("smtp://peer.example")
    connection.expect_nothing()
    connection.expect("EHLO", 60)
    connection.expect_nothing()

    connection.abort()
    await asyncio.sleep(0)
