"""The small commands, and how the command line ends."""

import asyncio
import datetime
import re
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from milter.cli.app import app
from milter.cli.opened import opened
from milter.config import load
from milter.config.problem import user
from milter.errors import ConfigError
from milter.mail.envelope import Envelope
from milter.quarantine.held import HeldMail
from milter.quarantine.store import Store
from milter.verdict.verdict import Finding
from tests.cli.command import FRAUD, reports, run
from tests.conftest import nobody


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration that writes below the test's directory."""
    path = tmp_path / "vigimel.toml"
    path.write_text('[state]\ndirectory = "."\n')
    return path


@pytest.fixture
def held(config: Path) -> Path:
    """The same, with two mails in the quarantine."""
    asyncio.run(_fill(config))
    return config


async def _fill(config: Path) -> None:
    store = await Store.open(config.parent / "quarantine.db")
    for recipient in ("a@town-hall.example", "b@town-hall.example"):
        await store.hold(
            HeldMail(
                envelope=Envelope("192.0.2.1", "client.example", "from@evil.example", (recipient,)),
                received=datetime.datetime(2026, 2, 3, 10, tzinfo=datetime.UTC),
                finding=Finding.IMPERSONATION,
                reason="Se présente comme…",
                raw=FRAUD,
                author="Votre\x1b[2J Assurance Maladie",
                subject="Votre remboursement",
                message_id="<1@remboursement.example>",
            )
        )
    await store.close()


def test_who_cannot_read_a_closed_configuration_is_told_who_must() -> None:
    # Below tmp_path he could not even see that it is there.
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o755)
        path = Path(directory) / "vigimel.toml"
        path.write_text('[state]\ndirectory = "."\n')
        # What is loaded on the way lies where only root may read, too.
        app(["check-config", "--config", str(path)], standalone_mode=False)
        path.chmod(0)
        with nobody():
            said = f"^{path}: cannot be read by {user()}: Permission denied; root may, and the user"
            with pytest.raises(ConfigError, match=said):
                app(["check-config", "--config", str(path)], standalone_mode=False)


def test_the_version_is_written() -> None:
    assert "vigimel 0.1.0\n" == run("--version").stdout


def test_without_a_command_the_commands_are_shown() -> None:
    done = run()

    for command in ("serve", "judge", "quarantine", "check-config"):
        assert command in done.stdout + done.stderr


@pytest.mark.parametrize(
    "command", ["serve", "judge", "check-config", "doctor", "quarantine list", "quarantine release"]
)
def test_each_command_tells_how_it_is_used(command: str) -> None:
    done = run(*command.split(), "--help")

    assert (0, "") == (done.returncode, done.stderr)
    assert "--config" in done.stdout


def test_a_good_config_is_correct(config: Path) -> None:
    done = run("check-config", "--config", config)

    assert (0, f"{config} : correct\n") == (done.returncode, done.stdout)


def test_every_problem_of_a_config_and_its_data_is_named_at_once(config: Path) -> None:
    (config.parent / "brands").mkdir()
    (config.parent / "brands" / "x.toml").write_text("key = 3\n")
    config.write_text('[log]\nlevle = "info"\n[policy]\nlanguage = "de"\n[judge]\nbrands = "brands"\n')

    done = run("check-config", "--config", config)

    assert 78 == done.returncode
    for place in (f"{config}:2: log.levle", f"{config}:4: policy.language", f"{config.parent}/brands/x.toml"):
        assert place in done.stderr


def test_a_copy_of_words_that_is_older_than_the_gateway_is_told_what_to_do(
    config: Path, checkout: Path
) -> None:
    shipped = (checkout / "config" / "claim.toml").read_text("utf-8")
    old = re.sub(r"^trace = .*$", "gone = 1", shipped, count=1, flags=re.MULTILINE)
    (config.parent / "claim.toml").write_text(old, "utf-8")
    config.write_text('[judge]\nclaim = "claim.toml"\n')

    done = run("check-config", "--config", config)

    assert 78 == done.returncode
    assert "thresholds.trace: missing; take it over from the shipped files" in done.stderr
    assert "thresholds.gone: unknown; the shipped files have it no more" in done.stderr


def test_serve_refuses_the_same_config_in_the_same_words(config: Path) -> None:
    config.write_text("[smtp]\nlisten = []\n")

    assert run("check-config", "--config", config).stderr == run("serve", "--config", config).stderr


def test_an_address_with_an_option_that_the_database_does_not_know_is_refused(config: Path) -> None:
    """`?ssl=` is how another driver has it; without a word a start would come first, and fail."""
    config.write_text('[quarantine]\nurl = "postgresql://v:secret@127.0.0.1:1/v?ssl=require"\n')

    done = run("check-config", "--config", config)

    assert 78 == done.returncode
    assert "no option of PostgreSQL: ssl (TLS: sslmode" in done.stderr
    assert "secret" not in done.stderr
    config.write_text('[quarantine]\nurl = "postgresql://v@127.0.0.1:1/v?sslmode=require"\n')
    assert 0 == run("check-config", "--config", config).returncode


def test_the_quarantine_is_listed_newest_first(held: Path) -> None:
    done = run("quarantine", "list", "--config", held)

    head, second, first = done.stdout.splitlines()
    assert head.split()[:2] == ["n°", "reçu"]
    assert second.startswith("2   2026-02-03 10:00  held  impersonation  Votre\\x1b[2J Assurance")
    assert first.startswith("1 ")


@pytest.mark.parametrize("how", [(), ("--json",)])
def test_a_list_that_is_not_whole_says_so(held: Path, how: tuple[str, ...]) -> None:
    part = run("quarantine", "list", *how, "--limit", "1", "--config", held)
    whole = run("quarantine", "list", *how, "--limit", "2", "--config", held)

    assert 1 == len(whole.stdout.splitlines()) - len(part.stdout.splitlines())
    assert "vigimel: la liste s'arrête à 1, il y en a d'autres : --limit en montre plus\n" == part.stderr
    assert "" == whole.stderr


def test_the_quarantine_is_listed_as_json(held: Path) -> None:
    mails = reports(run("quarantine", "list", "--json", "--config", held).stdout)

    assert [2, 1] == [mail["id"] for mail in mails]
    assert ["b@town-hall.example"] == mails[0]["forward_paths"]
    assert "<1@remboursement.example>" == mails[0]["message_id"]


def test_one_mail_is_shown_and_its_bytes_are_given_back(held: Path) -> None:
    assert "Votre remboursement" in run("quarantine", "show", "1", "--config", held).stdout
    assert FRAUD.decode() == run("quarantine", "show", "1", "--raw", "--config", held).stdout


def test_a_mail_is_released_once(held: Path) -> None:
    first = run("quarantine", "release", "1", "--config", held)
    again = run("quarantine", "release", "1", "--config", held)

    assert (0, "message 1 remis à a@town-hall.example\n") == (first.returncode, first.stdout)
    assert (1, "") == (again.returncode, again.stdout)
    (path,) = (held.parent / "maildir" / "new").iterdir()
    assert path.read_bytes().endswith(FRAUD)


def test_a_deleted_mail_can_be_had_again_for_a_day(held: Path) -> None:
    said = run("quarantine", "delete", "2", "--config", held)
    assert (0, True) == (said.returncode, "undo" in said.stdout)
    assert FRAUD == run("quarantine", "show", "2", "--raw", "--config", held).stdout.encode()
    assert 0 == run("quarantine", "undo", "2", "--config", held).returncode
    (waits, _) = reports(run("quarantine", "list", "--json", "--config", held).stdout)
    assert (2, "held") == (waits["id"], waits["state"])


def test_a_deleted_mail_has_no_bytes_any_more(held: Path) -> None:
    held.write_text(held.read_text() + "[quarantine]\nundelete_hours = 0\n")
    assert 0 == run("quarantine", "delete", "2", "--config", held).returncode

    shown = run("quarantine", "show", "2", "--raw", "--config", held)
    assert (1, "") == (shown.returncode, shown.stdout)
    assert 1 == run("quarantine", "delete", "2", "--config", held).returncode


def test_a_fraud_is_confirmed_and_that_is_undone_and_the_journal_knows(held: Path) -> None:
    deeds = ("confirm", "confirm", "release", "undo", "undo")
    done = [run("quarantine", deed, "2", "--config", held, "--json") for deed in deeds]

    assert [0, 1, 1, 0, 1] == [one.returncode for one in done]
    assert [{"id": 2, "state": "confirmed", "confirmed": True}] == reports(done[0].stdout)
    assert [{"id": 2, "state": "held", "undone": True}] == reports(done[3].stdout)
    noted = reports(run("audit", "show", "--json", "--config", held).stdout)
    assert ["confirmed", "not confirmed", "not released", "undone", "not undone"] == [
        e["deed"] for e in noted
    ]
    assert {2} == {entry["mail_id"] for entry in noted}
    assert 0 == run("audit", "verify", "--config", held).returncode


def test_an_unknown_number_is_said(held: Path) -> None:
    for command in ("show", "release", "delete", "confirm", "undo"):
        done = run("quarantine", command, "99", "--config", held)
        assert 1 == done.returncode
        assert "99" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_next_hop_that_is_away_is_said_and_the_mail_is_still_held(held: Path) -> None:
    held.write_text('[state]\ndirectory = "."\n[next_hop]\nurl = "smtp://127.0.0.1:9"\n')

    done = run("quarantine", "release", "1", "--config", held)

    assert 1 == done.returncode
    assert "Traceback" not in done.stderr
    assert ["held", "held"] == [
        mail["state"] for mail in reports(run("quarantine", "list", "--json", "-c", held).stdout)
    ]


def test_no_quarantine_yet_is_no_error_and_none_is_made(config: Path) -> None:
    done = run("quarantine", "list", "--config", config)

    assert 0 == done.returncode
    assert not (config.parent / "quarantine.db").exists()


async def test_a_quarantine_that_is_closed_to_who_asks_is_not_taken_for_missing(
    held: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = load(held, to_serve=False)
    held.parent.chmod(0)
    with nobody():
        async with opened(loaded) as store:
            assert store is None
        who = user()
    held.parent.chmod(0o700)

    assert f"quarantine.db : fermé à {who}" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    "command", [("quarantine", "list"), ("admin", "list"), ("report",), ("audit", "verify")]
)
def test_no_command_upgrades_the_tables_of_a_gateway_that_runs_an_older_version(
    held: Path, command: tuple[str, ...]
) -> None:
    with closing(sqlite3.connect(held.parent / "quarantine.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '11'")
    done = run(*command, "--config", held)

    assert (78, "") == (done.returncode, done.stdout)
    assert "les tables de la quarantaine sont de la version 11" in done.stderr
    with closing(sqlite3.connect(held.parent / "quarantine.db")) as database:
        assert [("11",)] == database.execute("SELECT version_num FROM alembic_version").fetchall()


def test_an_unknown_state_is_not_understood(config: Path) -> None:
    done = run("quarantine", "list", "--state", "lost", "--config", config)

    assert 2 == done.returncode
    assert "Traceback" not in done.stderr


def _commands(command: Any) -> Iterator[Any]:
    """A command, and those below it."""
    yield command
    for one in getattr(command, "commands", {}).values():
        yield from _commands(one)


def test_no_help_is_eaten_as_markup() -> None:
    """Rich takes a section of the configuration in brackets for a style, and shows nothing of it."""
    commands = list(_commands(get_command(app)))
    helps = [str(getattr(one, "help", "")) for command in commands for one in (command, *command.params)]

    assert len(commands) > len(("serve", "judge", "quarantine"))
    assert [] == [text for text in helps if re.search(r"\[[a-z_]+\]", text)]
