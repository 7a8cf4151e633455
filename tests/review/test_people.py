"""The pages of accounts: one's own, and those that an admin changes."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from milter.quarantine.journal import Deed
from milter.review.app import build_app
from milter.review.entrance import browser_of
from milter.review.logins import Place
from milter.review.refusal import Why
from milter.review.review import Review
from tests.quarantine.conftest import Place as Database
from tests.review.site import PASSWORD

HERE, THERE = Place("192.0.2.7", "Firefox, Linux"), Place("198.51.100.1", "Chrome, Windows")
ANOTHER = "another horse battery"


def token_on(page: str) -> str:
    return page.partition('name="token" value="')[2].partition('"')[0]


def secret_on(page: str) -> str:
    return page.partition('class="hash secret">')[2].partition("<")[0]


async def log_in(client: httpx.AsyncClient, name: str, password: str = PASSWORD) -> str:
    """The token that the forms of this login carry."""
    await client.post("/login", data={"name": name, "password": password})
    return token_on((await client.get("/me")).text)


async def noted(review: Review) -> list[tuple[str, Deed, str]]:
    """The journal, without who came in."""
    entries = reversed(await review.journal.newest())
    return [(one.who, one.deed, one.detail) for one in entries if one.deed is not Deed.LOGIN]


@pytest.fixture
def place(tmp_path: Path) -> Database:
    """The database makes no difference here."""
    return tmp_path / "var" / "quarantine.db"


@pytest.fixture
async def elsewhere(review: Review) -> AsyncIterator[httpx.AsyncClient]:
    """Another browser, at another address."""
    transport = httpx.ASGITransport(build_app(review), client=(THERE.client, 1))
    async with httpx.AsyncClient(transport=transport, base_url="https://gate.example") as made:
        yield made


async def test_an_admin_makes_an_account_whose_owner_chooses_the_password(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, review: Review
) -> None:
    token = await log_in(client, "ada")
    made = await client.post("/accounts", data={"token": token, "name": "eve", "role": "reviewer"})
    secret = secret_on(made.text)
    form = await log_in(elsewhere, "eve", secret)
    for path in ("/", "/mails", "/mails/1/raw", "/dashboard", "/trace"):
        away = await elsewhere.get(path)
        assert (303, "/me") == (away.status_code, away.headers["location"])
    decided = await elsewhere.post("/mails/decide", data={"token": form, "id": "1", "deed": "delete"})
    assert "/me" == decided.headers["location"]

    chosen = {"token": form, "deed": "password", "old": secret, "new": ANOTHER, "again": ANOTHER}
    assert "/me?done=1" == (await elsewhere.post("/me", data=chosen)).headers["location"]
    assert 200 == (await elsewhere.get("/mails")).status_code
    assert None is await review.logins.log_in("eve", secret, HERE)
    assert [
        ("ada", Deed.ACCOUNT_ADDED, "eve (reviewer)"),
        ("eve", Deed.PASSWORD_CHANGED, THERE.client),
    ] == await noted(review)


async def test_what_an_admin_does_with_an_account_is_done_and_noted(
    client: httpx.AsyncClient, review: Review
) -> None:
    token = await log_in(client, "ada")
    rosa = await review.logins.log_in("rosa", PASSWORD, HERE)
    assert rosa

    async def do(deed: str, **more: str) -> httpx.Response:
        form = {"token": token, "name": "rosa", "deed": deed, **more}
        return await client.post("/accounts/one", data=form)

    assert "/accounts/one?name=rosa&done=1" == (await do("role", role="viewer")).headers["location"]
    listed = (await client.get("/accounts/one?name=rosa")).text
    login = listed.partition('name="login" value="')[2].partition('"')[0]
    assert rosa not in listed
    await do("end", login=login)
    assert None is await review.logins.of(rosa)
    secret = secret_on((await do("reset")).text)
    assert await review.logins.log_in("rosa", secret, HERE)
    for deed in ("disable", "enable", "end", "remove"):
        assert 303 == (await do(deed)).status_code
    assert 404 == (await client.get("/accounts/one?name=rosa")).status_code
    assert [
        (Deed.ROLE_CHANGED, "rosa (viewer)"),
        (Deed.LOGINS_ENDED, "rosa: 1"),
        (Deed.ONE_TIME_PASSWORD, "rosa"),
        (Deed.ACCOUNT_DISABLED, "rosa"),
        (Deed.ACCOUNT_ENABLED, "rosa"),
        (Deed.LOGINS_ENDED, "rosa: 0"),
        (Deed.ACCOUNT_REMOVED, "rosa"),
    ] == [(deed, detail) for _, deed, detail in await noted(review)]


@pytest.mark.parametrize(
    ("path", "change", "status"),
    [
        ("/accounts", {"name": "rosa"}, 400),
        ("/accounts", {"name": ""}, 400),
        ("/accounts", {"name": "x" * 65}, 400),
        ("/accounts", {"name": "a\nb"}, 400),
        ("/accounts", {"role": "owner"}, 400),
        ("/accounts/one", {"name": "nobody", "deed": "disable"}, 404),
        ("/accounts/one", {"name": "nobody", "deed": "reset"}, 404),
        ("/accounts/one", {"name": "ada", "deed": "remove"}, 400),
        # With the session of an admin nobody may take over the account itself.
        ("/accounts/one", {"name": "ada", "deed": "reset"}, 400),
        ("/accounts/one", {"name": "rosa", "deed": "promote"}, 400),
        ("/accounts/one", {"name": "rosa", "deed": "end", "login": "%"}, 400),
        ("/accounts/one", {"name": "rosa", "deed": "remove", "token": "x"}, 403),
        ("/accounts", {"token": ""}, 403),
        ("/me", {"deed": "end"}, 400),
        ("/me", {"deed": "promote"}, 400),
        ("/me", {"deed": "end_all", "token": "x"}, 403),
    ],
)
async def test_what_may_not_be_is_not(
    client: httpx.AsyncClient, review: Review, path: str, change: dict[str, str], status: int
) -> None:
    form = {
        "token": await log_in(client, "ada"),
        "name": "eve",
        "role": "viewer",
        "deed": "disable",
        **change,
    }
    assert status == (await client.post(path, data=form)).status_code
    assert ["ada", "rosa", "vera"] == [one.name for one in await review.accounts.all() if not one.disabled]
    assert [] == await noted(review)


@pytest.mark.parametrize("name", ["vera", "rosa"])
async def test_only_admins_see_and_change_accounts(client: httpx.AsyncClient, name: str) -> None:
    form = {"token": await log_in(client, name), "name": name, "role": "admin", "deed": "role"}
    assert 403 == (await client.get("/accounts")).status_code
    assert 403 == (await client.get("/accounts/one?name=ada")).status_code
    assert 403 == (await client.post("/accounts", data=form)).status_code
    assert 403 == (await client.post("/accounts/one", data=form)).status_code
    assert "/accounts" not in (await client.get("/mails")).text


async def test_who_changes_his_password_is_in_here_only_and_with_another_token(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, review: Review
) -> None:
    await log_in(elsewhere, "rosa")
    form = {"token": await log_in(client, "rosa"), "deed": "password"}
    before = dict(client.cookies)
    words = {"old": PASSWORD, "new": ANOTHER, "again": ANOTHER}
    assert 303 == (await client.post("/me", data={**form, **words})).status_code
    assert before != dict(client.cookies)
    assert 200 == (await client.get("/mails")).status_code
    assert "/login" == (await elsewhere.get("/mails")).headers["location"]
    assert await review.logins.log_in("rosa", ANOTHER, HERE)
    # What the browser had before opens nothing.
    client.cookies.clear()
    client.cookies.update(before)
    assert "/login" == (await client.get("/mails")).headers["location"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"old": "wrong horse battery"}, Why.OLD),
        ({"old": ""}, Why.OLD),
        ({"again": "yet another horse"}, Why.DIFFER),
        ({"new": "short", "again": "short"}, Why.PASSWORD),
        ({"new": "x" * 1025, "again": "x" * 1025}, Why.PASSWORD),
        ({"new": PASSWORD, "again": PASSWORD}, Why.SAME),
    ],
)
async def test_a_password_is_changed_by_who_knows_the_old_one_only(
    client: httpx.AsyncClient, review: Review, words: dict[str, str], why: Why
) -> None:
    form = {"token": await log_in(client, "rosa"), "deed": "password"}
    answer = await client.post(
        "/me", data={**form, "old": PASSWORD, "new": ANOTHER, "again": ANOTHER, **words}
    )
    assert (400, True) == (answer.status_code, why.value in answer.text)
    assert await review.logins.log_in("rosa", PASSWORD, THERE)
    expected = [("rosa", Deed.PASSWORD_NOT_CHANGED, HERE.client)] if why is Why.OLD else []
    assert expected == await noted(review)


async def test_a_browser_that_was_left_open_is_no_place_to_guess_at(client: httpx.AsyncClient) -> None:
    form = {"token": await log_in(client, "rosa"), "deed": "password", "new": ANOTHER, "again": ANOTHER}
    for _ in range(5):
        await client.post("/me", data={**form, "old": "wrong horse battery"})
    assert 400 == (await client.post("/me", data={**form, "old": PASSWORD})).status_code


async def test_somebody_sees_his_own_logins_and_ends_them(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, review: Review
) -> None:
    ada = await review.logins.log_in("ada", PASSWORD, HERE)
    elsewhere.headers["user-agent"] = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150.0"
    await log_in(elsewhere, "rosa")
    form = {"token": await log_in(client, "rosa")}
    page = (await client.get("/me")).text
    assert (True, True) == (THERE.client in page, THERE.browser in page)
    login = page.partition('name="login" value="')[2].partition('"')[0]
    await client.post("/me", data={**form, "deed": "end", "login": login})
    assert ("/login", 200) == (
        (await elsewhere.get("/me")).headers["location"],
        (await client.get("/me")).status_code,
    )
    assert "/login" == (await client.post("/me", data={**form, "deed": "end_all"})).headers["location"]
    assert "/login" == (await client.get("/me")).headers["location"]
    # Nobody else's.
    assert ada
    assert await review.logins.of(ada)
    assert [("rosa", Deed.LOGINS_ENDED, "rosa: 1")] * 2 == await noted(review)


@pytest.mark.parametrize(
    ("agent", "browser"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8.5", ""),
        ("\u00ff" * 5000, ""),
    ],
)
def test_a_browser_is_called_as_its_owner_calls_it(agent: str, browser: str) -> None:
    assert browser == browser_of(agent)
