import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable

import pytest

from milter.intake import session
from milter.intake.session import SmtpSession
from milter.quarantine.store import Store
from milter.verdict.verdict import Finding
from tests.intake.client import Client
from tests.intake.conftest import Running, Start
from tests.intake.hop import Hop
from tests.intake.judges import FixedJudge, FullStore, RaisingJudge, WaitingJudge
from tests.intake.talk import talk
from tests.intake.test_smtp import MAIL
from tests.smuggling.vectors import FORBIDDEN, INSIDE

AWAY = "451 4.4.1 Mail system not ready, try again later"


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 what is waited for is at another peer
            await asyncio.sleep(0.01)


async def hung_up(client: Client, running: Running) -> None:
    """The client is gone with a reset, and the intake has noticed."""
    [connection] = running.intake._service.connections
    client_socket = client.writer.get_extra_info("socket")
    client_socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.writer.transport.abort()
    await until(lambda: isinstance(connection, SmtpSession) and connection.transport is None)


async def begun(client: Client) -> None:
    await client.say("MAIL FROM:<a@client.example>", "RCPT TO:<b@hop.example>", "DATA")


async def test_a_client_that_hangs_up_after_the_dot_changes_nothing(start: Start) -> None:
    judge = WaitingJudge()
    running = await start(judge=judge)
    client = await running.client()
    await begun(client)
    await client.send(MAIL + b".\r\n")
    await judge.asked.wait()
    await hung_up(client, running)
    judge.go_on.set()

    await until(lambda: len(running.hop.mails) == 1)
    assert running.hop.mails[0].endswith(MAIL)


async def test_a_client_that_hangs_up_while_the_next_hop_takes_the_mail_changes_nothing(start: Start) -> None:
    hop = Hop(before_dot=asyncio.Event())
    running = await start(hop=hop)
    client = await running.client()
    await begun(client)
    await client.send(MAIL + b".\r\n")
    await until(lambda: bool(hop.mails))
    await hung_up(client, running)
    assert hop.before_dot is not None
    hop.before_dot.set()
    await running.intake.stop(10)

    assert ["RCPT TO:<b@hop.example>", "DATA", "QUIT"] == hop.commands[-3:]


async def test_a_client_that_hangs_up_with_its_dot_is_heard_to_the_end(start: Start, store: Store) -> None:
    running = await start(judge=FixedJudge(Finding.IMPERSONATION))
    client = await running.client()
    await begun(client)
    client.writer.write(MAIL + b".\r\n")
    client.writer.write_eof()

    assert "250 2.0.0" == (await client.reply())[:9]
    assert 1 == len(await store.list())


@pytest.mark.parametrize("end", [b"", b"\r\n.", b"\r\n.\r", b".\r\n"[:1]])
async def test_a_mail_without_its_dot_goes_nowhere(start: Start, store: Store, end: bytes) -> None:
    running = await start()
    client = await running.client()
    await begun(client)
    client.writer.write(MAIL.removesuffix(b"\r\n") + end)
    client.writer.write_eof()

    assert not await client.reply()
    await running.intake.stop(5)
    assert ([], ()) == (running.hop.mails, await store.list())


@pytest.mark.parametrize(
    ("stage", "says"),
    [
        ("GREETING", "421 4.3.2 secret.example is down"),
        ("GREETING", None),
        ("EHLO", None),
        ("MAIL", "421 4.3.2 secret.example"),
        ("MAIL", None),
        ("RCPT", None),
        ("RCPT", "garbage"),
        ("RCPT", "354 ?"),
        ("DATA", None),
        ("DATA", "250 what?"),
        ("DOT", None),
        ("DOT", "421 4.3.2 secret.example"),
        ("DOT", "199 what?"),
    ],
)
async def test_a_next_hop_that_goes_away_is_a_451_without_internals(
    start: Start, stage: str, says: str | None
) -> None:
    client = await (await start(hop=Hop({stage: says}))).client()
    replies = {"EHLO": "", "GREETING": ""}
    replies["MAIL"] = await client.say("MAIL FROM:<a@client.example>")
    replies["RCPT"] = await client.say("RCPT TO:<b@hop.example>")
    replies["DATA"] = await client.say("DATA")
    if replies["DATA"].startswith("354"):
        await client.send(MAIL + b".\r\n")
        replies["DOT"] = await client.reply()

    at = {"GREETING": "RCPT", "EHLO": "RCPT", "MAIL": "RCPT", "DATA": "DOT"}.get(stage, stage)
    assert AWAY == replies[at]
    assert AWAY == next(reversed(replies.values()))
    assert not any(reply.startswith("5") for reply in replies.values())


@pytest.mark.parametrize("stage", ["GREETING", "EHLO", "MAIL", "RCPT", "DATA", "DOT"])
async def test_a_next_hop_that_hangs_is_a_451(start: Start, stage: str) -> None:
    client = await (await start(hop=Hop({stage: ...}), hop_timeout=0.2)).client()

    assert AWAY == await client.mail(MAIL)


async def test_a_next_hop_that_comes_back_takes_the_next_mail(start: Start) -> None:
    running = await start(hop=Hop({"MAIL": [None]}))
    client = await running.client()

    assert AWAY == await client.mail(MAIL)
    await client.say("RSET")
    assert "250 2.0.0 queued as HOP1" == await client.mail(MAIL)


async def test_a_next_hop_that_ends_a_kept_connection_is_asked_again(start: Start) -> None:
    running = await start(hop=Hop({"MAIL": ["250 2.1.0 Ok", None, "250 2.1.0 Ok"]}), keep_idle=60)
    first, second = await running.client(), await running.client()

    assert "250 2.0.0 queued as HOP1" == await first.mail(MAIL)
    await first.say("QUIT")
    await until(lambda: len(running.intake._service.connections) == 1)
    assert "250 2.0.0 queued as HOP1" == await second.mail(MAIL)
    verbs = [command.split()[0] for command in running.hop.commands]
    assert ["EHLO", "MAIL", "RCPT", "DATA", "MAIL", "EHLO", "MAIL", "RCPT", "DATA"] == verbs[-9:]


async def test_recipients_accepted_before_the_next_hop_went_away_do_not_bounce(start: Start) -> None:
    running = await start(hop=Hop({"RCPT": ["250 2.1.5 Ok", None]}))
    client = await running.client()
    await client.say("MAIL FROM:<a@client.example>", "RCPT TO:<b@hop.example>", "RCPT TO:<c@hop.example>")

    assert AWAY == await client.say("DATA")
    assert AWAY == await client.say("MAIL FROM:<a@client.example>")
    assert "250 2.0.0 Ok" == await client.say("RSET")
    assert "250 2.0.0 queued as HOP1" == await client.mail(MAIL)


async def test_nothing_listens_at_the_next_hop(start: Start) -> None:
    running = await start()
    running.hop.stop()
    client = await running.client()

    assert AWAY == await client.say("MAIL FROM:<a@client.example>", "RCPT TO:<b@hop.example>")


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "DOT"])
@pytest.mark.parametrize("refusal", ["554 5.7.1 <a@client.example>: no", "452 4.2.2 mailbox full"])
async def test_a_refusal_of_the_next_hop_is_passed_back_as_it_is(
    start: Start, stage: str, refusal: str
) -> None:
    running = await start(hop=Hop({stage: [refusal]}))
    client = await running.client()
    said = [await client.say("MAIL FROM:<a@client.example>"), await client.say("RCPT TO:<b@hop.example>")]
    said.append(await client.say("DATA"))
    if said[-1].startswith("354"):
        await client.send(MAIL + b".\r\n")
        said.append(await client.reply())

    assert refusal in said
    assert stage in {"MAIL", "RCPT"} or running.hop.commands[-1] == "RSET"
    assert "250 2.0.0 Ok" == await client.say("RSET")
    assert "250 2.0.0 queued as HOP1" == await client.mail(MAIL)


async def test_a_mail_over_the_size_is_refused_after_its_real_end(start: Start) -> None:
    running = await start(max_message_size=65536)
    client = await running.client()
    await begun(client)
    smuggled = b"x\n.\r\nMAIL FROM:<smuggled@evil.example>\r\n"
    await client.send(b"x" * 70_000 + b"\r\n" + smuggled + b".\r\nNOOP\r\n")

    assert "552 5.3.4 Message size exceeds fixed limit" == await client.reply()
    assert "250 2.0.0 Ok" == await client.reply()
    assert "RSET" == running.hop.commands[-1]


@pytest.mark.parametrize("injected", [INSIDE[name] for name in FORBIDDEN], ids=FORBIDDEN)
async def test_nothing_is_smuggled(start: Start, injected: bytes) -> None:
    running = await start()
    client = await running.client()
    await begun(client)
    inner = b"MAIL FROM:<s@evil.example>\r\nRCPT TO:<b@hop.example>\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\n"
    await client.send(MAIL + b"hello" + injected + inner)

    assert "550 5.6.0 Message has a bare CR, a bare LF or a NUL" == await client.reply()
    assert [] == running.hop.mails
    assert not any("evil" in command for command in running.hop.commands)


async def test_a_full_quarantine_is_a_451_without_internals(start: Start) -> None:
    client = await (await start(judge=FixedJudge(Finding.IMPERSONATION), holds=FullStore())).client()

    assert "451 4.3.0 Mail system not ready, try again later" == await client.mail(MAIL)
    assert "250 2.0.0 Ok" == await client.say("NOOP")


async def test_a_judge_that_explodes_is_a_451_without_internals(start: Start) -> None:
    running = await start(judge=RaisingJudge())
    client = await running.client()

    assert "451 4.3.0 Mail system not ready, try again later" == await client.mail(MAIL)
    assert [] == running.hop.mails


async def test_a_client_that_says_nothing_hears_421(start: Start) -> None:
    client = await (await start(idle_timeout=0.1)).client()

    assert ["421 4.4.2 No word for too long, good-bye", ""] == [await client.reply(), await client.reply()]


@pytest.mark.parametrize("begins", [True, False])
async def test_a_client_that_is_never_idle_and_never_done_hears_421(start: Start, begins: bool) -> None:
    # The least rate is so high that nobody has it; a command must come within the same time.
    client = await (await start(idle_timeout=0.5, min_data_rate=10**9)).client()
    if begins:
        await begun(client)

    async def drip() -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                await client.send(b"x")
                await asyncio.sleep(0.01)

    dripping = asyncio.create_task(drip())
    assert "421 4.4.2" == (await client.reply())[:9]
    dripping.cancel()


@pytest.mark.parametrize("option", ["max_time_without_mail", "max_session_time"])
async def test_a_client_that_only_talks_hears_421(start: Start, option: str) -> None:
    client = await (await start(max_commands_without_mail=10**9, **{option: 0.2})).client()
    while (reply := await client.say("NOOP")).startswith("250"):
        pass

    assert "421 4.4.2" == reply[:9]


async def test_a_client_that_takes_no_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_LINGER", 0.05)
    # It comes to an end at all.
    outcome = await talk([[b"NOOP\r\n"]], is_deaf=True, idle_timeout=0.05)

    assert outcome.replies.endswith(b"421 4.4.2 No word for too long, good-bye\r\n")


@pytest.mark.parametrize(("count", "last"), [(98, "250"), (99, "250"), (100, "421")])
async def test_commands_that_bring_no_mail_are_counted(start: Start, count: int, last: str) -> None:
    # EHLO was the first one.
    client = await (await start(max_commands_without_mail=100)).client()
    replies = [await client.say("NOOP") for _ in range(count)]

    assert {"250"} == {reply[:3] for reply in replies[:-1]}
    assert last == replies[-1][:3]


async def test_commands_are_counted_again_after_each_mail(start: Start) -> None:
    client = await (await start(max_commands_without_mail=10)).client()
    for _ in range(5):
        assert (await client.mail(MAIL)).startswith("250")
        assert ["250"] * 8 == [(await client.say("RSET"))[:3] for _ in range(8)]


@pytest.mark.parametrize(("length", "code"), [(599, "250"), (600, "250"), (601, "500")])
async def test_a_command_line_over_the_limit_is_refused(start: Start, length: int, code: str) -> None:
    client = await (await start(max_command_length=600)).client()

    assert code == (await client.say("NOOP " + "x" * (length - 7)))[:3]
    assert "250 2.0.0 Ok" == await client.say("NOOP")


async def test_a_long_command_line_is_refused_whole_however_its_octets_come(start: Start) -> None:
    client = await (await start()).client()
    for piece in (b"NOOP " + b"x" * 3000, b"x" * 3000, b"x\r\n"):
        await client.send(piece)
        await asyncio.sleep(0)

    assert "500 5.5.2 Command line too long" == await client.reply()
    assert "250 2.0.0 Ok" == await client.say("NOOP")


@pytest.mark.parametrize(("count", "last"), [(3, "500"), (4, "500"), (5, "421")])
async def test_errors_over_the_limit_end_the_connection(start: Start, count: int, last: str) -> None:
    client = await (await start(max_errors=4)).client()

    assert last == [(await client.say("WHAT"))[:3] for _ in range(count)][-1]


async def test_recipients_over_the_limit_come_again_and_the_others_get_their_mail(start: Start) -> None:
    running = await start(max_recipients=3)
    client = await running.client()
    await client.say("MAIL FROM:<a@client.example>")
    replies = [(await client.say(f"RCPT TO:<b{number}@hop.example>"))[:9] for number in range(5)]

    assert ["250 2.0.0"] * 3 + ["452 4.5.3"] * 2 == replies
    await client.say("DATA")
    await client.send(MAIL + b".\r\n")
    assert "250 2.0.0 queued as HOP1" == await client.reply()
    assert 3 == sum(command.startswith("RCPT") for command in running.hop.commands)


async def test_a_header_over_the_limit_is_refused_and_the_session_goes_on(start: Start) -> None:
    client = await (await start(max_header_size=16384)).client()

    assert "552 5.3.4 Message header size exceeds fixed limit" == await client.mail(
        b"X: " + b"a" * 17000 + b"\r\n\r\nx\r\n"
    )
    assert "250 2.0.0 queued as HOP1" == await client.mail(MAIL)


@pytest.mark.parametrize("injected", [INSIDE[name] for name in FORBIDDEN], ids=FORBIDDEN)
async def test_with_line_ends_put_right_nothing_is_smuggled_either(start: Start, injected: bytes) -> None:
    running = await start(bare_newlines="normalize")
    client = await running.client()
    await begun(client)
    inner = b"MAIL FROM:<s@evil.example>\r\nRCPT TO:<b@hop.example>\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\n"
    await client.send(MAIL + b"hello" + injected + inner)

    assert ("550" if b"\0" in injected else "250") == (await client.reply())[:3]
    assert "250 2.0.0 Ok" == await client.say("NOOP")
    assert (0 if b"\0" in injected else 1) == len(running.hop.mails)
    assert not any("evil" in command for command in running.hop.commands)
    for mail in running.hop.mails:
        assert b"\r\nMAIL FROM:<s@evil.example>\r\n" in mail
        assert mail.count(b"\n") == mail.count(b"\r") == mail.count(b"\r\n")


async def test_a_client_that_stops_in_its_mail_hears_421(start: Start) -> None:
    client = await (await start(idle_timeout=0.5)).client()
    await begun(client)
    await client.send(b"Subject: x\r\n")

    assert "421 4.4.2" == (await client.reply())[:9]


async def test_a_client_that_waits_for_us_is_not_idle(start: Start) -> None:
    judge = WaitingJudge()
    client = await (await start(judge=judge, idle_timeout=0.5)).client()
    await begun(client)
    await client.send(MAIL + b".\r\n")
    await judge.asked.wait()
    await asyncio.sleep(0.8)
    judge.go_on.set()

    assert "250 2.0.0 queued as HOP1" == await client.reply()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"NOOP\n", "500 5.5.2 Command lines end in CRLF"),
        (b"MAIL FROM:<a\0b@c.example>\r\n", "501 5.5.2 Control character in command"),
        (b"MAIL FROM:<a@c.example>\rRCPT TO:<x@y.example>\r\n", "501 5.5.2 Control character in command"),
        (b"XFORWARD ADDR=1.2.3.4\r\n", "550 5.7.0 Not authorized"),
        (b"XCLIENT ADDR=1.2.3.4\r\n", "550 5.7.0 Not authorized"),
        (b"PROXY TCP4 1.2.3.4 127.0.0.1 1 25\r\n", "500 5.5.1 Command not recognized"),
        (b"NOOP " + b"x" * 5000 + b"\r\n", "500 5.5.2 Command line too long"),
        (b"\r\n", "500 5.5.1 Command not recognized"),
        (b"RCPT TO:<b@hop.example>\r\n", "503 5.5.1 MAIL first"),
        (b"DATA\r\n", "503 5.5.1 MAIL first"),
        (b"STARTTLS\r\n", "500 5.5.1 Command not recognized"),
    ],
)
async def test_a_wrong_command_is_refused_and_the_session_goes_on(
    start: Start, data: bytes, expected: str
) -> None:
    client = await (await start()).client()
    await client.send(data)

    assert expected == await client.reply()
    assert "250 2.0.0 Ok" == await client.say("NOOP")


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.0\r\n\r\n",
        b"POST / HTTP/1.1\r\n",
        b"BDAT 5 LAST\r\n.\r\n..",
        b"EHLO a.example\r\nMAIL FROM:<a@b.example>\r\n",
        b"x" * 10_000_000,
    ],
)
async def test_what_is_not_smtp_ends_the_connection(start: Start, data: bytes) -> None:
    running = await start()
    client = await Client.connect(running.port)
    client.writer.write(data)

    assert "521 5.5.2 Protocol error" == await client.reply()
    assert not await client.reply()
    assert not any(command.startswith("MAIL") for command in running.hop.commands)


async def test_a_mail_sent_before_our_354_ends_the_connection(start: Start) -> None:
    running = await start()
    client = await running.client()
    await client.say("MAIL FROM:<a@c.example>", "RCPT TO:<b@hop.example>")
    await client.send(b"DATA\r\n" + MAIL + b".\r\n")

    assert ["521 5.5.2 Protocol error", ""] == [await client.reply(), await client.reply()]
    assert [] == running.hop.mails


async def test_too_many_errors_end_the_connection(start: Start) -> None:
    client = await (await start()).client()
    replies = [(await client.say("WHAT"))[:3] for _ in range(11)]

    assert ["500"] * 10 + ["421"] == replies
