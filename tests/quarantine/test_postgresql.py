"""What holds of a PostgreSQL server that several gateways share."""

import asyncio
import os
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from milter.cli import surroundings
from milter.config import load
from milter.errors import ConfigError, TryLater
from milter.quarantine import patience
from milter.quarantine.migrations.upgrade import HEAD
from milter.quarantine.postgresql import database
from milter.quarantine.store import Store
from tests.quarantine.mails import MAIL, RAW, mail
from tests.quarantine.postgresql import Server, running


@pytest.fixture
async def shared(postgresql: Server, database_name: str) -> str:
    """The address of an empty database."""
    return postgresql.url(database_name)


async def test_a_node_whose_clock_is_wrong_is_not_taken_for_dead(
    shared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Behind(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) - timedelta(hours=1)

    store = await Store.open(shared)
    mail_id = await store.hold(MAIL)
    for module in ("store", "database"):
        monkeypatch.setattr(f"milter.quarantine.{module}.datetime", Behind)
    assert await store.begin_release(mail_id, "of the node behind")
    monkeypatch.undo()

    assert 0 == await store.recover()
    await store.close()


async def test_commits_wait_for_the_disk(shared: str) -> None:
    store = await Store.open(shared)
    with store.transactions._database.engine.connect() as connection:
        assert "on" == connection.exec_driver_sql("SHOW synchronous_commit").scalar()
    await store.close()


@pytest.mark.threat("P2")
async def test_a_purged_mail_is_in_no_file_of_its_table(postgresql: Server, shared: str) -> None:
    store = await Store.open(shared)
    # Nothing that compresses: it must stand in the files as it is.
    marker = os.urandom(500)
    kept = await store.hold(MAIL)
    mail_id = await store.hold(mail(raw=marker))
    postgresql.sql("CHECKPOINT")
    assert postgresql.holds(marker)

    await store.delete(mail_id)
    await store.transactions.tidy()

    postgresql.sql("CHECKPOINT")
    assert not postgresql.holds(marker)
    assert RAW == await store.raw(kept)
    await store.close()


async def test_a_server_that_is_away_means_try_later_and_recovers() -> None:
    with running() as server:
        store = await Store.open(server.url("postgres"), busy_timeout=2)
        before = await store.hold(MAIL)
        server.stop("immediate")
        for _ in range(3):
            with pytest.raises(TryLater):
                await store.hold(MAIL)
        server.start()
        assert RAW == await store.raw(before)
        await store.hold(MAIL)
        await store.close()


async def test_a_server_that_hangs_means_try_later_in_time_and_recovers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with running() as server:
        store = await Store.open(server.url("postgres"), busy_timeout=2)
        before = await store.hold(MAIL)
        with server.hanging(), monkeypatch.context() as patch:
            patch.setattr(patience, "SILENCE", 0.5)
            # More than there are connections: none is kept for ever.
            async with asyncio.timeout(60):
                results = await asyncio.gather(*(store.hold(MAIL) for _ in range(8)), return_exceptions=True)
            assert [TryLater] * 8 == [type(result) for result in results]
            with pytest.raises(TryLater):
                await store.list()
        assert RAW == await store.raw(before)
        assert before < await store.hold(MAIL)
        await store.close()


async def test_a_statement_is_broken_off_by_the_server_before_it_is_given_up(shared: str) -> None:
    store = await Store.open(shared)
    with store.transactions._database.engine.connect() as connection:
        limit = connection.exec_driver_sql(
            "SELECT setting::int FROM pg_settings WHERE name = 'statement_timeout'"
        )
        assert limit.scalar_one() < 1000 * patience.SILENCE
    await store.close()


async def test_a_server_that_is_away_at_start_is_told_without_the_password() -> None:
    with pytest.raises(ConfigError, match=r"quarantine\.url postgresql://gate@127") as told:
        await Store.open("postgresql://gate:secret@127.0.0.1:1/x", busy_timeout=2)
    assert "secret" not in str(told.value)


async def test_the_address_says_whether_somebody_answers(shared: str) -> None:
    assert "" == database(shared, 2).trouble()
    assert database("postgresql://vigimel@127.0.0.1:1/x", 2).trouble()


async def test_the_doctor_reads_of_which_version_its_tables_are(
    postgresql: Server, database_name: str, shared: str, tmp_path: Path
) -> None:
    config = tmp_path / "vigimel.toml"
    config.write_text(f'[quarantine]\nurl = "{shared}"\n', "utf-8")
    loaded, text = load(config, to_serve=False), surroundings.TEXTS["en"]
    before = await surroundings.tables(loaded, text)
    await (await Store.open(shared)).close()
    made = await surroundings.tables(loaded, text)
    postgresql.sql("UPDATE alembic_version SET version_num = '1'", database_name)
    old = await surroundings.tables(loaded, text)
    away = loaded.quarantine.model_copy(update={"url": "postgresql://vigimel@127.0.0.1:9/none"})
    no_answer = await surroundings.tables(loaded.model_copy(update={"quarantine": away}), text)

    ours = f"{text['tables_ok'].format(found=HEAD)}; {text['tidied_never']}"
    assert (text["tables_new"], ours) == (before[1], made[1])
    assert ("note", "wrong") == (old[0].value, no_answer[0].value)


def test_what_is_no_address_or_has_no_driver_is_told_to_the_operator(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="not an address such as"):
        database("postgresql//vigimel", 1)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ConfigError, match="the driver is missing") as told:
        database("postgresql://vigimel:secret@db.example/mail", 1)
    assert "secret" not in str(told.value)


async def test_a_locked_table_means_try_later_and_recovers(shared: str) -> None:
    store = await Store.open(shared, busy_timeout=0.3)
    with store.transactions._database.engine.connect() as other:
        other.exec_driver_sql("LOCK TABLE held_mail")
        results = await asyncio.gather(*(store.hold(MAIL) for _ in range(3)), return_exceptions=True)
        assert [TryLater] * 3 == [type(result) for result in results]
    assert RAW == await store.raw(await store.hold(MAIL))
    await store.close()
