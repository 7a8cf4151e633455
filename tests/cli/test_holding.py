"""What is done with held mail at the command line is said, and stands in the journal."""

from pathlib import Path

import pytest

from milter.cli.holding import open_quarantine
from milter.config import Config, load
from milter.errors import TryLater
from milter.quarantine.journal import Deed, Journal
from milter.quarantine.store import Store
from tests.quarantine.mails import MAIL
from tests.quarantine.test_requests import AWAY


@pytest.fixture
async def config(tmp_path: Path) -> Config:
    """One whose quarantine holds a mail, and whose next hop is away."""
    file = tmp_path / "vigimel.toml"
    file.write_text(f'[state]\ndirectory = "."\n[next_hop]\nurl = "{AWAY}"\n')
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
