"""Behind a web server that says who asks, and who has logged in: what is believed, and of whom."""

import hashlib
import hmac
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from milter.config.options import ReviewConfig
from milter.log.lines import configure_log
from milter.quarantine.held import State
from milter.quarantine.journal import Deed
from milter.review.app import build_app
from milter.review.cookie import COOKIE
from milter.review.guard import form_token
from milter.review.proxy import client_of
from milter.review.review import Review
from tests.quarantine.conftest import Place
from tests.quarantine.mails import MAIL
from tests.review import nginx
from tests.review.site import CONFIG, PASSWORD, Site, running
from tests.serving import eventually

PROXY, STRANGER = "192.0.2.1", "198.51.100.9"
GROUPS = ReviewConfig(
    trusted_proxies=("192.0.2.0/28",),
    proxy_user_header="X-Remote-User",
    proxy_groups_header="X-Groups",
    admin_groups=("chiefs",),
    reviewer_groups=("helpdesk",),
    viewer_groups=("audit", "helpdesk"),
)
ACCOUNTS = GROUPS.model_copy(
    update={"proxy_groups_header": "", "admin_groups": (), "reviewer_groups": (), "viewer_groups": ()}
)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """The database makes no difference here."""
    return tmp_path / "var" / "quarantine.db"


def asking(review: Review, config: ReviewConfig, peer: str = PROXY) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(build_app(replace(review, config=config)), client=(peer, 1))
    return httpx.AsyncClient(transport=transport, base_url="https://gate.example")


@pytest.fixture
async def proxied(review: Review) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(review, GROUPS) as client:
        yield client


@pytest.mark.parametrize(
    ("groups", "journal", "raw"),
    [("chiefs", 200, 200), ("staff, helpdesk;x", 403, 200), ("audit", 403, 403)],
)
async def test_the_groups_decide_the_role(
    proxied: httpx.AsyncClient, review: Review, groups: str, journal: int, raw: int
) -> None:
    mail_id = await review.store.hold(MAIL)
    headers = [(b"X-Remote-User", "Zoé".encode()), (b"X-Groups", groups.encode())]
    assert "Zoé" in (await proxied.get("/mails", headers=headers)).text
    assert journal == (await proxied.get("/journal", headers=headers)).status_code
    assert raw == (await proxied.get(f"/mails/{mail_id}/raw", headers=headers)).status_code


@pytest.mark.parametrize("groups", ["", "staff", "CHIEFS", "chiefs helpdesk"])
async def test_who_is_in_no_group_may_do_nothing(proxied: httpx.AsyncClient, groups: str) -> None:
    proxied.headers.update({"X-Remote-User": "ada", "X-Groups": groups})
    assert 403 == (await proxied.get("/mails")).status_code


async def test_without_groups_the_account_of_that_name_decides(review: Review) -> None:
    async with asking(review, ACCOUNTS) as client:
        for name, status in (("vera", 403), ("ada", 200), ("nobody", 403)):
            client.cookies.clear()
            assert status == (await client.get("/journal", headers={"X-Remote-User": name})).status_code


async def test_forms_of_such_a_login_work_and_only_with_their_token(
    proxied: httpx.AsyncClient, review: Review
) -> None:
    mail_id = await review.store.hold(MAIL)
    proxied.headers.update({"X-Remote-User": "rosa", "X-Groups": "helpdesk"})
    page = (await proxied.get("/mails")).text
    token = page.partition('name="token" value="')[2].partition('"')[0]
    form = {"id": str(mail_id), "deed": "delete"}
    assert 403 == (await proxied.post("/mails/decide", data=form)).status_code
    assert 403 == (await proxied.post("/mails/decide", data={**form, "token": "0" * 64})).status_code
    assert 303 == (await proxied.post("/mails/decide", data={**form, "token": token})).status_code
    deeds = [(entry.who, entry.deed, entry.detail) for entry in await review.journal.newest()]
    assert [("rosa", Deed.DELETED, ""), ("rosa", Deed.LOGIN, PROXY)] == deeds


@pytest.mark.threat("W22")
@pytest.mark.parametrize("key", ["", "chosen by another site"])
async def test_such_a_login_posts_nothing_without_its_cookie(
    proxied: httpx.AsyncClient, review: Review, key: str
) -> None:
    # What the page of another site sends comes with who he is in front, and without a strict cookie.
    mail_id = await review.store.hold(MAIL)
    proxied.headers.update({"X-Remote-User": "rosa", "X-Groups": "helpdesk"})
    token = hmac.new(key.encode(), b"form", hashlib.sha256).hexdigest()
    form = {"id": str(mail_id), "deed": "delete", "token": token}
    assert 403 == (await proxied.post("/mails/decide", data=form)).status_code
    held = await review.store.get(mail_id)
    assert held
    assert State.HELD == held.state
    assert () == await review.journal.newest()


def test_there_is_no_token_of_a_form_without_one_of_a_cookie() -> None:
    with pytest.raises(ValueError, match="without the token of a cookie"):
        form_token("")


@pytest.mark.parametrize(
    ("header", "peer", "fields", "is_https"),
    [
        ("X-Forwarded-For", PROXY, {"X-Forwarded-Proto": "https"}, True),
        ("X-Forwarded-For", PROXY, {"X-Forwarded-Proto": "http, HTTPS"}, True),
        ("X-Forwarded-For", PROXY, {"X-Forwarded-Proto": "https, http"}, False),
        ("X-Forwarded-For", PROXY, {"X-Forwarded-Proto": "gopher"}, False),
        ("X-Forwarded-For", PROXY, {"Forwarded": "proto=https"}, False),
        ("X-Forwarded-For", PROXY, {}, False),
        ("X-Forwarded-For", STRANGER, {"X-Forwarded-Proto": "https"}, False),
        ("Forwarded", PROXY, {"Forwarded": "for=192.0.2.9;proto=http, for=192.0.2.8;Proto=https"}, True),
        ("Forwarded", PROXY, {"X-Forwarded-Proto": "https"}, False),
    ],
)
async def test_who_comes_by_https_comes_by_nothing_else_for_a_year(
    review: Review, header: str, peer: str, fields: dict[str, str], *, is_https: bool
) -> None:
    config = GROUPS.model_copy(update={"proxy_address_header": header})
    async with asking(review, config, peer) as client:
        answer = await client.get("http://gate.example/login", headers=fields)
        assert ("max-age=31536000" if is_https else None) == answer.headers.get("strict-transport-security")


@pytest.mark.parametrize("peer", [STRANGER, "", "not an address"])
async def test_a_stranger_is_nobody_whatever_he_says(
    review: Review, capsys: pytest.CaptureFixture[str], peer: str
) -> None:
    configure_log("info")
    async with asking(review, GROUPS, peer) as client:
        answer = await client.get("/mails", headers={"X-Remote-User": "ada", "X-Groups": "chiefs"})
    assert (303, "/login") == (answer.status_code, answer.headers["location"])
    assert "login_header_ignored" in capsys.readouterr().err


@pytest.mark.parametrize(
    "fields",
    [
        [("X-Remote-User", "ada"), ("X-Remote-User", "eve")],
        [("X-Remote-User", "")],
        [("X-Remote-User", "a" * 65)],
        [("X-Remote-User", "\x01")],
    ],
)
async def test_a_name_that_is_none_is_no_login(
    proxied: httpx.AsyncClient, fields: list[tuple[str, str]]
) -> None:
    answer = await proxied.get("/mails", headers=[*fields, ("X-Groups", "chiefs")])
    assert "/login" == answer.headers["location"]


async def test_guesses_count_for_the_client_and_not_for_the_server_in_front(review: Review) -> None:
    config = ReviewConfig(trusted_proxies=(PROXY,))

    async def log_in(client: httpx.AsyncClient, address: str, password: str) -> int:
        form = {"name": "rosa", "password": password}
        return (await client.post("/login", data=form, headers={"X-Forwarded-For": address})).status_code

    async with asking(review, config) as client:
        for number in range(6):
            assert 401 == await log_in(client, f"10.0.0.{number}, {STRANGER}", "wrong wrong wrong")
        assert 401 == await log_in(client, STRANGER, PASSWORD)
        assert 303 == await log_in(client, "203.0.113.5", PASSWORD)


@pytest.mark.parametrize(
    ("header", "value", "client"),
    [
        ("X-Forwarded-For", "203.0.113.5", "203.0.113.5"),
        ("X-Forwarded-For", "10.9.9.9, 203.0.113.5", "203.0.113.5"),
        ("X-Forwarded-For", "203.0.113.5, 192.0.2.2", "203.0.113.5"),
        ("X-Forwarded-For", "203.0.113.5:4711", "203.0.113.5"),
        ("X-Forwarded-For", "", PROXY),
        ("X-Forwarded-For", ", ,", PROXY),
        ("Forwarded", "for=10.9.9.9, for=203.0.113.5;proto=https", "203.0.113.5"),
        ("Forwarded", 'For="[2001:db8::1]:4711"', "2001:db8::1"),
        ("Forwarded", "for=unknown", "unknown"),
        ("Forwarded", "proto=https", PROXY),
    ],
)
def test_the_client_is_the_nearest_that_is_none_of_ours(header: Any, value: str, client: str) -> None:
    assert client == said(header, value)


@given(st.text(st.characters(max_codepoint=255)), st.sampled_from(["X-Forwarded-For", "Forwarded"]))
def test_any_value_gives_some_client(value: str, header: str) -> None:
    assert len(said(header, value)) <= 64


def said(header: str, value: str) -> str:
    config = ReviewConfig(trusted_proxies=("192.0.2.0/28",), proxy_address_header=header)  # type: ignore[arg-type]
    headers = [
        (header.lower().encode(), value.encode("latin-1")),
        # What a client may send of the other one is not read.
        ((b"forwarded", b"x-forwarded-for")[header == "Forwarded"], b"for=198.51.100.66"),
    ]
    return client_of(Request({"type": "http", "headers": headers}), PROXY, config)


@pytest.fixture(scope="module")
def fronted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """A gateway behind a real nginx with a login of its own."""
    if nginx.PROGRAM is None:
        pytest.skip("nginx is not installed (run make test as root on Debian)")
    directory = tmp_path_factory.mktemp("fronted")
    options = 'trusted_proxies = ["127.0.0.1"]\nproxy_user_header = "X-Remote-User"\n'
    with running(directory, CONFIG.replace("[review]\n", f"[review]\n{options}")) as site:
        page = site.url.replace("localhost", "127.0.0.1")
        with nginx.in_front(directory / "nginx", page, {"rosa": "front", "eve": "front"}) as url:
            yield site, url


def browser_of(url: str, **options: Any) -> httpx.Client:
    # From another address than nginx has; its certificate is of a moment ago and signs itself.
    transport = httpx.HTTPTransport(verify=False, local_address="127.0.0.2")
    return httpx.Client(base_url=url, transport=transport, timeout=60, **options)


def test_who_has_logged_in_at_nginx_is_in(fronted: tuple[Site, str]) -> None:
    with browser_of(fronted[1]) as stranger:
        assert 401 == stranger.get("/mails", headers={"X-Remote-User": "ada"}).status_code
    with browser_of(fronted[1], auth=("rosa", "front")) as rosa:
        answer = rosa.get("/mails", headers={"X-Remote-User": "ada"})
        assert (200, True) == (answer.status_code, COOKIE in rosa.cookies)
        assert "strict-transport-security" in answer.headers
        assert "rosa (" in answer.text
        assert "ada (" not in answer.text
        away = rosa.get("/")
        assert (303, "/mails") == (away.status_code, away.headers["location"])
    with browser_of(fronted[1], auth=("eve", "front")) as eve:
        assert 403 == eve.get("/mails").status_code


def test_a_password_of_the_page_still_works_where_nginx_asks_for_none(fronted: tuple[Site, str]) -> None:
    site, url = fronted
    with browser_of(url) as ada:
        form = {"name": "ada", "password": PASSWORD}
        headers = {"X-Forwarded-For": "203.0.113.77", "Origin": url}
        assert 303 == ada.post("/open/login", data=form, headers=headers).status_code
        assert "ada (" in ada.get("/open/mails").text
        # What nginx saw is believed, not what the client says of himself.
        journal = ada.get("/open/journal").text
        assert "203.0.113.77" not in journal
        assert "<bdi>127.0.0.2</bdi>" in journal
    assert "login_header_ignored" not in site.gateway.log


def test_a_header_that_a_stranger_sends_is_logged_by_a_real_gateway(tmp_path: Path) -> None:
    options = 'trusted_proxies = ["192.0.2.1"]\nproxy_user_header = "X-Remote-User"\n'
    with running(tmp_path, CONFIG.replace("[review]\n", f"[review]\n{options}")) as site:
        answer = httpx.get(f"{site.url}/mails", headers={"X-Remote-User": "ada"}, timeout=60)
        assert 303 == answer.status_code
        eventually(lambda: "login_header_ignored" in site.gateway.log)
