"""A gateway with its review page, and a browser that looks at it."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request

from milter.quarantine.store import Store
from milter.review.accounts import Accounts, Role
from tests.serving import Gateway, serving

PASSWORD = "correct horse battery"

CONFIG = """\
[state]
directory = "."
[service]
workers = 1
[smtp]
listen = ["127.0.0.1:0"]
[review]
listen = ["127.0.0.1:0"]
copy_to = ["ada@town-hall.example", "security@town-hall.example"]
[dns]
nameservers = ["127.0.0.1:9"]
timeout = 0.2
[log]
level = "debug"
[policy]
undecided = "quarantine"
"""


@dataclass(frozen=True)
class Site:
    """A running gateway. `url` is its review page, as a browser of this machine calls it."""

    gateway: Gateway
    config: Path
    url: str

    def send(self, raw: bytes) -> None:
        """Send a mail to it."""
        with self.gateway.smtp() as client:
            client.sendmail("bounce@evil.example", ["someone@town-hall.example"], raw)

    def send_all(self, mails: list[bytes]) -> None:
        """Send mails on one connection."""
        with self.gateway.smtp() as client:
            for raw in mails:
                client.sendmail("bounce@evil.example", ["someone@town-hall.example"], raw)


@contextmanager
def running(directory: Path, options: str = CONFIG, place: Path | str = "") -> Iterator[Site]:
    """A gateway with accounts vera (viewer), rosa (reviewer) and ada (admin) in its quarantine: a file beside
    its configuration, or `place`."""
    config = directory / "vigimel.toml"
    config.write_text(options)
    (directory / "tmp").mkdir()
    with serving(config, environment={"TMPDIR": str(directory / "tmp")}) as gateway:
        found = re.search(r"http://localhost:\d+", "".join(gateway.said))
        assert found
        # In a thread: a browser of Playwright has the loop of this one.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, _add_accounts(place or directory / "quarantine.db")).result()
        yield Site(gateway, config, found[0])


async def _add_accounts(place: Path | str) -> None:
    store = await Store.open(place)
    accounts = Accounts(store.transactions)
    for name, role in (("vera", Role.VIEWER), ("rosa", Role.REVIEWER), ("ada", Role.ADMIN)):
        await accounts.add(name, PASSWORD, role)
    await store.close()


@dataclass
class Seat:
    """Somebody at a browser. `wrong` is everything that a page must not do."""

    page: Page
    site: Site
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Watch the page."""
        self.page.on("dialog", self._dialog)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.wrong.append(f"script error {error}"))
        self.page.on("request", self._request)

    def log_in(self, name: str, password: str = PASSWORD, place: str = "**/mails") -> None:
        """Log in, and be at this place then."""
        self.page.goto(f"{self.site.url}/login")
        self.page.fill("#name", name)
        self.page.fill("#password", password)
        with self.page.expect_navigation(url=place):
            self.page.click("button.primary")

    def go(self, path: str) -> None:
        """Open a page."""
        self.page.goto(f"{self.site.url}{path}")

    def _dialog(self, dialog: Dialog) -> None:
        self.wrong.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _console(self, message: ConsoleMessage) -> None:
        # A status of 4xx that a test asks for is said on the console, too.
        if message.type == "error" and "status of 4" not in message.text:
            self.wrong.append(message.text)

    def _request(self, request: Request) -> None:
        if not request.url.startswith(self.site.url):
            self.wrong.append(f"request {request.url}")


@contextmanager
def seat(browser: Browser, site: Site, language: str = "en", **options: object) -> Iterator[Seat]:
    """Somebody at a browser of this language; in the end nothing was wrong."""
    context = browser.new_context(locale=language, **options)  # type: ignore[arg-type]
    try:
        somebody = Seat(context.new_page(), site)
        yield somebody
        assert [] == somebody.wrong
    finally:
        context.close()
