"""The milter as a mail server sees it."""

import asyncio
import socket
import stat
from pathlib import Path

import pytest

from milter.errors import ConfigError
from milter.intake.listen import _give
from milter.intake.milter import MilterIntake
from milter.log.lines import configure_log
from milter.quarantine.store import Store
from milter.verdict.verdict import Finding
from tests.conftest import nobody
from tests.intake.judges import FullStore, RaisingJudge, WaitingJudge
from tests.intake.milters import NotingJudge, listening, port
from tests.intake.mta import OLDEST, POSTFIX, SENDMAIL, Mta, edited

MAIL = (
    b"DKIM-Signature: v=1; a=rsa-sha256;\r\n\tb=abc\r\nX-Odd:  two  spaces \r\nX-None:\r\nX-Tight:tight\r\n"
    b"From: Marie <a@client.example>\r\nSubject: R=?utf-8?q?=C3=A9?=union\r\n folded\r\nX-8bit: \xe9t\xe9\r\n"
    b"\r\nBonjour,\r\n.\r\n..dots\r\n\xe9t\xe9\r\n\r\n"
)
OFFERS = pytest.mark.parametrize("offer", [POSTFIX, SENDMAIL, OLDEST], ids=["postfix", "sendmail", "oldest"])
FORGED = (
    b"X-Vigimel-Finding: genuine\r\nAuthentication-Results: gw.example; dkim=pass\r\n"
    b"Authentication-Results: other.example; dkim=pass\r\nx-vigimel-finding: genuine\r\n"
    b"Authentication-Results: gw.example; spf=pass\r\nSubject: hello\r\nX-Vigimel-Other: x\r\n\r\nbody\r\n"
)


@pytest.fixture(autouse=True)
def _log() -> None:
    configure_log("info")


async def test_only_what_is_needed_is_agreed_and_only_what_was_offered() -> None:
    async with listening(NotingJudge()) as milter:
        full = await Mta.dial(port(milter))
        await full.negotiate(*SENDMAIL)
        oldest = await Mta.dial(port(milter))
        await oldest.negotiate(*OLDEST)
        future = await Mta.dial(port(milter))
        await future.negotiate(9, 0xFFFFFFFF, 0xFFFFFFFF)

    # Add, change, SETSYMLIST; not CHGBODY, ADDRCPT, DELRCPT, CHGFROM, nor QUARANTINE where we hold ourselves.
    assert (6, 0x111, 0x1CF380) == (full.version, full.actions, full.protocol)
    assert (2, 0x11, 0) == (oldest.version, oldest.actions, oldest.protocol)
    assert ({}, b"i") == (oldest.macros, full.macros[5])
    assert (6, 0x111, 0x1CF380) == (future.version, future.actions, future.protocol)


@OFFERS
async def test_the_judge_sees_the_mail_byte_for_byte(offer: tuple[int, int, int]) -> None:
    judge = NotingJudge()
    async with listening(judge) as milter:
        mta = await Mta.ready(port(milter), offer)
        await mta.mail(MAIL, piece=7)

    # Before version 6 a mail server does not say whether there was a space after the colon.
    expected = MAIL if offer != OLDEST else MAIL.replace(b"None:", b"None: ").replace(b"Tight:", b"Tight: ")
    assert [expected] == judge.mails


async def test_the_judge_sees_the_envelope() -> None:
    judge = NotingJudge()
    async with listening(judge) as milter:
        mta = await Mta.ready(port(milter))
        mta.write(b"D", b"M{tls_version}\0TLSv1.3\0")
        await mta.event(b"M", b"<a@client.example>\0SIZE=5\0BODY=8BITMIME\0AUTH=<>\0")
        await mta.event(b"R", b"<b@hop.example>\0NOTIFY=NEVER\0X=y\0")
        await mta.event(b"R", b"\xff\xfe@hop.example\0")
        await mta.content(MAIL)
        await mta.end()

    [envelope] = judge.envelopes
    assert envelope is not None
    assert ("192.0.2.7", "mail.client.example", "client.example", True) == (
        envelope.client_address, envelope.client_name, envelope.helo, envelope.tls
    )  # fmt: skip
    assert ("a@client.example", ("b@hop.example", "\ufffd\ufffd@hop.example")) == (
        envelope.reverse_path, envelope.forward_paths
    )  # fmt: skip
    assert ("SIZE=5", "BODY=8BITMIME") == envelope.mail_parameters
    assert (("NOTIFY=NEVER",), ()) == envelope.rcpt_parameters


@pytest.mark.parametrize(
    ("name", "address", "expected"),
    [
        (b"[2001:db8::1]", b"6\x00\x19IPv6:2001:db8::1\0", ("2001:db8::1", "")),
        (b"mx.example", b"6\x00\x192001:db8::1\0", ("2001:db8::1", "mx.example")),
        (b"localhost", b"L\x00\x00/run/x\0", ("198.51.100.9", "localhost")),
        (b"xn--a\xff", b"U", ("198.51.100.9", "xn--a\ufffd")),
        (b"mx.example", b"4\x00\x19192.0.2.1\r\nX-Forged: x\0", ("", "mx.example")),
    ],
)
async def test_the_client_is_known_however_it_is_written(
    name: bytes, address: bytes, expected: tuple[str, str]
) -> None:
    judge = NotingJudge()
    async with listening(judge) as milter:
        mta = await Mta.dial(port(milter))
        await mta.negotiate(*POSTFIX)
        mta.write(b"D", b"C{client_addr}\x00198.51.100.9\0j\0mx.example\0")
        await mta.client(address, name)
        await mta.mail(MAIL)

    [envelope] = judge.envelopes
    assert envelope is not None
    assert expected == (envelope.client_address, envelope.client_name)


@OFFERS
async def test_a_mail_that_passes_gets_our_fields_on_top_and_nothing_else(
    offer: tuple[int, int, int],
) -> None:
    async with listening(NotingJudge()) as milter:
        mta = await Mta.ready(port(milter), offer)
        outcome = await mta.mail(MAIL)

    assert (b"c", b"") == outcome.last
    delivered = edited(MAIL, outcome.frames, leading_space=offer != OLDEST)
    assert delivered.endswith(MAIL)
    top = delivered.removesuffix(MAIL).split(b"\r\n")
    assert b"X-Vigimel-Finding: unrelated" == top[0]
    assert any(line.startswith(b"Authentication-Results: gw.example;") for line in top)
    # The mail server writes its own.
    assert not any(line.startswith(b"Received:") for line in top)


@OFFERS
async def test_forged_fields_are_deleted_wherever_they_stand_and_others_stay(
    offer: tuple[int, int, int],
) -> None:
    async with listening(NotingJudge()) as milter:
        mta = await Mta.ready(port(milter), offer)
        outcome = await mta.mail(FORGED)

    delivered = edited(FORGED, outcome.frames, leading_space=offer != OLDEST)
    kept = b"Authentication-Results: other.example; dkim=pass\r\nSubject: hello\r\n\r\nbody\r\n"
    assert delivered.endswith(b"\r\n" + kept)
    assert b"genuine" not in delivered
    assert 1 == delivered.lower().count(b"x-vigimel-finding")


@OFFERS
async def test_a_suspect_mail_gets_the_tag_in_the_subject_it_has(offer: tuple[int, int, int]) -> None:
    async with listening(NotingJudge(Finding.SUSPECT)) as milter:
        mta = await Mta.ready(port(milter), offer)
        outcome = await mta.mail(MAIL)

    delivered = edited(MAIL, outcome.frames, leading_space=offer != OLDEST)
    tag = b"=?utf-8?q?=5BHame=C3=A7onnage_=3F=5D?="
    assert b"\r\nSubject: " + tag + b" R=?utf-8?q?=C3=A9?=union\r\n folded\r\n" in delivered
    assert 1 == delivered.count(b"\r\nSubject:")


async def test_a_suspect_mail_without_a_subject_gets_one() -> None:
    async with listening(NotingJudge(Finding.SUSPECT)) as milter:
        mta = await Mta.ready(port(milter))
        outcome = await mta.mail(b"From: a@client.example\r\n\r\nbody\r\n")

    assert b"\r\nSubject: =?utf-8?q?=5BHame" in edited(b"From: a@b.example\r\n\r\n", outcome.frames)


async def test_an_impersonation_is_discarded_once_it_is_in_our_quarantine(store: Store) -> None:
    async with listening(NotingJudge(Finding.IMPERSONATION), store) as milter:
        mta = await Mta.ready(port(milter))
        outcome = await mta.mail(MAIL)

    assert [(b"d", b"")] == outcome.frames
    held = await store.get(1)
    assert held is not None
    assert ("192.0.2.7", ("b@hop.example",)) == (held.envelope.client_address, held.envelope.forward_paths)
    raw = await store.raw(1)
    assert raw.endswith(MAIL)
    # Released, it needs a trace of how it came.
    assert b"\r\nReceived: from client.example ([192.0.2.7])\r\n\tby gw.example" in raw


async def test_a_full_quarantine_tempfails_and_the_mail_server_keeps_the_mail() -> None:
    async with listening(NotingJudge(Finding.IMPERSONATION), FullStore()) as milter:
        mta = await Mta.ready(port(milter))
        outcome = await mta.mail(MAIL)

    assert [(b"y", b"451 4.3.0 Mail system not ready, try again later\0")] == outcome.frames


async def test_where_the_mail_server_is_to_hold_it_is_told_so_and_nothing_lies_here() -> None:
    async with listening(NotingJudge(Finding.IMPERSONATION), quarantine="mta") as milter:
        mta = await Mta.ready(port(milter))
        assert 0x131 == mta.actions
        outcome = await mta.mail(MAIL)

    (code, reason), last = outcome.frames[-2:]
    assert (b"q", b"c") == (code, last[0])
    assert reason.startswith(b"Vigimel ")
    assert reason.endswith(b": impersonation\0")
    assert b"X-Vigimel-Finding: impersonation\r\n" in edited(MAIL, outcome.frames)


async def test_where_the_mail_server_cannot_hold_our_quarantine_does(store: Store) -> None:
    async with listening(NotingJudge(Finding.IMPERSONATION), store, quarantine="mta") as milter:
        mta = await Mta.ready(port(milter), (6, 0x11, 0x1FFFFF))
        outcome = await mta.mail(MAIL)

    assert b"d" == outcome.codes
    assert await store.get(1) is not None


@pytest.mark.parametrize(
    ("finding", "policy", "reply"),
    [
        (Finding.IMPERSONATION, {"impersonation": "reject"}, b"550 5.7.1 Message refused by policy\0"),
        (Finding.UNDECIDED, {}, b"451 4.7.5 Sender cannot be verified now, try again later\0"),
    ],
)
async def test_a_refusal_is_said_in_our_words(finding: Finding, policy: dict[str, str], reply: bytes) -> None:
    async with listening(NotingJudge(finding), policy=policy) as milter:
        mta = await Mta.ready(port(milter))
        outcome = await mta.mail(MAIL)

    assert [(b"y", reply)] == outcome.frames


async def test_a_fault_of_ours_tempfails_and_the_connection_goes_on() -> None:
    async with listening(RaisingJudge()) as milter:
        mta = await Mta.ready(port(milter))
        for _ in range(3):
            outcome = await mta.mail(MAIL)
            assert [(b"y", b"451 4.3.0 Mail system not ready, try again later\0")] == outcome.frames


async def test_where_no_field_may_be_changed_the_mail_goes_on_and_the_log_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with listening(NotingJudge(Finding.SUSPECT)) as milter:
        mta = await Mta.ready(port(milter), (6, 0, 0x1FFFFF))
        outcome = await mta.mail(MAIL)

    assert [(b"c", b"")] == outcome.frames
    assert "the mail server lets no header field be changed" in capsys.readouterr().err


async def test_the_log_joins_our_number_to_that_of_the_mail_server(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with listening(NotingJudge()) as milter:
        mta = await Mta.ready(port(milter))
        await mta.mail(MAIL)

    assert "queue_id='4Vigimel' answer=continue" in capsys.readouterr().err


async def test_the_macros_of_one_mail_are_not_those_of_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    judge = NotingJudge()
    async with listening(judge) as milter:
        mta = await Mta.ready(port(milter))
        await mta.mail(MAIL)
        mta.write(b"D", b"M{tls_version}\0TLSv1.3\0")
        mta.write(b"A")
        await mta.envelope()
        await mta.content(MAIL)
        mta.write(b"E")
        assert b"i" == (await mta.read())[0]

    assert [False, False] == [envelope.tls for envelope in judge.envelopes if envelope]
    assert "queue_id='' answer=continue" in capsys.readouterr().err


async def test_the_last_piece_of_the_body_may_come_with_the_end() -> None:
    judge = NotingJudge()
    async with listening(judge) as milter:
        mta = await Mta.ready(port(milter), SENDMAIL)
        await mta.envelope()
        await mta.content(b"From: a@client.example\r\n\r\nbegun, ")
        await mta.end(b"ended\r\n")

    assert [b"From: a@client.example\r\n\r\nbegun, ended\r\n"] == judge.mails


async def test_neither_side_waits_for_an_acknowledgement_of_tcp() -> None:
    async with listening(NotingJudge(Finding.SUSPECT)) as milter:
        mta = await Mta.ready(port(milter))
        [connection] = milter._service.connections
        peer = connection._transport.get_extra_info("socket")  # type: ignore[attr-defined]
        assert 0 != peer.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        # Without it every mail from Postfix takes 40 ms (make bench-milter).
        assert connection._tcp is not None  # type: ignore[attr-defined]
        await mta.mail(MAIL)


async def test_a_unix_socket_is_for_its_group_and_goes_away_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "milter.sock"
    async with listening(
        NotingJudge(), listen=(f"unix:{path}",), socket_mode="0600", socket_group="root"
    ) as milter:
        assert (f"unix:{path}",) == milter.addresses
        assert 0o600 == stat.S_IMODE(path.stat().st_mode)
        mta = await Mta.ready(path)
        assert (b"c", b"") == (await mta.mail(MAIL)).last

    assert not path.exists()


def test_who_may_not_give_a_socket_to_its_group_is_told_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "milter.sock").touch()
    with (
        nobody(),
        pytest.raises(OSError, match="may not give it to the group root; leave socket_group empty"),
    ):
        _give(tmp_path / "milter.sock", "root")


async def test_a_socket_that_was_left_over_is_taken_and_one_in_use_is_not(tmp_path: Path) -> None:
    path = tmp_path / "milter.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    async with listening(NotingJudge(), listen=(f"unix:{path}",)):
        with pytest.raises(ConfigError) as caught:
            async with listening(NotingJudge(), listen=(f"local:{path}", "inet:127.0.0.1:0")):
                pass
        said = f"[milter] listen: local:{path}: another process listens there (ss -lnp shows who has it)"
        assert said == str(caught.value)
        assert path.exists()


async def stopping(milter: MilterIntake, grace: float) -> "asyncio.Task[None]":
    task = asyncio.create_task(milter.stop(grace))
    await asyncio.sleep(0)
    return task


async def test_stopping_ends_the_mail_under_way_and_takes_no_other() -> None:
    judge = WaitingJudge()
    async with listening(judge) as milter:
        mta = await Mta.ready(port(milter))
        idle = await Mta.ready(port(milter))
        begun = asyncio.create_task(mta.mail(MAIL))
        await judge.asked.wait()
        stopped = await stopping(milter, 20)
        assert await idle.is_hung_up()
        judge.go_on.set()
        assert (b"c", b"") == (await begun).last
        assert await mta.is_hung_up()
        await stopped


async def test_who_has_only_come_may_end_where_others_take_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("milter.intake.door._GOODBYE", 60.0)
    async with listening(NotingJudge()) as milter:
        mta = await Mta.ready(port(milter))
        stopped = asyncio.create_task(milter.stop(60, others_take_over=True))
        await asyncio.sleep(0)

        assert (b"c", b"") == (await mta.mail(MAIL)).last
        mta.close()
        await stopped


async def test_stopping_does_not_wait_for_ever() -> None:
    judge = WaitingJudge()
    async with listening(judge) as milter:
        mta = await Mta.ready(port(milter))
        begun = asyncio.create_task(mta.mail(MAIL))
        await judge.asked.wait()
        await milter.stop(0)

        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await begun
