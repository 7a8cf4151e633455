"""The browser, and the gateway it looks at."""

import contextlib
import shutil
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, sync_playwright

from milter.quarantine.store import Store
from milter.review.accounts import Accounts, Role
from milter.review.app import build_app
from milter.review.logins import Logins
from milter.review.passwords import Passwords
from milter.review.review import Review, build_review
from tests.cli.command import FRAUD
from tests.dns_server import DnsServer
from tests.quarantine.conftest import database_name, place, postgresql, store
from tests.quarantine.mails import hop
from tests.review.hostile import MAILS, fetching
from tests.review.site import CONFIG, PASSWORD, Site, running

__all__ = ["database_name", "place", "postgresql", "store"]

# Makes hashes that cost nothing, where they are not what is tested.
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


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


@dataclass(frozen=True)
class Sink:
    """What hears it when something of a mail is fetched: `names` asked for, and whoever comes to `host`."""

    dns: DnsServer
    listener: socket.socket
    # What the gateway had asked for when no mail had come yet.
    before: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.listener.getsockname()[1]}"

    @property
    def heard(self) -> list[str]:
        """All that was asked for and is in a mail only."""
        names = [question for question in self.dns.questions if question.rpartition(".")[2] == "invalid"]
        with contextlib.suppress(BlockingIOError):
            names.append(str(self.listener.accept()[1]))
        return names


@pytest.fixture(scope="session")
def sink() -> Iterator[Sink]:
    """For the gateway of all tests."""
    with DnsServer(zone=None) as dns, socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield Sink(dns, listener)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, sink: Sink) -> Iterator[Site]:
    """A gateway that holds `FRAUD` as mail 1, and after it all mails that try to do something to their
    reader; tests add mails of their own."""
    options = CONFIG.replace("127.0.0.1:9", sink.dns.address)
    with running(tmp_path_factory.mktemp("review"), options) as started:
        sink.before.extend(sink.dns.questions)
        started.send_all([FRAUD, *MAILS.values(), fetching(sink.host)])
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
    passwords = Passwords(CHEAP)
    made = replace(
        build_review(store, hop(f"maildir:{tmp_path}/released"), "en"),
        accounts=Accounts(store.transactions, passwords),
        logins=Logins(store.transactions, passwords),
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
