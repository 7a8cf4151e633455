"""STARTTLS with our certificate (RFC 3207)."""

import asyncio
import contextlib
import socket
import ssl
import struct
import subprocess
from pathlib import Path

import pytest

from milter.config.certificate import server_context
from tests.certificate import write_certificate
from tests.intake.client import Client
from tests.intake.conftest import Start
from tests.intake.judges import NotingJudge
from tests.intake.logged import logged
from tests.intake.talk import talk
from tests.intake.test_smtp import MAIL

READY = "220 2.0.0 Ready to start TLS"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def tls(files: tuple[Path, Path]) -> ssl.SSLContext:
    return server_context(*map(str, files))


def test_tls_1_2_is_the_oldest(tls: ssl.SSLContext) -> None:
    # Beside the security level of OpenSSL, which says the same today.
    assert ssl.TLSVersion.TLSv1_2 is tls.minimum_version


async def test_tls_is_offered_once_and_mail_comes_in_over_it(start: Start, tls: ssl.SSLContext) -> None:
    judge = NotingJudge()
    running = await start(tls=tls, judge=judge)
    client = await Client.connect(running.port)
    assert "250-STARTTLS" in (await client.say("EHLO client.example")).replace("250 ", "250-").split("/")
    assert READY == await client.say("STARTTLS")
    await client.start_tls()

    assert "STARTTLS" not in await client.say("EHLO client.example")
    assert "503 5.5.1 TLS was begun already" == await client.say("STARTTLS")
    assert "250 2.0.0 queued as HOP1" == await client.mail(MAIL)
    assert b"with ESMTPS id" in running.hop.mails[0]
    assert [True] == [one.tls for one in judge.envelopes if one]
    assert "221 2.0.0 Good-bye" == await client.say("QUIT")
    assert not await client.reply()


async def test_a_large_mail_comes_in_over_tls_as_it_was_sent(start: Start, tls: ssl.SSLContext) -> None:
    running = await start(tls=tls)
    client = await running.client()
    await client.say("STARTTLS")
    await client.start_tls()
    await client.say("EHLO client.example")
    raw = MAIL + (b"0123456789" * 7 + b"\r\n") * 60_000

    assert (await client.mail(raw)).startswith("250")
    assert running.hop.mails[0].endswith(raw)


async def test_what_was_said_before_tls_is_forgotten(start: Start, tls: ssl.SSLContext) -> None:
    judge = NotingJudge()
    running = await start(tls=tls, judge=judge, trusted_proxies=("127.0.0.0/8",))
    client = await running.client()
    await client.say("XCLIENT ADDR=192.0.2.6")
    await client.say("EHLO front.example")
    await client.say("XFORWARD ADDR=192.0.2.7")
    await client.say("STARTTLS")
    await client.start_tls()

    assert "503 5.5.1 EHLO first" == await client.say("MAIL FROM:<a@client.example>")
    await client.say("EHLO client.example")
    await client.mail(MAIL)
    assert ["127.0.0.1"] == [one[0] for one in judge.clients]


async def test_a_mail_begun_before_tls_is_no_more(start: Start, tls: ssl.SSLContext) -> None:
    running = await start(tls=tls)
    client = await running.client()
    await client.say("MAIL FROM:<a@client.example>", "RCPT TO:<b@hop.example>", "STARTTLS")
    await client.start_tls()
    await client.say("EHLO client.example")

    assert "503 5.5.1 MAIL first" == await client.say("DATA")
    assert "RSET" == running.hop.commands[-1]


async def test_what_was_sent_with_starttls_ends_the_connection(start: Start, tls: ssl.SSLContext) -> None:
    running = await start(tls=tls)
    client = await running.client()
    await client.send(b"STARTTLS\r\nMAIL FROM:<a@evil.example>\r\n")

    assert ["521 5.5.2 Protocol error", ""] == [await client.reply(), await client.reply()]
    assert not any("evil" in command for command in running.hop.commands)


async def test_what_was_sent_without_tls_after_our_220_is_never_executed(
    start: Start, tls: ssl.SSLContext
) -> None:
    running = await start(tls=tls)
    client = await running.client()
    assert READY == await client.say("STARTTLS")
    client.writer.write(b"EHLO evil.example\r\nMAIL FROM:<a@evil.example>\r\n")

    # Perhaps an alert of TLS, and the end.
    rest = await client.reader.read()
    assert b"250" not in rest
    assert not any("evil" in command for command in running.hop.commands)


async def test_what_comes_without_tls_as_soon_as_we_are_ready_ends_the_connection(
    tls: ssl.SSLContext,
) -> None:
    ready = f"{READY}\r\n".encode()
    with logged() as log:
        outcome = await talk([[b"STARTTLS\r\n"]], tls=tls, at_once={ready: b"EHLO evil.example\r\n"})

    assert outcome.replies.endswith(ready)
    assert ["'spoke before the handshake'"] == [line["why"] for line in log if line["event"] == "tls_failed"]


async def test_a_client_that_is_reset_in_its_handshake_leaves_its_place(
    start: Start, tls: ssl.SSLContext
) -> None:
    running = await start(tls=tls, idle_timeout=0.5)
    client = await running.client()
    await client.say("STARTTLS")
    await client.send(b"\x16\x03\x01")
    client_socket = client.writer.get_extra_info("socket")
    client_socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.writer.transport.abort()

    async with asyncio.timeout(60):
        await running.intake._service.connections.wait_for_all()


async def test_a_handshake_that_does_not_end_is_not_waited_for(start: Start, tls: ssl.SSLContext) -> None:
    running = await start(tls=tls, idle_timeout=0.5)
    client = await running.client()
    await client.say("STARTTLS")

    async def drip() -> None:
        # A record of 16384 octets that does not come whole.
        with contextlib.suppress(ConnectionError):
            await client.send(b"\x16\x03\x01\x40\x00\x01\x00\x3f\xfc")
            for _ in range(16000):
                await client.send(b"\0")
                await asyncio.sleep(0.01)

    dripping = asyncio.create_task(drip())
    assert not await client.reply()
    dripping.cancel()


async def test_a_client_of_tls_that_says_nothing_hears_421(start: Start, tls: ssl.SSLContext) -> None:
    client = await (await start(tls=tls, idle_timeout=0.5)).client()
    await client.say("STARTTLS")
    await client.start_tls()

    assert "421 4.4.2" == (await client.reply())[:9]
    assert not await client.reply()


async def test_where_tls_is_required_there_is_no_mail_without(start: Start, tls: ssl.SSLContext) -> None:
    running = await start(tls=tls, require_tls=True)
    client = await running.client()

    refusal = "530 5.7.0 Must issue a STARTTLS command first"
    assert refusal == await client.say("MAIL FROM:<a@client.example>")
    assert refusal == await client.say("VRFY a")
    assert "250 2.0.0 Ok" == await client.say("NOOP")
    await client.say("STARTTLS")
    await client.start_tls()
    await client.say("EHLO client.example")
    assert "250 2.0.0 queued as HOP1" == await client.mail(MAIL)


async def test_without_a_certificate_there_is_no_tls(start: Start) -> None:
    client = await Client.connect((await start()).port)

    assert "STARTTLS" not in await client.say("EHLO client.example")
    assert "500 5.5.1 Command not recognized" == await client.say("STARTTLS")


async def test_starttls_takes_no_argument(start: Start, tls: ssl.SSLContext) -> None:
    client = await (await start(tls=tls)).client()

    assert "501 5.5.4 Syntax: STARTTLS" == await client.say("STARTTLS now")


async def test_the_service_stops_though_a_client_is_in_its_handshake(
    start: Start, tls: ssl.SSLContext
) -> None:
    running = await start(tls=tls)
    clients = [await running.client() for _ in range(2)]
    for client in clients:
        await client.say("STARTTLS")
    await clients[0].start_tls()
    await running.intake.stop(0)

    assert not running.intake._service.connections


@pytest.mark.needs("openssl")
@pytest.mark.parametrize(("version", "is_taken"), [("-tls1_1", False), ("-tls1_2", True), ("-tls1_3", True)])
async def test_openssl_speaks_tls_1_2_or_newer_with_us(
    start: Start, tls: ssl.SSLContext, files: tuple[Path, Path], version: str, is_taken: bool
) -> None:
    running = await start(tls=tls)
    command = ["openssl", "s_client", "-starttls", "smtp", "-quiet", "-crlf", version, "-CAfile"]
    command += [str(files[0]), "-verify_return_error", "-verify_hostname", "gw.example"]
    command += ["-cipher", "DEFAULT:@SECLEVEL=0", "-connect", f"127.0.0.1:{running.port}"]
    process = await asyncio.create_subprocess_exec(
        *command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    said, _ = await process.communicate(b"QUIT\n")

    assert is_taken == (b"221 2.0.0 Good-bye" in said)
