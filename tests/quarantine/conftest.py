"""The quarantine that a test is given: in a file of SQLite, and in a real PostgreSQL."""

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from milter.quarantine.store import Store
from tests.quarantine.postgresql import Server, programs, running

Place = Path | str

_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A server for all tests."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed (run make test as root on Debian)")
    with running() as server:
        yield server


@pytest.fixture
def database_name(postgresql: Server) -> Iterator[str]:
    """An empty database on it; gone afterwards, or its thousand files would be written to the disk."""
    name = f"test{next(_NUMBERS)}"
    postgresql.sql(f"CREATE DATABASE {name}")
    yield name
    postgresql.sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where a quarantine can be opened that is empty."""
    if request.param == "sqlite":
        return tmp_path / "var" / "quarantine.db"
    server: Server = request.getfixturevalue("postgresql")
    return server.url(request.getfixturevalue("database_name"))


@pytest.fixture
async def store(place: Place) -> AsyncIterator[Store]:
    """An open quarantine."""
    opened = await Store.open(place, busy_timeout=5)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_store(tmp_path: Path) -> AsyncIterator[Store]:
    """One in a file."""
    opened = await Store.open(tmp_path / "var" / "quarantine.db", busy_timeout=0.5)
    yield opened
    await opened.close()
