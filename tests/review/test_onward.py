"""A link of a report leads where it says, also for who must log in first; and nowhere else."""

from collections.abc import AsyncIterator
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Browser, expect

from milter.review.app import build_app
from milter.review.onward import COOKIE
from milter.review.review import Review
from tests.quarantine.mails import mail
from tests.review.site import PASSWORD, Site
from tests.review.test_oidc import Desk, desk

__all__ = ["desk"]
ROSA = {"name": "rosa", "password": PASSWORD}
TRACE = "/trace?span=30d&words=0123456789ab"


@pytest.fixture
async def client(review: Review) -> AsyncIterator[httpx.AsyncClient]:
    await review.store.hold(mail())
    transport = httpx.ASGITransport(build_app(review), client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="https://gate.example") as made:
        yield made


@pytest.mark.parametrize(
    "path", ["/mails/1", "/campaigns/1", "/mails?state=all&words=a+b", TRACE, "/requests"]
)
async def test_who_has_logged_in_is_where_he_wanted_to_go_once(client: httpx.AsyncClient, path: str) -> None:
    sent = await client.get(path)
    [cookie] = sent.headers.get_list("set-cookie")
    assert (303, "/login") == (sent.status_code, sent.headers["location"])
    for word in ("__Host-", "Secure", "HttpOnly", "SameSite=lax", "Path=/", "Max-Age=600"):
        assert word in cookie

    assert path == (await client.post("/login", data=ROSA)).headers["location"]
    assert "/mails" == (await client.post("/login", data=ROSA)).headers["location"]


@pytest.mark.parametrize(
    "path", ["/mails/1/raw", "/mails/1/allow", "/mails/1/tell", "/me", "/accounts/one", "/"]
)
async def test_who_wanted_more_than_to_look_begins_at_the_beginning(
    client: httpx.AsyncClient, path: str
) -> None:
    assert "set-cookie" not in (await client.get(path)).headers
    assert "/mails" == (await client.post("/login", data=ROSA)).headers["location"]


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/mails",
        "https://evil.example/mails",
        "/mails/../me",
        "/mails/1/raw",
        "/mails\\evil.example",
        "/mails/1\r\nX-Evil: 1",
        "/mails?a\nb",
        "/mails#x",
        f"/mails?{'x' * 1001}",
        "javascript:alert(1)",
        "",
    ],
)
async def test_a_browser_leads_nowhere_else(client: httpx.AsyncClient, path: str) -> None:
    client.cookies.set(COOKIE, quote(path, ""), domain="gate.example")
    assert "/mails" == (await client.post("/login", data=ROSA)).headers["location"]


async def test_a_form_of_who_is_logged_in_no_more_is_not_sent_again(client: httpx.AsyncClient) -> None:
    answer = await client.post("/mails/decide", data={"id": "1", "deed": "release"})
    assert ("/login", None) == (answer.headers["location"], answer.headers.get("set-cookie"))


async def test_who_comes_from_another_site_is_asked_for_his_login_once_more(
    client: httpx.AsyncClient,
) -> None:
    cross = {"sec-fetch-site": "cross-site"}
    answer = await client.get("/mails/1", headers=cross)
    assert 200 == answer.status_code
    assert '<meta http-equiv="refresh" content="0;url=/mails/1">' in answer.text
    assert "Votre" not in answer.text
    # A second time it is a page of ours that asks.
    assert (
        "/login"
        == (await client.get("/mails/1", headers={"sec-fetch-site": "same-origin"})).headers["location"]
    )
    # To look is all: nothing else is done for a page of somebody else's.
    assert "/login" == (await client.get("/mails/1/raw", headers=cross)).headers["location"]


FOUND = "/mails?state=all&words=votre"


async def log_in(client: httpx.AsyncClient) -> str:
    """The token that forms carry."""
    await client.post("/login", data=ROSA)
    return (await client.get("/mails")).text.partition('name="token" value="')[2].partition('"')[0]


@pytest.mark.parametrize(
    ("came", "back"),
    [
        (f"https://gate.example{FOUND}&done=1&not_done=0&one=7", FOUND),
        ("https://gate.example/mails", "/mails"),
        ("https://gate.example/mails/1/tell", "/mails"),
        ("https://evil.example//evil.example/mails?x", "/mails"),
        ("javascript:alert(1)", "/mails"),
        ("https://[", "/mails"),
        ("", "/mails"),
    ],
)
async def test_the_way_back_from_a_mail_is_the_list_that_was_left(
    client: httpx.AsyncClient, came: str, back: str
) -> None:
    await log_in(client)
    text = (await client.get("/mails/1", headers={"referer": came})).text
    written = back.replace("&", "&amp;")
    assert f'<p class="back"><a href="{written}">' in text
    assert f'name="back" value="{written}"' in text


@pytest.mark.parametrize(
    ("back", "to"),
    [
        (FOUND, f"{FOUND}&done=1&not_done=0&one=1"),
        ("/mails", "/mails?done=1&not_done=0&one=1"),
        ("//evil.example/mails", "/mails?done=1&not_done=0&one=1"),
        ("/mails/1/raw", "/mails?done=1&not_done=0&one=1"),
        (None, "/mails?done=1&not_done=0&one=1"),
    ],
)
async def test_who_has_decided_is_back_where_he_was_with_a_way_to_its_undo(
    client: httpx.AsyncClient, back: str | None, to: str
) -> None:
    form = {"token": await log_in(client), "id": "1", "deed": "confirm"}
    answer = await client.post("/mails/decide", data=form if back is None else {**form, "back": back})
    assert to == answer.headers["location"]
    assert '<a href="/mails/1">Mail 1</a>' in (await client.get(to)).text


async def test_who_comes_from_an_identity_provider_is_there_too(desk: Desk) -> None:
    await desk.client.get(TRACE)
    sent = await desk.begin()
    answer = await desk.come_back(state=sent["state"])
    assert f'content="0;url={TRACE.replace("&", "&amp;")}"' in answer.text
    assert COOKIE not in desk.client.cookies


def test_a_link_in_webmail_opens_its_mail_for_who_is_logged_in(browser: Browser, site: Site) -> None:
    context = browser.new_context(locale="en")
    try:
        page = context.new_page()
        page.route(
            "http://webmail.example/",
            lambda route: route.fulfill(
                content_type="text/html", body=f'<a href="{site.url}/mails/1">Report</a>'
            ),
        )
        for click in ("before", "after"):
            page.goto("http://webmail.example/")
            page.click("a")
            if click == "before":
                page.fill("#name", "rosa")
                page.fill("#password", PASSWORD)
                page.click("button.primary")
            expect(page.locator("h1")).to_have_text("Votre remboursement")
            assert f"{site.url}/mails/1" == page.url
    finally:
        context.close()
