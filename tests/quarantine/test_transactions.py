"""A transaction that has begun comes to its end, whoever is gone meanwhile, and keeps its place till then."""

import asyncio
import threading
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Connection, insert, select

from milter.errors import TryLater
from milter.quarantine.schema import secret
from milter.quarantine.store import Store
from milter.quarantine.transactions import Transactions
from tests.quarantine.conftest import Place
from tests.quarantine.mails import MAIL


@dataclass
class Slow:
    """A transaction that has written, and goes on when it is told to."""

    begun: threading.Event = field(default_factory=threading.Event)
    goes_on: threading.Event = field(default_factory=threading.Event)

    def __call__(self, connection: Connection) -> None:
        """Write."""
        connection.execute(insert(secret).values(name="slow", value=b"written"))
        self.begun.set()
        assert self.goes_on.wait(60)

    async def loses_its_caller(self, transactions: Transactions) -> None:
        """Begin, and be left alone."""
        caller = asyncio.create_task(transactions.write(self))
        assert await asyncio.to_thread(self.begun.wait, 60)
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller


def written(connection: Connection) -> bytes | None:
    return connection.execute(select(secret.c.value).where(secret.c.name == "slow")).scalar()


async def test_a_write_whose_caller_is_gone_comes_to_its_end(store: Store) -> None:
    slow = Slow()
    await slow.loses_its_caller(store.transactions)
    slow.goes_on.set()

    await store.hold(MAIL)
    while store.transactions._at_work:
        await asyncio.wait(store.transactions._at_work)
    assert b"written" == await store.transactions.read(written)


async def test_a_write_whose_caller_is_gone_keeps_its_place_until_its_end(sqlite_store: Store) -> None:
    """Who comes after it is told in time that there is none, and does not wait in a line without end."""
    slow = Slow()
    await slow.loses_its_caller(sqlite_store.transactions)

    with pytest.raises(TryLater, match="busy with other writers"):
        await sqlite_store.hold(MAIL)
    # Who reads waits for no writer, and sees nothing that is not committed.
    assert await sqlite_store.transactions.read(written) is None
    slow.goes_on.set()
    await asyncio.wait(sqlite_store.transactions._at_work)
    assert 1 == await sqlite_store.hold(MAIL)


async def test_to_close_waits_for_what_is_being_written(place: Place) -> None:
    store, slow = await Store.open(place), Slow()
    await slow.loses_its_caller(store.transactions)
    closing = asyncio.create_task(store.close())
    # It would be too late where that stops the event loop.
    await asyncio.sleep(0.1)
    slow.goes_on.set()
    await closing

    with pytest.raises(TryLater, match="closed"):
        await store.hold(MAIL)
    again = await Store.open(place)
    assert b"written" == await again.transactions.read(written)
    await again.close()


async def test_what_goes_wrong_in_a_transaction_takes_all_of_it_back(store: Store) -> None:
    def fails(connection: Connection) -> None:
        connection.execute(insert(secret).values(name="slow", value=b"written"))
        raise LookupError("not a fault of the database")

    with pytest.raises(LookupError):
        await store.transactions.write(fails)
    assert await store.transactions.read(written) is None
