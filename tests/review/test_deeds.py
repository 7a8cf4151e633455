"""A deed and its line in the journal are there both, or neither."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, text

from milter.errors import TryLater
from milter.precedent.orders import OrderDeed, Orders
from milter.precedent.rule import Seen
from milter.precedent.rules import Rules
from milter.quarantine.deciding import approve, deny
from milter.quarantine.held import State
from milter.quarantine.journal import Deed, Line
from milter.quarantine.person import erase
from milter.quarantine.requests import Requests
from milter.quarantine.retention import make_room
from milter.quarantine.schema import metadata
from milter.quarantine.store import Store
from milter.quarantine.told import ToldMails
from milter.review.accounts import Role
from milter.review.logins import Place
from milter.review.review import Review
from tests.precedent.test_precedents import SEEN
from tests.quarantine.mails import MAIL, hop
from tests.quarantine.test_requests import ADA, AWAY, asked, told
from tests.review.site import PASSWORD

TOKEN = "of rosa"
SOON = datetime.now(UTC) + timedelta(days=30)
# No room for a line, and for all else there is.
_BREAKS = {
    "sqlite": "CREATE TRIGGER full BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'no room'); END",
    "postgresql": "ALTER TABLE journal ADD CONSTRAINT full_up CHECK (false) NOT VALID",
}
_MENDS = {"sqlite": "DROP TRIGGER full", "postgresql": "ALTER TABLE journal DROP CONSTRAINT full_up"}
# How each mail of `desk` stands, and what else there is.
HELD, CONFIRMED, ASKED = 1, 2, 3


async def run(store: Store, statements: dict[str, str]) -> None:
    def work(connection: Connection) -> None:
        connection.execute(text(statements[connection.dialect.name]))

    await store.transactions.write(work)


async def everything(store: Store) -> dict[str, list[Any]]:
    """Every row of every table."""

    def work(connection: Connection) -> dict[str, list[Any]]:
        tables = metadata.sorted_tables
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in tables}

    return await store.transactions.read(work)


@pytest.fixture
async def desk(review: Review, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Review:
    """Mails that are held, confirmed and asked for, an order, a rule, and a login of rosa, whose token is
    known."""
    monkeypatch.setattr("secrets.token_urlsafe", lambda _: TOKEN)
    store = review.store
    for _ in range(2):
        await store.hold(MAIL)
    await store.confirm(CONFIRMED)
    await asked(store)
    await told(store, "eve@town-hall.example")
    await order(review)
    await store.hold(MAIL)
    await allow(review)
    await review.logins.begin("rosa", Place("192.0.2.7"))
    return replace(review, next_hop=hop(f"maildir:{tmp_path}/box"))


async def order(desk: Review) -> object:
    orders = Orders(desk.store.transactions)
    return await orders.give(1, OrderDeed.DELETE, reason="seen", owner="ada", until=SOON)


async def allow(desk: Review) -> object:
    assert isinstance(SEEN, Seen)
    rules = Rules(desk.store.transactions)
    return await rules.add(SEEN, HELD, reason="partner", owner="ada", until=SOON)


async def ask(desk: Review) -> object:
    tolds = ToldMails(desk.store.transactions)
    one = await tolds.get(2)
    assert one
    return await tolds.ask(one, datetime.now(UTC), 10)


async def decide_request(desk: Review, decide: Callable[..., Awaitable[bool]], *more: Any) -> object:
    [request] = await Requests(desk.store.transactions).list()
    return await decide(desk.store, *more, request, "ada")


def line(deed: Deed) -> Line:
    return Line("ada", deed, detail="rosa")


DEEDS: dict[Deed, Callable[[Review], Awaitable[object]]] = {
    Deed.DELETED: lambda desk: desk.delete([HELD], "ada"),
    Deed.CONFIRMED: lambda desk: desk.confirm([HELD], "ada"),
    Deed.UNDONE: lambda desk: desk.undo([CONFIRMED], "ada"),
    Deed.NO_ROOM: lambda desk: make_room(desk.store, 0),
    Deed.ORDERED: order,
    Deed.ORDER_REMOVED: lambda desk: Orders(desk.store.transactions).take_back(1, "ada"),
    Deed.ALLOWED: allow,
    Deed.RULE_REMOVED: lambda desk: Rules(desk.store.transactions).remove(1, "ada"),
    Deed.REQUESTED: ask,
    Deed.REQUEST_DENIED: lambda desk: decide_request(desk, deny),
    Deed.ERASED: lambda desk: erase(desk.store.transactions, ADA, "ada"),
    Deed.ACCOUNT_ADDED: lambda desk: desk.accounts.add(
        "eve", PASSWORD, Role.VIEWER, line=line(Deed.ACCOUNT_ADDED)
    ),
    Deed.ROLE_CHANGED: lambda desk: desk.accounts.set_role("rosa", Role.ADMIN, line(Deed.ROLE_CHANGED)),
    Deed.ACCOUNT_DISABLED: lambda desk: desk.accounts.disable("rosa", line(Deed.ACCOUNT_DISABLED)),
    Deed.ACCOUNT_ENABLED: lambda desk: desk.accounts.enable("rosa", line(Deed.ACCOUNT_ENABLED)),
    Deed.ACCOUNT_REMOVED: lambda desk: desk.accounts.remove("rosa", line(Deed.ACCOUNT_REMOVED)),
    Deed.PASSWORD_SET: lambda desk: desk.accounts.set_password(
        "rosa", "another horse battery", line=line(Deed.PASSWORD_SET)
    ),
    Deed.PASSWORD_CHANGED: lambda desk: desk.logins.change_password(
        TOKEN, PASSWORD, "another horse battery", "192.0.2.7"
    ),
    Deed.LOGINS_ENDED: lambda desk: desk.logins.end("rosa", who="ada"),
}


@pytest.mark.parametrize("deed", DEEDS, ids=str)
async def test_what_cannot_be_noted_is_not_done_and_what_is_done_is_noted(desk: Review, deed: Deed) -> None:
    await run(desk.store, _BREAKS)
    before = await everything(desk.store)
    with pytest.raises(TryLater):
        await DEEDS[deed](desk)
    assert before == await everything(desk.store)

    await run(desk.store, _MENDS)
    await DEEDS[deed](desk)
    after = await everything(desk.store)
    assert deed in [one.deed for one in await desk.journal.newest(5)]
    assert before.keys() - {"journal"} & {name for name in after if after[name] != before[name]}


async def test_an_order_that_cannot_be_noted_is_not_carried_out(desk: Review) -> None:
    orders = Orders(desk.store.transactions)
    await run(desk.store, _BREAKS)
    before = await everything(desk.store)
    with pytest.raises(TryLater):
        await orders.carry_out(desk.store, datetime.now(UTC))
    assert before == await everything(desk.store)
    await run(desk.store, _MENDS)
    assert 1 == await orders.carry_out(desk.store, datetime.now(UTC))


@pytest.mark.parametrize("everybody", [False, True])
async def test_a_release_that_cannot_be_noted_is_noted_later_and_not_made_twice(
    desk: Review, tmp_path: Path, everybody: bool
) -> None:
    await run(desk.store, _BREAKS)
    work = desk.release([ASKED], "ada") if everybody else decide_request(desk, approve, desk.next_hop)
    with pytest.raises(TryLater):
        await work
    assert 1 == await Requests(desk.store.transactions).waiting()
    await run(desk.store, _MENDS)
    await desk.store.recover(timedelta(0))

    assert 1 == (await desk.release([ASKED], "ada")).done
    assert [Deed.REQUESTED, Deed.RELEASED] == [one.deed for one in await desk.journal.of_mail(ASKED)]
    assert 1 == len([*(tmp_path / "box" / "new").iterdir()])


async def test_what_the_next_hop_did_not_take_is_noted_with_the_reason(desk: Review) -> None:
    away = replace(desk, next_hop=hop(AWAY))
    assert (HELD,) == (await away.release([HELD], "rosa")).others
    assert not await away.copy(HELD, ADA, "rosa")
    newest, before = await desk.journal.newest(2)
    assert [Deed.NOT_SENT, Deed.NOT_RELEASED] == [newest.deed, before.deed]
    assert before.detail in newest.detail
    assert "127.0.0.1" in before.detail
    held = await desk.store.get(HELD)
    assert held
    assert State.HELD is held.state


async def test_what_cannot_be_done_is_noted_of_mail_that_there_is(desk: Review) -> None:
    assert (CONFIRMED, 99) == (await desk.delete([CONFIRMED, 99], "rosa")).others
    entries = await desk.journal.newest(500)
    assert [CONFIRMED] == [one.mail_id for one in entries if one.deed is Deed.NOT_DELETED]
