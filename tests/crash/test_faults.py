"""A machine that fails: nobody hears 250, nobody hears 5xx, and it goes on when the fault is over."""

import contextlib
import smtplib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.command import FRAUD, ORDINARY
from tests.crash.faults import fail_every_sync, fill, small_disk
from tests.dns_server import DnsServer
from tests.serving import Gateway, configured, serving

OUR_FAULT = "451 4.3.0 Mail system not ready, try again later"
THE_HOPS_FAULT = "451 4.4.1 Mail system not ready, try again later"

Configure = Callable[[Path], Path]


@pytest.fixture
def configure(tmp_path: Path) -> Iterator[Configure]:
    """Write a configuration whose Maildir and quarantine are on this disk."""
    with DnsServer() as dns:

        def configure(disk: Path) -> Path:
            config = tmp_path / "vigimel.toml"
            place = f'[quarantine]\npath = "{disk}/quarantine.db"'
            hop = f"maildir:{disk}/maildir"
            config.write_text(configured(next_hop=hop, nameserver=dns.address, more=place))
            return config

        yield configure


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", "2m") as path:
        yield path


def told(gateway: Gateway, mail: bytes) -> str:
    """The last reply to a mail."""
    with gateway.smtp() as client:
        try:
            client.sendmail("a@client.example", ["b@town-hall.example"], mail)
        except smtplib.SMTPDataError as error:
            text = error.smtp_error
            return f"{error.smtp_code} {text.decode() if isinstance(text, bytes) else text}"
        return "250"


def held(disk: Path) -> int:
    with contextlib.closing(sqlite3.connect(disk / "quarantine.db")) as database:
        return int(database.execute("SELECT count(*) FROM held_mail").fetchone()[0])


def delivered(disk: Path) -> list[Path]:
    """Every file in the Maildir, wherever."""
    return [path for path in (disk / "maildir").rglob("*") if path.is_file()]


@pytest.mark.needs_root("mounts a small disk")
def test_while_the_disk_is_full_every_mail_stays_with_its_sender(configure: Configure, disk: Path) -> None:
    with serving(configure(disk)) as gateway:
        assert ["250", "250"] == [told(gateway, mail) for mail in (FRAUD, ORDINARY)]
        workers = gateway.pids("worker")
        ballast = fill(disk)
        full = [told(gateway, mail) for mail in (FRAUD, ORDINARY, FRAUD, ORDINARY)]
        assert 1 == len(delivered(disk))
        ballast.unlink()
        after = [told(gateway, mail) for mail in (FRAUD, ORDINARY)]

        assert [OUR_FAULT, THE_HOPS_FAULT] * 2 == full
        assert ["250", "250"] == after
        assert workers == gateway.pids("worker")
        assert "No space left on device" in gateway.log
    assert (2, 2) == (held(disk), len(delivered(disk)))


def test_where_the_disk_does_not_take_what_was_written_nobody_hears_250(
    configure: Configure, tmp_path: Path
) -> None:
    config = configure(tmp_path)
    with serving(config) as gateway:
        assert ["250", "250"] == [told(gateway, mail) for mail in (FRAUD, ORDINARY)]
        assert 0 == gateway.stop()[0]

    with serving(config, before_exec=fail_every_sync) as gateway:
        failing = [told(gateway, mail) for mail in (FRAUD, ORDINARY, FRAUD, ORDINARY)]
        assert 1 == len(delivered(tmp_path))
        gateway.stop()
        assert "disk I/O error" in gateway.log

    with serving(config) as gateway:
        after = [told(gateway, mail) for mail in (FRAUD, ORDINARY)]
    assert [OUR_FAULT, THE_HOPS_FAULT] * 2 == failing
    assert ["250", "250"] == after
    assert 2 == len(delivered(tmp_path))
    # What was written and not synced may be found again: twice is no loss.
    assert 2 <= held(tmp_path) <= 4
