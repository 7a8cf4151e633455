"""`vigimel admin` and `vigimel audit`, as an admin types them."""

import asyncio
import re
import sqlite3
from pathlib import Path

import pytest

from milter.quarantine.store import Store
from tests.cli.command import reports, run

PASSWORD = b"correct horse battery\n"
CHANGES = (
    ("role", "vera", "reviewer"),
    ("password", "vera", "--one-time"),
    ("logout", "vera"),
    ("disable", "vera"),
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The configuration of a gateway that has run."""
    config = tmp_path / "vigimel.toml"
    config.write_text('[state]\ndirectory = "."\n[policy]\nlanguage = "en"\n')

    async def make() -> None:
        await (await Store.open(tmp_path / "quarantine.db")).close()

    asyncio.run(make())
    return config


def test_accounts_are_made_listed_changed_and_removed(config: Path) -> None:
    made = run("admin", "add", "ada", "--config", config, standard_input=PASSWORD)
    run("admin", "add", "vera", "--role", "viewer", "--config", config, standard_input=PASSWORD)
    again = run("admin", "add", "ada", "--config", config, standard_input=PASSWORD)
    changed = run("admin", "password", "vera", "--config", config, standard_input=b"another horse battery\n")
    gone = run("admin", "remove", "vera", "--config", config)

    assert (0, 1, 0, 0) == (made.returncode, again.returncode, changed.returncode, gone.returncode)
    assert "already" in again.stderr
    assert [("ada", "admin")] == [
        (one["name"], one["role"])
        for one in reports(run("admin", "list", "--json", "--config", config).stdout)
    ]
    deeds = [line["deed"] for line in reports(run("audit", "show", "--json", "--config", config).stdout)]
    assert ["account added", "account added", "password set", "account removed"] == deeds


@pytest.mark.parametrize(
    ("arguments", "typed"),
    [
        (("add", "eve"), b"short\n"),
        (("add", "eve"), b""),
        (("password", "nobody"), PASSWORD),
        (("password", "nobody", "--own"), PASSWORD + PASSWORD),
        (("remove", "nobody"), b""),
        (("role", "nobody", "viewer"), b""),
    ],
)
def test_what_cannot_be_done_is_told(config: Path, arguments: tuple[str, ...], typed: bytes) -> None:
    done = run("admin", *arguments, "--config", config, standard_input=typed)

    assert 1 == done.returncode
    assert 1 == len(done.stderr.splitlines())


def test_an_account_is_changed_and_its_owner_changes_his_password(config: Path) -> None:
    run("admin", "add", "ada", "--config", config, standard_input=PASSWORD)
    made = run("admin", "add", "vera", "--role", "viewer", "--one-time", "--config", config)
    own = ("admin", "password", "ada", "--own", "--config", config)
    wrong = run(*own, standard_input=b"wrong horse battery\nanother horse battery\n")
    right = run(*own, standard_input=PASSWORD + b"another horse battery\n")
    last = run("admin", "remove", "ada", "--config", config)
    told = [run("admin", *words, "--config", config) for words in CHANGES]

    codes = [one.returncode for one in (made, wrong, right, last, *told)]
    assert [0, 1, 0, 1, *[0] * len(CHANGES)] == codes
    assert "ada: this is the last admin: make another one first" in last.stderr
    assert re.search(r"(?:[a-z2-9]{5}-){3}[a-z2-9]{5}\n", made.stdout)
    [ada, vera] = reports(run("admin", "list", "--json", "--config", config).stdout)
    assert ("local", None, None) == (ada["kind"], ada["disabled"], ada["refused_until"])
    assert ("reviewer", True, True) == (vera["role"], bool(vera["password_until"]), bool(vera["disabled"]))
    deeds = [line["deed"] for line in reports(run("audit", "show", "--json", "--config", config).stdout)]
    assert [
        "account added",
        "account added",
        "own password not changed",
        "own password changed",
        "role changed",
        "one-time password made",
        "logins ended",
        "account disabled",
    ] == deeds


def test_the_journal_is_read_in_the_language_of_its_readers(config: Path) -> None:
    run("admin", "add", "ada", "--config", config, standard_input=PASSWORD)
    english = run("audit", "show", "--config", config).stdout
    config.write_text(config.read_text().replace('"en"', '"fr"'))
    french = run("audit", "show", "--config", config).stdout
    [line] = reports(run("audit", "show", "--json", "--config", config).stdout)

    assert "(command line) account added ada (admin)" in english
    assert "(ligne de commande) compte ajouté ada (admin)" in french
    assert line["who"].endswith(" (command line)")
    assert "account added" == line["deed"]


def test_a_journal_that_was_changed_is_found(config: Path) -> None:
    run("admin", "add", "ada", "--config", config, standard_input=PASSWORD)
    whole = run("audit", "verify", "--config", config)
    with sqlite3.connect(config.parent / "quarantine.db") as database:
        database.execute("UPDATE journal SET who = 'eve'")
    changed = run("audit", "verify", "--config", config)

    assert (0, 1) == (whole.returncode, changed.returncode)
    assert "line 1" in changed.stderr
    assert "eve account added" in run("audit", "show", "--config", config).stdout


def test_where_no_gateway_has_run_no_file_is_made(tmp_path: Path) -> None:
    config = tmp_path / "vigimel.toml"
    config.write_text('[state]\ndirectory = "."\n')

    assert 1 == run("admin", "add", "ada", "--config", config, standard_input=PASSWORD).returncode
    assert [config] == [*tmp_path.iterdir()]
