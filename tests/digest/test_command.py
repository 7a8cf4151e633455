"""`vigimel quarantine requests`, as an admin types it; and a gateway that sends its digest."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from milter.quarantine.journal import Journal
from milter.quarantine.store import Store
from milter.quarantine.told import Outcome, ToldMails
from tests.cli.command import reports, run
from tests.digest.parts import ADA, EVE, arrived, held_for, post
from tests.quarantine.mails import hop
from tests.review.site import CONFIG
from tests.serving import eventually, serving


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A gateway whose recipients have asked for four mails, and one of them for both of its recipients."""
    path = tmp_path / "vigimel.toml"
    path.write_text(
        '[state]\ndirectory = "."\n[policy]\nlanguage = "en"\n[next_hop]\nurl = "maildir:next"\n'
        '[digest]\ndomains = ["town-hall.example"]\nurl = "https://gate.example"\n'
    )

    async def make() -> None:
        store, now = await Store.open(tmp_path / "quarantine.db"), datetime.now(UTC)
        for subject in ("First \x1b[2J", "Second"):
            await store.hold(held_for(ADA, EVE, subject=subject, received=now - timedelta(days=2)))
        await post(store, hop(f"maildir:{tmp_path}/told")).work(now)
        tolds = ToldMails(store.transactions)
        for number in range(1, 5):
            told = await tolds.get(number)
            assert told
            assert Outcome.ASKED == await tolds.ask(told, now, 10)
        await store.close()

    asyncio.run(make())
    return path


def journal_of(config: Path) -> list[str]:
    async def read() -> list[str]:
        store = await Store.open(config.parent / "quarantine.db")
        lines = await Journal(store.transactions).newest()
        await store.close()
        return [line.deed.value for line in lines][::-1]

    return asyncio.run(read())


def test_requests_are_listed_approved_and_denied(config: Path) -> None:
    def asks(*words: str) -> tuple[int, str, str]:
        done = run("quarantine", "requests", *words, "--config", config)
        return done.returncode, done.stdout, done.stderr

    listed = reports(asks("list", "--json")[1])
    assert 4 == len(listed)
    by_mail = {one["mail_id"]: one["id"] for one in listed if one["recipient"] == ADA}
    assert "\x1b" not in asks("list")[1]

    first, second = str(by_mail[1]), str(by_mail[2])
    status, said, _ = asks("approve", first)
    assert (0, f"request {first} approved: mail 1 released to {ADA}\n") == (status, said)
    assert 0 == asks("deny", second, "--word", "No")[0]
    status, _, wrong = asks("approve", first, second, "99")
    assert (1, 3) == (status, len(wrong.splitlines()))
    assert 1 == len([*(config.parent / "next" / "new").iterdir()])
    [left] = [one["id"] for one in listed if one["recipient"] == EVE and one["mail_id"] == 2]
    assert 0 == asks("approve", "--all", str(left))[0]
    assert 2 == len([*(config.parent / "next" / "new").iterdir()])

    decided = ["request approved", "request denied", "request approved", "released"]
    assert [*["asked for release"] * 4, *decided] == journal_of(config)


def test_a_gateway_sends_the_digest_that_is_due_and_not_again_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "vigimel.toml"
    path.write_text(
        f'{CONFIG}[next_hop]\nurl = "maildir:next"\n[digest]\ndomains = ["town-hall.example"]\n'
        'url = "https://gate.example"\ndaily = "00:00"\n'
    )

    async def hold() -> None:
        store = await Store.open(tmp_path / "quarantine.db")
        await store.hold(held_for(received=datetime.now(UTC) - timedelta(days=2)))
        await store.close()

    asyncio.run(hold())
    with serving(path) as gateway:
        eventually(lambda: "event=digest_sent" in gateway.log)
        gateway.stop()
    with serving(path) as gateway:
        gateway.stop()

    assert 1 == len(arrived(tmp_path / "next"))
