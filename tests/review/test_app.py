"""What the page answers to who is no browser, or no friend (THREATS W19 to W29)."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from milter.child.pool import Pool
from milter.log.lines import configure_log
from milter.quarantine.held import Held, State
from milter.quarantine.journal import Deed
from milter.quarantine.schema import held_mail, raw_mail
from milter.review.app import build_app
from milter.review.cookie import COOKIE
from milter.review.guard import MAX_BODY
from milter.review.page import environment
from milter.review.review import Review
from tests.quarantine.conftest import Place
from tests.quarantine.mails import MAIL, mail
from tests.review.site import PASSWORD

FORM = "multipart/form-data; boundary=x"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """The database makes no difference here."""
    return tmp_path / "var" / "quarantine.db"


async def log_in(client: httpx.AsyncClient, name: str = "rosa") -> str:
    """The token that the forms of this login carry."""
    await client.post("/login", data={"name": name, "password": PASSWORD})
    page = (await client.get("/mails?state=all")).text
    return page.partition('name="token" value="')[2].partition('"')[0]


async def state_of(review: Review, mail_id: int) -> State:
    held = await review.store.get(mail_id)
    assert held is not None
    return held.state


@pytest.mark.parametrize(("name", "links"), [("vera", False), ("rosa", True)])
async def test_who_only_observes_is_told_why_nothing_waits_and_where_to_look(
    review: Review, name: str, *, links: bool
) -> None:
    transport = httpx.ASGITransport(build_app(replace(review, observes=True)), client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="https://gate.example") as client:
        await log_in(client, name)
        page = (await client.get("/mails")).text
        assert "Observing only: nothing is held" in page
        assert links is ("/trace?action=tag&amp;span=7d" in page)


@pytest.mark.threat("W24")
async def test_the_cookie_is_for_this_host_alone_and_new_with_each_login(client: httpx.AsyncClient) -> None:
    client.cookies.set(COOKIE, "chosen-by-somebody-else", domain="gate.example")
    answer = await client.post("/login", data={"name": "rosa", "password": PASSWORD})
    [cookie] = answer.headers.get_list("set-cookie")
    assert cookie.startswith("__Host-")
    assert "chosen-by-somebody-else" not in cookie
    for word in ("Secure", "HttpOnly", "SameSite=strict", "Path=/"):
        assert word in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    ("origin", "is_kept"),
    [
        ("http://gate.example", False),
        ("https://gate.example", True),
        ("http://localhost:10081", True),
        ("http://127.0.0.1:10081", True),
        ("http://[::1", True),
    ],
)
async def test_who_comes_by_http_from_elsewhere_is_told_why_he_cannot_log_in(
    client: httpx.AsyncClient, origin: str, *, is_kept: bool
) -> None:
    # Browsers keep no cookie that is for https only.
    host = origin.partition("://")[2]
    answer = await client.post(
        "/login", data={"name": "rosa", "password": PASSWORD}, headers={"origin": origin, "host": host}
    )

    assert (303 if is_kept else 403) == answer.status_code
    assert is_kept is ("set-cookie" in answer.headers)
    assert is_kept is ("Use https" not in answer.text)


async def test_what_was_done_at_the_command_line_is_said_so_in_french(
    client: httpx.AsyncClient, review: Review
) -> None:
    mail_id = await review.store.hold(MAIL)
    await review.journal.note("root (command line)", Deed.LOOKED, mail_id)
    await log_in(client, "ada")
    client.headers["accept-language"] = "fr"
    for path in ("/journal", f"/mails/{mail_id}"):
        page = (await client.get(path)).text
        assert "root (ligne de commande)" in page
        assert "command line" not in page


async def test_a_french_page_says_in_french_why_nothing_is_proven_and_where_a_trace_stands(
    client: httpx.AsyncClient, review: Review
) -> None:
    result = {"method": "spf", "result": "none", "domain": "", "reason": "nothing to test"}
    trace = {"where": "issuer", "shows": "votre carte", "folded": "votre carte", "likeness": "voice"}
    claim = {"likeness": "voice", "strength": "strong", "evidence": [trace]}
    report = json.dumps({"claim": claim, "proof": {"standing": "unproven", "results": [result]}})
    mail_id = await review.store.hold(mail(report=report))
    await log_in(client)
    client.headers["accept-language"] = "fr"
    page = (await client.get(f"/mails/{mail_id}")).text
    assert "rien à vérifier" in page
    assert "comme seul l&#39;organisme l&#39;écrit" in page
    assert not any(word in page for word in ("nothing to test", "issuer"))


async def test_the_panels_name_the_organisation_and_a_qr_code(
    client: httpx.AsyncClient, review: Review
) -> None:
    claim = {"likeness": "display_name", "strength": "strong", "evidence": []}
    ask = {"kind": "link", "quote": "https://dossier.example/", "where": "qr", "promise": None}
    names = {"fr": "l'Assurance Maladie", "en": "the Assurance Maladie"}
    mail_id = await review.store.hold(
        mail(report=json.dumps({"claim": claim, "asks": [ask], "names": names}))
    )
    await log_in(client)
    for language, name, code in (
        ("fr", "l&#39;Assurance Maladie", "code QR"),
        ("en", names["en"], "QR code"),
    ):
        client.headers["accept-language"] = language
        page = (await client.get(f"/mails/{mail_id}")).text
        assert f"<b>{name}</b>" in page
        assert f"</b> · {code}<br><q><bdi>https://dossier.example/" in page


async def test_a_promise_has_its_source_in_the_language_of_the_page(
    client: httpx.AsyncClient, review: Review
) -> None:
    promise = {"text": "Jamais.", "source": "citant", "source_fr": "citant", "source_en": "quoting"}
    older = {"text": "Jamais.", "source": "ameli.fr"}
    asks = [{"kind": "link", "quote": "x", "where": "text", "promise": one} for one in (promise, older)]
    mail_id = await review.store.hold(mail(report=json.dumps({"asks": asks})))
    await log_in(client)
    for language, source in (("fr", "citant"), ("en", "quoting")):
        client.headers["accept-language"] = language
        page = (await client.get(f"/mails/{mail_id}")).text
        assert f"<small>({source}" in page
        assert "<small>(ameli[.]fr" in page


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
@pytest.mark.threat("W22")
async def test_nothing_is_decided_by_another_method(
    client: httpx.AsyncClient, review: Review, method: str
) -> None:
    mail_id = await review.store.hold(MAIL)
    token = await log_in(client)
    answer = await client.request(method, f"/mails/decide?token={token}&id={mail_id}&deed=release")
    assert answer.status_code in {404, 405, 413}
    assert State.HELD == await state_of(review, mail_id)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"token": "x"}, 403),
        ({"token": ""}, 403),
        ({"rcpt": "eve@evil.example"}, 400),
        ({"mail_from": "eve@evil.example"}, 400),
        ({"status": "released"}, 400),
        ({"deed": "publish"}, 400),
        ({"deed": ["release", "delete"]}, 400),
        ({"id": "1e0"}, 400),
        ({"id": "01"}, 400),
        ({"id": "1 OR 1=1"}, 400),
        ({"id": "-1"}, 400),
        ({"id": "\u0661"}, 400),
        ({"id": "9" * 30}, 400),
    ],
)
@pytest.mark.threat("W19")
async def test_a_form_that_is_not_ours_does_nothing(
    client: httpx.AsyncClient, review: Review, change: dict[str, Any], status: int
) -> None:
    mail_id = await review.store.hold(MAIL)
    form = {"token": await log_in(client), "id": str(mail_id), "deed": "release", **change}
    assert status == (await client.post("/mails/decide", data=form)).status_code
    assert State.HELD == await state_of(review, mail_id)


async def test_a_viewer_cannot_decide_even_with_a_form_of_his_own(
    client: httpx.AsyncClient, review: Review
) -> None:
    mail_id = await review.store.hold(MAIL)
    form = {"token": await log_in(client, "vera"), "id": str(mail_id), "deed": "release"}
    assert 403 == (await client.post("/mails/decide", data=form)).status_code
    assert State.HELD == await state_of(review, mail_id)


@pytest.mark.threat("W21")
async def test_two_clicks_release_once(client: httpx.AsyncClient, review: Review) -> None:
    mail_id = await review.store.hold(MAIL)
    form = {"token": await log_in(client), "id": str(mail_id), "deed": "release"}
    first, second = [await client.post("/mails/decide", data=form) for _ in range(2)]
    assert first.headers["location"] == f"/mails?done=1&not_done=0&one={mail_id}"
    assert second.headers["location"] == f"/mails/{mail_id}?done=0&not_done=1"
    assert ["released", "not released"] == [e.deed.value for e in await review.journal.of_mail(mail_id)]


async def test_after_a_decision_the_next_mail_of_the_list_is_named(
    client: httpx.AsyncClient, review: Review
) -> None:
    oldest, middle, other, _ = [
        await review.store.hold(mail(subject=subject))
        for subject in ("Found a", "Found b", "Other", "Found c")
    ]
    token = await log_in(client)
    after = []
    for mail_id in (middle, oldest):
        form = {"token": token, "id": str(mail_id), "deed": "delete", "back": "/mails?words=found"}
        answer = await client.post("/mails/decide", data=form, follow_redirects=True)
        after += re.findall(r'id="after" href="([^"]*)"', answer.text) or [""]

    assert [f"/mails/{oldest}", ""] == after
    assert State.HELD == await state_of(review, other)


async def test_frauds_are_confirmed_and_that_is_undone(client: httpx.AsyncClient, review: Review) -> None:
    ids = [await review.store.hold(MAIL) for _ in range(2)]
    form = {"token": await log_in(client), "id": [str(mail_id) for mail_id in ids]}
    deeds = ("confirm", "release", "delete", "undo", "undo")
    answers = [await client.post("/mails/decide", data={**form, "deed": deed}) for deed in deeds]

    done = "/mails?done=2&not_done=0"
    not_done = "/mails?done=0&not_done=2"
    assert [done, not_done, not_done, done, not_done] == [one.headers["location"] for one in answers]
    for mail_id in ids:
        assert State.HELD == await state_of(review, mail_id)
        noted = [entry.deed.value for entry in await review.journal.of_mail(mail_id)]
        assert ["confirmed", "not released", "not deleted", "undone", "not undone"] == noted


@pytest.mark.threat("W28")
async def test_a_raw_mail_is_no_page_wherever_it_is_opened(client: httpx.AsyncClient, review: Review) -> None:
    await log_in(client)
    mail_id = await review.store.hold(mail(raw=b"Content-Type: text/html\r\n\r\n<script>alert(1)</script>"))
    answer = await client.get(f"/mails/{mail_id}/raw")
    assert b"alert(1)" in answer.content
    assert "application/octet-stream" == answer.headers["content-type"]
    assert f'attachment; filename="message-{mail_id}.eml"' == answer.headers["content-disposition"]
    assert answer.headers["content-security-policy"].startswith("sandbox")


@pytest.mark.parametrize(
    "query",
    [
        "state=x",
        "finding=x",
        "below=-1",
        "below=1e9",
        "above=%00",
        "sort=1;DROP",
        "sort=id",
        "order=1",
        "since=x",
        "until=9999-12-31",
        "since=0001-01-01",
        "below=" + "9" * 40,
        "finding=unrelated",
    ],
)
@pytest.mark.threat("W26", "W27")
async def test_a_query_that_means_nothing_is_refused_without_a_word(
    client: httpx.AsyncClient, query: str
) -> None:
    await log_in(client)
    answer = await client.get(f"/mails?{query}")
    assert 400 == answer.status_code
    assert "Traceback" not in answer.text


@pytest.mark.threat("W27")
async def test_a_search_of_a_megabyte_is_cut(client: httpx.AsyncClient, review: Review) -> None:
    await log_in(client)
    await review.store.hold(MAIL)
    assert 200 == (await client.get("/mails", params={"words": "%_ " * 10_000})).status_code


@pytest.mark.threat("W27")
async def test_whatever_is_asked_for_leads_to_no_other_host(
    client: httpx.AsyncClient, review: Review
) -> None:
    token = await log_in(client)
    mail_id = await review.store.hold(MAIL)
    evil = {"host": "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "gopher"}
    form = {"token": token, "language": "fr", "next": "//evil.example", "name": "rosa", "password": PASSWORD}
    answers = [
        await client.get(path, headers=evil)
        for path in (
            "/",
            "/mails",
            f"/mails/{mail_id}",
            "/mails/",
            "/login?next=//evil.example",
            "//evil.example",
        )
    ]
    answers += [
        await client.post(path, headers=evil, data=form) for path in ("/language", "/login", "/logout")
    ]
    for answer in answers:
        assert "evil.example" not in answer.text
        assert answer.headers.get("location", "/mails") in {"/mails", "/login"}


@pytest.mark.threat("W27")
async def test_a_query_of_ten_thousand_words_is_answered(client: httpx.AsyncClient, review: Review) -> None:
    await log_in(client)
    await review.store.hold(MAIL)
    query = "&".join(f"{number}=" for number in range(10_000))
    for path in ("/mails", "/dashboard", "/trace", "/journal"):
        assert (await client.get(f"{path}?{query}")).status_code in {200, 400, 403}


@pytest.mark.threat("W29")
async def test_who_may_not_does_not_learn_what_is_there(client: httpx.AsyncClient, review: Review) -> None:
    mail_id = await review.store.hold(MAIL)
    await log_in(client, "vera")
    there = await client.get(f"/mails/{mail_id}/raw")
    nowhere = await client.get("/mails/999999/raw")
    assert (403, there.text) == (nowhere.status_code, nowhere.text)


async def test_a_stranger_who_goes_on_guessing_is_no_more_asked_who_he_is(
    client: httpx.AsyncClient, review: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_log("info")
    form = {"name": "a secret typed as a name", "password": "wrong horse battery"}
    statuses = [(await client.post("/login", data=form)).status_code for _ in range(60)]
    tries = statuses.index(429)
    assert {429} == {*statuses[tries:]}
    assert tries < 30
    assert 1 == len(await review.journal.newest())
    log = capsys.readouterr().err
    assert tries == log.count("event=login_failed client='192.0.2.7' how=password")
    assert "secret" not in log


@pytest.mark.parametrize("path", ["/mails/decide", "/login"])
@pytest.mark.threat("W25")
async def test_too_long_a_form_is_refused_unread(client: httpx.AsyncClient, path: str) -> None:
    assert 413 == (await client.post(path, content=b"x" * (MAX_BODY + 1))).status_code

    async def chunks() -> Any:
        yield b"x"

    assert 413 == (await client.post(path, content=chunks())).status_code


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b'{"name": "rosa"}', "application/json"),
        (
            b"--x\r\nContent-Disposition: form-data; name=name; filename=f\r\n\r\nx\r\n--x--\r\n",
            "multipart/form-data; boundary=x",
        ),
        (b"\xff\xfe%%%&&&=", "application/x-www-form-urlencoded"),
        (b"--x", FORM),
    ],
)
@pytest.mark.threat("W19")
async def test_what_is_no_form_is_no_login(
    client: httpx.AsyncClient, content: bytes, content_type: str
) -> None:
    answer = await client.post("/login", content=content, headers={"content-type": content_type})
    assert answer.status_code in {400, 401}


@pytest.mark.threat("W29")
async def test_a_mail_that_is_not_there_and_one_that_is_gone_are_told(
    client: httpx.AsyncClient, review: Review
) -> None:
    await log_in(client)
    mail_id = await review.store.hold(MAIL)
    await review.store.delete(mail_id)
    assert 404 == (await client.get("/mails/999999")).status_code
    assert 404 == (await client.get(f"/mails/{mail_id}/raw")).status_code
    assert "cannot be shown" in (await client.get(f"/mails/{mail_id}")).text


@pytest.mark.threat("P1")
async def test_numbers_of_people_are_masked_on_the_page(client: httpx.AsyncClient, review: Review) -> None:
    await log_in(client)
    raw = b"From: x\r\nSubject: NIR 1 84 12 75 123 456 78\r\n\r\n1 84 12 75 123 456 78\r\n"
    mail_id = await review.store.hold(mail(raw=raw, subject="NIR 1 84 12 75 123 456 78"))
    page = (await client.get(f"/mails/{mail_id}")).text
    assert "1 ** ** ** *** *** **" in page
    assert "123 456 78" not in page


async def test_pages_lead_on_and_back(client: httpx.AsyncClient, review: Review) -> None:
    await log_in(client)
    for number in range(120):
        await review.store.hold(mail(subject=f"number {number};"))
    seen = []
    path = "/mails"
    for rel in ("next", "next", "prev"):
        page = (await client.get(path)).text
        seen.append([number for number in range(120) if f"number {number};" in page])
        path = page.partition(f'rel="{rel}" href="')[2].partition('"')[0].replace("&amp;", "&")
    back = (await client.get(path)).text
    assert [50, 50, 20] == [len(page) for page in seen]
    assert seen[1] == [number for number in range(120) if f"number {number};" in back]


@pytest.mark.parametrize("how", ["dies", "raises", "hangs", "takes all memory"])
async def test_a_mail_that_kills_its_reader_can_be_downloaded(
    review: Review, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if how == "hangs":
        monkeypatch.setattr("milter.review.review._SECONDS", 0.5)
    pool = Pool("tests.review.fragile:begin", children=1)
    transport = httpx.ASGITransport(build_app(replace(review, pool=pool)), client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="https://gate.example") as client:
        await log_in(client)
        mail_id = await review.store.hold(mail(raw=how.encode()))
        page = await client.get(f"/mails/{mail_id}")
        raw = await client.get(f"/mails/{mail_id}/raw")
    pool.close()
    assert 200 == page.status_code
    assert "Not all of this mail could be read" in page.text
    assert how == "hangs" or "told before" in page.text
    assert how.encode() == raw.content


async def test_a_mail_that_is_damaged_is_not_given_out_and_that_is_said(
    client: httpx.AsyncClient, review: Review
) -> None:
    await log_in(client)
    ids = [await review.store.hold(MAIL) for _ in range(2)]
    broken = update(raw_mail).where(raw_mail.c.mail_id == ids[0]).values(zstd=b"(\xb5/\xfd??")
    another = update(held_mail).where(held_mail.c.id == ids[1]).values(sha256="0" * 64)
    with review.store.transactions._database.engine.begin() as connection:
        connection.execute(broken)
        connection.execute(another)
    for mail_id in ids:
        page, raw = [await client.get(f"/mails/{mail_id}{more}") for more in ("", "/raw")]
        assert "its bytes are damaged" in page.text
        assert (200, 500) == (page.status_code, raw.status_code)
        assert "They are not given out" in raw.text
        form = {"token": await log_in(client), "id": str(mail_id), "deed": "release"}
        await client.post("/mails/decide", data=form)
        assert State.HELD == await state_of(review, mail_id)


@pytest.fixture
async def copying(review: Review) -> AsyncIterator[tuple[Review, httpx.AsyncClient]]:
    """A page where an admin may have copies."""
    config = review.config.model_copy(update={"copy_to": ("ada@town-hall.example",)})
    allowed = replace(review, config=config)
    transport = httpx.ASGITransport(build_app(allowed), client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="https://gate.example") as made:
        yield allowed, made


async def test_a_copy_goes_to_a_named_address_and_the_mail_waits_on(
    copying: tuple[Review, httpx.AsyncClient], tmp_path: Path
) -> None:
    review, client = copying
    mail_id = await review.store.hold(MAIL)
    form = {"token": await log_in(client), "to": "ada@town-hall.example"}
    assert ">ada@town-hall.example<" in (await client.get(f"/mails/{mail_id}")).text

    answer = await client.post(f"/mails/{mail_id}/copy", data=form)

    assert f"/mails/{mail_id}?done=1&not_done=0" == answer.headers["location"]
    assert State.HELD == await state_of(review, mail_id)
    (file,) = (tmp_path / "released" / "new").iterdir()
    assert b"Delivered-To: ada@town-hall.example" in file.read_bytes()
    noted = [(one.deed.value, one.detail) for one in await review.journal.of_mail(mail_id)]
    assert [("looked", ""), ("sent a copy", "to ada@town-hall.example")] == noted

    # Its recipients get it all the same, and then there is nothing to look at any more.
    assert 1 == (await review.release([mail_id], "rosa")).done
    assert MAIL.envelope.forward_paths == (await of(review, mail_id)).delivered[1:]
    answer = await client.post(f"/mails/{mail_id}/copy", data=form)
    assert f"/mails/{mail_id}?done=0&not_done=1" == answer.headers["location"]


async def of(review: Review, mail_id: int) -> Held:
    held = await review.store.get(mail_id)
    assert held is not None
    return held


@pytest.mark.parametrize(
    "form",
    [
        {"to": "eve@evil.example"},
        {"to": "ADA@town-hall.example"},
        {"to": ["ada@town-hall.example", "eve@evil.example"]},
        {"to": ["eve@evil.example", "ada@town-hall.example"]},
        {"to": "ada@town-hall.example", "cc": "eve@evil.example"},
        {},
    ],
)
async def test_a_copy_goes_nowhere_else(
    copying: tuple[Review, httpx.AsyncClient], tmp_path: Path, form: dict[str, Any]
) -> None:
    review, client = copying
    mail_id = await review.store.hold(MAIL)
    answer = await client.post(f"/mails/{mail_id}/copy", data={"token": await log_in(client), **form})
    assert 400 == answer.status_code
    assert not [*(tmp_path / "released").glob("new/*")]
    assert State.HELD == await state_of(review, mail_id)


async def test_without_named_addresses_there_are_no_copies(client: httpx.AsyncClient, review: Review) -> None:
    mail_id = await review.store.hold(MAIL)
    form = {"token": await log_in(client), "to": "ada@town-hall.example"}
    assert 400 == (await client.post(f"/mails/{mail_id}/copy", data=form)).status_code
    assert f"/mails/{mail_id}/copy" not in (await client.get(f"/mails/{mail_id}")).text


def test_templates_are_those_of_the_program_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """An update on the disk is for the next start: new templates want what the old program does not give."""

    def gone(*_: object, **__: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr("pathlib.Path.read_text", gone)
    monkeypatch.setattr("builtins.open", gone)
    made = environment("fr", UTC)
    names = made.list_templates()

    assert "login.html" in names
    assert all(made.get_template(name) for name in names)
