"""What is done with held mail at the command line is said, and stands in the journal."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from milter.cli.holding import open_quarantine
from milter.cli.tracing import show
from milter.config import Config, load
from milter.errors import TryLater
from milter.quarantine.journal import Deed, Journal
from milter.quarantine.listing import Wanted
from milter.quarantine.store import Store
from milter.trace.writer import write_rows
from tests.cli.command import run
from tests.quarantine.mails import MAIL
from tests.quarantine.test_requests import AWAY
from tests.trace.rows import row


@pytest.fixture
async def config(tmp_path: Path) -> Config:
    """One whose quarantine holds a mail, and whose next hop is away."""
    file = tmp_path / "vigimel.toml"
    file.write_text(f'[state]\ndirectory = "."\n[policy]\nlanguage = "en"\n[next_hop]\nurl = "{AWAY}"\n')
    store = await Store.open(tmp_path / "quarantine.db")
    await store.hold(MAIL)
    await store.close()
    return load(file, to_serve=False)


async def lines(config: Config) -> list[tuple[Deed, int | None, bool]]:
    """The journal, the oldest line first; and whether it gives a reason."""
    store = await Store.open(config.quarantine.place)
    newest = await Journal(store.transactions).newest()
    await store.close()
    return [(one.deed, one.mail_id, bool(one.detail)) for one in reversed(newest)]


async def test_a_release_whose_next_hop_is_away_is_noted_with_the_reason(config: Config) -> None:
    async with open_quarantine(config, as_json=False) as held:
        assert held
        with pytest.raises(TryLater, match=r"127\.0\.0\.1"):
            await held.release([1], None)
    assert [(Deed.NOT_RELEASED, 1, True)] == await lines(config)


async def found(config: Config, capsys: pytest.CaptureFixture[str], **wanted: Any) -> list[str]:
    async with open_quarantine(config, as_json=False) as held:
        assert held
        assert 0 == await held.list_mails(Wanted(**wanted), 50)
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("words", ["REMBOURSEMENT c@d.example", "a@b.example", "<1@b.example>", ""])
async def test_a_mail_is_found_by_what_its_recipient_says_of_it(
    config: Config, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    head, line = await found(config, capsys, words=words)
    assert "received (UTC)" in head
    assert line.startswith("1 ")
    assert ["No such mail."] == await found(config, capsys, words=f"{words} facture")
    assert ["No such mail."] == await found(config, capsys, words=words, since=datetime.now(UTC))


@pytest.mark.usefixtures("config")
def test_words_and_a_day_are_typed_as_for_the_trace(tmp_path: Path) -> None:
    file, typed = tmp_path / "vigimel.toml", ("quarantine", "list", "--state", "all", "--since")
    assert 2 == run(*typed, "5000d", "votre", "-c", file).stdout.count("\n")
    assert 1 == run(*typed, "5000d", "facture", "-c", file).stdout.count("\n")


async def test_the_trace_says_as_what_a_mail_is_held(
    config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    store = await Store.open(config.quarantine.place)
    await store.transactions.write(partial(write_rows, [row(held_id=314), row(held_id=None)]))
    await store.close()
    assert 0 == await show(config, "", None, None, 50, as_json=False)
    head, passed, kept = capsys.readouterr().out.splitlines()
    at = head.index("held as")
    assert ["-", "314"] == [line[at:].split()[0] for line in (passed, kept)]


async def test_the_log_of_the_gateway_does_not_stand_between_what_is_said(
    config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_quarantine(config, as_json=False) as held:
        assert held
        assert [1, 0, 0, 1] == [
            await held.undo([1]),
            await held.delete([1]),
            await held.undo([1]),
            await held.delete([99]),
        ]
    written = capsys.readouterr()
    assert 2 == written.out.count("\n")
    assert 2 == written.err.count("\n") == written.err.count("vigimel: ")
    deeds = [(Deed.NOT_UNDONE, 1, False), (Deed.DELETED, 1, False), (Deed.UNDONE, 1, False)]
    assert deeds == await lines(config)
