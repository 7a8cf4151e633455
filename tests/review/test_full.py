"""A disk that is full is said to be so; what needs no line in the journal can still be read."""

import contextlib
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from sqlalchemy import event

from milter.errors import TryLater
from milter.quarantine.held import State
from milter.quarantine.journal import Deed
from milter.review.review import Review
from tests.quarantine.conftest import Place
from tests.quarantine.mails import MAIL
from tests.review.site import PASSWORD

SAYS = {"fr": "Le disque de la quarantaine est plein", "en": "The disk of the quarantine is full"}
# More than one page of the database has room for.
MANY = 1000


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """SQLite can be told how large it may become."""
    return tmp_path / "var" / "quarantine.db"


async def limit(review: Review, pages: Callable[[int], int]) -> None:
    """Let the database grow to so many pages, of those that it has."""
    engine = review.store.transactions._database.engine
    with engine.connect() as connection:
        count = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    engine.dispose()

    @event.listens_for(engine, "connect")
    def tell(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute(f"PRAGMA max_page_count = {pages(int(count))}")
        cursor.close()


async def fill(review: Review, mail_id: int) -> None:
    """Note looks until there is no room for one."""
    with contextlib.suppress(TryLater):
        for _ in range(MANY):
            await review.journal.note("ada", Deed.LOOKED, mail_id)
        pytest.fail("there is always room")


@pytest.mark.threat("W29")
async def test_a_full_disk_is_said_to_be_full_and_lists_are_read(
    review: Review, client: httpx.AsyncClient
) -> None:
    mail_id = await review.store.hold(MAIL)
    await client.post("/login", data={"name": "ada", "password": PASSWORD})
    token = (await client.get("/mails")).text.partition('name="token" value="')[2].partition('"')[0]
    await limit(review, lambda pages: pages)
    await fill(review, mail_id)

    for path in ("/mails", "/campaigns", "/dashboard", "/rules"):
        assert 200 == (await client.get(path)).status_code
    for language, says in SAYS.items():
        for path in (f"/mails/{mail_id}", f"/mails/{mail_id}/raw"):
            answer = await client.get(path, headers={"Accept-Language": language})
            assert (503, True) == (answer.status_code, says in answer.text)

    await limit(review, lambda _: 1 << 30)
    assert 200 == (await client.get(f"/mails/{mail_id}")).status_code
    form = {"token": token, "id": str(mail_id), "deed": "confirm"}
    assert 303 == (await client.post("/mails/decide", data=form)).status_code
    mail = await review.store.get(mail_id)
    assert mail is not None
    assert State.CONFIRMED is mail.state
    assert await review.journal.first_broken() is None
