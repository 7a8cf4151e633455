"""The journal is only added to, and tells when it was not."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import text, update

from milter.quarantine.journal import Deed, Journal, _hash
from milter.quarantine.schema import journal
from milter.quarantine.store import Store
from milter.review.review import Review
from tests.quarantine.conftest import Place


async def test_lines_are_kept_in_order_and_whole(review: Review) -> None:
    lines = review.journal
    for number in range(5):
        await lines.note("rosa", Deed.LOOKED, number, "x" * 5000)
    assert [4, 3, 2, 1, 0] == [entry.mail_id for entry in await lines.newest()]
    assert [2, 1] == [entry.id for entry in await lines.newest(2, before_id=3)]
    assert None is await lines.first_broken()


@pytest.mark.parametrize(
    ("deed", "broken"),
    [
        ("UPDATE journal SET who = 'eve' WHERE id = 3", 3),
        ("UPDATE journal SET detail = 'x' WHERE id = 1", 1),
        ("DELETE FROM journal WHERE id = 2", 2),
        ("UPDATE journal SET at = '2020-01-01 00:00:00' WHERE id = 4", 4),
    ],
)
@pytest.mark.threat("P3")
async def test_a_line_that_was_changed_or_taken_away_is_found(review: Review, deed: str, broken: int) -> None:
    for number in range(5):
        await review.journal.note("rosa", Deed.DELETED, number)
    with review.store.transactions._database.engine.begin() as connection:
        connection.execute(text(deed))
    assert broken == await review.journal.first_broken()


async def test_two_nodes_that_write_at_once_leave_one_chain(review: Review, place: Place) -> None:
    other = await Store.open(place)
    journals = (review.journal, Journal(other.transactions))
    await asyncio.gather(*(journals[n % 2].note("x", Deed.LOOKED, n) for n in range(40)))
    assert {*range(40)} == {entry.mail_id for entry in await review.journal.newest()}
    assert None is await review.journal.first_broken()
    await other.close()


async def test_a_line_that_was_changed_with_its_own_hash_breaks_the_next_one(review: Review) -> None:
    for number in range(4):
        await review.journal.note("rosa", Deed.DELETED, number)
    _, third, second, first = await review.journal.newest()
    forged = replace(second, who="eve")
    values = {"who": "eve", "hash": _hash(first.hash, forged)}
    with review.store.transactions._database.engine.begin() as connection:
        connection.execute(update(journal).where(journal.c.id == second.id).values(values))
    assert third.id == await review.journal.first_broken()
