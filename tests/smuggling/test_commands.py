"""THREATS S19 to S31: no octet becomes a command that its sender did not end with CRLF at the right time.

S20, what is sent in the clear beside STARTTLS, is with the other tests of TLS, in tests/intake/test_tls.py.
"""

import asyncio

import pytest

from milter.mail.envelope import Envelope
from milter.mail.message import Message
from milter.verdict.verdict import Verdict
from tests.intake.client import Client
from tests.intake.conftest import Running, Start
from tests.intake.hop import Hop
from tests.intake.judges import FixedJudge

MAIL = b"From: a@client.example\r\nSubject: x\r\n\r\nhello\r\n"
TAKEN = "250 2.0.0 queued as HOP1"
PROTOCOL_ERROR = ["521 5.5.2 Protocol error", ""]


def verbs(running: Running) -> set[str]:
    return {command.split()[0] for command in running.hop.commands}


async def replies(client: Client, number: int) -> list[str]:
    return [await client.reply() for _ in range(number)]


async def test_s19_a_line_that_ends_in_lf_alone_is_no_command(start: Start) -> None:
    running = await start()
    client = await Client.connect(running.port)
    await client.send(b"EHLO a.example\nMAIL FROM:<a@b.example>\nNOOP\r\n")

    refused = "500 5.5.2 Command lines end in CRLF"
    assert [refused, refused, "250 2.0.0 Ok"] == await replies(client, 3)
    assert set() == verbs(running)


@pytest.mark.parametrize(
    "line",
    [
        b"MAIL FROM:<a\x00b@c.example>\r\n",
        b"MAIL FROM:<a@c.example>\rRCPT TO:<x@y.example>\r\n",
        b"MAIL FROM:<a@c.example>\x0bRCPT TO:<x@y.example>\r\n",
        b"MAIL FROM:<a@c.example\xc2\x85RCPT TO:<x@y.example>\r\n",
        "MAIL FROM:<a@c.example>\u2028RCPT TO:<x@y.example> SMTPUTF8\r\n".encode(),
        b"MAIL FROM:<a@c.example> RCPT TO:<x@y.example>\r\n",
        b"MAIL FROM:<a@c.example> ENVID=x\x7f\r\n",
    ],
)
async def test_s21_a_path_that_holds_a_line_end_is_no_path(start: Start, line: bytes) -> None:
    running = await start()
    client = await running.client()
    await client.send(line)

    assert (await client.reply())[:3] in {"500", "501", "553", "555"}
    assert "250 2.0.0 Ok" == await client.say("NOOP")
    assert "MAIL" not in verbs(running)


async def test_s21_a_path_that_is_cut_by_lf_is_no_path(start: Start) -> None:
    running = await start()
    client = await running.client()
    await client.send(b"MAIL FROM:<a\n@c.example>\r\nNOOP\r\n")

    assert ["500", "500", "250"] == [reply[:3] for reply in await replies(client, 3)]
    assert "MAIL" not in verbs(running)


@pytest.mark.parametrize(
    "said",
    [
        b"BDAT 5 LAST\r\n.\r\n..",
        b"BDAT 36\r\nMAIL FROM:<smuggled@evil.example>\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: gw.example\r\n\r\nMAIL FROM:<smuggled@evil.example>\r\n",
        b"CONNECT gw.example:25 HTTP/1.1\r\nMAIL FROM:<smuggled@evil.example>\r\n",
    ],
    ids=["S22", "S22 commands", "S23 GET", "S23 POST", "S23 CONNECT"],
)
async def test_what_belongs_to_another_protocol_ends_the_connection(start: Start, said: bytes) -> None:
    running = await start()
    client = await running.client()
    await client.say("MAIL FROM:<a@client.example>", "RCPT TO:<b@hop.example>")
    await client.send(said)

    assert PROTOCOL_ERROR == await replies(client, 2)
    assert not any("smuggled" in command for command in running.hop.commands)


@pytest.mark.parametrize("length", [513, 2000])
async def test_s24_a_long_command_is_read(start: Start, length: int) -> None:
    client = await (await start()).client()

    assert "250 2.0.0 Ok" == await client.say("NOOP " + "x" * (length - 7))


async def test_s24_a_longer_command_is_refused_whole(start: Start) -> None:
    running = await start()
    client = await running.client()
    await client.send(b"NOOP " + b"x" * 10_000 + b" MAIL FROM:<smuggled@evil.example>\r\nNOOP\r\n")

    assert ["500 5.5.2 Command line too long", "250 2.0.0 Ok"] == await replies(client, 2)
    assert set() == verbs(running) - {"EHLO", "QUIT"}


async def test_s24_a_command_without_end_ends_the_connection(start: Start) -> None:
    client = await Client.connect((await start()).port)
    client.writer.write(b"x" * 10_000_000)

    assert PROTOCOL_ERROR == await replies(client, 2)


async def test_s25_the_first_hundred_recipients_get_the_mail(start: Start) -> None:
    running = await start()
    client = await running.client()
    await client.say("MAIL FROM:<a@client.example>")
    rcpt = [f"RCPT TO:<r{number}@hop.example>\r\n" for number in range(5000)]
    send = asyncio.create_task(client.send("".join(rcpt).encode()))
    answers = await replies(client, 5000)
    await send

    assert [True] * 100 + [False] * 4900 == [answer.startswith("250") for answer in answers]
    assert {"452 4.5.3 Too many recipients, send the others in another mail"} == set(answers[100:])
    assert (await client.say("DATA")).startswith("354")
    await client.send(MAIL + b".\r\n")
    assert TAKEN == await client.reply()
    assert 100 == sum(command.startswith("RCPT") for command in running.hop.commands)


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ("SIZE=99999999999", "552"),
        ("SIZE=99999999999999999999999999", "501"),
        ("SIZE=-1", "501"),
        ("SIZE=1 SIZE=2", "501"),
        ("BODY=BINARYMIME", "501"),
        ("WHAT=EVER", "555"),
        ("=", "501"),
    ],
)
async def test_s26_a_parameter_that_cannot_be_kept_is_refused(
    start: Start, parameter: str, expected: str
) -> None:
    running = await start()
    client = await running.client()

    assert expected == (await client.say(f"MAIL FROM:<a@client.example> {parameter}"))[:3]
    assert "MAIL" not in verbs(running)


async def test_s26_smtputf8_is_refused_where_the_next_hop_has_none(start: Start) -> None:
    client = await (await start(hop=Hop({"EHLO": "250 hop.example"}))).client()

    await client.say("MAIL FROM:<a@client.example> SMTPUTF8")
    assert "550 5.6.7" == (await client.say("RCPT TO:<b@hop.example>"))[:9]


@pytest.mark.parametrize(
    ("line", "number"), [("WHAT", 200), ("RSET", 1000), ("NOOP", 1000), ("VRFY x", 1000)]
)
async def test_s27_who_brings_no_mail_is_sent_away(start: Start, line: str, number: int) -> None:
    client = await (await start()).client()
    client.writer.write(f"{line}\r\n".encode() * number)
    answers = await replies(client, 102)

    assert "421" in {answer[:3] for answer in answers}
    assert "" == answers[-1]


class NotingJudge(FixedJudge):
    """Keeps who the client was."""

    client: str = ""

    async def judge(self, message: Message, envelope: Envelope | None) -> Verdict:
        self.client = envelope.client_address if envelope else ""
        return await super().judge(message, envelope)


@pytest.mark.parametrize(
    "line",
    [
        "XCLIENT ADDR=192.0.2.66",
        "XFORWARD ADDR=192.0.2.66 NAME=evil.example",
        "PROXY TCP4 192.0.2.66 127.0.0.1 1025 25",
    ],
)
async def test_s28_nobody_else_is_believed_about_who_the_client_is(start: Start, line: str) -> None:
    judge = NotingJudge()
    running = await start(judge=judge)
    client = await running.client()

    assert "5" == (await client.say(line))[:1]
    assert TAKEN == await client.mail(MAIL)
    assert "127.0.0.1" == judge.client
    assert not any("192.0.2.66" in command for command in running.hop.commands)


@pytest.mark.parametrize("length", [999, 1001, 2049, 65536, 1024 * 1024])
async def test_s29_a_long_line_arrives_as_it_was(start: Start, length: int) -> None:
    running = await start()
    client = await running.client()
    long = MAIL + b"x" * length + b"\r\n"

    assert TAKEN == await client.mail(long)
    assert running.hop.mails[0].endswith(long)


async def test_s29_a_longer_line_is_refused_in_clear_words(start: Start) -> None:
    client = await (await start()).client()

    answer = await client.mail(MAIL + b"x" * (1024 * 1024 + 1) + b"\r\n")
    assert "554 5.6.0 Message has a line longer than 1 MiB" == answer
    assert "250 2.0.0 Ok" == await client.say("NOOP")


STAGES = ("GREETING", "EHLO", "MAIL", "RCPT", "DATA", "DOT")
WRONG = {
    "1xx": "199 what",
    "6xx": "650 what",
    "garbage": "\x16\x03\x01",
    "long": "250 " + "x" * 100_000,
    "two codes": "250-a\r\n550 b",
    "421": "421 4.3.2 secret.example goes down",
    "close": None,
    "refusal": "451 4.3.0 Later",
}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("says", WRONG.values(), ids=WRONG)
async def test_s30_what_the_next_hop_does_wrong_is_never_a_success(
    start: Start, stage: str, says: str | None
) -> None:
    running = await start(hop=Hop({stage: says}))
    client = await running.client()
    answer = await client.mail(MAIL)

    assert "45" == answer[:2] or answer.startswith("503")
    assert "secret" not in answer
    assert stage == "DOT" or [] == running.hop.mails


@pytest.mark.parametrize("says", ["250-2.0.0 Kept\r\n250 2.0.0 for good", "250", "250 ", "299 what"])
async def test_s30_a_strange_success_is_a_success(start: Start, says: str) -> None:
    client = await (await start(hop=Hop({"DOT": says}))).client()

    assert says[:3] == (await client.mail(MAIL))[:3]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (("8BITMIME", "SMTPUTF8", "DSN"), {"8BITMIME", "SMTPUTF8", "DSN"}),
        (("8BITMIME",), {"8BITMIME"}),
        (("SMTPUTF8",), {"SMTPUTF8"}),
        ((), set()),
        (("CHUNKING", "BINARYMIME", "X-ODD", "AUTH PLAIN", "VRFY"), set()),
    ],
)
async def test_s31_what_is_offered_is_what_both_can_do(
    start: Start, theirs: tuple[str, ...], ours: set[str]
) -> None:
    lines = ["250-hop.example", *(f"250-{keyword}" for keyword in theirs), "250 HELP"]
    running = await start(hop=Hop({"EHLO": "\r\n".join(lines)}))
    client = await Client.connect(running.port)
    offered = {line[4:].split()[0] for line in (await client.say("EHLO c.example")).split("/")[1:]}

    assert ours == offered - {"PIPELINING", "SIZE"}
