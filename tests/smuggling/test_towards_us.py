"""THREATS S1 to S18: one mail is one mail, wherever its sender says that it ends."""

import asyncio
import re

import pytest

from milter.intake.reception import Reception
from tests.intake.client import Client
from tests.intake.conftest import Running, Start
from tests.smuggling.vectors import FORBIDDEN, HIDDEN, INSIDE, LEGAL, WITH_NUL, mail, unstuffed

NOT_LINES = "550 5.6.0 Message has a bare CR, a bare LF or a NUL"
TAKEN = "250 2.0.0 queued as HOP1"
END = b"\r\n.\r\n"


async def begun(running: Running) -> Client:
    client = await running.client()
    await client.say("MAIL FROM:<a@client.example>", "RCPT TO:<b@hop.example>", "DATA")
    return client


def heard_nothing_hidden(running: Running) -> bool:
    return not any("smuggled" in command for command in running.hop.commands)


@pytest.mark.parametrize("name", FORBIDDEN)
async def test_a_mail_that_ends_twice_is_refused_once(start: Start, name: str) -> None:
    running = await start()
    client = await begun(running)
    await client.send(mail(name) + b".\r\n")

    assert NOT_LINES == await client.reply()
    assert "250 2.0.0 Ok" == await client.say("NOOP")
    assert [] == running.hop.mails
    assert heard_nothing_hidden(running)


@pytest.mark.parametrize("name", FORBIDDEN)
async def test_a_mail_whose_lines_are_put_right_is_one_mail(start: Start, name: str) -> None:
    running = await start(bare_newlines="normalize")
    client = await begun(running)
    await client.send(mail(name) + b".\r\n")

    assert (NOT_LINES if name in WITH_NUL else TAKEN) == await client.reply()
    assert "250 2.0.0 Ok" == await client.say("NOOP")
    assert heard_nothing_hidden(running)
    for arrived in running.hop.mails:
        assert HIDDEN.encode() in arrived
        assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\0", arrived)
    assert len(running.hop.mails) == (name not in WITH_NUL)


async def test_s14_a_dot_that_was_stuffed_is_a_dot(start: Start) -> None:
    running = await start()
    client = await begun(running)
    await client.send(mail(LEGAL) + b".\r\n")

    assert TAKEN == await client.reply()
    [arrived] = running.hop.mails
    assert arrived.endswith(unstuffed(mail(LEGAL)))


@pytest.mark.parametrize("name", INSIDE)
def test_s15_wherever_the_segments_are_cut_the_end_is_the_same(name: str) -> None:
    wire = mail(name) + END[2:] + b"QUIT\r\n"
    expected = received(wire, len(wire))

    assert {expected} == {received(wire, step) for step in range(1, 6)}
    assert {expected} == {received(wire, cut, len(wire)) for cut in range(len(wire) - 12, len(wire))}


def received(wire: bytes, *steps: int) -> tuple[bytes, bytes]:
    """What was taken for the mail, and what for the commands after it; the last step is taken again."""
    reception = Reception(10_000_000)
    at, rest, sizes = 0, None, list(steps)
    while rest is None:
        step = sizes.pop(0) if len(sizes) > 1 else sizes[0]
        rest = reception.feed(wire[at : at + step])
        at += step
    mail = reception.mail()
    return (mail if isinstance(mail, bytes) else str(mail).encode()), rest + wire[at:]


async def test_s15_an_end_that_comes_octet_by_octet_is_an_end(start: Start) -> None:
    running = await start()
    client = await begun(running)
    for octet in b"Subject: x\r\n\r\nhello" + END:
        await client.send(bytes((octet,)))
        await asyncio.sleep(0)

    assert TAKEN == await client.reply()
    assert running.hop.mails[0].endswith(b"Subject: x\r\n\r\nhello\r\n")


@pytest.mark.parametrize("name", ["S1", "S5", "S7", "S9"])
async def test_s16_a_mail_over_the_size_is_read_to_its_real_end(start: Start, name: str) -> None:
    running = await start(max_message_size=1024 * 1024)
    client = await begun(running)
    await client.send(b"Subject: x\r\n\r\n" + b"line\r\n" * 400_000 + mail(name) + b".\r\nNOOP\r\n")

    assert "552 5.3.4 Message size exceeds fixed limit" == await client.reply()
    assert "250 2.0.0 Ok" == await client.reply()
    assert [] == running.hop.mails
    assert heard_nothing_hidden(running)


async def test_s17_a_mail_that_does_not_wait_for_354_ends_the_connection(start: Start) -> None:
    running = await start()
    client = await running.client()
    await client.say("MAIL FROM:<a@client.example>", "RCPT TO:<b@hop.example>")
    await client.send(b"DATA\r\n" + mail(LEGAL) + b".\r\n")

    assert ["521 5.5.2 Protocol error", ""] == [await client.reply(), await client.reply()]
    assert [] == running.hop.mails
    assert heard_nothing_hidden(running)


async def test_s18_two_mails_in_one_segment_are_two_mails_in_order(start: Start) -> None:
    running = await start()
    client = await begun(running)
    second = b"MAIL FROM:<second@client.example>\r\nRCPT TO:<c@hop.example>\r\nDATA\r\n"
    await client.send(b"Subject: first\r\n\r\none" + END + second)

    assert [TAKEN[:3], "250", "250", "354"] == [(await client.reply())[:3] for _ in range(4)]
    await client.send(b"Subject: second\r\n\r\ntwo" + END)
    assert TAKEN == await client.reply()
    assert [b"Subject: first\r\n\r\none\r\n", b"Subject: second\r\n\r\ntwo\r\n"] == [
        arrived[arrived.index(b"Subject") :] for arrived in running.hop.mails
    ]
    assert ["MAIL FROM:<a@client.example>", "MAIL FROM:<second@client.example>"] == [
        command for command in running.hop.commands if command.startswith("MAIL")
    ]
