"""What holds for every address of the page, also for those that are not written yet (THREATS 6.2)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from milter.digest.asking import Asking
from milter.digest.token import hash_of
from milter.errors import TryLater
from milter.log.lines import configure_log
from milter.quarantine.schema import metadata
from milter.quarantine.told import Telling, ToldMails
from milter.report.telling import Teller
from milter.review.accounts import Role
from milter.review.app import build_app
from milter.review.guard import HEADERS, HTTPS_HEADERS, MAX_BODY
from milter.review.review import Review
from tests.quarantine.conftest import Place
from tests.quarantine.mails import MAIL, hop
from tests.review.addresses import ADDRESSES, TOKEN, Address, addresses_of
from tests.review.site import PASSWORD

NAMES = {None: "", Role.VIEWER: "vera", Role.REVIEWER: "rosa", Role.ADMIN: "ada"}
CHANGING = tuple(one for one in ADDRESSES if one.method != "GET")
# A look is written down, and keeps the login alive.
_KEPT_OF_A_LOOK = {"journal", "login"}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """The database makes no difference here."""
    return tmp_path / "var" / "quarantine.db"


@pytest.fixture
async def whole(review: Review, tmp_path: Path) -> Review:
    """The page with everything that can be switched on; mail 1 is held."""
    await review.store.hold(MAIL)
    teller = Teller(review.store, hop(f"maildir:{tmp_path}/told"), "vigimel@gate.example", "gate.example")
    path, now = MAIL.envelope.forward_paths[0], datetime.now(UTC)
    told = Telling(1, path, hash_of(TOKEN.secret, 1, path), now + timedelta(days=1))
    assert (TOKEN.id,) == await ToldMails(review.store.transactions).claim("daily", path, [told], now)
    return replace(review, teller=teller, asking=Asking(review.store, b"key", "en", None, 10))


class Desk:
    """Somebody who asks without a browser: nobody, or one of the accounts."""

    def __init__(self, review: Review) -> None:
        transport = httpx.ASGITransport(
            build_app(review), raise_app_exceptions=False, client=("192.0.2.7", 1)
        )
        self.client = httpx.AsyncClient(transport=transport, base_url="https://gate.example")
        self.token = ""

    async def log_in(self, name: str) -> "Desk":
        if name:
            answer = await self.client.post("/login", data={"name": name, "password": PASSWORD})
            assert 303 == answer.status_code
            page = (await self.client.get("/mails")).text
            self.token = page.partition('name="token" value="')[2].partition('"')[0]
            assert self.token
        return self

    async def ask(self, address: Address, **more: Any) -> httpx.Response:
        if address.method == "GET":
            return await self.client.get(address.one, **more)
        if "json" not in more:
            more["data"] = {"token": self.token, **more.get("data", {})}
        return await self.client.request(address.method, address.one, **more)


@pytest.fixture
async def desks(whole: Review) -> AsyncIterator[dict[Role | None, Desk]]:
    """One for each role, and a stranger's."""
    made = {role: await Desk(whole).log_in(name) for role, name in NAMES.items()}
    yield made
    for desk in made.values():
        await desk.client.aclose()


def test_every_address_has_its_row(review: Review) -> None:
    assert sorted(addresses_of(build_app(review))) == sorted((one.method, one.path) for one in ADDRESSES)


async def test_nobody_below_its_role_is_answered(desks: dict[Role | None, Desk]) -> None:
    order = [None, *Role]
    wrong = []
    for one in ADDRESSES:
        for role, desk in desks.items():
            answer = await desk.ask(one)
            may = order.index(role) >= order.index(one.role)
            is_sent_away = answer.status_code == 403 or (
                role is None and one.role is not None and answer.headers.get("location") == "/login"
            )
            if may == is_sent_away:
                wrong.append(f"{role} {one.method} {one.one}: {answer.status_code}")
            # Logging out and in again must not lend a later address a login that has ended.
            if (one.method, one.path) in {("POST", "/logout"), ("POST", "/login")}:
                await desk.log_in(NAMES[role])
    assert [] == wrong


@pytest.mark.threat("W22")
async def test_nothing_is_changed_without_the_token_of_a_form_or_for_another_site(
    desks: dict[Role | None, Desk], whole: Review
) -> None:
    before = await everything(whole)
    wrong = []
    for one in CHANGING:
        desk = desks[Role.ADMIN]
        forms: list[dict[str, Any]] = [
            {"headers": {"sec-fetch-site": "cross-site"}},
            {"headers": {"sec-fetch-site": "same-site"}},
            {"headers": {"origin": "null"}},
            {"headers": {"origin": "https://evil.example"}},
        ]
        if one.role is not None:
            forms += [{"data": {"token": "0" * 64}}, {"data": {"token": ""}}]
            forms += [{"headers": {"content-type": "text/plain"}}, {"json": {"token": desk.token}}]
        for form in forms:
            answer = await desk.ask(one, **form)
            if answer.status_code != 403:
                wrong.append(f"{one.method} {one.one} {form}: {answer.status_code}")
    assert [] == wrong
    assert before == await everything(whole)


@pytest.mark.threat("W22")
async def test_looking_changes_nothing_but_the_journal(desks: dict[Role | None, Desk], whole: Review) -> None:
    before = await everything(whole)
    for one in ADDRESSES:
        for method in ("GET", "HEAD"):
            answer = await desks[Role.ADMIN].client.request(method, f"{one.one}")
            assert answer.status_code < 400 or (one.method != "GET" and answer.status_code in {404, 405})
            query = f"id=1&deed=delete&language=fr&to=a@b.example&token={desks[Role.ADMIN].token}"
            await desks[Role.ADMIN].client.request(method, f"{one.one.partition('?')[0]}?{query}")
    assert before == await everything(whole)


@pytest.mark.threat("W17", "W23", "W29")
async def test_every_answer_has_the_headers_that_protect_it(desks: dict[Role | None, Desk]) -> None:
    wrong = []
    for one in ADDRESSES:
        for desk in (desks[None], desks[Role.ADMIN]):
            for method in ("GET", "HEAD", "POST", "PUT", "OPTIONS", "TRACE"):
                answer = await desk.client.request(method, one.one)
                wrong += [f"{method} {one.one} {answer.status_code}: {fault}" for fault in faults(answer)]
            long = await desk.client.request("POST", one.one, content=b"x" * (MAX_BODY + 1))
            wrong += [f"413 {one.one}: {fault}" for fault in faults(long)]
    for place in ("/nowhere", "/mails?state=x", "/static/../app.py", "/mails/999999", "/%00"):
        wrong += [f"{place}: {fault}" for fault in faults(await desks[Role.ADMIN].client.get(place))]
    assert [] == wrong


@pytest.mark.parametrize("mail_id", ["0", "01", "1" * 17, "9" * 20, "1" * 5000, "\u0661", "-1", "1e0"])
async def test_what_is_no_id_of_ours_is_no_address(
    desks: dict[Role | None, Desk], mail_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_log("info")
    places = [one for one in ADDRESSES if "{id:" in one.path]
    for one in places:
        place = one.path.replace("{id:row}", mail_id)
        form = {"token": desks[Role.ADMIN].token} if one.method == "POST" else None
        answer = await desks[Role.ADMIN].client.request(one.method, place, data=form)
        assert (place[:50], 404) == (place[:50], answer.status_code)
    assert places
    assert "page_failed" not in capsys.readouterr().err


async def test_the_largest_id_that_is_one_leads_to_nothing(desks: dict[Role | None, Desk]) -> None:
    for place in ("/mails/{}", "/mails/{}/raw", "/mails/{}/tell", "/mails/{}/allow", "/campaigns/{}"):
        assert 404 == (await desks[Role.ADMIN].client.get(place.format("9" * 16))).status_code


@pytest.mark.threat("W29")
@pytest.mark.parametrize(
    ("error", "status"), [(RuntimeError("at /var/lib/secret"), 500), (TryLater("at /var/lib/secret"), 503)]
)
async def test_an_error_says_nothing_of_us(
    desks: dict[Role | None, Desk], monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    for part in ("list", "get", "raw"):
        monkeypatch.setattr(f"milter.quarantine.store.Store.{part}", fail)
    for place in ("/mails", "/mails/1", "/mails/1/raw", "/mails/1/tell"):
        answer = await desks[Role.ADMIN].client.get(place)
        assert status == answer.status_code
        assert [] == faults(answer)
        for word in ("Traceback", "secret", "milter", ".py", "RuntimeError", "TryLater"):
            assert word not in answer.text
        assert '<main id="main">' in answer.text


def faults(answer: httpx.Response) -> list[str]:
    """What is missing among the header fields of an answer."""
    wanted = HTTPS_HEADERS if answer.url.scheme == "https" else HEADERS
    found = [name for name in wanted if name not in answer.headers]
    policy = answer.headers.get("content-security-policy", "")
    found += [part for part in ("default-src 'none'", "frame-ancestors 'none'") if part not in policy]
    found += [] if "sandbox" in policy or "form-action 'self'" in policy else ["form-action"]
    found += [f"policy {word}" for word in ("unsafe", "*", "data:", "http:", "https:") if word in policy]
    kind = answer.headers.get("content-type", "text/plain")
    found += [kind] if kind.startswith(("message/", "application/xhtml")) else []
    return found + [name for name in ("server", "x-powered-by") if name in answer.headers]


async def everything(review: Review) -> dict[str, list[Any]]:
    """What the database holds, but for what a look leaves there."""
    return await review.store.transactions.read(
        lambda connection: {
            table.name: [tuple(row) for row in connection.execute(select(table))]
            for table in metadata.sorted_tables
            if table.name not in _KEPT_OF_A_LOOK
        }
    )
