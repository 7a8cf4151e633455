"""A mail that an admin has let go on is not held a second time, where it passes the gateway once more."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command import FRAUD, run
from tests.dns_server import DnsServer
from tests.serving import Gateway, configured, serving


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Path]:
    with DnsServer() as dns:
        path = tmp_path / "vigimel.toml"
        path.write_text(configured(workers=1, nameserver=dns.address))
        yield path


def send(gateway: Gateway, mail: bytes, to: str = "b@town-hall.example") -> None:
    with gateway.smtp() as client:
        client.sendmail("a@client.example", [to], mail)


def delivered(config: Path) -> list[bytes]:
    return [path.read_bytes() for path in (config.parent / "maildir" / "new").glob("*")]


def test_a_released_mail_that_comes_again_goes_on(config: Path) -> None:
    with serving(config) as gateway:
        send(gateway, FRAUD)
        assert [] == delivered(config)
        assert 0 == run("quarantine", "release", "1", "--config", config).returncode
        (released,) = delivered(config)
        # A server behind us put its own fields on top.
        again = b"Received: from gw.example by mail.example; Tue, 24 Nov 2026 08:30:00 +0000\r\n" + released
        send(gateway, again)
        assert 2 == len(delivered(config))
        assert any(again in mail for mail in delivered(config))

        # Neither another mail under its number, nor the same to others.
        send(gateway, again.replace(b"214,70", b"914,70"))
        send(gateway, again, "other@town-hall.example")
        assert 2 == len(delivered(config))
    assert "event=came_again" in gateway.log


def test_a_forged_field_does_not_help(config: Path) -> None:
    with serving(config) as gateway:
        send(gateway, b"X-Vigimel-Released: 1\r\n" + FRAUD)
        send(gateway, b"X-Vigimel-Released: 1\r\n" + FRAUD)

    assert [] == delivered(config)
