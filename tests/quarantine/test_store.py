import asyncio
import hashlib
import json
import os
import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from milter.errors import ConfigError, TryLater
from milter.quarantine.held import Held, State
from milter.quarantine.store import Store
from tests.quarantine.mails import MAIL, RAW, RECEIVED, mail


async def state_of(store: Store, mail_id: int) -> State:
    held = await store.get(mail_id)
    assert held is not None
    return held.state


def open_files() -> list[str]:
    return [os.readlink(link) for link in Path("/proc/self/fd").iterdir() if link.exists()]  # noqa: PTH115


def file_of(tmp_path: Path) -> Path:
    return tmp_path / "var" / "quarantine.db"


async def test_what_is_held_comes_back_whole(store: Store) -> None:
    mail_id = await store.hold(MAIL)
    held = await store.get(mail_id)
    assert held is not None
    assert held == Held(
        id=mail_id,
        state=State.HELD,
        changed=held.changed,
        envelope=MAIL.envelope,
        received=RECEIVED,
        finding=MAIL.finding,
        reason=MAIL.reason,
        brand=MAIL.brand,
        author=MAIL.author,
        subject=MAIL.subject,
        report=MAIL.report,
        message_id=MAIL.message_id,
        size=len(RAW),
        sha256=hashlib.sha256(RAW).hexdigest(),
    )
    assert RAW == await store.raw(mail_id)


@pytest.mark.parametrize("raw", [b"", b"x", b"\0" * 5_000_000])
async def test_any_bytes_come_back(store: Store, raw: bytes) -> None:
    assert raw == await store.raw(await store.hold(mail(raw=raw)))


async def test_what_a_sender_wrote_cannot_break_the_store(store: Store) -> None:
    envelope = MAIL.envelope.__class__("", "h\udcff\0", "a\udcff@b", ("\0@c",))
    hostile = mail(subject="s\udcff\0" * 9999, author="\ud800", report="[" * 99_999, envelope=envelope)
    held = await store.get(await store.hold(hostile))
    assert held is not None
    assert 1000 == len(held.subject)
    assert "h?\ufffd" == held.envelope.helo
    assert isinstance(json.loads(held.report), str)


async def test_numbers_that_identify_a_person_are_in_the_raw_mail_only(store: Store) -> None:
    nir, iban = "1 84 12 75 123 456 78", "FR76\u00a03000\u00a06000\u00a00112\u00a03456\u00a07890\u00a0189"
    report = json.dumps({"asks": [{"quote": f"votre IBAN {iban}", nir: 4111111111111111, "ms": 15}]})
    said = mail(subject=f"NIR {nir}", reason=f"« {nir} »", author=nir, report=report, raw=nir.encode())
    mail_id = await store.hold(said)
    held = await store.get(mail_id)
    assert held is not None
    assert "NIR 1 ** ** ** *** *** **" == held.subject
    assert "1111" not in held.report
    assert "7890" not in repr(held) + held.subject + held.reason + held.author + held.report
    assert "« 1 ** ** ** *** *** ** »" == held.reason
    assert 15 == json.loads(held.report)["asks"][0]["ms"]
    assert nir.encode() == await store.raw(mail_id)


async def test_lists_are_newest_first_and_go_on(store: Store) -> None:
    ids = [await store.hold(MAIL) for _ in range(5)]
    await store.delete(ids[1])
    newest = await store.list(limit=2)
    assert ids[:2:-1] == [held.id for held in newest]
    assert ids[2::-1] == [held.id for held in await store.list(limit=9, before_id=newest[-1].id)]
    assert [ids[1]] == [held.id for held in await store.list(State.DELETED)]
    assert [] == [*await store.list(State.RELEASED)]


async def test_what_is_not_there_is_none(store: Store) -> None:
    assert None is await store.get(1)
    assert not await store.delete(1)
    assert not await store.begin_release(1, "token")
    with pytest.raises(LookupError):
        await store.raw(1)


async def test_a_deleted_mail_has_no_bytes_in_any_file(store: Store, tmp_path: Path) -> None:
    marker = bytes(range(256)) * 4
    await store.hold(MAIL)
    mail_id = await store.hold(mail(raw=marker))
    assert any(marker[:200] in file.read_bytes() for file in file_of(tmp_path).parent.iterdir())
    assert await store.delete(mail_id)
    assert State.DELETED == await state_of(store, mail_id)
    assert not any(marker[:200] in file.read_bytes() for file in file_of(tmp_path).parent.iterdir())
    with pytest.raises(LookupError):
        await store.raw(mail_id)
    assert not await store.delete(mail_id)


async def test_only_one_caller_may_release(store: Store, tmp_path: Path) -> None:
    other = await Store.open(file_of(tmp_path))
    mail_id = await store.hold(MAIL)
    stores = (store, other) * 10
    won = await asyncio.gather(*(s.begin_release(mail_id, str(n)) for n, s in enumerate(stores)))
    assert 1 == sum(won)
    assert not await store.delete(mail_id)
    await other.close()


async def test_only_the_right_token_ends_a_release(store: Store) -> None:
    mail_id = await store.hold(MAIL)
    await store.begin_release(mail_id, "mine")
    assert not await store.note_delivered(mail_id, "other", ("c@d.example",))
    assert not await store.end_release(mail_id, "other", (), done=True)
    assert await store.note_delivered(mail_id, "mine", ("c@d.example",))
    assert await store.end_release(mail_id, "mine", ("c@d.example",), done=False)
    held = await store.get(mail_id)
    assert held is not None
    assert (State.HELD, ("c@d.example",)) == (held.state, held.delivered)
    assert not await store.end_release(mail_id, "mine", (), done=True)


async def test_a_release_whose_owner_died_is_taken_back_after_a_while(store: Store) -> None:
    mail_id = await store.hold(MAIL)
    await store.begin_release(mail_id, "dead")
    assert 0 == await store.recover(datetime.now(UTC))
    assert State.RELEASING == await state_of(store, mail_id)
    assert 1 == await store.recover(datetime.now(UTC) + timedelta(minutes=11))
    assert State.HELD == await state_of(store, mail_id)
    assert not await store.end_release(mail_id, "dead", (), done=True)


async def test_many_holds_at_once_are_all_kept(store: Store) -> None:
    ids = await asyncio.gather(*(store.hold(mail(raw=b"%d" % n)) for n in range(60)))
    assert [b"%d" % n for n in range(60)] == [await store.raw(mail_id) for mail_id in ids]


async def test_a_cancelled_hold_is_whole_or_absent_and_stops_nobody(store: Store) -> None:
    for step in range(40):
        task = asyncio.ensure_future(store.hold(MAIL))
        for _ in range(step):
            await asyncio.sleep(0.0005)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await store.hold(MAIL)
    for held in await store.list():
        assert RAW == await store.raw(held.id)


async def test_a_locked_database_means_try_later_and_recovers(store: Store, tmp_path: Path) -> None:
    locker = sqlite3.connect(file_of(tmp_path), isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    results = await asyncio.gather(*(store.hold(MAIL) for _ in range(3)), return_exceptions=True)
    assert [TryLater] * 3 == [type(result) for result in results]
    with pytest.raises(TryLater, match="locked"):
        await store.delete(1)
    assert () == await store.list()
    locker.execute("ROLLBACK")
    locker.close()
    assert RAW == await store.raw(await store.hold(MAIL))
    assert 1 == len(await store.list())


async def test_nobody_reads_a_mail_before_it_is_committed_nor_waits_for_a_writer(
    store: Store, tmp_path: Path
) -> None:
    await store.hold(MAIL)
    locker = sqlite3.connect(file_of(tmp_path), isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    locker.execute("DELETE FROM raw_mail")
    assert RAW == await store.raw(1)
    locker.close()


async def test_commits_are_synced_and_purged_bytes_overwritten(store: Store) -> None:
    async with store._engine.connect() as connection:
        pragmas = ("journal_mode", "synchronous", "secure_delete", "foreign_keys", "busy_timeout")
        found = [(await connection.exec_driver_sql(f"PRAGMA {pragma}")).scalar() for pragma in pragmas]
    assert ["wal", 2, 1, 1, 500] == found


async def test_files_are_for_their_owner_only(store: Store, tmp_path: Path) -> None:
    await store.hold(MAIL)
    file = file_of(tmp_path)
    assert 0o700 == stat.S_IMODE(file.parent.stat().st_mode)
    assert {0o600} == {stat.S_IMODE(f.stat().st_mode) for f in file.parent.iterdir()}
    assert 3 == len([*file.parent.iterdir()])


async def test_what_was_held_is_there_after_a_restart(store: Store, tmp_path: Path) -> None:
    mail_id = await store.hold(MAIL)
    await store.close()
    again = await Store.open(file_of(tmp_path))
    assert RAW == await again.raw(mail_id)
    await again.close()


async def test_an_id_is_never_used_again(store: Store, tmp_path: Path) -> None:
    mail_id = await store.hold(MAIL)
    with sqlite3.connect(file_of(tmp_path)) as connection:
        connection.execute("DELETE FROM held_mail")
    assert mail_id < await store.hold(MAIL)


@pytest.mark.parametrize("damage", ["UPDATE raw_mail SET zstd = x'00'", "UPDATE held_mail SET size = 1"])
async def test_damaged_bytes_are_told_and_not_given_out(store: Store, tmp_path: Path, damage: str) -> None:
    mail_id = await store.hold(MAIL)
    with sqlite3.connect(file_of(tmp_path)) as connection:
        connection.execute(damage)
    with pytest.raises(TryLater, match=f"mail {mail_id}: stored mail"):
        await store.raw(mail_id)


async def test_bytes_of_another_mail_are_told_and_not_given_out(store: Store, tmp_path: Path) -> None:
    await store.hold(mail(raw=b"one"))
    await store.hold(mail(raw=b"two"))
    with sqlite3.connect(file_of(tmp_path)) as connection:
        connection.execute("UPDATE raw_mail SET zstd = (SELECT zstd FROM raw_mail WHERE mail_id = 2)")
    with pytest.raises(TryLater, match="not the one that was held"):
        await store.raw(1)


async def test_no_error_carries_words_of_the_mail(store: Store, tmp_path: Path) -> None:
    with sqlite3.connect(file_of(tmp_path)) as connection:
        connection.execute("DROP TABLE raw_mail")
        connection.execute("CREATE TRIGGER t BEFORE INSERT ON held_mail BEGIN SELECT raise(ABORT, 'No'); END")
    with pytest.raises(TryLater, match="quarantine: No") as error:
        await store.hold(MAIL)
    assert "remboursement" not in f"{error.value!r} {error.value.__cause__}"
    assert () == await store.list()


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


@pytest.mark.usefixtures("store")
async def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(file_of(tmp_path)) as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    with pytest.raises(ConfigError, match="tables 99"):
        await Store.open(file_of(tmp_path))


@pytest.mark.parametrize("name", ["file/q.db", "directory", "/proc/vigimel/q.db"])
async def test_a_path_that_cannot_be_used_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "directory").mkdir()
    with pytest.raises(ConfigError, match=r"quarantine\.path"):
        await Store.open(tmp_path / name)


async def test_several_processes_may_make_the_file_at_once(tmp_path: Path) -> None:
    stores = await asyncio.gather(*(Store.open(tmp_path / "q.db") for _ in range(5)))
    for store in stores:
        await store.hold(MAIL)
    assert 5 == len(await stores[0].list())
    for store in stores:
        await store.close()
