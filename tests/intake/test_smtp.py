import asyncio

import pytest

from milter.config import SmtpConfig
from milter.errors import ConfigError
from milter.intake.listen import Listeners, wanted_by_smtp
from milter.quarantine.store import Store
from milter.verdict.verdict import Finding
from tests.intake.client import Client
from tests.intake.conftest import Start
from tests.intake.hop import Hop
from tests.intake.judges import FixedJudge, WaitingJudge

MAIL = b"From: A <a@client.example>\r\nTo: b@hop.example\r\nSubject: Bonjour\r\n\r\nhello\r\n"


async def test_ehlo_offers_what_we_and_the_next_hop_can_both_do(start: Start) -> None:
    ehlo = "250-hop.example\r\n250-SIZE 70000\r\n250-CHUNKING\r\n250-STARTTLS\r\n250 8BITMIME"
    hop = Hop({"EHLO": ehlo, "STARTTLS": "454 4.7.0 Not now"})
    client = await Client.connect((await start(hop=hop)).port)

    assert "250-gw.example/250-PIPELINING/250-SIZE 70000/250 8BITMIME" == await client.say("EHLO c.example")


async def test_ehlo_offers_only_our_own_when_the_next_hop_is_away(start: Start) -> None:
    hop = Hop({"GREETING": "421 not now"})
    client = await Client.connect((await start(hop=hop)).port)

    assert "250-gw.example/250-PIPELINING/250 SIZE 26214400" == await client.say("EHLO c.example")


async def test_an_ordinary_mail_arrives_byte_for_byte_below_our_fields(start: Start) -> None:
    running = await start()
    client = await running.client()

    assert "250 2.0.0 queued as HOP1" == await client.mail(MAIL)
    [arrived] = running.hop.mails
    assert arrived.endswith(MAIL)
    assert arrived.startswith(b"X-Vigimel-Finding: unrelated\r\n")


async def test_every_byte_of_a_strange_mail_arrives(start: Start) -> None:
    running = await start()
    raw = b"Subject: x\r\n\r\n" + bytes(range(128, 256)) + b"\r\n \t \r\n" + b"x" * 5000 + b"\r\n.x\r\n..\r\n"
    client = await running.client()
    await client.say("MAIL FROM:<a@client.example>", "RCPT TO:<b@hop.example>", "DATA")
    await client.send(raw.replace(b"\r\n.", b"\r\n..") + b".\r\n")
    await client.reply()

    assert running.hop.mails[0].endswith(raw)


async def test_paths_and_parameters_reach_the_next_hop_as_they_were_written(start: Start) -> None:
    running = await start()
    client = await running.client()
    await client.say("MAIL FROM:<Jo.Doe@Client.Example> Size=10 BODY=8BITMIME ENVID=aBc")
    await client.say("RCPT TO:<B@Hop.Example> NOTIFY=SUCCESS,failure")

    assert [
        "MAIL FROM:<Jo.Doe@Client.Example> Size=10 BODY=8BITMIME ENVID=aBc",
        "RCPT TO:<B@Hop.Example> NOTIFY=SUCCESS,failure",
    ] == running.hop.commands[-2:]


async def test_who_logged_in_before_us_is_not_offered_not_refused_and_not_passed_on(start: Start) -> None:
    auth = "250-hop.example\r\n250-DSN\r\n250 AUTH PLAIN"
    running = await start(hop=Hop({"EHLO": auth}))
    client = await Client.connect(running.port)
    assert "AUTH" not in await client.say("EHLO c.example")
    await client.say("MAIL FROM:<a@client.example> AUTH=<>", "RCPT TO:<b@hop.example>")

    assert ["MAIL FROM:<a@client.example>", "RCPT TO:<b@hop.example>"] == running.hop.commands[-2:]


async def test_an_internationalized_original_recipient_reaches_the_next_hop(start: Start) -> None:
    running = await start()
    client = await running.client()
    await client.say("MAIL FROM:<a@client.example> SMTPUTF8")
    await client.say("RCPT TO:<é@hop.example> ORCPT=utf-8;é@c.example")

    assert "RCPT TO:<é@hop.example> ORCPT=utf-8;é@c.example" == running.hop.commands[-1]


async def test_an_unknown_recipient_is_refused_at_rcpt_with_the_words_of_the_next_hop(start: Start) -> None:
    running = await start(hop=Hop({"RCPT": ["550 5.1.1 <b@hop.example>: unknown", "250 2.1.5 Ok"]}))
    client = await running.client()
    await client.say("MAIL FROM:<a@client.example>")

    assert "550 5.1.1 <b@hop.example>: unknown" == await client.say("RCPT TO:<b@hop.example>")
    assert "250 2.1.5 Ok" == await client.say("RCPT TO:<c@hop.example>")


@pytest.mark.parametrize("last_words", ["521 5.3.2 No mail here", "221 2.0.0 Bye", "421 4.3.2 Going"])
async def test_the_last_words_of_the_next_hop_are_not_ours(start: Start, last_words: str) -> None:
    is_no = last_words.startswith("521")
    running = await start(hop=Hop({"RCPT": ["250 2.1.5 Ok", last_words, *([None] if is_no else [])]}))
    client = await running.client()
    await client.say("MAIL FROM:<a@client.example>", "RCPT TO:<b@hop.example>")
    away = "451 4.4.1 Mail system not ready, try again later"
    refusal = "550 5.3.2 No mail here" if is_no else away

    assert refusal == await client.say("RCPT TO:<c@hop.example>")
    assert away == await client.say("RCPT TO:<d@hop.example>")
    await client.say("RSET")
    assert "250 2.0.0 queued as HOP1" == await client.mail(MAIL)


async def test_data_without_a_valid_recipient_is_refused(start: Start) -> None:
    client = await (await start(hop=Hop({"RCPT": "550 5.1.1 unknown"}))).client()
    await client.say("MAIL FROM:<a@client.example>", "RCPT TO:<b@hop.example>")

    assert "503 5.5.1 No valid recipient" == await client.say("DATA")


async def test_a_held_mail_is_answered_250_and_never_reaches_the_next_hop(start: Start, store: Store) -> None:
    running = await start(judge=FixedJudge(Finding.IMPERSONATION))
    client = await running.client()
    await client.say("MAIL FROM:<a@client.example>", "RCPT TO:<b@hop.example> NOTIFY=NEVER", "DATA")
    await client.send(MAIL + b".\r\n")
    reply = await client.reply()

    [held] = await store.list()
    assert "250 2.0.0 Ok" == reply[:12]
    assert (await store.raw(held.id)).endswith(MAIL)
    assert ("a@client.example", ("b@hop.example",), (("NOTIFY=NEVER",),)) == (
        held.envelope.reverse_path,
        held.envelope.forward_paths,
        held.envelope.rcpt_parameters,
    )
    assert ["RSET"] == running.hop.commands[-1:]
    assert [] == running.hop.mails


async def test_the_next_mail_of_the_same_client_uses_the_same_session(start: Start) -> None:
    running = await start()
    client = await running.client()
    await client.mail(MAIL)
    await client.mail(MAIL)

    assert 2 == len(running.hop.mails)
    # One for the question what the next hop can do, one for both mails.
    assert 2 == sum(command.startswith("EHLO") for command in running.hop.commands)


async def test_a_session_that_the_next_hop_ended_meanwhile_is_opened_again(start: Start) -> None:
    running = await start(hop=Hop({"MAIL": ["250 2.1.0 Ok", "421 4.4.2 timeout", "250 2.1.0 Ok"]}))
    client = await running.client()
    await client.mail(MAIL)

    assert "250 2.0.0 queued as HOP1" == await client.mail(MAIL)


async def test_more_recipients_than_allowed_are_asked_to_come_in_another_mail(start: Start) -> None:
    running = await start(max_recipients=2)
    client = await running.client()
    recipients = [f"r{number}@hop.example" for number in range(3)]
    await client.say("MAIL FROM:<a@client.example>")
    replies = [(await client.say(f"RCPT TO:<{recipient}>"))[:9] for recipient in recipients]

    assert ["250 2.0.0", "250 2.0.0", "452 4.5.3"] == replies


async def test_lmtp_takes_one_recipient_a_transaction(start: Start) -> None:
    running = await start(scheme="lmtp")
    client = await running.client()
    await client.say("MAIL FROM:<a@client.example>")
    replies = [(await client.say(f"RCPT TO:<r{number}@hop.example>"))[:9] for number in range(2)]

    assert ["250 2.0.0", "452 4.5.3"] == replies


async def test_a_whole_session_in_few_segments_is_done_in_order(start: Start) -> None:
    running = await start()
    client = await Client.connect(running.port)
    await client.say("EHLO client.example")
    replies = [await client.say("MAIL FROM:<a@c.example>", "RCPT TO:<b@hop.example>", "DATA")]
    await client.send(
        MAIL + b".\r\nMAIL FROM:<second@c.example>\r\nRCPT TO:<b@hop.example>\r\nRSET\r\nQUIT\r\n"
    )
    replies += [await client.reply() for _ in range(6)]

    assert ["354", "250", "250", "250", "250", "221", ""] == [reply[:3] for reply in replies]
    assert "MAIL FROM:<second@c.example>" in running.hop.commands


async def test_more_than_there_is_room_for_is_asked_to_come_again_and_room_comes_back(start: Start) -> None:
    judge = WaitingJudge()
    running = await start(judge=judge, max_kept_size=1024 * 1024)
    large = MAIL + b"x\r\n" * 250_000
    first, second = await running.client(), await running.client()
    under_way = asyncio.create_task(first.mail(large))
    await judge.asked.wait()
    assert (await second.mail(large)).startswith("452 4.3.1 ")
    judge.go_on.set()
    assert (await under_way).startswith("250 ")

    assert (await second.mail(large)).startswith("250 ")


async def test_room_comes_back_when_a_client_goes_in_the_middle_of_a_mail(start: Start) -> None:
    running = await start(max_kept_size=1024 * 1024)
    for _ in range(3):
        client = await running.client()
        await client.say("MAIL FROM:<a@client.example>", "RCPT TO:<b@hop.example>", "DATA")
        await client.send(MAIL + b"x\r\n" * 250_000)
        client.close()
        await client.writer.wait_closed()

    while running.intake._service.connections:  # noqa: ASYNC110 there is no event for it
        await asyncio.sleep(0)
    assert 0 == running.intake._service.kept
    assert (await (await running.client()).mail(MAIL)).startswith("250 ")


async def test_rset_ends_the_transaction_at_the_next_hop_too(start: Start) -> None:
    running = await start()
    client = await running.client()
    await client.say("MAIL FROM:<a@client.example>", "RCPT TO:<b@hop.example>", "RSET")

    assert "503 5.5.1 MAIL first" == await client.say("RCPT TO:<b@hop.example>")
    assert "RSET" == running.hop.commands[-1]


async def test_a_null_reverse_path_is_passed_on(start: Start) -> None:
    running = await start()
    client = await running.client()
    await client.say("MAIL FROM:<>", "RCPT TO:<b@hop.example>")

    assert "MAIL FROM:<>" == running.hop.commands[-2]


async def test_stopping_says_421_to_idle_clients_and_ends_the_mail_under_way(start: Start) -> None:
    judge = WaitingJudge()
    running = await start(judge=judge)
    idle, busy = await running.client(), await running.client()
    await busy.say("MAIL FROM:<a@client.example>", "RCPT TO:<b@hop.example>", "DATA")
    await busy.send(MAIL + b".\r\n")
    await judge.asked.wait()
    stopping = asyncio.create_task(running.intake.stop(10))

    assert "421 4.3.2" == (await idle.reply())[:9]
    judge.go_on.set()
    assert ["250 2.0.0 queued as HOP1", "421 4.3.2"] == [await busy.reply(), (await busy.reply())[:9]]
    await stopping
    assert running.hop.ended >= 2


async def test_who_has_begun_a_mail_may_send_it_though_the_service_stops(start: Start) -> None:
    running = await start()
    idle, busy = await running.client(), await running.client()
    await busy.say("MAIL FROM:<a@client.example>")
    stopping = asyncio.create_task(running.intake.stop(60))

    assert "421 4.3.2" == (await idle.reply())[:9]
    await busy.say("RCPT TO:<b@hop.example>", "DATA")
    await busy.send(MAIL + b".\r\n")
    assert ["250 2.0.0 queued as HOP1", "421 4.3.2"] == [await busy.reply(), (await busy.reply())[:9]]
    await stopping


async def test_who_has_only_come_may_send_his_mail_where_others_take_over(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("milter.intake.door._GOODBYE", 60.0)
    running = await start()
    port, client = running.port, await running.client()
    stopping = asyncio.create_task(running.intake.stop(60, others_take_over=True))
    await asyncio.sleep(0)
    with pytest.raises(ConnectionRefusedError):
        await Client.dial(port)

    await client.say("MAIL FROM:<a@client.example>", "RCPT TO:<b@hop.example>", "DATA")
    await client.send(MAIL + b".\r\n")
    assert "250 2.0.0 queued as HOP1" == await client.reply()
    assert "221" == (await client.say("QUIT"))[:3]
    await stopping


async def test_stopping_gives_up_what_does_not_end_in_time_and_acknowledges_nothing(start: Start) -> None:
    judge = WaitingJudge()
    running = await start(judge=judge)
    client = await running.client()
    await client.say("MAIL FROM:<a@client.example>", "RCPT TO:<b@hop.example>", "DATA")
    await client.send(MAIL + b".\r\n")
    await judge.asked.wait()
    await running.intake.stop(0.1)

    assert not await client.reply()
    assert [] == running.hop.mails


async def test_a_stopped_intake_takes_no_connection(start: Start) -> None:
    running = await start()
    port = running.port
    await running.intake.stop(1)

    with pytest.raises(ConnectionRefusedError):
        await Client.connect(port)


async def test_an_address_in_use_is_told_to_the_operator(start: Start) -> None:
    running = await start()

    with pytest.raises(ConfigError, match=rf"\[smtp\] listen: 127\.0\.0\.1:{running.port}: "):
        Listeners().open(wanted_by_smtp(SmtpConfig(listen=("127.0.0.1:0", f"127.0.0.1:{running.port}"))))
