"""Who has logged in at an identity provider comes in, and nobody who only says so."""

import html
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from milter.config.options import OidcConfig
from milter.log.lines import configure_log
from milter.quarantine.journal import Deed
from milter.review.accounts import Kind, Role
from milter.review.app import build_app
from milter.review.elsewhere import BACK, KNOWN_THERE, Elsewhere, Stray
from milter.review.entrance import ELSEWHERE
from milter.review.logins import Place
from milter.review.oidc import Away, Begun, Client, Forged, Provider, checked, texts_of
from milter.review.refusal import Refused
from milter.review.review import Review
from tests.quarantine.conftest import Place as Database
from tests.review.site import PASSWORD

ISSUER, ID, SECRET = "https://login.town-hall.example/staff", "vigimel", "shared between the two"
KEY, OTHER = (RSAKey.generate_key(2048, {"kid": kid}) for kid in ("one", "two"))
CLIENT = Client(ISSUER, ID, SECRET, f"https://gate.example{BACK}", ("profile",))
CONFIG = OidcConfig(
    issuer=ISSUER,
    client_id=ID,
    admins=("chiefs",),
    reviewers=("helpdesk",),
    viewers=("audit", "vera@town-hall.example"),
)
DROP = object()


def b64(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")


@pytest.fixture
def place(tmp_path: Path) -> Database:
    """The database makes no difference here."""
    return tmp_path / "var" / "quarantine.db"


@dataclass
class Liar(httpx.AsyncBaseTransport):
    """A provider that says what a test wants: the real one is in `test_provider.py`, and does not lie.

    `claims`, `metadata` and `userinfo` are put over what is right; `key` signs.
    """

    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] | None = None
    key: Any = field(default_factory=lambda: KEY)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    status: dict[str, int] = field(default_factory=dict)
    nonce: str = ""
    asked: list[httpx.Request] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        what = request.url.path.rpartition("/")[2]
        if status := self.status.get(what):
            return httpx.Response(status, json={"error": "invalid_grant"})
        return httpx.Response(200, json=getattr(self, f"_{what.replace('-', '_')}")())

    def _openid_configuration(self) -> dict[str, Any]:
        names = {"authorization_endpoint": "auth", "token_endpoint": "token", "jwks_uri": "jwks"}
        if self.userinfo is not None:
            names["userinfo_endpoint"] = "userinfo"
        return {"issuer": ISSUER, **{name: f"{ISSUER}/{at}" for name, at in names.items()}, **self.metadata}

    def _jwks(self) -> dict[str, Any]:
        # Keys that nobody knows do no harm.
        keys = [KEY.as_dict(private=False), {"kty": "XX", "kid": "x"}, {"kty": "oct", "k": "AAAA"}]
        return {"keys": keys}

    def _token(self) -> dict[str, Any]:
        return {"id_token": self.signed(), "access_token": "opens the userinfo endpoint"}

    def _userinfo(self) -> dict[str, Any]:
        return self.userinfo or {}

    def signed(self) -> str:
        now = int(time.time())
        right = {"iss": ISSUER, "aud": ID, "sub": "4711", "iat": now, "exp": now + 300, "nonce": self.nonce}
        said = {**right, "preferred_username": "rosalie", "groups": ["helpdesk"], **self.claims}
        kept = {name: value for name, value in said.items() if value is not DROP}
        return jwt.encode(self.header, kept, self.key, algorithms=[self.header["alg"]])


@dataclass
class Desk:
    """A browser, the page, and the provider that it is sent to."""

    client: httpx.AsyncClient
    liar: Liar
    review: Review

    async def begin(self) -> dict[str, str]:
        """What the browser is sent to the provider with."""
        answer = await self.client.get("/login/oidc")
        sent = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
        self.liar.nonce = sent.get("nonce", "")
        return sent

    async def come_back(self, **query: str) -> httpx.Response:
        return await self.client.get(BACK, params={"code": "c0de", **query})

    async def log_in(self) -> httpx.Response:
        return await self.come_back(state=(await self.begin())["state"])

    async def noted(self) -> list[tuple[str, Deed, str]]:
        return [(one.who, one.deed, one.detail) for one in await self.review.journal.newest()]


@pytest.fixture
async def desk(review: Review) -> AsyncIterator[Desk]:
    liar = Liar()
    elsewhere = Elsewhere(Provider(CLIENT, transport=liar), CONFIG, b"k" * 32)
    made = replace(review, elsewhere=elsewhere)
    transport = httpx.ASGITransport(build_app(made), client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="https://gate.example") as client:
        yield Desk(client, liar, made)


def stray(answer: httpx.Response) -> Stray | None:
    """Why somebody was sent back to the login."""
    where = answer.headers.get("location", "")
    return Stray[where.partition("=")[2].upper()] if where.startswith("/login?problem=") else None


async def test_who_the_provider_knows_comes_in_with_the_role_that_it_gives(desk: Desk) -> None:
    sent = await desk.begin()
    assert ("code", ID, "S256", "openid profile", CLIENT.back) == (
        sent["response_type"],
        sent["client_id"],
        sent["code_challenge_method"],
        sent["scope"],
        sent["redirect_uri"],
    )
    entered = await desk.come_back(state=sent["state"])
    assert '<meta http-equiv="refresh" content="0;url=/mails">' in entered.text
    assert "rosalie (reviewer)" in (await desk.client.get("/mails")).text
    account = await desk.review.accounts.named("rosalie")
    assert account
    assert (Kind.OIDC, Role.REVIEWER, True) == (account.kind, account.role, bool(account.last_login))
    assert [("rosalie", Deed.LOGIN, "192.0.2.7 oidc")] == await desk.noted()
    # There is no password that would open it, not even none.
    for word in ("", PASSWORD):
        assert None is await desk.review.logins.log_in("rosalie", word, Place("192.0.2.7"))
    form = dict(parse_qsl(desk.liar.asked[1].content.decode()))
    assert (sent["redirect_uri"], 43) == (form["redirect_uri"], len(form["code_verifier"]))
    assert "client_secret" not in form
    assert desk.liar.asked[1].headers["authorization"].startswith("Basic ")


async def test_the_role_is_that_of_today_and_the_account_that_of_the_subject(desk: Desk) -> None:
    await desk.log_in()
    desk.liar.claims = {"preferred_username": "rosalie.b", "groups": ["chiefs", "helpdesk"]}
    await desk.log_in()
    [account] = [one for one in await desk.review.accounts.all() if one.kind is Kind.OIDC]
    assert ("rosalie", Role.ADMIN) == (account.name, account.role)
    with pytest.raises(Refused):
        await desk.review.accounts.set_role("rosalie", Role.VIEWER)
    with pytest.raises(Refused):
        await desk.review.accounts.set_password("rosalie", PASSWORD)


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"groups": ["staff"]}, Stray.NO_ROLE),
        ({"groups": "HELPDESK"}, Stray.NO_ROLE),
        ({"groups": DROP}, Stray.NO_ROLE),
        ({"groups": {"helpdesk": True}}, Stray.NO_ROLE),
        ({"groups": [["helpdesk"], 7, None]}, Stray.NO_ROLE),
        ({"preferred_username": DROP}, Stray.NO_NAME),
        ({"preferred_username": "x" * 65}, Stray.NO_NAME),
        ({"preferred_username": "a\nb"}, Stray.NO_NAME),
        ({"preferred_username": "ada"}, Stray.TAKEN),
        ({"iss": "https://evil.example"}, Stray.FORGED),
        ({"aud": "another client"}, Stray.FORGED),
        ({"aud": [ID, "another client"]}, Stray.FORGED),
        ({"azp": "another client"}, Stray.FORGED),
        ({"exp": int(time.time()) - 3600}, Stray.FORGED),
        ({"exp": DROP}, Stray.FORGED),
        ({"iat": int(time.time()) + 36000}, Stray.FORGED),
        ({"nonce": "of another login"}, Stray.FORGED),
        ({"nonce": DROP}, Stray.FORGED),
        ({"sub": DROP}, Stray.FORGED),
        ({"sub": ""}, Stray.FORGED),
    ],
)
async def test_nobody_else_does(desk: Desk, claims: dict[str, Any], why: Stray) -> None:
    desk.liar.claims = claims
    assert why is stray(await desk.log_in())
    page = await desk.client.get(f"/login?problem={why.name.lower()}")
    assert why.value in html.unescape(page.text)
    assert "/login" == (await desk.client.get("/mails")).headers["location"]
    assert ["ada", "rosa", "vera"] == [one.name for one in await desk.review.accounts.all()]
    line = ("", Deed.LOGIN_ELSEWHERE_FAILED, f"192.0.2.7 {why.name.lower()}")
    assert ([line] if why in KNOWN_THERE else []) == await desk.noted()


@pytest.mark.parametrize(
    ("key", "header"),
    [
        (OTHER, {"alg": "RS256", "kid": "one"}),
        (OTHER, {"alg": "RS256", "kid": "two"}),
        (ECKey.generate_key("P-256"), {"alg": "ES256", "kid": "one"}),
        # What everybody may read is no secret that could sign.
        (OctKey.import_key(str(KEY.as_dict()["n"])), {"alg": "HS256", "kid": "one"}),
        (OctKey.import_key(SECRET), {"alg": "HS256"}),
    ],
    ids=["other-key", "unknown-key", "other-kind", "public-key-as-secret", "secret"],
)
async def test_a_token_that_another_key_has_signed_is_none(
    desk: Desk, key: Any, header: dict[str, Any]
) -> None:
    desk.liar.key, desk.liar.header = key, header
    assert Stray.FORGED is stray(await desk.log_in())


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "None"}, {"alg": "RS256", "kid": "one"}, {}])
def test_a_token_without_a_signature_is_none(header: dict[str, str]) -> None:
    now = int(time.time())
    right = {"iss": ISSUER, "aud": ID, "sub": "4711", "iat": now, "exp": now + 300, "nonce": "n"}
    parts = (b64(json.dumps(one).encode()) for one in (header, right))
    with pytest.raises(Forged):
        checked(f"{'.'.join(parts)}.", KeySet([KEY]).as_dict(private=False), CLIENT, "n")


NAMES = st.sampled_from(["keys", "kty", "n", "e", "kid", "RSA", "alg"])
JSON = st.recursive(
    st.none() | st.text() | st.integers() | NAMES, lambda x: st.lists(x) | st.dictionaries(NAMES, x)
)


@given(st.text(), JSON)
def test_whatever_a_provider_says_is_believed_or_forged(token: str, keys: object) -> None:
    with pytest.raises(Forged):
        checked(token, {"keys": keys}, CLIENT, "n")


@given(JSON)
def test_any_claim_has_some_values(value: object) -> None:
    assert all(
        isinstance(one, str) for name in ("n", "n.e.kid", "email") for one in texts_of({"n": value}, name)
    )


async def test_what_the_id_token_lacks_is_asked_for_and_must_be_of_the_same_subject(desk: Desk) -> None:
    desk.liar.claims = {"groups": DROP}
    desk.liar.userinfo = {"sub": "4711", "groups": ["audit"], "iss": "https://evil.example"}
    await desk.log_in()
    account = await desk.review.accounts.named("rosalie")
    assert account
    assert Role.VIEWER is account.role
    assert "Bearer opens the userinfo endpoint" == desk.liar.asked[-1].headers["authorization"]
    for other in ({"sub": "4712", "groups": ["chiefs"]}, {"groups": ["chiefs"]}):
        desk.liar.userinfo = other
        assert Stray.FORGED is stray(await desk.log_in())


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"email": "vera@town-hall.example", "email_verified": True}, Role.VIEWER),
        ({"email": "vera@town-hall.example", "email_verified": "true"}, None),
        ({"email": "vera@town-hall.example"}, None),
    ],
)
def test_an_address_that_nobody_has_verified_gives_no_role(claims: dict[str, Any], role: Role | None) -> None:
    config = CONFIG.model_copy(update={"role_claim": "email"})
    assert role is Elsewhere(Provider(CLIENT), config, b"").role_of(claims)


def test_a_claim_may_stand_inside_others() -> None:
    claims = {"realm_access": {"roles": ["chiefs"]}, "a.b": "dotted", "a": {"b": "inside"}}
    assert {"chiefs"} == texts_of(claims, "realm_access.roles")
    assert {"dotted"} == texts_of(claims, "a.b")
    assert frozenset() == texts_of(claims, "realm_access.roles.more")


async def test_a_login_comes_back_once_to_the_browser_that_began_it(desk: Desk) -> None:
    sent = await desk.begin()
    kept = desk.client.cookies[ELSEWHERE]
    # Somebody else is sent here with a code of an attacker's, to work in an account that is none of his.
    desk.client.cookies.clear()
    assert Stray.BEGUN is stray(await desk.come_back(state=sent["state"]))
    for state, cookie in ((sent["state"], f"{kept}x"), (sent["state"], "x"), ("", kept), ("other", kept)):
        desk.client.cookies.set(ELSEWHERE, cookie, domain="gate.example")
        assert Stray.BEGUN is stray(await desk.come_back(state=state))
    desk.client.cookies.clear()
    desk.client.cookies.set(ELSEWHERE, kept, domain="gate.example")
    assert 200 == (await desk.come_back(state=sent["state"])).status_code
    desk.client.cookies.clear()
    desk.client.cookies.set(ELSEWHERE, kept, domain="gate.example")
    # Also where the provider lets a code be used twice.
    assert Stray.BEGUN is stray(await desk.come_back(state=sent["state"]))


async def test_the_cookie_of_a_login_that_has_begun_is_for_this_host_and_ten_minutes(desk: Desk) -> None:
    answer = await desk.client.get("/login/oidc")
    [cookie] = answer.headers.get_list("set-cookie")
    for word in ("__Host-", "Secure", "HttpOnly", "SameSite=lax", "Path=/", "Max-Age=600"):
        assert word in cookie
    assert "Domain" not in cookie
    assert SECRET not in cookie


async def test_a_stranger_has_nothing_written_but_lines_of_the_log_and_those_not_without_end(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_log("info")
    sent = await desk.begin()
    # One who has begun, with a code that is none: what the provider says of it cannot be believed.
    desk.liar.claims = {"nonce": "of another login"}
    assert Stray.FORGED is stray(await desk.come_back(state=sent["state"]))
    answers = [await desk.client.get("/login/oidc/back") for _ in range(60)]
    strays = [*map(stray, answers)].count(Stray.BEGUN)
    assert (303, 429) == (answers[0].status_code, answers[-1].status_code)
    assert 0 < strays < 30
    assert 429 == (await desk.client.get("/login/oidc")).status_code
    assert [] == await desk.noted()
    assert strays == capsys.readouterr().err.count("event=login_failed client='192.0.2.7' how=begun")


async def test_another_site_begins_nobody_s_login(desk: Desk) -> None:
    answer = await desk.client.get("/login/oidc", headers={"sec-fetch-site": "cross-site"})
    assert ("/login", []) == (answer.headers["location"], desk.liar.asked)


@pytest.mark.parametrize(
    "query", [{"error": "access_denied"}, {"error": "<script>", "code": ""}, {"code": ""}]
)
async def test_who_is_refused_there_is_told_so(desk: Desk, query: dict[str, str]) -> None:
    state = (await desk.begin())["state"]
    assert Stray.REFUSED is stray(await desk.come_back(**{"state": state, "code": "", **query}))
    assert 1 == len(desk.liar.asked)


@pytest.mark.parametrize("issuer", ["https://evil.example", ""])
async def test_an_answer_in_the_name_of_another_issuer_is_none(desk: Desk, issuer: str) -> None:
    desk.liar.metadata = {"authorization_response_iss_parameter_supported": True}
    state = (await desk.begin())["state"]
    assert Stray.FORGED is stray(await desk.come_back(state=state, iss=issuer))
    state = (await desk.begin())["state"]
    assert 200 == (await desk.come_back(state=state, iss=ISSUER)).status_code


@pytest.mark.parametrize(
    ("status", "metadata", "why"),
    [
        ({"openid-configuration": 500}, {}, Stray.AWAY),
        ({}, {"issuer": "https://evil.example"}, Stray.AWAY),
        ({}, {"authorization_endpoint": "javascript:alert(1)"}, Stray.AWAY),
        ({}, {"authorization_endpoint": "http://login.town-hall.example/auth"}, Stray.AWAY),
        ({"token": 500}, {}, Stray.AWAY),
        ({"token": 400}, {}, Stray.FORGED),
        ({"token": 302}, {}, Stray.AWAY),
        ({"jwks": 404}, {}, Stray.AWAY),
        ({}, {"jwks_uri": 7}, Stray.AWAY),
    ],
)
async def test_a_provider_that_is_away_keeps_nobody_out_who_has_a_password(
    desk: Desk,
    status: dict[str, int],
    metadata: dict[str, Any],
    why: Stray,
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_log("info")
    desk.liar.status, desk.liar.metadata = status, metadata
    begun = await desk.client.get("/login/oidc")
    if stray(begun) is None:
        state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
        begun = await desk.come_back(state=state)
    assert why is stray(begun)
    log = capsys.readouterr().err
    assert "identity_provider_failed" in log
    assert SECRET not in log
    assert 303 == (await desk.client.post("/login", data={"name": "rosa", "password": PASSWORD})).status_code


async def test_a_disabled_account_is_disabled_here_too(desk: Desk) -> None:
    await desk.log_in()
    await desk.review.accounts.disable("rosalie")
    assert "/login" == (await desk.client.get("/mails")).headers["location"]
    assert Stray.DISABLED is stray(await desk.log_in())


async def test_where_passwords_are_not_taken_none_is(desk: Desk) -> None:
    config = CONFIG.model_copy(update={"passwords": False, "name": "Mairie <b>"})
    elsewhere = desk.review.elsewhere
    assert elsewhere
    app = build_app(replace(desk.review, elsewhere=replace(elsewhere, config=config)))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app, client=("192.0.2.7", 1)), base_url="https://gate.example"
    ) as client:
        page = (await client.get("/login")).text
        assert ("Mairie &lt;b&gt;" in page, 'type="password"' in page) == (True, False)
        assert 403 == (await client.post("/login", data={"name": "ada", "password": PASSWORD})).status_code


async def test_a_public_client_and_one_that_posts_its_secret_are_served_too() -> None:
    for secret, ways, has in ((SECRET, ["client_secret_post"], True), ("", None, False)):
        metadata = {"token_endpoint_auth_methods_supported": ways} if ways else {}
        liar = Liar(metadata=metadata)
        begun = Begun.new()
        liar.nonce = begun.nonce
        provider = Provider(replace(CLIENT, secret=secret), transport=liar)
        assert "4711" == (await provider.claims(begun, "c0de", "", ["groups"]))["sub"]
        form = dict(parse_qsl(liar.asked[1].content.decode()))
        assert (ID, has) == (form["client_id"], "client_secret" in form)
        assert "authorization" not in liar.asked[1].headers


async def test_an_answer_without_end_is_not_read_to_its_end() -> None:
    class Endless(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, content=json.dumps({"x": "x" * 10**6}), request=request)

    with pytest.raises(Away):
        await Provider(CLIENT, transport=Endless()).address(Begun.new())
