"""When are we well, and when ready? With real parts that go away."""

import os
import time
from pathlib import Path

import pytest

from milter.config import Config, NextHopConfig
from milter.meter.signs import BEAT, DRAINING, READY
from milter.meter.table import Table
from milter.metrics import health as module
from milter.metrics.health import Health
from milter.quarantine.store import Store
from milter.relay.next_hop import next_hop
from tests.intake.hop import Hop
from tests.quarantine.mails import MAIL
from tests.quarantine.postgresql import running


@pytest.fixture(autouse=True)
def _asks_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FRESH", 0.0)


def health_of(store: Store, url: str, wanted: int = 2) -> Health:
    table = Table(8)
    table.use(7)
    hop = next_hop(NextHopConfig(url=url, connect_timeout=1, greeting_timeout=1), Config().hostname)
    return Health(table, wanted, store, hop)


def worker(table: Table, number: int, *, last_word: float = 0.0) -> None:
    """A worker that takes mail and said so seconds ago."""
    pid = os.fork()
    if pid == 0:
        try:
            table.use(number)
            READY.set(1)
            BEAT.set(time.monotonic() - last_word)
        finally:
            os._exit(0)
    os.waitpid(pid, 0)


async def ill(health: Health) -> list[str]:
    return [part.name for part in await health.ready() if not part.is_well]


async def test_with_all_parts_there_it_is_ready(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "quarantine.db")
    health = health_of(store, f"maildir:{tmp_path / 'maildir'}")
    worker(health.table, 0)

    assert [] == await ill(health)
    assert "1 of 2 take mail" in [part.says for part in await health.ready()]
    await store.close()


async def test_without_a_worker_that_speaks_it_is_neither_well_nor_ready(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "quarantine.db")
    health = health_of(store, f"maildir:{tmp_path / 'maildir'}")
    worker(health.table, 0, last_word=60)

    assert ["workers"] == await ill(health)
    assert [False] == [part.is_well for part in await health.healthy()]
    worker(health.table, 0)
    assert [True] == [part.is_well for part in await health.healthy()]
    await store.close()


async def test_a_next_hop_that_goes_away_is_seen_and_seen_again_when_it_is_back(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "quarantine.db")
    hop = await Hop().start()
    health = health_of(store, f"smtp://127.0.0.1:{hop.port}")
    worker(health.table, 0)

    assert [] == await ill(health)
    hop.stop()
    assert ["next_hop"] == await ill(health)
    await hop.start()
    assert [] == await ill(health)
    hop.stop()
    await store.close()


async def test_a_quarantine_that_goes_away_is_seen_and_so_is_what_waits_in_it(tmp_path: Path) -> None:
    with running() as server:
        store = await Store.open(server.url("postgres"), busy_timeout=2)
        health = health_of(store, f"maildir:{tmp_path / 'maildir'}")
        worker(health.table, 0)
        await store.hold(MAIL)

        assert [] == await ill(health)
        assert {"held": 1} == {
            state.value: size.mails for state, size in (health.quarantine or {}).items() if size.mails
        }
        server.stop("immediate")
        assert ["quarantine"] == await ill(health)
        assert health.quarantine is None
        server.start()
        assert [] == await ill(health)
        await store.close()


async def test_while_the_service_stops_it_is_well_and_not_ready(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "quarantine.db")
    health = health_of(store, f"maildir:{tmp_path / 'maildir'}")
    health.is_draining = True
    DRAINING.set(1)

    assert ["service", "workers"] == await ill(health)
    assert [(True, "1 end what they have begun")] == [(p.is_well, p.says) for p in await health.healthy()]
    await store.close()
