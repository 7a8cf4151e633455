"""What is known of people stays where it must be (THREATS section P)."""

import json
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from milter.config import Config, ReviewConfig
from milter.config.load import load
from milter.quarantine.journal import Deed, Journal
from milter.quarantine.store import Store
from milter.review.app import build_app
from milter.review.review import Review
from tests.cli.command import run
from tests.quarantine.conftest import Place
from tests.quarantine.mails import MAIL, hop, mail
from tests.relay.peer import Peer, listening
from tests.review.conftest import Sink
from tests.review.site import PASSWORD, Site
from tests.serving import lives, offspring


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """The database makes no difference here."""
    return tmp_path / "var" / "quarantine.db"


@pytest.mark.threat("P7")
def test_no_mail_is_in_a_temporary_file_or_in_a_core(site: Site) -> None:
    assert [] == [*(site.config.parent / "tmp").iterdir()]
    pids = [site.gateway.process.pid, *offspring(site.gateway.process.pid)]
    for pid in filter(lives, pids):
        [limit] = [
            line
            for line in Path(f"/proc/{pid}/limits").read_text().splitlines()
            if line.startswith("Max core")
        ]
        assert ["0", "0"] == limit.split()[4:6]


@pytest.mark.threat("P8")
@pytest.mark.usefixtures("site")
def test_who_starts_it_as_shipped_asks_nobody(sink: Sink, checkout: Path) -> None:
    assert [] == sink.before
    shipped = load(checkout / "config" / "vigimel.toml")
    for config in (Config(), shipped):
        assert config.next_hop.url.startswith("maildir:")
        assert ((), (), ()) == (config.next_hop.fallback, config.report.to, config.report_kit.to)


@pytest.mark.threat("P3")
async def test_the_journal_knows_each_deed_and_nothing_of_the_mail(review: Review) -> None:
    async with listening(Peer(RCPT=b"451 4.7.1 <c@d.example> Votre remboursement\r\n")) as peer:
        own = replace(review, next_hop=hop(f"smtp://127.0.0.1:{peer.port}"))
        transport = httpx.ASGITransport(build_app(own), client=("192.0.2.7", 1))
        mail_id = await review.store.hold(MAIL)
        async with httpx.AsyncClient(transport=transport, base_url="https://gate.example") as client:
            await client.post("/login", data={"name": "ada", "password": PASSWORD})
            page = (await client.get(f"/mails/{mail_id}")).text
            token = page.partition('name="token" value="')[2].partition('"')[0]
            await client.get(f"/mails/{mail_id}/raw")
            for deed in ("release", "confirm", "undo", "delete"):
                await client.post("/mails/decide", data={"token": token, "id": str(mail_id), "deed": deed})
    with review.store.transactions._database.engine.begin() as connection:
        connection.execute(text("DELETE FROM held_mail"))

    noted = await review.journal.of_mail(mail_id)
    deeds = [Deed.LOOKED, Deed.DOWNLOADED, Deed.NOT_RELEASED, Deed.CONFIRMED, Deed.UNDONE, Deed.DELETED]
    assert deeds == [entry.deed for entry in noted]
    assert {"ada"} == {entry.who for entry in noted}
    words = json.dumps([entry.detail for entry in noted])
    envelope = MAIL.envelope
    for word in (
        *envelope.forward_paths,
        envelope.reverse_path,
        MAIL.author_address,
        MAIL.subject,
        MAIL.author,
    ):
        assert word not in words
    assert "451" in words


@pytest.mark.threat("P4")
async def test_nobody_opens_a_mail_without_a_reason_where_one_is_asked_for(review: Review) -> None:
    asking = replace(review, config=ReviewConfig(ask_reason=True))
    transport = httpx.ASGITransport(build_app(asking), client=("192.0.2.7", 1))
    mail_id = await review.store.hold(MAIL)
    place = f"/mails/{mail_id}"
    async with httpx.AsyncClient(transport=transport, base_url="https://gate.example") as client:
        await client.post("/login", data={"name": "rosa", "password": PASSWORD})
        page = (await client.get(place)).text
        token = page.partition('name="token" value="')[2].partition('"')[0]
        assert "Why are you opening this mail?" in page
        for more in ("/raw", "/tell"):
            assert place == (await client.get(f"{place}{more}")).headers["location"]
        assert 303 == (await client.post(f"{place}/copy", data={"token": token})).status_code
        assert 400 == (await client.post(place, data={"token": token, "reason": "  no "})).status_code
        form = {"token": token, "reason": "asked by its\n recipient"}
        assert place == (await client.post(place, data=form)).headers["location"]
        assert "Header fields" in (await client.get(place)).text
        assert MAIL.raw == (await client.get(f"{place}/raw")).content
        # For one mail, and for one person.
        other = await review.store.hold(MAIL)
        assert "Why are you opening" in (await client.get(f"/mails/{other}")).text
        await client.post("/login", data={"name": "ada", "password": PASSWORD})
        assert "Why are you opening" in (await client.get(place)).text
        assert place == (await client.get(f"{place}/allow")).headers["location"]
    said = [(one.who, one.deed, one.detail) for one in await review.journal.of_mail(mail_id)]
    assert ("rosa", Deed.REASON_GIVEN, "asked by its recipient") == said[0]
    assert [Deed.LOOKED, Deed.DOWNLOADED] == [deed for _, deed, _ in said[1:]]


@pytest.mark.threat("P4")
async def test_the_command_line_asks_for_the_reason_too_and_notes_each_look(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "quarantine.db")
    mail_id = await store.hold(mail(raw=b"Subject: hello\r\n\r\nhello\r\n"))
    config = tmp_path / "vigimel.toml"
    config.write_text('[state]\ndirectory = "."\n[policy]\nlanguage = "en"\n[review]\nask_reason = true\n')

    def typed(command: str, *more: str) -> tuple[int, bool]:
        ended = run("quarantine", command, str(mail_id), *more, "--config", config)
        return ended.returncode, "why do you open it?" in ended.stderr

    refused, opens = (1, True), (0, False)
    assert [refused] * 3 == [typed("show"), typed("show", "--raw"), typed("report-kit")]
    assert refused == typed("show", "--reason", "no")
    assert opens == typed("show", "--raw", "--reason", "asked by its recipient")
    assert [opens] * 2 == [typed("show"), typed("report-kit")]
    said = [(one.deed, one.detail) for one in await Journal(store.transactions).of_mail(mail_id)]
    await store.close()
    assert (Deed.REASON_GIVEN, "asked by its recipient") == said[0]
    assert [Deed.DOWNLOADED, Deed.LOOKED, Deed.LOOKED] == [deed for deed, _ in said[1:]]
