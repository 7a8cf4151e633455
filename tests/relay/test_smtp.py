import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import cast

import pytest
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP
from aiosmtpd.smtp import Envelope as ServedEnvelope
from aiosmtpd.smtp import Session as ServedSession

from milter.config import NextHopConfig
from milter.errors import Reply, TryLater
from milter.mail.envelope import Envelope
from milter.relay.next_hop import NextHop, Session, next_hop
from tests.relay.peer import CLOSE, HANG, Peer, listening

CLIENT = Envelope("192.0.2.1", "client.example", "a@b.example", ("c@d.example",), client_name="host.example")
KEPT = Reply(250, "2.0.0", "Kept")
MAIL = b"Subject: x\r\n\r\n.hidden\r\n\r\n..\r\n \xff \t\r\n\r\n"


def hop(port: int, scheme: str = "smtp", timeout: float = 20) -> NextHop:
    config = NextHopConfig(
        url=f"{scheme}://127.0.0.1:{port}", greeting_timeout=timeout, timeout=timeout, data_timeout=timeout
    )
    return next_hop(config, "gw.example")


async def pass_on(to: NextHop, *chunks: bytes) -> Reply:
    """One mail to one recipient; the first refusal, else the answer to the final dot."""
    session = await to.open(None)
    try:
        for reply in (await session.mail("a@b.example"), await session.rcpt("c@d.example")):
            if not reply.is_success:
                return reply
        return await session.data(chunks)
    finally:
        await session.close()


async def test_a_mail_goes_on_byte_for_byte() -> None:
    async with listening(Peer()) as peer:
        assert KEPT == await pass_on(hop(peer.port), MAIL[:20], MAIL[20:])
        assert [MAIL.replace(b"\r\n.", b"\r\n..")] == peer.contents
        assert [
            "EHLO gw.example",
            "MAIL FROM:<a@b.example>",
            "RCPT TO:<c@d.example>",
            "DATA",
            "QUIT",
        ] == peer.commands


async def test_a_large_mail_goes_on_byte_for_byte() -> None:
    content = b"".join(b".%d\r\n" % number for number in range(200_000))
    async with listening(Peer()) as peer:
        assert KEPT == await pass_on(hop(peer.port), content)
        assert content == peer.contents[0].replace(b"\r\n..", b"\r\n.")[1:]


# THREATS S30: whatever the peer does wrong, at whatever stage, the sender keeps the mail.
STAGES = ("greeting", "EHLO", "MAIL", "RCPT", "DATA", "dot")
WRONG = {
    "closes": CLOSE,
    "closes in the middle of a reply": b"250-a\r\n25" + CLOSE,
    "says 421": b"421 4.3.2 Going away\r\n",
    "says good-bye": b"221 2.0.0 Bye\r\n",
    "says 421 and closes": b"421 4.3.2 Going away\r\n" + CLOSE,
    "says 1xx": b"199 x\r\n",
    "says 6xx": b"600 x\r\n",
    "talks garbage": b"\x16\x03\x01\x02\r\n",
    "talks HTTP": b"HTTP/1.1 200 OK\r\n\r\n",
    "sends a line without end": b"2" * 10_000,
    "sends 10 MB": b"250-" + b"a" * 10_000_000,
    "sends a reply of 10 MB": b"250-a\r\n" * 1_500_000 + b"250 a\r\n",
    "changes its mind": b"250-a\r\n550 b\r\n",
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("stage", STAGES)
async def test_a_peer_that_does_wrong_means_try_later(stage: str, wrong: bytes) -> None:
    async with listening(Peer(**{stage: wrong})) as peer:
        with pytest.raises(TryLater):
            await pass_on(hop(peer.port), MAIL)


@pytest.mark.parametrize("stage", STAGES)
async def test_a_peer_that_hangs_means_try_later(stage: str) -> None:
    async with listening(Peer(**{stage: HANG})) as peer:
        with pytest.raises(TryLater, match=r"within 0\.3 s"):
            await pass_on(hop(peer.port, timeout=0.3), MAIL)


@contextlib.asynccontextmanager
async def deaf_peer(hangs_up_after: float) -> AsyncIterator[int]:
    """The port of a server that says 354 and never reads the content."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 a\r\n")
        for answer in (b"250 a\r\n", b"250 a\r\n", b"250 a\r\n", b"354 a\r\n"):
            await reader.readline()
            writer.write(answer)
        cast(asyncio.Transport, writer.transport).pause_reading()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), hangs_up_after)
        cast(asyncio.Transport, writer.transport).abort()

    over = asyncio.Event()
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        over.set()


async def test_a_peer_that_does_not_read_the_content_means_try_later() -> None:
    async with deaf_peer(hangs_up_after=60) as port:
        with pytest.raises(TryLater, match="no answer to DATA"):
            await pass_on(hop(port, timeout=0.5), b"a" * 30_000_000)


async def test_a_peer_that_hangs_up_while_we_wait_to_send_is_not_waited_for() -> None:
    async with deaf_peer(hangs_up_after=0.3) as port:
        with pytest.raises(TryLater, match=r"connection (lost|closed)"):
            await pass_on(hop(port, timeout=10), b"a" * 30_000_000)


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "dot"])
async def test_a_no_that_ends_its_connection_is_passed_back_as_any_no(stage: str) -> None:
    """RFC 7504: 521 is about a connection, and this one is not that of the client."""
    async with listening(Peer(**{stage: b"521 5.3.2 No mail here\r\n"})) as peer:
        assert Reply(550, "5.3.2", "No mail here") == await pass_on(hop(peer.port), MAIL)


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "dot"])
@pytest.mark.parametrize("code", [b"452", b"552"])
async def test_a_refusal_is_passed_back_as_it_was_said(stage: str, code: bytes) -> None:
    answer = code + b"-" + code[:1] + b".3.1 No\r\n" + code + b" " + code[:1] + b".3.1 room\r\n"
    async with listening(Peer(**{stage: answer})) as peer:
        expected = Reply(int(code), f"{code[:1].decode()}.3.1", "No room")
        assert expected == await pass_on(hop(peer.port), MAIL)


@pytest.mark.parametrize("answer", [b"554 5.7.1 Go away\r\n", b"450 4.3.2 Not now\r\n"])
@pytest.mark.parametrize("stage", ["greeting", "EHLO"])
async def test_a_peer_that_does_not_welcome_us_means_try_later(stage: str, answer: bytes) -> None:
    async with listening(Peer(**{stage: answer, "HELO": answer})) as peer:
        with pytest.raises(TryLater, match=r"Go away|Not now"):
            await hop(peer.port).open(None)


async def test_a_reply_without_text_is_a_reply() -> None:
    async with listening(Peer(dot=b"250\r\n")) as peer:
        assert Reply(250, "", "") == await pass_on(hop(peer.port), MAIL)


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "dot"])
async def test_a_go_ahead_is_no_answer_but_to_data(stage: str) -> None:
    async with listening(Peer(**{stage: b"354 Go\r\n"})) as peer:
        with pytest.raises(TryLater, match="354"):
            await pass_on(hop(peer.port), MAIL)


async def test_an_acceptance_of_data_before_the_content_is_never_a_success() -> None:
    async with listening(Peer(DATA=b"250 2.0.0 Kept\r\n")) as peer:
        with pytest.raises(TryLater, match="answered DATA with 250"):
            await pass_on(hop(peer.port), MAIL)


async def test_an_acceptance_that_comes_before_the_final_dot_is_never_a_success() -> None:
    async with listening(Peer(DATA=b"354 Go\r\n250 2.0.0 Kept\r\n")) as peer:
        with pytest.raises(TryLater, match="answered the content with 250"):
            await pass_on(hop(peer.port), MAIL)


async def test_a_refusal_in_the_middle_of_the_content_is_passed_back() -> None:
    async with listening(Peer(DATA=b"354 Go\r\n552 5.3.4 Too big\r\n" + CLOSE)) as peer:
        assert Reply(552, "5.3.4", "Too big") == await pass_on(hop(peer.port), b"a" * 10_000_000)


async def test_an_answer_before_its_question_is_not_taken_for_the_next_one() -> None:
    async with listening(Peer(MAIL=b"250 2.1.0 Ok\r\n250 2.1.5 Recipient ok\r\n")) as peer:
        with pytest.raises(TryLater, match="out of turn"):
            await pass_on(hop(peer.port), MAIL)


async def test_after_a_failure_the_session_is_over() -> None:
    async with listening(Peer(RCPT=HANG)) as peer:
        session = await hop(peer.port, timeout=0.3).open(None)
        await session.mail("a@b.example")
        for _ in range(2):
            with pytest.raises(TryLater):
                await session.rcpt("c@d.example")
        await session.close()
        assert ["EHLO", "MAIL", "RCPT"] == peer.verbs


async def test_a_cancelled_call_ends_the_session() -> None:
    async with listening(Peer(RCPT=HANG)) as peer:
        session = await hop(peer.port).open(None)
        task = asyncio.ensure_future(session.rcpt("c@d.example"))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(TryLater, match="closed by us"):
            await session.rset()


@pytest.mark.parametrize("answer", [HANG, CLOSE, b"garbage\r\n", b"421 4.3.2 No\r\n"])
async def test_to_close_never_fails_and_never_hangs(answer: bytes) -> None:
    async with listening(Peer(QUIT=answer)) as peer:
        session = await hop(peer.port, timeout=0.3).open(None)
        await session.close()
        await session.close()


async def test_nobody_listening_means_try_later() -> None:
    async with listening(Peer()) as peer:
        port = peer.port
    with pytest.raises(TryLater, match=f"127.0.0.1:{port}: no connection"):
        await hop(port).open(None)


async def test_a_server_without_ehlo_is_greeted_with_helo() -> None:
    async with listening(Peer(EHLO=b"502 5.5.1 What?\r\n")) as peer:
        session = await hop(peer.port).open(None)
        assert {} == dict(session.extensions)
        await session.mail("a@b.example", ["SIZE=10", "BODY=8BITMIME"])
        assert ["EHLO gw.example", "HELO gw.example", "MAIL FROM:<a@b.example>"] == peer.commands


async def test_parameters_go_where_their_extension_is_offered() -> None:
    ehlo = b"250-peer\r\n250-SIZE\r\n250-SMTPUTF8\r\n250 DSN\r\n"
    async with listening(Peer(EHLO=ehlo)) as peer:
        session = await hop(peer.port).open(None)
        await session.mail("é@b.example", ["SIZE=10", "BODY=8BITMIME", "RET=HDRS", "AUTH=<>"])
        await session.rcpt("ô@d.example", ["NOTIFY=NEVER", "ORCPT=utf-8;ô@d.example"])
        assert [
            "MAIL FROM:<é@b.example> SIZE=10 RET=HDRS SMTPUTF8",
            "RCPT TO:<ô@d.example> NOTIFY=NEVER ORCPT=utf-8;ô@d.example",
        ] == peer.commands[1:]


@pytest.mark.parametrize(("path", "parameters"), [("é@b.example", []), ("a@b.example", ["SMTPUTF8"])])
async def test_internationalized_mail_is_refused_where_it_is_not_offered(
    path: str, parameters: list[str]
) -> None:
    async with listening(Peer()) as peer:
        session = await hop(peer.port).open(None)
        assert (550, "5.6.7") == code(await session.mail(path, parameters))
        await session.mail("a@b.example")
        assert (550, "5.6.7") == code(await session.rcpt("é@b.example"))
        assert (550, "5.6.7") == code(await session.rcpt("e@b.example", ["ORCPT=utf-8;é@b.example"]))


async def test_octets_that_a_server_has_not_offered_to_take_are_not_sent_to_it() -> None:
    async with listening(Peer(EHLO=b"250 peer.example\r\n")) as peer:
        session = await hop(peer.port).open(None)
        await session.mail("a@b.example", ["BODY=8BITMIME"])
        await session.rcpt("c@d.example")
        assert (554, "5.6.3") == code(await session.data([b"Subject: x\r\n\r\n", b"\xe9\r\n"]))
        assert KEPT == await session.data([b"Subject: x\r\n\r\nplain\r\n"])
        assert [b"Subject: x\r\n\r\nplain\r\n"] == peer.contents


def code(reply: Reply) -> tuple[int, str]:
    return reply.code, reply.enhanced


@pytest.mark.parametrize("path", ["a@b> SIZE=1", "a\r\nRSET\r\n@b", "a\0@b", "a\udcff@b"])
async def test_a_hostile_path_never_reaches_the_wire(path: str) -> None:
    async with listening(Peer()) as peer:
        session = await hop(peer.port).open(None)
        assert (553, "5.1.7") == code(await session.mail(path))
        assert (553, "5.1.3") == code(await session.rcpt(path))
        assert (501, "5.5.4") == code(await session.mail("", ["ENVID=a\r\nRSET"]))
        assert (501, "5.5.4") == code(await session.rcpt("a@b.example", ["ORCPT=a\r\nRSET"]))
        assert (553, "5.1.3") == code(await session.rcpt(""))
        assert ["EHLO"] == peer.verbs


async def test_the_client_is_told_to_a_postfix_that_asks() -> None:
    told = [
        "XFORWARD PROTO=ESMTP HELO=client.example",
        "XFORWARD NAME=host.example ADDR=192.0.2.1",
        "MAIL FROM:<a@b.example>",
    ]
    ehlo = b"250-peer\r\n250 XFORWARD NAME ADDR PROTO HELO\r\n"
    async with listening(Peer(EHLO=ehlo, XFORWARD=b"501 5.5.4 No\r\n")) as peer:
        session = await hop(peer.port).open(CLIENT)
        # What Postfix was told holds for one mail.
        for _ in range(2):
            assert 250 == (await session.mail("a@b.example")).code
        nobody = await hop(peer.port).open(None)
        await nobody.mail("a@b.example")
        assert ["EHLO gw.example", *told, *told, "EHLO gw.example", told[-1]] == peer.commands


async def test_by_lmtp_one_recipient_a_transaction() -> None:
    async with listening(Peer()) as peer:
        session = await hop(peer.port, "lmtp").open(None)
        assert 1 == session.max_recipients
        for _ in range(2):
            await session.mail("a@b.example")
            assert (250, "2.1.5") == code(await session.rcpt("c@d.example"))
            assert (452, "4.5.3") == code(await session.rcpt("e@d.example"))
            assert KEPT == await session.data([MAIL])
        await session.close()
        assert ["LHLO", *["MAIL", "RCPT", "DATA"] * 2, "QUIT"] == peer.verbs


async def test_by_lmtp_a_refused_recipient_leaves_room_for_another() -> None:
    async with listening(Peer(RCPT=b"550 5.1.1 Unknown\r\n")) as peer:
        session = await hop(peer.port, "lmtp").open(None)
        await session.mail("a@b.example")
        assert [(550, "5.1.1")] * 2 == [code(await session.rcpt(p)) for p in ("c@d.example", "e@d.example")]


class Mailbox:
    """What a real server was given."""

    def __init__(self) -> None:
        self.mails: list[tuple[str | None, list[str], bytes]] = []

    async def handle_RCPT(  # noqa: N802, aiosmtpd finds it by this name
        self,
        _server: SMTP,
        _session: ServedSession,
        envelope: ServedEnvelope,
        address: str,
        options: list[str],
    ) -> str:
        if address.startswith("unknown"):
            return "550 5.1.1 No such user"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Ok"

    async def handle_DATA(  # noqa: N802, aiosmtpd finds it by this name
        self, _server: SMTP, _session: ServedSession, envelope: ServedEnvelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        self.mails.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        return "250 2.0.0 Stored"


async def two_mails(session: Session, content: bytes) -> None:
    for _ in range(2):
        assert 250 == (await session.mail("a@b.example", ["BODY=8BITMIME"])).code
        assert Reply(550, "5.1.1", "No such user") == await session.rcpt("unknown@d.example")
        assert 250 == (await session.rcpt("c@d.example")).code
        assert Reply(250, "2.0.0", "Stored") == await session.data([content])
        assert 250 == (await session.rset()).code
    await session.close()


SERVERS: dict[str, Callable[[Mailbox], SMTP]] = {
    "smtp": lambda mailbox: SMTP(mailbox, enable_SMTPUTF8=False),
    "lmtp": lambda mailbox: LMTP(mailbox, enable_SMTPUTF8=False),
}


@pytest.mark.parametrize("scheme", SERVERS)
async def test_aiosmtpd_gets_the_same_bytes(scheme: str) -> None:
    content = b"Subject: \xe9\r\n\r\n.\r\n..\r\nend\r\n"
    mailbox = Mailbox()
    server = await asyncio.get_running_loop().create_server(lambda: SERVERS[scheme](mailbox), "127.0.0.1", 0)
    async with server:
        session = await hop(server.sockets[0].getsockname()[1], scheme).open(CLIENT)
        assert "8BITMIME" in session.extensions
        await two_mails(session, content)
    assert [("a@b.example", ["c@d.example"], content)] * 2 == mailbox.mails
