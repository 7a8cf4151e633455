"""What holds of the file that SQLite keeps."""

import asyncio
import os
import sqlite3
import stat
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from milter.errors import ConfigError, TryLater
from milter.quarantine import sqlite
from milter.quarantine.held import State
from milter.quarantine.schema import Utc
from milter.quarantine.size import Size, first_to_go, packed, sizes
from milter.quarantine.store import Store
from tests.quarantine.mails import MAIL, RAW, mail


def open_files() -> list[str]:
    return [os.readlink(link) for link in Path("/proc/self/fd").iterdir() if link.exists()]  # noqa: PTH115


def file_of(tmp_path: Path) -> Path:
    return tmp_path / "var" / "quarantine.db"


@pytest.mark.threat("P2")
async def test_a_deleted_mail_has_no_bytes_in_any_file(sqlite_store: Store, tmp_path: Path) -> None:
    marker = bytes(range(256)) * 4
    await sqlite_store.hold(MAIL)
    mail_id = await sqlite_store.hold(mail(raw=marker))
    assert any(marker[:200] in file.read_bytes() for file in file_of(tmp_path).parent.iterdir())
    assert await sqlite_store.delete(mail_id)
    held = await sqlite_store.get(mail_id)
    assert held is not None
    assert State.DELETED == held.state
    assert not any(marker[:200] in file.read_bytes() for file in file_of(tmp_path).parent.iterdir())
    with pytest.raises(LookupError):
        await sqlite_store.raw(mail_id)
    assert not await sqlite_store.delete(mail_id)


async def test_a_locked_database_means_try_later_and_recovers(sqlite_store: Store, tmp_path: Path) -> None:
    locker = sqlite3.connect(file_of(tmp_path), isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    results = await asyncio.gather(*(sqlite_store.hold(MAIL) for _ in range(3)), return_exceptions=True)
    assert [TryLater] * 3 == [type(result) for result in results]
    with pytest.raises(TryLater, match="locked"):
        await sqlite_store.delete(1)
    assert () == await sqlite_store.list()
    locker.execute("ROLLBACK")
    locker.close()
    assert RAW == await sqlite_store.raw(await sqlite_store.hold(MAIL))
    assert 1 == len(await sqlite_store.list())


async def test_a_quarantine_is_opened_while_somebody_writes_for_long(
    sqlite_store: Store, tmp_path: Path
) -> None:
    mail_id = await sqlite_store.hold(MAIL)
    locker = sqlite3.connect(file_of(tmp_path), isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    other = await Store.open(file_of(tmp_path), busy_timeout=0.1)
    assert RAW == await other.raw(mail_id)
    await other.close()
    locker.close()


async def test_a_file_that_is_moved_away_means_try_later_and_is_not_made_anew(
    sqlite_store: Store, tmp_path: Path
) -> None:
    mail_id = await sqlite_store.hold(MAIL)
    file, away = file_of(tmp_path), tmp_path / "away"
    file.rename(away)
    for _ in range(3):
        with pytest.raises(TryLater):
            await sqlite_store.hold(MAIL)
        with pytest.raises(TryLater):
            await sqlite_store.list()
        assert not file.exists()
    away.rename(file)
    assert RAW == await sqlite_store.raw(mail_id)
    assert RAW == await sqlite_store.raw(await sqlite_store.hold(MAIL))


async def test_a_file_that_was_put_in_its_place_is_the_quarantine(
    sqlite_store: Store, tmp_path: Path
) -> None:
    await sqlite_store.hold(MAIL)
    other = await Store.open(tmp_path / "other.db")
    for _ in range(2):
        await other.hold(mail(subject="restored"))
    await other.close()
    (tmp_path / "other.db").rename(file_of(tmp_path))
    for suffix in ("-wal", "-shm"):
        file_of(tmp_path).with_name(f"quarantine.db{suffix}").unlink()
    assert ["restored"] * 2 == [held.subject for held in await sqlite_store.list()]
    assert 3 == await sqlite_store.hold(MAIL)


async def test_any_name_of_a_file_will_do(tmp_path: Path) -> None:
    place = tmp_path / "à l'été 100% ?mode=ro&x#y" / "q ?.db"
    store = await Store.open(place)
    await store.hold(MAIL)
    await store.close()
    assert place.stat().st_size
    assert [place.name] == [file.name for file in place.parent.iterdir()]


async def test_nobody_reads_a_mail_before_it_is_committed_nor_waits_for_a_writer(
    sqlite_store: Store, tmp_path: Path
) -> None:
    await sqlite_store.hold(MAIL)
    locker = sqlite3.connect(file_of(tmp_path), isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    locker.execute("DELETE FROM raw_mail")
    assert RAW == await sqlite_store.raw(1)
    locker.close()


async def test_commits_are_synced_and_purged_bytes_overwritten(sqlite_store: Store) -> None:
    with sqlite_store.transactions._database.engine.connect() as connection:
        pragmas = ("journal_mode", "synchronous", "secure_delete", "foreign_keys", "busy_timeout")
        found = [connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() for pragma in pragmas]
    assert ["wal", 2, 1, 1, 500] == found


async def test_files_are_for_their_owner_only(sqlite_store: Store, tmp_path: Path) -> None:
    await sqlite_store.hold(MAIL)
    file = file_of(tmp_path)
    assert 0o700 == stat.S_IMODE(file.parent.stat().st_mode)
    assert {0o600} == {stat.S_IMODE(f.stat().st_mode) for f in file.parent.iterdir()}
    assert 3 == len([*file.parent.iterdir()])


async def test_an_id_is_never_used_again(sqlite_store: Store, tmp_path: Path) -> None:
    mail_id = await sqlite_store.hold(MAIL)
    with sqlite3.connect(file_of(tmp_path)) as connection:
        connection.execute("DELETE FROM held_mail")
    assert mail_id < await sqlite_store.hold(MAIL)


@pytest.mark.parametrize("damage", ["UPDATE raw_mail SET zstd = x'00'", "UPDATE held_mail SET size = 1"])
async def test_damaged_bytes_are_told_and_not_given_out(
    sqlite_store: Store, tmp_path: Path, damage: str
) -> None:
    mail_id = await sqlite_store.hold(MAIL)
    with sqlite3.connect(file_of(tmp_path)) as connection:
        connection.execute(damage)
    with pytest.raises(TryLater, match=f"mail {mail_id}: stored mail"):
        await sqlite_store.raw(mail_id)


async def test_bytes_of_another_mail_are_told_and_not_given_out(sqlite_store: Store, tmp_path: Path) -> None:
    await sqlite_store.hold(mail(raw=b"one"))
    await sqlite_store.hold(mail(raw=b"two"))
    with sqlite3.connect(file_of(tmp_path)) as connection:
        connection.execute("UPDATE raw_mail SET zstd = (SELECT zstd FROM raw_mail WHERE mail_id = 2)")
    with pytest.raises(TryLater, match="not the one that was held"):
        await sqlite_store.raw(1)


@pytest.mark.threat("P1")
async def test_no_error_carries_words_of_the_mail(sqlite_store: Store, tmp_path: Path) -> None:
    with sqlite3.connect(file_of(tmp_path)) as connection:
        connection.execute("DROP TABLE raw_mail")
        connection.execute("CREATE TRIGGER t BEFORE INSERT ON held_mail BEGIN SELECT raise(ABORT, 'No'); END")
    with pytest.raises(TryLater, match="quarantine: No") as error:
        await sqlite_store.hold(MAIL)
    assert "remboursement" not in f"{error.value!r} {error.value.__cause__}"
    assert () == await sqlite_store.list()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"no database at all, but long enough" * 99, "not a database"),
        (b"SQLite format 3\0", "not a database"),
    ],
)
async def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    file = tmp_path / "q.db"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=problem):
        await Store.open(file)
    assert content == file.read_bytes()
    # A connection left open would leak a file and a thread with every try.
    assert str(file) not in open_files()


@pytest.mark.parametrize("name", ["file/q.db", "directory", "/proc/vigimel/q.db"])
async def test_a_path_that_cannot_be_used_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "directory").mkdir()
    with pytest.raises(ConfigError, match=r"quarantine\.path"):
        await Store.open(tmp_path / name)


def test_a_file_that_cannot_keep_a_write_ahead_log_is_refused(tmp_path: Path) -> None:
    # Only a database in memory refuses on every machine; file systems of the network do elsewhere.
    file, connection = tmp_path / "file", sqlite3.connect(":memory:")
    file.touch()
    with pytest.raises(OSError, match="cannot keep a write-ahead log"):
        sqlite._prepare(file, connection, SimpleNamespace(info={}))
    connection.close()


async def test_a_new_file_that_another_process_is_turning_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "quarantine.db"
    database = sqlite.database(path, 0.01)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    making = asyncio.create_task(asyncio.to_thread(database.make_tables, 60))
    await asyncio.sleep(0.2)
    assert not making.done()
    other.execute("ROLLBACK")
    other.close()
    await making
    assert database.version()


def test_a_time_without_a_zone_is_our_bug() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        Utc().process_bind_param(datetime(2026, 2, 3), None)  # type: ignore[arg-type]  # noqa: DTZ001


async def test_what_waits_is_counted_and_the_oldest_decided_goes_first(sqlite_store: Store) -> None:
    first, second, third = [await sqlite_store.hold(mail(raw=b"x" * 100)) for _ in range(3)]
    await sqlite_store.delete(first)
    await sqlite_store.confirm(third)
    counted = await sizes(sqlite_store.transactions)
    going = await first_to_go(sqlite_store.transactions, 5)

    assert Size(1, 100) == counted[State.HELD] == counted[State.DELETED]
    assert set(State) == set(counted)
    # What was deleted has no bytes any more that could go.
    assert [third, second] == [mail_id for mail_id, *_ in going]
    assert await packed(sqlite_store.transactions) == sum(octets for *_, octets in going)
