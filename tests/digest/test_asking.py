"""The page behind a link of a digest, and the page on which somebody answers (THREATS 6.2)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from milter.digest.asking import Asking
from milter.quarantine.held import State
from milter.quarantine.journal import Deed, Journal
from milter.quarantine.requests import Decision, Requests
from milter.review.app import build_app
from milter.review.pace import MOST, WRONG, Pace
from milter.review.review import Review
from tests.digest.parts import ADA, EVE, arrived, held_for, links_of, post
from tests.quarantine.conftest import Place
from tests.quarantine.mails import hop
from tests.review.conftest import review
from tests.review.site import PASSWORD

__all__ = ["review"]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """The database makes no difference here."""
    return tmp_path / "var" / "quarantine.db"


@pytest.fixture
async def client(review: Review) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a browser, at a page where recipients may ask."""
    asking = Asking(review.store, b"key", "en", None, 10)
    transport = httpx.ASGITransport(build_app(replace(review, asking=asking)), client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="https://gate.example") as made:
        yield made


@pytest.fixture
async def link(review: Review, tmp_path: Path) -> str:
    """What Ada got for a mail that is for her and Eve."""
    now = datetime.now(UTC)
    subject = "Votre <b>remboursement</b> www.evil.example"
    await review.store.hold(held_for(ADA, EVE, subject=subject, received=now - timedelta(days=2)))
    await post(review.store, hop(f"maildir:{tmp_path}/box")).work(now)
    [link] = links_of(arrived(tmp_path / "box")[0])
    return link


def form_of(page: httpx.Response) -> str:
    return page.text.partition('name="form" value="')[2].partition('"')[0]


async def waiting(review: Review) -> int:
    return await Requests(review.store.transactions).waiting()


async def test_looking_asks_for_nothing_and_leaves_no_line(
    client: httpx.AsyncClient, review: Review, link: str
) -> None:
    before = len(await review.journal.newest())
    for method in ("GET", "HEAD"):
        for _ in range(3):
            answer = await client.request(method, link)
            assert 200 == answer.status_code
    for method in ("PUT", "DELETE", "OPTIONS", "PATCH"):
        assert (await client.request(method, link)).status_code in {405, 413}
    page = await client.get(link)
    assert "Votre &lt;b&gt;remboursement&lt;/b&gt; www[.]evil[.]example" in page.text
    assert "Ask for this mail" in page.text
    assert 0 == await waiting(review)
    assert before == len(await review.journal.newest())


async def test_the_button_asks_once(client: httpx.AsyncClient, review: Review, link: str) -> None:
    form = {"form": form_of(await client.get(link))}
    first, second = [await client.post(link, data=form) for _ in range(2)]
    for page in (first, second, await client.get(link)):
        assert 200 == page.status_code
        assert "Somebody will decide" in page.text
        assert not form_of(page)
    assert 1 == await waiting(review)
    [request] = await Requests(review.store.transactions).list()
    assert (1, ADA) == (request.mail_id, request.recipient)
    [line] = await Journal(review.store.transactions).of_mail(1)
    assert ("", Deed.REQUESTED, "") == (line.who, line.deed, line.detail)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"form": ""},
        {"form": "x"},
        {"form": "1795496662-" + "0" * 64},
        {"form": "", "recipient": "eve@evil.example"},
        {"token": "x"},
    ],
)
async def test_without_the_token_of_the_form_nothing_is_asked(
    client: httpx.AsyncClient, review: Review, link: str, form: dict[str, str]
) -> None:
    assert 400 == (await client.post(link, data=form)).status_code
    good = form_of(await client.get(link))
    assert 400 == (await client.post(link, data={"form": good, "recipient": EVE})).status_code
    assert 400 == (await client.post(link, data={"form": [good, good[:-1] + "x"]})).status_code
    assert 0 == await waiting(review)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "null"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"origin": "https://evil.example"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_no_other_site_asks_for_somebody(
    client: httpx.AsyncClient, review: Review, link: str, headers: dict[str, str]
) -> None:
    form = {"form": form_of(await client.get(link))}
    assert 403 == (await client.post(link, data=form, headers=headers)).status_code
    assert 0 == await waiting(review)
    # A page with no-referrer sends a null Origin, and the browser says that it is ours.
    ours = {"origin": "null", "sec-fetch-site": "same-origin"}
    assert 200 == (await client.post(link, data=form, headers=ours)).status_code
    assert 1 == await waiting(review)


async def test_the_address_of_the_page_is_told_to_nobody(client: httpx.AsyncClient, link: str) -> None:
    for path in (link, "/ask/1-x"):
        headers = (await client.get(path)).headers
        assert "no-referrer" == headers["referrer-policy"]
        assert "noindex" in headers["x-robots-tag"]
        assert "no-store" == headers["cache-control"]
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "set-cookie" not in headers
    page = (await client.get(link)).text
    assert "<script" not in page
    assert "/mails" not in page
    assert link.rpartition("/")[2] not in page


@pytest.mark.parametrize("change", ["x", "-", "AAAA"])
async def test_another_link_leads_to_nothing(client: httpx.AsyncClient, link: str, change: str) -> None:
    # The link is made by chance, and may end so.
    end = "y" * len(change) if link.endswith(change) else change
    other = link[: -len(change)] + end
    for path in (other, "/ask/9" + link[6:], "/ask/1", "/ask/1-" + "\N{SUPERSCRIPT TWO}" * 43):
        answer = await client.get(path)
        assert 404 == answer.status_code
        assert "remboursement" not in answer.text


async def test_who_guesses_is_sent_away_and_others_are_not(client: httpx.AsyncClient, link: str) -> None:
    said = [(await client.get("/ask/1-" + "A" * 43)).status_code for _ in range(MOST // WRONG + 1)]
    assert (404, 429) == (said[0], said[-1])
    assert 429 == (await client.get(link)).status_code


def test_the_pace_is_each_clients_own_and_of_a_minute() -> None:
    now = [0.0]
    pace = Pace(clock=lambda: now[0])
    assert pace.spend("192.0.2.1", MOST)
    assert not pace.spend("192.0.2.1")
    assert pace.spend("192.0.2.2")
    assert pace.spend("2001:db8::1", MOST)
    assert not pace.spend("2001:db8::ffff")
    assert pace.spend("2001:db8:0:1::1")
    assert pace.spend("no address")
    now[0] = 61
    assert pace.spend("192.0.2.1")


def test_the_pace_counts_no_more_clients_than_it_has_room_for() -> None:
    pace = Pace(clock=lambda: 0.0)
    for number in range(11_000):
        pace.spend(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert 10_001 == len(pace._spent)


async def test_a_link_to_a_mail_that_waits_no_more_asks_for_nothing(
    client: httpx.AsyncClient, review: Review, link: str
) -> None:
    form = {"form": form_of(await client.get(link))}
    await review.store.confirm(1)
    for answer in (await client.get(link), await client.post(link, data=form)):
        assert 410 == answer.status_code
    assert 0 == await waiting(review)


async def log_in(client: httpx.AsyncClient, name: str = "rosa") -> str:
    await client.post("/login", data={"name": name, "password": PASSWORD})
    page = (await client.get("/requests")).text
    return page.partition('name="token" value="')[2].partition('"')[0]


@pytest.fixture
async def request_id(client: httpx.AsyncClient, review: Review, link: str) -> int:
    """Ada has asked."""
    await client.post(link, data={"form": form_of(await client.get(link))})
    [request] = await Requests(review.store.transactions).list()
    return request.id


@pytest.mark.parametrize(
    ("deed", "state", "decision"),
    [
        ("approve", State.HELD, Decision.APPROVED),
        ("approve all", State.RELEASED, Decision.APPROVED),
        ("deny", State.HELD, Decision.DENIED),
    ],
)
async def test_a_reviewer_answers_a_request_once(
    client: httpx.AsyncClient, review: Review, request_id: int, deed: str, state: State, decision: Decision
) -> None:
    form = {"token": await log_in(client), "id": str(request_id), "deed": deed, "word": "No <b>way</b>"}
    first, second = [await client.post("/requests/decide", data=form) for _ in range(2)]
    assert "/requests?done=1&not_done=0" == first.headers["location"]
    assert "/requests?done=0&not_done=1" == second.headers["location"]
    held = await review.store.get(1)
    assert held
    has_it = {"approve": {ADA}, "approve all": {ADA, EVE}, "deny": set()}[deed]
    assert (state, has_it) == (held.state, {*held.delivered})
    [request] = await Requests(review.store.transactions).list(None)
    assert (decision, "rosa") == (request.state, request.who)
    page = await client.get("/requests?state=all")
    assert ("No &lt;b&gt;way&lt;/b&gt;" in page.text) is (deed == "deny")


@pytest.mark.usefixtures("request_id")
async def test_requests_are_counted_in_the_head_of_each_page(client: httpx.AsyncClient) -> None:
    await log_in(client)
    for path in ("/mails", "/requests", "/dashboard", "/mails/1"):
        assert '<span class="open">1</span>' in (await client.get(path)).text


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"token": ""}, 403),
        ({"deed": "publish"}, 400),
        ({"deed": ["deny", "approve"]}, 400),
        ({"recipient": "eve@evil.example"}, 400),
        ({"to": "eve@evil.example"}, 400),
        ({"id": "01"}, 400),
        ({"id": "9" * 30}, 400),
        ({"id": "99"}, 404),
    ],
)
async def test_a_form_that_is_not_ours_decides_nothing(
    client: httpx.AsyncClient, review: Review, request_id: int, change: dict[str, object], status: int
) -> None:
    form = {"token": await log_in(client), "id": str(request_id), "deed": "approve", **change}
    assert status == (await client.post("/requests/decide", data=form)).status_code
    assert 1 == await waiting(review)


async def test_a_viewer_reads_and_decides_nothing(
    client: httpx.AsyncClient, review: Review, request_id: int
) -> None:
    form = {"token": await log_in(client, "vera"), "id": str(request_id), "deed": "approve"}
    assert "decide" not in (await client.get("/requests")).text
    assert 403 == (await client.post("/requests/decide", data=form)).status_code
    assert 1 == await waiting(review)


@pytest.mark.usefixtures("request_id")
async def test_who_is_not_logged_in_sees_no_request(client: httpx.AsyncClient) -> None:
    assert 303 == (await client.get("/requests")).status_code
    assert 400 == (await _logged_in(client, "/requests?state=x")).status_code


async def _logged_in(client: httpx.AsyncClient, path: str) -> httpx.Response:
    await log_in(client, "ada")
    return await client.get(path)
