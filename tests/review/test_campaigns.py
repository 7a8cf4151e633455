"""The pages of campaigns: one decision for all copies of a letter, on what was shown and nothing else."""

from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from milter.quarantine.held import State
from milter.quarantine.journal import Deed
from milter.review.review import Review
from tests.cli.command import FRAUD
from tests.quarantine.conftest import Place
from tests.quarantine.test_campaigns import ONE, OTHER, copies
from tests.review.site import Site, seat
from tests.review.test_app import log_in

NAMES = ("Camille Robert", "Fatima Benali", "Paul Petit")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """The database makes no difference here."""
    return tmp_path / "var" / "quarantine.db"


@pytest.fixture
async def held(review: Review) -> None:
    """Three copies of one letter, numbers 1 to 3, and one of another, number 4."""
    for one in (*copies(ONE, 3), *copies(OTHER, 1)):
        await review.store.hold(one)


async def states(review: Review) -> list[State]:
    return [found.state for number in range(1, 5) if (found := await review.store.get(number))]


async def decide(client: httpx.AsyncClient, deed: str, up_to: int = 3) -> httpx.Response:
    token = await log_in(client)
    return await client.post("/campaigns/1", data={"token": token, "deed": deed, "up_to": str(up_to)})


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize(
    ("deed", "state"), [("release", State.RELEASED), ("delete", State.DELETED), ("confirm", State.CONFIRMED)]
)
async def test_all_of_a_campaign_are_decided_at_once_and_nothing_else(
    client: httpx.AsyncClient, review: Review, deed: str, state: State
) -> None:
    answer = await decide(client, deed)
    assert "/campaigns/1?done=3&not_done=0" == answer.headers["location"]
    assert [state, state, state, State.HELD] == await states(review)
    [entry, *each] = (await review.journal.newest(4))[:4]
    assert (Deed.CAMPAIGN_DECIDED, "rosa") == (entry.deed, entry.who)
    assert f"campaign 1: {deed}, 3 of 3" == entry.detail
    assert [3, 2, 1] == [one.mail_id for one in each]


@pytest.mark.usefixtures("held")
async def test_what_came_after_the_page_was_shown_is_not_decided(
    client: httpx.AsyncClient, review: Review
) -> None:
    answer = await decide(client, "delete", up_to=2)
    assert "/campaigns/1?done=2&not_done=0" == answer.headers["location"]
    assert [State.DELETED, State.DELETED, State.HELD, State.HELD] == await states(review)


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize(
    "changed", [{"deed": "undo"}, {"deed": "x"}, {"up_to": "01"}, {"up_to": ""}, {"id": "1"}, {"token": "x"}]
)
async def test_a_form_that_is_not_ours_decides_nothing(
    client: httpx.AsyncClient, review: Review, changed: dict[str, str]
) -> None:
    token = await log_in(client)
    form = {"token": token, "deed": "delete", "up_to": "3"} | changed
    assert (await client.post("/campaigns/1", data=form)).status_code in {400, 403}
    assert [State.HELD] * 4 == await states(review)


@pytest.mark.usefixtures("held")
async def test_a_page_that_is_asked_for_wrongly_is_refused(client: httpx.AsyncClient) -> None:
    await log_in(client, "vera")
    for path in (
        "/campaigns?by=x",
        "/campaigns?page=99999999",
        "/campaigns?state=x",
        "/campaigns/1?deed=undo",
    ):
        assert 400 == (await client.get(path)).status_code, path
    assert 404 == (await client.get("/campaigns/77")).status_code
    assert 200 == (await client.get("/campaigns?page=3")).status_code


@pytest.mark.usefixtures("held")
async def test_who_only_looks_sees_the_campaign_and_no_button(client: httpx.AsyncClient) -> None:
    await log_in(client, "vera")
    shown = (await client.get("/campaigns/1?deed=delete")).text
    assert "dossier[.]evil[.]example/suivi/*" in shown
    assert 'name="deed"' not in shown
    assert 403 == (await client.post("/campaigns/1", data={"deed": "delete", "up_to": "3"})).status_code


def letter(language: str, name: str, number: int) -> bytes:
    """A letter of its own for each language, for others send mails to the same gateway."""
    head, _, body = FRAUD.partition(b"\r\n\r\n")
    head = head.replace(b"Votre remboursement", f"Solde {language} {number}".encode())
    hello = f"Bonjour {name}, dossier {number}X{number * 37} :\r\n".encode()
    return head + b"\r\n\r\n" + hello + body + f"\r\nhttps://solde-{language}.example/".encode()


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", ("Par campagne", "Supprimer tous ceux qui attendent", "Fait : 3")),
     ("en", ("By campaign", "Delete all that wait", "Done: 3"))],
)  # fmt: skip
def test_a_campaign_is_found_looked_at_and_decided_in_a_browser(
    browser: Browser, site: Site, shots: Path, language: str, words: tuple[str, str, str]
) -> None:
    site.send_all([letter(language, name, number) for number, name in enumerate(NAMES, 1)])
    with seat(browser, site, language, java_script_enabled=False) as rosa:
        rosa.log_in("rosa")
        rosa.go(f"/mails?words=solde+{language}")
        rosa.page.get_by_role("link", name=words[0]).click()
        expect(rosa.page.locator("tbody tr")).to_have_count(1)
        expect(rosa.page.locator("td.count")).to_have_text("3")
        rosa.page.locator("td.subject a").click()
        rosa.page.get_by_role("link", name=words[1]).click()
        rosa.page.screenshot(path=shots / f"campaign-decide-{language}.png", full_page=True)
        rosa.page.locator("button[name=deed]").click()
        expect(rosa.page.get_by_role("status")).to_have_text(words[2])
        rosa.go(f"/campaigns?words=solde+{language}")
        expect(rosa.page.locator("tbody tr")).to_have_count(0)
