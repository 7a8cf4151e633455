"""The browser, and the gateway it looks at."""

import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, sync_playwright

from milter.quarantine.store import Store
from milter.review.accounts import Accounts, Role
from milter.review.app import build_app
from milter.review.review import Review, build_review
from tests.quarantine.conftest import database_name, place, postgresql, store
from tests.quarantine.mails import hop
from tests.review.site import PASSWORD, Site, running

__all__ = ["database_name", "place", "postgresql", "store"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed (run make test as root on Debian)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A gateway that has held nothing yet."""
    with running(tmp_path_factory.mktemp("review")) as started:
        yield started


@pytest.fixture
def shots(checkout: Path) -> Path:
    """Where pictures of the pages are left, for people to look at; git does not keep them."""
    directory = checkout / "tests" / "review" / "shots"
    directory.mkdir(exist_ok=True)
    return directory


@pytest.fixture
async def review(store: Store, tmp_path: Path) -> AsyncIterator[Review]:
    """A review of an empty quarantine, with accounts vera, rosa and ada."""
    made = replace(
        build_review(store, hop(f"maildir:{tmp_path}/released"), "en"),
        # A hash that costs nothing: not what is tested here.
        accounts=Accounts(store.transactions, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)),
    )
    for name, role in (("vera", Role.VIEWER), ("rosa", Role.REVIEWER), ("ada", Role.ADMIN)):
        await made.accounts.add(name, PASSWORD, role)
    yield made
    made.pool.close()


@pytest.fixture
async def client(review: Review) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who talks to the page without a browser."""
    transport = httpx.ASGITransport(build_app(review), client=("192.0.2.7", 1))
    # The cookies are for https only.
    async with httpx.AsyncClient(transport=transport, base_url="https://gate.example") as made:
        yield made
