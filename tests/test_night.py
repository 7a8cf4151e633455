"""Deleted mail leaves the files of PostgreSQL at night, whatever their size; no hold is lost by it."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from milter.cli import surroundings
from milter.config import load
from milter.errors import TryLater
from milter.quarantine import patience
from milter.quarantine.store import Store
from milter.serve import night
from tests.quarantine.conftest import database_name, postgresql
from tests.quarantine.mails import MAIL, RAW, mail
from tests.quarantine.postgresql import Server

__all__ = ["database_name", "postgresql"]

NIGHT, NEXT = (datetime(2026, 11, day, 2, 5).astimezone() for day in (24, 25))
NOON, MORNING = (datetime(2026, 11, 24, hour, 0).astimezone() for hour in (12, 5))


@pytest.fixture
async def shared(postgresql: Server, database_name: str) -> str:
    """The address of an empty database."""
    return postgresql.url(database_name)


@pytest.fixture
async def store(shared: str) -> AsyncIterator[Store]:
    opened = await Store.open(shared)
    yield opened
    await opened.close()


async def test_it_is_done_once_a_night_by_one_of_several_and_never_by_day(
    store: Store, shared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[object] = []
    other = await Store.open(shared)
    for one in (store, other):
        monkeypatch.setattr(type(one.transactions), "tidy", lambda self: _note(done, self))
    for now in (NOON, MORNING):
        await night.tidy(store.transactions, now)
    assert [] == done
    for now in (NIGHT, NIGHT, NEXT):
        await asyncio.gather(*(night.tidy(one.transactions, now) for one in (store, other)))
    assert 2 == len(done)
    await other.close()


async def _note(done: list[object], one: object) -> None:
    done.append(one)


@pytest.mark.threat("P2")
async def test_large_tables_take_the_time_they_need(
    store: Store, postgresql: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = os.urandom(500)
    mail_id = await store.hold(mail(raw=marker))
    await store.delete(mail_id)
    with monkeypatch.context() as patch:
        # No other connection is waited for any time.
        patch.setattr(patience, "SILENCE", 0.2)
        await store.transactions._outside(("SELECT pg_sleep(1)",))
        await night.tidy(store.transactions, NIGHT)
    postgresql.sql("CHECKPOINT")
    assert not postgresql.holds(marker)
    with store.transactions._database.outside.connect() as connection:
        limits = [
            connection.exec_driver_sql(f"SHOW {name}_timeout").scalar() for name in ("statement", "lock")
        ]
    assert ["0", "2s"] == limits


async def test_a_long_reader_delays_a_hold_for_less_than_it_waits_and_the_work_is_done_later(
    store: Store,
) -> None:
    await store.hold(MAIL)
    with store.transactions._database.engine.connect() as other:
        # As a back-up does.
        other.exec_driver_sql("SELECT 1 FROM raw_mail")
        work = asyncio.create_task(night.tidy(store.transactions, NIGHT))
        await asyncio.sleep(0.5)
        held = await store.hold(MAIL)
        with pytest.raises(TryLater, match="lock timeout"):
            await work
    assert RAW == await store.raw(held)
    await night.tidy(store.transactions, NIGHT)
    assert night.last_tidied(store.transactions._database)


async def test_a_hold_that_comes_meanwhile_is_deferred_or_durable(shared: str) -> None:
    store = await Store.open(shared, busy_timeout=0.5)
    with store.transactions._database.outside.connect() as other:
        # What VACUUM FULL holds as long as it writes.
        other.exec_driver_sql("BEGIN")
        other.exec_driver_sql("LOCK TABLE raw_mail IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(TryLater):
            await store.hold(MAIL)
        other.exec_driver_sql("COMMIT")
    assert () == await store.list()
    assert RAW == await store.raw(await store.hold(MAIL))
    await store.close()


async def test_a_stop_does_not_wait_for_it(shared: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = await Store.open(shared)
    monkeypatch.setattr(
        type(stopped.transactions), "tidy", lambda self: self._outside(("SELECT pg_sleep(120)",) * 2)
    )
    work = asyncio.create_task(night.tidy(stopped.transactions, NIGHT))
    await asyncio.sleep(1)
    async with asyncio.timeout(30):
        await stopped.close()
    with pytest.raises(TryLater):
        await work
    with pytest.raises(TryLater):
        await stopped.transactions.tidy()


async def test_the_doctor_says_when_it_was_done_last(shared: str, store: Store, tmp_path: Path) -> None:
    config = tmp_path / "vigimel.toml"
    config.write_text(f'[quarantine]\nurl = "{shared}"\n', "utf-8")
    loaded, text = load(config, to_serve=False), surroundings.TEXTS["en"]

    async def said() -> tuple[str, bool, bool]:
        state, told = await surroundings.tables(loaded, text)
        return state.value, text["tidied_never"] in told, "2026-11-24" in told

    assert ("ok", True, False) == await said()
    await night.tidy(store.transactions, NIGHT)
    assert "note" == (await said())[0] or (await said())[2]
