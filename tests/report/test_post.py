"""Reports that are mailed: once, whoever sends them, and again only where they did not arrive."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from milter.config import Config
from milter.quarantine.seal import sealed, secret_of
from milter.quarantine.store import Store
from milter.relay.next_hop import NextHop
from milter.report.post import Post, claim
from tests.cli.command import FRAUD
from tests.quarantine.conftest import Place
from tests.quarantine.mails import hop, mail
from tests.serving import eventually, serving

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TO = ["ada@town-hall.example", "vera@town-hall.example"]


def config(**report: object) -> Config:
    options = {"to": TO, "daily": "07:00", "time_zone": "Europe/Paris", **report}
    return Config.model_validate({"report": options, "smtp": {"hostname": "gate.example"}}, strict=False)


def arrived(directory: Path) -> list[EmailMessage]:
    files = sorted((directory / "new").glob("*")) if directory.exists() else []
    return [email.message_from_bytes(f.read_bytes(), policy=email.policy.SMTP) for f in files]


def post(store: Store, next_hop: NextHop, **report: object) -> Post:
    return Post(store, next_hop, config(**report), (), b"key")


@pytest.fixture
async def other(place: Place) -> AsyncIterator[Store]:
    """The same quarantine, as another gateway has opened it."""
    opened = await Store.open(place, busy_timeout=30)
    yield opened
    await opened.close()


async def test_two_gateways_send_one_report(store: Store, other: Store, tmp_path: Path) -> None:
    await store.hold(mail(received=NOW - timedelta(hours=9)))
    next_hop = hop(f"maildir:{tmp_path}/next")
    posts = [post(one, next_hop) for one in (store, other) for _ in range(3)]

    await asyncio.gather(*(one.send_due(NOW) for one in posts))
    await asyncio.gather(*(one.send_due(NOW + timedelta(hours=1)) for one in posts))

    mails = arrived(tmp_path / "next")
    assert TO == sorted(str(one["To"]) for one in mails)
    assert "<vigimel@gate.example>" in str(mails[0]["From"])
    text = mails[0].get_body(("plain",))
    assert text
    assert "Votre remboursement" in text.get_content()


async def test_the_next_day_has_its_own_report(store: Store, tmp_path: Path) -> None:
    sender = post(store, hop(f"maildir:{tmp_path}/next"))
    for days in range(3):
        await sender.send_due(NOW + timedelta(days=days))

    assert 3 * len(TO) == len(arrived(tmp_path / "next"))


async def test_a_next_hop_that_is_away_is_tried_again_later(sqlite_store: Store, tmp_path: Path) -> None:
    sender = post(sqlite_store, hop("smtp://127.0.0.1:1"))

    await sender.send_due(NOW)
    sender.next_hop = hop(f"maildir:{tmp_path}/next")
    await sender.send_due(NOW + timedelta(minutes=1))
    early = arrived(tmp_path / "next")
    await sender.send_due(NOW + timedelta(minutes=11))

    assert [] == early
    assert 2 == len(arrived(tmp_path / "next"))


async def test_what_was_missed_for_days_is_caught_up_once(sqlite_store: Store, tmp_path: Path) -> None:
    await post(sqlite_store, hop(f"maildir:{tmp_path}/next")).send_due(NOW)
    await post(sqlite_store, hop(f"maildir:{tmp_path}/later")).send_due(NOW + timedelta(days=9))
    await post(sqlite_store, hop(f"maildir:{tmp_path}/later")).send_due(NOW + timedelta(days=9, minutes=5))

    assert 2 == len(arrived(tmp_path / "later"))


async def test_nobody_is_told_where_nobody_is_named(sqlite_store: Store, tmp_path: Path) -> None:
    await post(sqlite_store, hop(f"maildir:{tmp_path}/next"), to=[]).send_due(NOW)

    assert [] == arrived(tmp_path / "next")
    assert await claim(sqlite_store.transactions, "daily 2026-11-24", NOW)
    assert not await claim(sqlite_store.transactions, "daily 2026-11-24", NOW)


def test_a_gateway_sends_what_is_due_and_not_again_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "vigimel.toml"
    path.write_text(
        '[state]\ndirectory = "."\n[service]\nworkers = 1\n[review]\nlisten = []\n[smtp]\n'
        'listen = ["127.0.0.1:0"]\n[next_hop]\nurl = "maildir:next"\n'
        '[report]\nto = ["ada@town-hall.example"]\ndaily = "00:00"\n'
    )
    with serving(path) as gateway:
        eventually(lambda: "event=report_sent" in gateway.log)
        gateway.stop()
    with serving(path) as gateway:
        gateway.stop()

    assert 1 == len(arrived(tmp_path / "next"))


def test_what_we_have_sealed_is_not_judged_when_it_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "vigimel.toml"
    path.write_text(
        '[state]\ndirectory = "."\n[service]\nworkers = 1\n[review]\nlisten = []\n[smtp]\n'
        'listen = ["127.0.0.1:0"]\n[next_hop]\nurl = "maildir:next"\n'
        '[dns]\nnameservers = ["127.0.0.1:9"]\ntimeout = 0.2\n[policy]\nundecided = "quarantine"\n'
    )
    ada = ["ada@town-hall.example"]

    async def secret() -> bytes:
        store = await Store.open(tmp_path / "quarantine.db", busy_timeout=30)
        key = await secret_of(store.transactions)
        await store.close()
        return key

    with serving(path) as gateway:
        ours = sealed(asyncio.run(secret()), FRAUD, ada, datetime.now(UTC))
        with gateway.smtp() as client:
            client.sendmail("", ada, FRAUD)
            client.sendmail("", ada, ours)
            client.sendmail("", ada, b"Received: from x by y; now\r\n" + ours)
            client.sendmail("", ["vera@town-hall.example"], ours)
            client.sendmail("", ada, ours + b"more\r\n")
        gateway.stop()

        assert 2 == gateway.log.count("event=came_again")
        assert 3 == gateway.log.count("event=held")
    assert 2 == len(arrived(tmp_path / "next"))
