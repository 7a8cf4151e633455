"""A server of ours says whose mail it brings: XCLIENT, XFORWARD, PROXY."""

import asyncio
import ipaddress
import re
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milter.errors import PeerError
from milter.intake.client import Client as NamedClient
from milter.intake.proxy_header import read_proxy_header
from milter.log.lines import configure_log
from tests.intake.client import Client
from tests.intake.conftest import Start
from tests.intake.hop import EHLO, Hop
from tests.intake.judges import NotingJudge
from tests.intake.test_smtp import MAIL

LOOPBACK = ("127.0.0.0/8",)
HELO = "client.example"
SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
V1 = b"PROXY TCP4 192.0.2.7 127.0.0.1 4711 25\r\n"


def v2(source: str, *, command: int = 0x21, transport: int = 1, tail: bytes = b"") -> bytes:
    """A header of version 2 for a client on port 4711."""
    address = ipaddress.ip_address(source)
    family = 1 if address.version == 4 else 2
    block = address.packed * 2 + struct.pack("!HH", 4711, 25) + tail
    return SIGNATURE + struct.pack("!BBH", command, family << 4 | transport, len(block)) + block


async def named_by(client: Client, *lines: str) -> list[str]:
    return [await client.say(line) for line in lines]


# Who may.


@pytest.mark.parametrize("verb", ["XCLIENT", "XFORWARD"])
@pytest.mark.parametrize("trusted", [(), ("192.0.2.0/24",)])
async def test_a_stranger_names_nobody(start: Start, verb: str, trusted: tuple[str, ...]) -> None:
    judge = NotingJudge()
    running = await start(judge=judge, trusted_proxies=trusted)
    client = await running.client()

    assert verb not in await client.say("EHLO client.example")
    assert "550 5.7.0 Not authorized" == await client.say(f"{verb} ADDR=192.0.2.7")
    await client.mail(MAIL)
    assert ["127.0.0.1"] == [one[0] for one in judge.clients]


async def test_who_was_named_may_not_name_others_by_a_proxy_header(start: Start) -> None:
    running = await start(proxied=True, trusted_proxies=LOOPBACK)
    client = await running.client(V1)

    assert "550 5.7.0 Not authorized" == await client.say("XCLIENT ADDR=127.0.0.1")


# XCLIENT, XFORWARD.


async def test_xclient_begins_a_new_connection_in_the_name_of_the_client(start: Start) -> None:
    judge = NotingJudge()
    running = await start(judge=judge, trusted_proxies=LOOPBACK)
    client = await running.client()

    assert "250-XCLIENT NAME ADDR PORT PROTO HELO LOGIN" in await client.say("EHLO proxy.example")
    assert "220 gw.example ESMTP" == await client.say(
        "XCLIENT NAME=mx.client.example ADDR=IPV6:2001:db8::7 PORT=4711 LOGIN=anne+40client.example"
    )
    assert "503 5.5.1 EHLO first" == await client.say("MAIL FROM:<a@client.example>")
    await client.say(f"EHLO {HELO}")
    assert "250 2.0.0 queued as HOP1" == await client.mail(MAIL)
    assert [("2001:db8::7", 4711, "mx.client.example", HELO, "anne@client.example")] == judge.clients


async def test_xforward_is_for_the_next_mail_only(start: Start) -> None:
    judge = NotingJudge()
    hop = Hop({"EHLO": EHLO.replace("250-DSN", "250-DSN\r\n250-XFORWARD NAME ADDR PORT PROTO HELO")})
    running = await start(judge=judge, hop=hop, trusted_proxies=LOOPBACK, keep_idle=5.0)
    client = await running.client()
    assert "250 XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE" in await client.say("EHLO front.example")
    for address in ("192.0.2.7", "192.0.2.8"):
        assert "250 2.0.0 Ok" == await client.say(f"XFORWARD NAME=mx.client.example ADDR={address} PORT=1")
        assert "250 2.0.0 Ok" == await client.say(f"XFORWARD PROTO=SMTP HELO={HELO}")
        assert "250 2.0.0 queued as HOP1" == await client.mail(MAIL)
    assert "250 2.0.0 queued as HOP1" == await client.mail(MAIL)

    assert [
        ("192.0.2.7", 1, "mx.client.example", HELO, ""),
        ("192.0.2.8", 1, "mx.client.example", HELO, ""),
    ] == judge.clients[:2]
    assert ("127.0.0.1", "front.example") == (judge.clients[2][0], judge.clients[2][3])
    told = [word for line in hop.commands if line.startswith("XFORWARD") for word in line.split()]
    addresses = [word for word in told if word.startswith("ADDR=")]
    assert ["ADDR=192.0.2.7", "ADDR=192.0.2.8", "ADDR=127.0.0.1"] == addresses


@pytest.mark.parametrize("ends", ["RSET", "EHLO front.example"])
async def test_a_mail_that_was_given_up_takes_the_name_of_its_client_with_it(start: Start, ends: str) -> None:
    judge = NotingJudge()
    client = await (await start(judge=judge, trusted_proxies=LOOPBACK)).client()
    await named_by(client, "XFORWARD ADDR=192.0.2.7", ends)
    await client.mail(MAIL)

    assert "127.0.0.1" == judge.clients[0][0]


@pytest.mark.parametrize("verb", ["XCLIENT", "XFORWARD"])
async def test_nobody_is_named_in_the_middle_of_a_mail(start: Start, verb: str) -> None:
    client = await (await start(trusted_proxies=LOOPBACK)).client()
    await client.say("MAIL FROM:<a@client.example>")

    assert "503 5.5.1 Mail transaction in progress" == await client.say(f"{verb} ADDR=192.0.2.7")


async def test_nothing_is_executed_that_came_with_xclient(start: Start) -> None:
    running = await start(trusted_proxies=LOOPBACK)
    client = await running.client()
    await client.send(b"XCLIENT ADDR=192.0.2.7\r\nEHLO a.example\r\nMAIL FROM:<a@b.example>\r\n")

    assert ["521 5.5.2 Protocol error", ""] == [await client.reply(), await client.reply()]
    assert not any(command.startswith("MAIL") for command in running.hop.commands)


# PROXY.


@pytest.mark.parametrize(
    ("header", "address"),
    [
        (V1, "192.0.2.7"),
        (b"PROXY TCP6 2001:db8::7 ::1 4711 25\r\n", "2001:db8::7"),
        (v2("192.0.2.7"), "192.0.2.7"),
        (v2("2001:db8::7"), "2001:db8::7"),
        (v2("::ffff:192.0.2.7"), "192.0.2.7"),
        (v2("192.0.2.7", tail=b"\x04\x00\x05hello"), "192.0.2.7"),
    ],
)
async def test_a_proxy_header_says_whose_connection_it_is(start: Start, header: bytes, address: str) -> None:
    judge = NotingJudge()
    running = await start(judge=judge, proxied=True, trusted_proxies=LOOPBACK)
    client = await running.client(header)

    assert "250 2.0.0 queued as HOP1" == await client.mail(MAIL)
    assert [(address, 4711, "", HELO, "")] == judge.clients


@pytest.mark.parametrize(
    "header",
    [
        b"PROXY UNKNOWN\r\n",
        b"PROXY UNKNOWN 192.0.2.7 192.0.2.8 1 2\r\n",
        v2("192.0.2.7", command=0x20),
        SIGNATURE + b"\x20\x00\x00\x00",
        SIGNATURE + b"\x21\x00\x00\x00",
    ],
)
async def test_a_proxy_may_speak_for_itself_and_then_for_nobody_else(start: Start, header: bytes) -> None:
    judge = NotingJudge()
    running = await start(judge=judge, proxied=True, trusted_proxies=LOOPBACK)
    client = await running.client(header)

    assert "550 5.7.0 Not authorized" == await client.say("XCLIENT ADDR=192.0.2.7")
    await client.mail(MAIL)
    assert ["127.0.0.1"] == [one[0] for one in judge.clients]


@pytest.mark.parametrize(
    "header",
    [
        b"EHLO client.example\r\n",
        b"PROXY TCP4 192.0.2.256 127.0.0.1 4711 25\r\n",
        b"PROXY TCP4 192.0.2.7 127.0.0.1 4711\r\n",
        b"PROXY TCP4 192.0.2.7 127.0.0.1 4711 65536\r\n",
        b"PROXY TCP4 192.0.2.7 127.0.0.1 4711 25\n",
        b"PROXY TCP6 192.0.2.7 127.0.0.1 4711 25\r\n",
        b"PROXY  TCP4 192.0.2.7 127.0.0.1 4711 25\r\n",
        b"PROXY UNKNOWN " + b"x" * 100 + b"\r\n",
        b"PROXY TCP4 " + b"1" * 200_000,
        v2("192.0.2.7", command=0x31),
        v2("192.0.2.7", command=0x22),
        v2("192.0.2.7", transport=2),
        v2("192.0.2.7", tail=b"x" * 20000),
        SIGNATURE + b"\x21\x11\x00\x04\xc0\x00\x02\x07",
        SIGNATURE + b"\x21\x31\x00\xd8" + b"/" * 216,
        b"\r\n\r\n\0\r\nQUIT\r",
    ],
)
async def test_who_does_not_begin_with_a_proxy_header_is_hung_up_on(start: Start, header: bytes) -> None:
    running = await start(proxied=True, trusted_proxies=LOOPBACK)
    client = await Client.dial(running.port)
    client.writer.write(header)

    assert not await client.reply()
    assert [] == running.hop.commands


async def test_a_proxy_that_is_none_of_ours_is_hung_up_on(start: Start) -> None:
    running = await start(proxied=True, trusted_proxies=("192.0.2.0/24",))
    client = await Client.dial(running.port)
    client.writer.write(V1)

    assert not await client.reply()


@pytest.mark.parametrize("header", [V1, v2("192.0.2.7")])
async def test_a_header_that_does_not_end_is_not_waited_for(start: Start, header: bytes) -> None:
    running = await start(proxied=True, trusted_proxies=LOOPBACK, idle_timeout=0.2)
    client = await Client.dial(running.port)
    client.writer.write(header[:-3])

    assert "421 4.4.2" == (await client.reply())[:9]
    assert not await client.reply()


async def test_a_header_is_read_however_its_octets_come(start: Start) -> None:
    running = await start(proxied=True, trusted_proxies=LOOPBACK)
    client = await Client.dial(running.port)
    for octet in v2("192.0.2.7"):
        await client.send(bytes((octet,)))
        await asyncio.sleep(0)

    assert (await client.reply()).startswith("220 ")


@given(
    st.binary(max_size=120),
    st.sampled_from([b"", b"PROXY ", b"PROXY TCP4 ", SIGNATURE, SIGNATURE + b"\x21\x11"]),
)
@settings(max_examples=300)
def test_any_header_is_read_or_refused(noise: bytes, beginning: bytes) -> None:
    async def read() -> NamedClient | None:
        reader = asyncio.StreamReader(limit=65536)
        reader.feed_data(beginning + noise)
        reader.feed_eof()
        return await read_proxy_header(reader)

    try:
        found = asyncio.run(read())
    except PeerError:
        return
    assert found is None or found.address == str(ipaddress.ip_address(found.address))


@given(st.ip_addresses(), st.integers(0, 65535), st.binary(max_size=20))
def test_what_a_proxy_names_is_who_is_meant_and_what_follows_stays(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int, rest: bytes
) -> None:
    family = 0x11 if address.version == 4 else 0x21
    block = address.packed * 2 + struct.pack("!HH", port, 25)
    header = SIGNATURE + struct.pack("!BBH", 0x21, family, len(block)) + block

    async def read() -> tuple[NamedClient | None, bytes]:
        reader = asyncio.StreamReader(limit=65536)
        reader.feed_data(header + rest)
        reader.feed_eof()
        return await read_proxy_header(reader), await reader.read()

    mapped = getattr(address, "ipv4_mapped", None)
    assert (NamedClient(str(mapped or address), port), rest) == asyncio.run(read())


# Limits and log.


@pytest.mark.parametrize("way", ["PROXY", "XCLIENT"])
async def test_the_client_that_was_named_is_the_one_who_is_limited(start: Start, way: str) -> None:
    running = await start(
        proxied=way == "PROXY", trusted_proxies=LOOPBACK, trusted_clients=(), max_connections_per_client=2
    )

    async def connect(address: str) -> tuple[Client, str]:
        client = await Client.dial(running.port)
        if way == "PROXY":
            await client.send(V1.replace(b"192.0.2.7", address.encode()))
            return client, await client.reply()
        await client.reply()
        await client.say("EHLO proxy.example")
        return client, await client.say(f"XCLIENT ADDR={address}")

    addresses = ["192.0.2.7", "192.0.2.7", "192.0.2.7", "192.0.2.8"]
    clients = [await connect(address) for address in addresses]
    assert ["220", "220", "421", "220"] == [reply[:3] for _, reply in clients]

    # The one who was refused is gone, and one more goes: then there is a place.
    assert not await clients[2][0].reply()
    await clients[0][0].say("QUIT")
    assert not await clients[0][0].reply()
    async with asyncio.timeout(10):
        while (await connect("192.0.2.7"))[1][:3] != "220":
            pass


async def test_clients_whose_address_nobody_knows_are_not_one_client(start: Start) -> None:
    running = await start(trusted_proxies=LOOPBACK, trusted_clients=(), max_connections_per_client=1)
    clients = [await running.client() for _ in range(3)]

    assert ["220"] * 3 == [(await one.say("XCLIENT ADDR=[UNAVAILABLE]"))[:3] for one in clients]


async def test_the_log_names_the_client_and_not_the_proxy(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    running = await start(trusted_proxies=LOOPBACK)
    client = await running.client()
    configure_log("debug")
    await client.say("XCLIENT ADDR=192.0.2.7")
    await client.say("EHLO client.example")
    await client.say("WHAT")
    await client.mail(MAIL)

    log = [re.search(r"event=(\w+).* client=(\S+)", line) for line in capsys.readouterr().err.splitlines()]
    events = {(line[1], line[2]) for line in log if line}
    assert {("refused", "'192.0.2.7'"), ("judged", "'192.0.2.7'")} == {
        (event, who) for event, who in events if event in {"refused", "judged"}
    }
    assert "client_named" in {event for event, _ in events}
