"""What somebody has ordered for the copies of a letter that come holds for those, once, until it ends."""

from datetime import UTC, datetime, timedelta

import pytest

from milter.precedent import orders as module
from milter.precedent.orders import NoOrder, OrderDeed, Orders
from milter.quarantine.campaigns import Campaigns
from milter.quarantine.held import State
from milter.quarantine.journal import Deed, Journal
from milter.quarantine.store import Store
from tests.quarantine.conftest import Place
from tests.quarantine.test_campaigns import ONE, OTHER, copies

SOON = timedelta(days=30)


async def order(store: Store, deed: OrderDeed = OrderDeed.CONFIRM, number: int = 1) -> int:
    until = datetime.now(UTC) + SOON
    given = await Orders(store.transactions).give(number, deed, reason="seen", owner="ada", until=until)
    assert isinstance(given, int), given
    return given


async def carry_out(store: Store, later: timedelta = timedelta()) -> int:
    return await Orders(store.transactions).carry_out(store, datetime.now(UTC) + later)


async def states(store: Store) -> list[State]:
    return [held.state for held in reversed(await store.list())]


async def hold(store: Store, count: int = 1, seed: int = 1) -> None:
    for one in copies(ONE, count, seed):
        await store.hold(one)


@pytest.mark.parametrize(
    ("deed", "state"), [(OrderDeed.DELETE, State.DELETED), (OrderDeed.CONFIRM, State.CONFIRMED)]
)
async def test_copies_that_come_are_decided_on_and_nothing_else(
    store: Store, deed: OrderDeed, state: State
) -> None:
    await hold(store)
    number = await order(store, deed)
    await hold(store, 2, seed=2)
    await store.hold(copies(OTHER, 1)[0])
    assert 2 == await carry_out(store)
    # What waited when it was given still does.
    assert [State.HELD, state, state, State.HELD] == await states(store)
    [entry] = await Journal(store.transactions).of_mail(2)
    assert ("", f"order {number} (ada)") == (entry.who, entry.detail)
    [given] = await Orders(store.transactions).all()
    assert 2 == given.mails
    assert given.last_used is not None
    assert 0 == await carry_out(store)


async def test_what_is_put_back_stays_put_back(store: Store) -> None:
    await hold(store)
    await order(store)
    await hold(store, seed=2)
    await carry_out(store)
    await store.undo(2)
    await Journal(store.transactions).note("rosa", Deed.UNDONE, 2)
    assert 0 == await carry_out(store)
    assert [State.HELD, State.HELD] == await states(store)


async def test_an_order_that_has_ended_or_was_taken_back_does_nothing(store: Store) -> None:
    await hold(store)
    number, orders = await order(store), Orders(store.transactions)
    await hold(store, seed=2)
    assert 0 == await carry_out(store, SOON)
    assert await orders.take_back(number, "ada")
    assert not await orders.take_back(number, "ada")
    assert 0 == await carry_out(store)
    deeds = [entry.deed for entry in await Journal(store.transactions).newest()]
    assert [Deed.ORDER_REMOVED, Deed.ORDERED] == deeds


async def test_two_gateways_carry_it_out_once(place: Place) -> None:
    one, other = [await Store.open(place) for _ in range(2)]
    try:
        await hold(one)
        await order(one)
        await hold(other, 3, seed=2)
        assert 3 == await carry_out(one) + await carry_out(other)
    finally:
        await one.close()
        await other.close()


async def test_an_order_needs_a_campaign_a_reason_and_an_end(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hold(store)
    orders, now = Orders(store.transactions), datetime.now(UTC)

    async def give(number: int = 1, reason: str = "seen", until: datetime = now + SOON) -> int | NoOrder:
        return await orders.give(number, OrderDeed.DELETE, reason=reason, owner="ada", until=until)

    assert NoOrder.NO_CAMPAIGN is await give(number=7)
    assert NoOrder.NO_REASON is await give(reason=" ")
    assert NoOrder.NO_END is await give(until=now)
    assert NoOrder.NO_END is await give(until=now + timedelta(days=400))
    assert 1 == await give()
    monkeypatch.setattr(module, "MOST", 1)
    assert NoOrder.TOO_MANY is await give()


async def test_a_campaign_stays_known_while_an_order_stands(store: Store) -> None:
    await hold(store)
    await order(store)
    await store.expire(datetime.now(UTC))
    campaigns, orders = Campaigns(store.transactions), Orders(store.transactions)
    assert 0 == await campaigns.forget()
    await hold(store, seed=2)
    assert 1 == await carry_out(store)
    await store.expire(datetime.now(UTC))
    await orders.forget_ended(datetime.now(UTC) + timedelta(days=90))
    assert 1 == await campaigns.forget()
