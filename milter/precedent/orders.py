"""What is to become of the copies of a letter that are still to come? The standing orders, carried out.

Raises TryLater when the database is away. An order is carried out on mail that the quarantine holds already,
committed, so that nothing is discarded that was not stored, by the same compare-and-set as a click, with its
line in the journal. It takes each mail once: what somebody has decided on, or has put back to those that
wait, it leaves alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, delete, exists, func, insert, select, update

from milter.precedent.rule import NoRule
from milter.precedent.rules import MAX_DAYS, MOST
from milter.quarantine.deeds import decide
from milter.quarantine.held import State, storable
from milter.quarantine.journal import Deed, Line
from milter.quarantine.schema import campaign, campaign_order, held_mail, journal
from milter.quarantine.store import Store
from milter.quarantine.transactions import Transactions

# Mails that an order decides on before the next order has its turn.
_AT_ONCE = 500
# An order that has ended is shown for so long.
_SHOWN = timedelta(days=30)
# Who has done one of these with a mail has seen it.
_DECIDED = (
    Deed.RELEASED,
    Deed.NOT_RELEASED,
    Deed.DELETED,
    Deed.NOT_DELETED,
    Deed.CONFIRMED,
    Deed.NOT_CONFIRMED,
    Deed.UNDONE,
    Deed.NOT_UNDONE,
    Deed.ALLOWED,
)


class OrderDeed(StrEnum):
    """What is done with each copy that comes. None lets mail pass: for that the author must prove himself
    (see `rule.py`), for anybody can copy a text."""

    DELETE = "delete"
    CONFIRM = "confirm"


class NoOrder(StrEnum):
    """Why no order can be given. The value is the sentence that an admin reads."""

    NO_CAMPAIGN = "There is no such campaign."
    NO_REASON = NoRule.NO_REASON.value
    NO_END = NoRule.NO_END.value
    TOO_MANY = "There may be no more orders: remove some first."


@dataclass(frozen=True, slots=True)
class StandingOrder:
    """What somebody has ordered for the mails of a campaign with an id above `after_id`; `mails` are those
    that it has decided on."""

    id: int
    campaign_id: int
    deed: OrderDeed
    after_id: int
    reason: str = field(repr=False)
    owner: str
    created: datetime
    until: datetime
    mails: int
    last_used: datetime | None


class Orders:
    """The standing orders in a database."""

    def __init__(self, transactions: Transactions) -> None:
        """Those of an open database."""
        self._transactions = transactions

    async def give(
        self, number: int, deed: OrderDeed, *, reason: str, owner: str, until: datetime
    ) -> int | NoOrder:
        """The number of a new order for the campaign of this number; or why there is none."""
        now = datetime.now(UTC)
        if not reason.strip():
            return NoOrder.NO_REASON
        # A day is longer than 24 hours once a year.
        if not now < until < now + timedelta(days=MAX_DAYS + 1, hours=1):
            return NoOrder.NO_END
        row = {
            "campaign_id": number,
            "deed": deed.value,
            "reason": storable(reason),
            "owner": owner[:64],
            "created": now,
            "until": until,
            "mails": 0,
        }
        return await self._transactions.write(lambda connection: _give(connection, row))

    async def take_back(self, order_id: int, who: str) -> bool:
        """Remove an order; False where there is none. What it has decided stays decided."""
        gone = delete(campaign_order).where(campaign_order.c.id == order_id)

        def work(connection: Connection) -> bool:
            removed = connection.execute(gone).rowcount == 1
            if removed:
                Line(who, Deed.ORDER_REMOVED, detail=f"order {order_id}").add(connection)
            return removed

        return await self._transactions.write(work)

    async def all(self) -> tuple[StandingOrder, ...]:
        """Every order, the newest first, those that have ended too."""
        return await self._found(select(campaign_order).order_by(campaign_order.c.id.desc()))

    async def of_campaign(self, number: int) -> tuple[StandingOrder, ...]:
        """Those of a campaign, the newest first."""
        query = select(campaign_order).where(campaign_order.c.campaign_id == number)
        return await self._found(query.order_by(campaign_order.c.id.desc()))

    async def forget_ended(self, now: datetime) -> None:
        """Remove those that have ended so long ago that nobody asks for them any more."""
        gone = delete(campaign_order).where(campaign_order.c.until < now - _SHOWN)
        await self._transactions.write(lambda connection: connection.execute(gone))

    async def carry_out(self, store: Store, now: datetime) -> int:
        """How many mails were decided on by the orders that stand."""
        standing = select(campaign_order).where(campaign_order.c.until > now).order_by(campaign_order.c.id)
        return sum([await self._carry_out(store, order) for order in await self._found(standing)])

    async def _carry_out(self, store: Store, order: StandingOrder) -> int:
        deed = {OrderDeed.DELETE: Deed.DELETED, OrderDeed.CONFIRM: Deed.CONFIRMED}[order.deed]
        detail, done = f"order {order.id} ({order.owner})", 0
        for mail_id in await self._coming(order):
            # Another gateway, or somebody, may have been first.
            done += await decide(store, mail_id, deed, "", detail)
        if done:
            same = update(campaign_order).where(campaign_order.c.id == order.id)
            counted = same.values(mails=campaign_order.c.mails + done, last_used=datetime.now(UTC))
            await self._transactions.write(lambda connection: connection.execute(counted))
        return done

    async def _coming(self, order: StandingOrder) -> Sequence[int]:
        """Mails that wait, came after the order, and nobody has decided on."""
        decided = [deed.value for deed in _DECIDED]
        seen = exists().where(journal.c.mail_id == held_mail.c.id, journal.c.deed.in_(decided))
        query = select(held_mail.c.id).where(
            held_mail.c.campaign == order.campaign_id,
            held_mail.c.state == State.HELD.value,
            held_mail.c.id > order.after_id,
            ~seen,
        )
        return await self._transactions.read(
            lambda connection: (
                connection.execute(query.order_by(held_mail.c.id).limit(_AT_ONCE)).scalars().all()
            )
        )

    async def _found(self, query: Select[Any]) -> tuple[StandingOrder, ...]:
        rows = await self._transactions.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(StandingOrder(**{**row, "deed": OrderDeed(row["deed"])}) for row in rows)


def _give(connection: Connection, row: dict[str, Any]) -> int | NoOrder:
    there = select(campaign.c.id).where(campaign.c.id == row["campaign_id"])
    if connection.execute(there).scalar() is None:
        return NoOrder.NO_CAMPAIGN
    if int(connection.execute(select(func.count(campaign_order.c.id))).scalar_one()) >= MOST:
        return NoOrder.TOO_MANY
    newest = connection.execute(select(func.max(held_mail.c.id))).scalar() or 0
    made = insert(campaign_order).values({**row, "after_id": newest}).returning(campaign_order.c.id)
    order_id = int(connection.execute(made).scalar_one())
    detail = f"order {order_id}, campaign {row['campaign_id']}: {row['deed']} until {row['until']:%Y-%m-%d}"
    Line(row["owner"], Deed.ORDERED, detail=detail).add(connection)
    return order_id
