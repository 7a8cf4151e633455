"""A copy of the quarantine is whole, the newest, and nobody else's to read."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from milter.quarantine import backup
from milter.quarantine.backup import back_up
from milter.quarantine.store import Store
from tests.cli.command import run
from tests.quarantine.mails import MAIL


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "vigimel.toml"
    path.write_text('[state]\ndirectory = "."\n[policy]\nlanguage = "en"\n', "utf-8")
    return path


def mails_in(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        assert ("ok",) == connection.execute("PRAGMA integrity_check").fetchone()
        (count,) = connection.execute("SELECT count(*) FROM raw_mail").fetchone()
    return int(count)


def names_in(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


async def test_each_copy_takes_the_place_of_the_one_before_while_mail_comes_in(
    config: Path, tmp_path: Path
) -> None:
    (tmp_path / "kept").mkdir()
    copy = tmp_path / "kept" / "quarantine.db"
    store = await Store.open(tmp_path / "quarantine.db")
    for number in (1, 2):
        await store.hold(MAIL)
        done = run("quarantine", "backup", copy, "--config", config)
        assert (0, "") == (done.returncode, done.stderr)
        assert done.stdout.startswith(f"{copy}: ")
        assert number == mails_in(copy)
    await store.close()
    assert 0o600 == stat.S_IMODE(copy.stat().st_mode)
    assert [copy.name] == names_in(copy.parent)


async def test_where_none_can_be_made_the_last_one_stays(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, copy = tmp_path / "quarantine.db", tmp_path / "copy.db"
    await (await Store.open(source)).close()
    copy.write_bytes(b"the last one")

    def fail(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "sync", fail)
    with pytest.raises(OSError, match="No space"):
        back_up(source, copy)
    source.write_bytes(b"no database at all, for it is damaged" * 100)
    done = run("quarantine", "backup", copy, "--config", config)
    assert (1, True) == (done.returncode, "the old one is still there" in done.stderr)
    assert b"the last one" == copy.read_bytes()
    assert sorted([source.name, copy.name, config.name]) == names_in(tmp_path)


@pytest.mark.parametrize(
    ("options", "file", "why"),
    [
        ("", "copy.db", "no quarantine yet"),
        ('[quarantine]\nurl = "postgresql://vigimel@db.example/x"\n', "copy.db", "pg_dump"),
        ('[quarantine]\npath = "vigimel.toml"\n', "vigimel.toml", "is the quarantine itself"),
        ('[quarantine]\npath = "vigimel.toml"\n', "nowhere/copy.db", "No such file"),
        # As where a directory above it is closed to who types: before anything is made.
        ('[quarantine]\npath = "vigimel.toml"\n', "x" * 300, "File name too long"),
    ],
)
def test_what_cannot_be_copied_is_said(config: Path, options: str, file: str, why: str) -> None:
    config.write_text(config.read_text("utf-8") + options, "utf-8")
    before = config.read_text("utf-8")
    done = run("quarantine", "backup", config.parent / file, "--config", config)
    assert (1, "") == (done.returncode, done.stdout)
    assert why in done.stderr
    assert before == config.read_text("utf-8")
    assert [config] == [*config.parent.iterdir()]
