"""Several next hops: which one takes the mail, and which one is left alone for a while."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from milter.config import NextHopConfig
from milter.errors import Reply, TryLater
from milter.mail.envelope import Envelope, Path
from milter.relay.next_hop import next_hop
from milter.relay.route import Route
from milter.relay.smtp import SmtpSession
from tests.relay.peer import CLOSE, HANG, Peer, listening

CLIENT = Envelope("192.0.2.1", "client.example", "a@b.example", (), client_name="mx.example", login="marie")
MAIL_OK, RCPT_OK = Reply(250, "2.1.0", "Ok"), Reply(250, "2.1.5", "Ok")
SENDER, RECIPIENT = Path("a@b.example"), Path("c@d.example")


@contextlib.asynccontextmanager
async def two(**answers: bytes) -> AsyncIterator[tuple[Peer, Peer]]:
    """One that answers so, and a good one."""
    async with listening(Peer(**answers)) as first, listening(Peer()) as second:
        yield first, second


def route(*peers: Peer, clock: Callable[[], float] | None = None, **options: Any) -> Route:
    urls = [f"smtp://127.0.0.1:{peer.port}" for peer in peers]
    config = NextHopConfig(url=urls[0], fallback=tuple(urls[1:]), **options)
    built = next_hop(config, "gw.example")
    assert isinstance(built, Route)
    return built if clock is None else Route(built.servers, config.retry_after, clock=clock)


async def mail(to: Route) -> SmtpSession:
    session, *replies = await to.begin(CLIENT, SENDER, RECIPIENT)
    assert [MAIL_OK, RCPT_OK] == replies
    return session


async def finish(session: SmtpSession) -> Reply:
    return await session.data([b"x\r\n"])


async def whole(to: Route) -> Reply:
    session = await to.open(CLIENT)
    await session.begin(SENDER, RECIPIENT)
    return await finish(session)


BAD_BEGINNINGS = {
    "greets with 421": {"greeting": b"421 4.3.2 Full\r\n"},
    "greets with 554": {"greeting": b"554 5.3.2 No\r\n"},
    "does not greet": {"greeting": HANG},
    "hangs up": {"greeting": CLOSE},
    "knows no EHLO": {"EHLO": b"502 5.5.1 No\r\n", "HELO": b"502 5.5.1 No\r\n"},
    "says 421 to MAIL": {"MAIL": b"421 4.3.2 Shutting down\r\n"},
    "hangs up at MAIL": {"MAIL": CLOSE},
    "hangs up at RCPT": {"RCPT": CLOSE},
}


@pytest.mark.parametrize("answers", BAD_BEGINNINGS.values(), ids=BAD_BEGINNINGS)
async def test_where_one_fails_before_it_has_answered_mail_and_rcpt_the_next_one_answers(
    answers: dict[str, bytes],
) -> None:
    async with two(**answers) as (first, second):
        session = await mail(route(first, second, greeting_timeout=3.0))
        await session.close()
        assert ["EHLO", "MAIL", "RCPT", "QUIT"] == second.verbs


async def test_where_nobody_listens_the_next_one_answers() -> None:
    async with listening(Peer()) as gone:
        pass
    async with listening(Peer()) as second:
        await (await mail(route(gone, second))).close()


async def test_an_answer_is_an_answer_and_nobody_else_is_asked() -> None:
    async with two(MAIL=b"452 4.3.1 Disk full\r\n") as (first, second):
        session, *replies = await route(first, second).begin(CLIENT, SENDER, RECIPIENT)
        assert [Reply(452, "4.3.1", "Disk full"), None] == replies
        await session.close()
        assert [] == second.verbs


async def test_where_all_fail_each_cause_is_told() -> None:
    async with two(greeting=b"421 4.3.2 Full\r\n") as (first, second):
        second.answers["greeting"] = b"554 5.3.2 No\r\n"
        with pytest.raises(TryLater, match=r"421 4\.3\.2 Full; .*554 5\.3\.2 No"):
            await mail(route(first, second))


async def test_to_ask_all_of_them_takes_no_longer_than_to_ask_one_may() -> None:
    async with two(greeting=HANG) as (first, second):
        second.answers["greeting"] = HANG
        with pytest.raises(TryLater, match=r"nothing within 0\.5 s"):
            await mail(route(first, second, greeting_timeout=60.0, timeout=0.5))


async def test_who_failed_is_passed_over_for_a_while_and_then_tried_again() -> None:
    now = 1000.0
    async with two(greeting=b"421 4.3.2 Full\r\n") as (first, second):
        to = route(first, second, clock=lambda: now, retry_after=30.0)
        await (await mail(to)).close()
        first.answers["greeting"] = b"220 peer.example ESMTP\r\n"
        now += 29
        await (await mail(to)).close()
        assert [] == first.verbs
        now += 2
        await (await mail(to)).close()
        assert ["EHLO", "MAIL", "RCPT", "QUIT"] == first.verbs
        assert ["EHLO", "MAIL", "RCPT", "QUIT"] * 2 == second.verbs


async def test_where_all_have_failed_lately_all_are_tried() -> None:
    async with two(greeting=b"421 4.3.2 Full\r\n") as (first, second):
        second.answers["greeting"] = first.answers["greeting"]
        to = route(first, second, clock=lambda: 0.0)
        with pytest.raises(TryLater):
            await mail(to)
        first.answers["greeting"] = b"220 peer.example ESMTP\r\n"
        await (await mail(to)).close()
        assert "MAIL" in first.verbs


@pytest.mark.parametrize("stage", ["DATA", "dot"])
async def test_who_fails_in_the_middle_of_a_mail_is_not_asked_for_the_next_one(stage: str) -> None:
    async with two(**{stage: CLOSE}) as (first, second):
        to = route(first, second)
        session = await mail(to)
        with pytest.raises(TryLater):
            await finish(session)
        await session.close()
        # No second server may have the same mail.
        assert [] == second.verbs
        await (await mail(to)).close()
        assert "MAIL" in second.verbs


async def test_every_address_of_a_name_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening(Peer()) as peer:

        async def addresses(_host: str, port: int, **_: Any) -> list[Any]:
            # Nobody listens on the other two; ::1 may not even exist.
            found = [("::1", port, 0, 0), ("127.0.0.2", port), ("127.0.0.1", port)]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in found]

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", addresses)
        to = next_hop(NextHopConfig(url=f"smtp://mx.example:{peer.port}"), "gw.example")
        assert isinstance(to, Route)
        await (await mail(to)).close()


async def test_the_addresses_of_a_name_are_asked_for_now_and_then_and_outlive_the_dns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, asked = 0.0, 0

    async def addresses(_host: str, port: int, **_: Any) -> list[Any]:
        nonlocal asked
        asked += 1
        if asked > 1:
            raise socket.gaierror("DNS is away")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    async with listening(Peer()) as peer:
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", addresses)
        named = next_hop(NextHopConfig(url=f"smtp://mx.example:{peer.port}"), "gw.example")
        assert isinstance(named, Route)
        to = Route(named.servers, 30.0, clock=lambda: now)
        for _ in range(3):
            await (await mail(to)).close()
        assert 1 == asked
        now += 31
        await (await mail(to)).close()
        assert 2 == asked


async def test_a_name_without_address_means_try_later() -> None:
    with pytest.raises(TryLater, match=r"mx\.invalid.*no address"):
        await next_hop(NextHopConfig(url="smtp://mx.invalid"), "gw.example").open()


XCLIENT = b"250-peer.example\r\n250-XCLIENT NAME ADDR PROTO HELO LOGIN\r\n250 XFORWARD NAME\r\n"


async def test_by_xclient_the_next_hop_treats_the_client_as_its_own() -> None:
    async with listening(Peer(EHLO=XCLIENT)) as peer:
        await (await mail(route(peer, tell_client="xclient"))).close()
    assert [
        "EHLO gw.example",
        "XCLIENT PROTO=ESMTP HELO=client.example",
        "XCLIENT LOGIN=marie",
        "XCLIENT NAME=mx.example ADDR=192.0.2.1",
        "EHLO client.example",
        "MAIL FROM:<a@b.example>",
        "RCPT TO:<c@d.example>",
        "QUIT",
    ] == peer.commands


async def test_a_session_that_passes_for_one_client_is_no_other_ones() -> None:
    async with listening(Peer(EHLO=XCLIENT)) as peer:
        config = NextHopConfig(url=f"smtp://127.0.0.1:{peer.port}", tell_client="xclient")
        to = next_hop(config, "gw.example", 3600.0)
        # Nobody's: it was opened to see what is offered.
        await (await to.open()).close()
        for client in (CLIENT, Envelope("192.0.2.9", "other.example", "", ())):
            session, *_ = await to.begin(client, SENDER, RECIPIENT)
            await session.data([b"x\r\n"])
            await session.close()
        await to.close()
    assert 3 == peer.commands.count("QUIT")
    assert "XCLIENT NAME=[UNAVAILABLE] ADDR=192.0.2.9" in peer.commands


@pytest.mark.parametrize("answer", [b"550 5.7.0 Not you\r\n", b"421 4.7.0 Not you\r\n", CLOSE, HANG])
async def test_a_client_never_passes_for_us(answer: bytes) -> None:
    async with listening(Peer(EHLO=XCLIENT, XCLIENT=answer)) as peer:
        with pytest.raises(TryLater):
            await mail(route(peer, tell_client="xclient", greeting_timeout=0.5))
    assert "MAIL" not in peer.verbs


@pytest.mark.parametrize(
    ("tell_client", "verbs"),
    [
        ("xclient", ["EHLO", "XFORWARD", "MAIL", "RCPT", "QUIT"]),
        ("xforward", ["EHLO", "XFORWARD", "MAIL", "RCPT", "QUIT"]),
        ("off", ["EHLO", "MAIL", "RCPT", "QUIT"]),
    ],
)
async def test_without_xclient_there_is_xforward_and_off_means_off(
    tell_client: str, verbs: list[str]
) -> None:
    ehlo = b"250-peer.example\r\n250-PIPELINING\r\n250 XFORWARD NAME\r\n"
    async with listening(Peer(EHLO=ehlo)) as peer:
        await (await mail(route(peer, tell_client=tell_client))).close()
    assert verbs == peer.verbs


# THREATS R6: each stage has its own time, and says which one it was.
STAGES = {
    "greeting": ("greeting_timeout", "no answer to greeting within 1 s"),
    "EHLO": ("greeting_timeout", "no answer to greeting within 1 s"),
    "MAIL": ("timeout", "no answer to MAIL within 1 s"),
    "RCPT": ("timeout", "no answer to RCPT within 1 s"),
    "DATA": ("data_timeout", "no answer to DATA within 1 s"),
    "dot": ("data_timeout", "no answer to DATA within 1 s"),
}


@pytest.mark.parametrize("stage", STAGES)
async def test_each_stage_has_a_time_of_its_own(stage: str) -> None:
    option, cause = STAGES[stage]
    times: dict[str, Any] = {option: 1.0}
    async with listening(Peer(**{stage: HANG})) as peer:
        with pytest.raises(TryLater, match=cause):
            await whole(route(peer, **times))
