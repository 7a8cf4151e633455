"""Others are told of a fraud by who has looked at what would leave, and by nobody else."""

import re
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from milter.quarantine.journal import Deed
from milter.report.telling import Teller
from milter.review.app import build_app
from milter.review.review import Review
from tests.quarantine.mails import hop, mail
from tests.report.test_kit import FRAUD, TOLD
from tests.review.site import PASSWORD, Site, seat


class Desk:
    """Somebody who is logged in, without a browser."""

    def __init__(self, client: httpx.AsyncClient, mail_id: int) -> None:
        self.client = client
        self.mail_id = mail_id
        self.address = f"/mails/{mail_id}/tell"

    async def log_in(self, name: str) -> None:
        await self.client.post("/login", data={"name": name, "password": PASSWORD})

    async def token(self) -> str:
        found = re.search(r'name="token" value="([0-9a-f]{64})"', (await self.client.get("/mails")).text)
        assert found
        return found[1]

    async def tell(self, **form: object) -> httpx.Response:
        return await self.client.post(self.address, data={"token": await self.token(), **form})


@pytest.fixture
async def desk(review: Review, tmp_path: Path) -> Desk:
    """The page of a gateway that holds a fraud."""
    mail_id = await review.store.hold(mail(raw=FRAUD, envelope=TOLD.envelope))
    next_hop = hop(f"maildir:{tmp_path}/told")
    teller = Teller(review.store, next_hop, "vigimel@gate.example", "gate.example", ("spam@signal.example",))
    transport = httpx.ASGITransport(build_app(replace(review, teller=teller)), client=("192.0.2.7", 1))
    return Desk(httpx.AsyncClient(transport=transport, base_url="https://gate.example"), mail_id)


def sent(tmp_path: Path) -> int:
    return len([*(tmp_path / "told" / "new").glob("*")])


async def test_looking_sends_nothing_and_shows_no_recipient(desk: Desk, tmp_path: Path) -> None:
    await desk.log_in("rosa")
    page = await desk.client.get(desk.address)

    assert 200 == page.status_code
    assert "dupont" not in page.text.lower()
    assert "33700" in page.text
    assert 0 == sent(tmp_path)


async def test_who_clicks_tells_the_chosen_and_the_typed(desk: Desk, review: Review, tmp_path: Path) -> None:
    await desk.log_in("rosa")
    answer = await desk.tell(to="spam@signal.example", other="abuse@net.example")

    assert f"/mails/{desk.mail_id}?done=2&not_done=0" == answer.headers["location"]
    assert 2 == sent(tmp_path)
    deeds = [(e.who, e.deed) for e in await review.journal.of_mail(desk.mail_id)]
    assert 2 == deeds.count(("rosa", Deed.REPORTED))


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"to": "elsewhere@evil.example"},
        {"other": "x"},
        {"other": "a@b.example\r\nBcc:x@y.example"},
        {"to": "spam@signal.example", "other": "<a@b.example>"},
        {"other": " ".join(f"a{n}@b.example" for n in range(21))},
        {"to": "spam@signal.example", "more": "1"},
    ],
)
async def test_what_is_no_address_is_told_nothing(desk: Desk, tmp_path: Path, form: dict[str, str]) -> None:
    await desk.log_in("rosa")

    assert 400 == (await desk.tell(**form)).status_code
    assert 0 == sent(tmp_path)


async def test_a_viewer_and_a_stranger_tell_nobody(desk: Desk, tmp_path: Path) -> None:
    stranger = await desk.client.get(desk.address)
    await desk.log_in("vera")
    answers = [await desk.client.get(desk.address), await desk.tell(to="spam@signal.example")]
    await desk.log_in("rosa")
    forged = await desk.client.post(desk.address, data={"token": "0" * 64, "to": "spam@signal.example"})

    assert "/login" == stranger.headers["location"]
    assert [403, 403, 403] == [answer.status_code for answer in (*answers, forged)]
    assert 0 == sent(tmp_path)


async def test_a_mail_that_is_gone_cannot_be_told_of(desk: Desk, review: Review) -> None:
    await desk.log_in("rosa")
    await review.store.delete(desk.mail_id)

    assert 404 == (await desk.client.get(desk.address)).status_code
    assert 404 == (await desk.client.get("/mails/999/tell")).status_code


def test_a_browser_shows_what_would_leave(browser: Browser, site: Site, shots: Path) -> None:
    site.send(FRAUD)
    looks: dict[str, dict[str, object]] = {
        "light": {"color_scheme": "light"},
        "dark": {"color_scheme": "dark"},
        "phone": {"viewport": {"width": 390, "height": 844}},
    }
    for name, options in looks.items():
        with seat(browser, site, "fr", **options) as somebody:
            somebody.log_in("rosa")
            somebody.go("/mails/1/tell")
            somebody.page.screenshot(path=shots / f"tell-{name}.png", full_page=True)
            widths = somebody.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")

            assert widths[0] <= widths[1], name
            assert "Le signaler" in somebody.page.inner_text("h1")
