import asyncio
from pathlib import Path

import pytest

from milter.config import NextHopConfig
from milter.errors import ConfigError, Reply
from milter.relay.connection import Address
from milter.relay.maildir import MaildirNextHop
from milter.relay.next_hop import NextHop, next_hop
from milter.relay.route import Route
from tests.relay.peer import Peer


def hop(url: str, helo_name: str = "gw.example") -> NextHop:
    return next_hop(NextHopConfig(url=url), helo_name)


@pytest.mark.parametrize(
    ("url", "address", "lmtp"),
    [
        ("smtp://mx.example:2525", ("mx.example", 2525), False),
        ("smtp://mx.example", ("mx.example", 25), False),
        ("smtp://[2001:db8::1]:26/", ("2001:db8::1", 26), False),
        ("lmtp://127.0.0.1:24", ("127.0.0.1", 24), True),
        ("lmtp://[::1]", ("::1", 24), True),
        ("lmtp+unix:/run/dovecot/lmtp", "/run/dovecot/lmtp", True),
    ],
)
def test_a_url_names_a_server(url: str, address: Address, lmtp: bool) -> None:
    route = hop(url)
    assert isinstance(route, Route)
    [server] = route.servers
    assert (url, address, lmtp, "gw.example") == (server.name, server.address, server.lmtp, server.helo_name)


def test_a_url_names_a_maildir() -> None:
    assert MaildirNextHop(Path("var/mail dir?#")) == hop("maildir:var/mail dir?#", helo_name="")


@pytest.mark.parametrize("name", ["", "a b", "a\r\nRSET", "é.example"])
def test_a_host_name_that_cannot_be_said_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="host name"):
        hop("smtp://mx.example", name)


async def test_lmtp_over_a_unix_socket(tmp_path: Path) -> None:
    peer = Peer()
    server = await asyncio.start_unix_server(peer.serve, tmp_path / "lmtp")
    async with server:
        session = await hop(f"lmtp+unix:{tmp_path}/lmtp").open(None)
        await session.mail("")
        await session.rcpt("c@d.example")
        assert Reply(250, "2.0.0", "Kept") == await session.data([b"x\r\n"])
        await session.close()
    assert [b"x\r\n"] == peer.contents
    assert "MAIL FROM:<>" == peer.commands[1]
