import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from milter.errors import ConfigError, TryLater
from milter.quarantine.held import State
from milter.quarantine.listing import Wanted
from milter.quarantine.store import Store
from tests.quarantine.mails import MAIL, RAW, mail
from tests.small_disk import small_disk


def killed_child(checkout: Path, path: Path, acknowledged: int, later: float) -> list[int]:
    """The ids that a child had said it holds when it was killed with -9."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.quarantine.hold_for_ever", str(path)],
        cwd=checkout,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    lines = [child.stdout.readline() for _ in range(acknowledged)]
    time.sleep(later)
    child.kill()
    rest = child.stdout.read()
    child.wait()
    # The last line may have been cut by the kill; whole lines were said.
    return [int(line) for line in "".join((*lines, rest)).split("\n")[:-1]]


@pytest.mark.parametrize("seed", range(6))
async def test_a_kill_leaves_every_acknowledged_mail_whole_and_no_half_one(
    checkout: Path, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    path = tmp_path / "q.db"
    ids = killed_child(checkout, path, chance.randint(1, 20), chance.choice([0, chance.random() / 50]))
    store = await Store.open(path)
    kept = await store.list(Wanted(State.HELD), limit=100_000)
    assert set(ids) <= {held.id for held in kept}
    # One more may have been committed, and the kill came before it was said.
    assert len(kept) <= len(ids) + 1
    for held in kept:
        assert held.size == len(await store.raw(held.id))
    await store.close()
    with sqlite3.connect(path) as connection:
        assert [("ok",)] == connection.execute("PRAGMA integrity_check").fetchall()
        assert [] == connection.execute("PRAGMA foreign_key_check").fetchall()
        assert [(len(kept),)] == connection.execute("SELECT count(*) FROM raw_mail").fetchall()


@pytest.fixture
def full_soon(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB."""
    with small_disk(tmp_path, "1m") as path:
        yield path


async def test_a_full_disk_means_try_later_and_recovers(full_soon: Path) -> None:
    store = await Store.open(full_soon / "q.db")
    (full_soon / "ballast").write_bytes(b"\0" * 300_000)
    before = await store.hold(MAIL)
    for _ in range(3):
        with pytest.raises(TryLater, match=r"full|I/O"):
            await store.hold(mail(raw=os.urandom(700_000)))
    assert [before] == [held.id for held in await store.list()]
    (full_soon / "ballast").unlink()
    after = await store.hold(mail(raw=os.urandom(100_000)))
    assert RAW == await store.raw(before)
    assert 100_000 == len(await store.raw(after))
    await store.close()


async def test_a_disk_that_is_full_at_start_is_told(full_soon: Path) -> None:
    with pytest.raises(OSError, match="No space left"):
        (full_soon / "ballast").write_bytes(b"\0" * 2_000_000)
    with pytest.raises(ConfigError, match=r"quarantine\.path"):
        await Store.open(full_soon / "q.db")
