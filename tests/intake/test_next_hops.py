"""What a client hears where there are several next hops, or one that answers for each recipient."""

from itertools import product

import pytest

from tests.intake.client import Client
from tests.intake.conftest import Running, Start
from tests.intake.hop import EHLO, Hop

MAIL = b"Subject: x\r\n\r\nx\r\n"
AWAY = "451 4.4.1 Mail system not ready, try again later"
NO_DSN = EHLO.replace("250-DSN\r\n", "")
OFFERED = "451 4.3.5 What was offered cannot be done at the moment, try again later"


async def two(start: Start, first: Hop, second: Hop) -> Running:
    await second.start()
    return await start(hop=first, next_hops={"fallback": (f"smtp://127.0.0.1:{second.port}",)})


async def test_where_one_is_away_the_next_one_takes_the_mail_of_the_same_client(start: Start) -> None:
    second = Hop()
    client = await (await two(start, Hop({"GREETING": "421 4.3.2 Full"}), second)).client()

    assert "250 2.0.0 queued as HOP1" == await client.mail(MAIL)
    assert 1 == len(second.mails)
    second.stop()


async def test_where_one_goes_away_between_two_mails_the_next_one_takes_the_second(start: Start) -> None:
    first, second = Hop({"MAIL": ["250 2.1.0 Ok", None, None]}), Hop()
    client = await (await two(start, first, second)).client()

    for _ in range(2):
        assert "250 2.0.0 queued as HOP1" == await client.mail(MAIL)
    assert (1, 1) == (len(first.mails), len(second.mails))
    second.stop()


@pytest.mark.parametrize("stage", ["DATA", "DOT"])
async def test_who_has_taken_mail_and_fails_is_451_and_nobody_else_gets_that_mail(
    start: Start, stage: str
) -> None:
    first, second = Hop({stage: None}), Hop()
    client = await (await two(start, first, second)).client()

    assert (await client.mail(MAIL)).startswith("451 ")
    assert [] == second.mails
    # The sender comes again, and the one that failed is passed over.
    await client.say("RSET")
    assert "250 2.0.0 queued as HOP1" == await client.mail(MAIL)
    assert 1 == len(second.mails)
    second.stop()


async def test_what_was_offered_and_the_next_hop_of_this_mail_cannot_do_is_never_left_out(
    start: Start,
) -> None:
    first, second = Hop({"MAIL": [None]}), Hop({"EHLO": NO_DSN})
    client = await (await two(start, first, second)).client()

    for mail, rcpt in (("RET=HDRS", ""), ("", "NOTIFY=NEVER")):
        assert OFFERED == await client.say(f"MAIL FROM:<a@b.example> {mail}", f"RCPT TO:<c@d.example> {rcpt}")
        await client.say("RSET")
    await client.say("MAIL FROM:<a@b.example>")
    assert (await client.say("RCPT TO:<c@d.example>")).startswith("250 ")
    assert OFFERED == await client.say("RCPT TO:<e@d.example> NOTIFY=NEVER")
    # Who says EHLO again hears what there is.
    assert "DSN" not in await client.say("EHLO client.example")
    second.stop()


async def test_smtputf8_that_was_offered_does_not_bounce(start: Start) -> None:
    second = Hop({"EHLO": EHLO.replace("250-SMTPUTF8\r\n", "")})
    client = await (await two(start, Hop({"MAIL": [None]}), second)).client()

    assert OFFERED == await client.say("MAIL FROM:<a@b.example> SMTPUTF8", "RCPT TO:<c@d.example>")
    await client.say("RSET", "MAIL FROM:<a@b.example>")
    assert (await client.say("RCPT TO:<c@d.example>")).startswith("250 ")
    second.stop()


async def test_a_client_that_gives_another_name_is_told_anew(start: Start) -> None:
    hop = Hop({"EHLO": "250-hop.example\r\n250-PIPELINING\r\n250 XFORWARD HELO"})
    client = await (await start(hop=hop, keep_idle=60)).client()
    await client.mail(MAIL)
    await client.say("EHLO other.example")
    for _ in range(2):
        await client.mail(MAIL)

    told = [command for command in hop.commands if command.startswith("XFORWARD")]
    assert ["XFORWARD HELO=client.example", *["XFORWARD HELO=other.example"] * 2] == told
    assert 1 == sum(command.startswith("EHLO") for command in hop.commands)


@pytest.mark.parametrize(("content", "reply"), [(b"x\r\n", "250"), (b"\xe9\r\n", "554")])
async def test_eight_bits_that_nobody_offered_to_carry_are_not_carried(
    start: Start, content: bytes, reply: str
) -> None:
    running = await start(hop=Hop({"EHLO": "250 hop.example"}))
    client = await running.client()

    await client.say("MAIL FROM:<a@b.example> BODY=8BITMIME")
    await client.say("RCPT TO:<c@d.example>")
    await client.say("DATA")
    await client.send(b"Subject: x\r\n\r\n" + content + b".\r\n")
    assert reply == (await client.reply()).split()[0]
    assert (reply == "250") == bool(running.hop.mails)


# THREATS R13. LMTP answers the dot for each recipient, SMTP for all: so one recipient a transaction, and the
# client comes again with the others. What it hears of each is what has become of it.
FATES = ("250 2.0.0 Stored", "452 4.2.2 Mailbox full", "550 5.2.1 Mailbox closed")


@pytest.mark.parametrize("count", range(1, 11))
async def test_by_lmtp_each_recipient_has_the_fate_that_the_client_hears(start: Start, count: int) -> None:
    fates = [second for pair in product(FATES, FATES) for second in pair][:count]
    running = await start(scheme="lmtp", hop=Hop({"DOT": list(fates)}))
    client = await running.client()

    heard: dict[str, str] = {}
    waiting = [f"r{number}@d.example" for number in range(count)]
    while waiting:
        waiting = await _one_transaction(client, waiting, heard)

    assert fates == [heard[f"r{number}@d.example"] for number in range(count)]
    recipients = [line for line in running.hop.commands if line.startswith("RCPT")]
    assert [f"RCPT TO:<r{number}@d.example>" for number in range(count)] == recipients
    assert count == len(running.hop.mails)


async def _one_transaction(client: Client, waiting: list[str], heard: dict[str, str]) -> list[str]:
    """As a client does it (RFC 5321 section 4.5.3.1.10); those who heard 452 at RCPT wait for the next."""
    await client.say("MAIL FROM:<a@b.example>")
    answers = {path: await client.say(f"RCPT TO:<{path}>") for path in waiting}
    taken = [path for path, answer in answers.items() if answer.startswith("250 ")]
    await client.say("DATA")
    await client.send(MAIL + b".\r\n")
    heard.update(dict.fromkeys(taken, await client.reply()))
    later = [path for path in waiting if path not in taken]
    assert all(answers[path].startswith("452 4.5.3 ") for path in later)
    return later


async def test_who_takes_mail_and_recipient_together_is_asked_together_and_hears_no_more_of_a_no(
    start: Start,
) -> None:
    """THREATS R6. Its answer to the recipient of no transaction is nobody's."""
    hop = Hop({"MAIL": ["550 5.7.1 Not you"], "RCPT": ["503 5.5.1 MAIL first"]})
    client = await (await start(hop=hop)).client()

    assert "250 2.1.0 Ok" == await client.say("MAIL FROM:<a@b.example>")
    assert [] == [command for command in hop.commands if command.startswith("MAIL")]
    for recipient in ("c@d.example", "e@d.example"):
        assert "550 5.7.1 Not you" == await client.say(f"RCPT TO:<{recipient}>")
    assert "503 5.5.1 No valid recipient" == await client.say("DATA")
    await client.say("RSET")
    assert "250 2.0.0 queued as HOP1" == await client.mail(MAIL)
    verbs = [command.split()[0] for command in hop.commands if command[:4] not in {"EHLO", "QUIT"}]
    assert ["MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA"] == verbs


async def test_a_no_to_mail_stands_though_the_next_hop_hangs_up_then(start: Start) -> None:
    client = await (await start(hop=Hop({"MAIL": ["550 5.7.1 Not you"], "RCPT": [None]}))).client()

    said = await client.say("MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>")
    assert "550 5.7.1 Not you" == said
    await client.say("RSET")
    assert "250 2.0.0 queued as HOP1" == await client.mail(MAIL)


async def test_where_the_next_hop_is_away_each_recipient_hears_it_and_it_is_asked_once(start: Start) -> None:
    hop = Hop({"GREETING": [None, None]})
    running = await start(hop=hop)
    client = await running.client()
    before = hop.ended

    await client.say("MAIL FROM:<a@b.example>")
    for recipient in ("c@d.example", "e@d.example"):
        assert (await client.say(f"RCPT TO:<{recipient}>")).startswith("451 4.4.1 ")
    assert before + 1 == hop.ended
