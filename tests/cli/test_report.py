"""`vigimel report`, as an admin types it."""

import asyncio
import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from milter.quarantine.store import Store
from tests.cli.command import run
from tests.quarantine.mails import mail


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of a gateway that holds a mail."""
    directory = tmp_path_factory.mktemp("report")
    config = directory / "vigimel.toml"
    config.write_text(
        '[state]\ndirectory = "."\n[policy]\nlanguage = "en"\n[review]\nurl = "https://gate.example"\n'
    )

    async def make() -> None:
        store = await Store.open(directory / "quarantine.db")
        await store.hold(mail(received=datetime.now(UTC)))
        await store.close()

    asyncio.run(make())
    return config


def test_it_says_what_waits_in_every_form(config: Path) -> None:
    written = {
        form: run("report", "--config", config, "--format", form) for form in ("text", "html", "json", "csv")
    }

    assert [0] * 4 == [one.returncode for one in written.values()]
    assert 1 == json.loads(written["json"].stdout)["waiting"]
    assert "https://gate.example/mails/1" in written["text"].stdout
    assert '<a href="https://gate.example/mails/1">' in written["html"].stdout
    rows = [*csv.reader(io.StringIO(written["csv"].stdout))]
    assert ["1", "Votre remboursement"] == [[row[1], row[4]] for row in rows if row[0] == "waiting"][1]


def test_it_speaks_french_where_asked(config: Path) -> None:
    assert "En attente d'une décision" in run("report", "--config", config, "--language", "fr").stdout


@pytest.mark.parametrize("wrong", [("--format", "pdf"), ("--language", "de"), ("--since", "yesterday")])
def test_what_is_not_understood_is_said(config: Path, wrong: tuple[str, str]) -> None:
    assert 2 == run("report", "--config", config, *wrong).returncode


def test_without_a_quarantine_there_is_nothing_to_report(tmp_path: Path) -> None:
    config = tmp_path / "vigimel.toml"
    config.write_text('[state]\ndirectory = "."\n')

    done = run("report", "--config", config)

    assert (1, "") == (done.returncode, done.stdout)
    assert 1 == len(done.stderr.splitlines())
