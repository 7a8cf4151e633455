"""The pages of campaigns: one decision for all copies of a letter, on what was shown and nothing else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from milter.precedent.orders import Orders
from milter.quarantine.held import State
from milter.quarantine.journal import Deed
from milter.review.review import Review
from tests.quarantine.conftest import Place
from tests.quarantine.test_campaigns import ONE, OTHER, copies
from tests.review.test_app import log_in


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


async def order(client: httpx.AsyncClient, who: str = "ada", **changes: str) -> httpx.Response:
    token = await log_in(client, who)
    until = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    form = {"token": token, "order": "confirm", "reason": "seen", "until": until, **changes}
    return await client.post("/campaigns/1/order", data=form)


@pytest.mark.usefixtures("held")
async def test_an_order_is_given_listed_carried_out_and_taken_back(
    client: httpx.AsyncClient, review: Review
) -> None:
    assert "/campaigns/1?done=1" == (await order(client)).headers["location"]
    await review.store.hold(copies(ONE, 1, seed=9)[0])
    orders = Orders(review.store.transactions)
    assert 1 == await orders.carry_out(review.store, datetime.now(UTC))
    for path in ("/campaigns/1", "/rules"):
        assert "Confirmed as fraud when they come" in (await client.get(path)).text
    token = await log_in(client, "ada")
    answer = await client.post("/orders/remove", data={"token": token, "order": "1"})
    assert "/rules?done=1&not_done=0" == answer.headers["location"]
    assert () == await orders.all()
    # What it has decided can be undone, and stays so.
    assert (await review.undo([5], "ada")).done


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"order": "release"}, 400),
        ({"order": "allow"}, 400),
        ({"reason": " "}, 400),
        ({"until": "2001-01-01"}, 400),
        ({"until": "never"}, 400),
        ({"more": "x"}, 400),
        ({"who": "rosa"}, 403),
    ],
)
async def test_an_order_that_may_not_be_given_is_refused(
    client: httpx.AsyncClient, review: Review, changed: dict[str, str], status: int
) -> None:
    assert status == (await order(client, **changed)).status_code
    assert () == await Orders(review.store.transactions).all()
