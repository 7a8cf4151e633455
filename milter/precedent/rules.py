"""Which rules are there? The table of them, for whoever makes, lists and removes them; a rule is made and
removed together with its line in the journal.

Raises TryLater when the database is away.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    case,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from milter.campaign.sketch import unpacked
from milter.campaign.traits import hosts_of
from milter.precedent.rule import Letter, Rule, Seen
from milter.quarantine.held import storable
from milter.quarantine.journal import Deed, Line
from milter.quarantine.schema import Utc, allow_rule, campaign
from milter.quarantine.transactions import Transactions

# Days that a rule may last, and how many there may be: what is allowed must be looked at now and then.
MAX_DAYS = 366
MOST = 1000
# A rule that has ended is shown for so long.
_SHOWN = timedelta(days=30)

_RULES = select(allow_rule, campaign.c.sketch, campaign.c.skeleton, campaign.c.links).outerjoin(campaign)
_LISTS = ("domains", "wants", "odd")


@dataclass(frozen=True, slots=True)
class Use:
    """How often a rule let a mail pass since it was last counted, and when it did so last."""

    times: int
    last: datetime


class Rules:
    """The rules in a database."""

    def __init__(self, transactions: Transactions) -> None:
        """Those of an open database."""
        self._transactions = transactions

    async def add(
        self,
        seen: Seen,
        mail_id: int,
        *,
        reason: str,
        owner: str,
        until: datetime,
        campaign_id: int | None = None,
    ) -> int | None:
        """The number of the new rule, for copies of one letter where a campaign is named; None where there
        are too many."""
        now = datetime.now(UTC)
        row = {
            "address": seen.address,
            "brand": seen.brand,
            "likeness": seen.likeness,
            **{name: sorted(getattr(seen, name)) for name in _LISTS},
            "mail_id": mail_id,
            "reason": storable(reason),
            "owner": owner[:64],
            "created": now,
            "until": min(until, now + timedelta(days=MAX_DAYS)),
            "uses": 0,
            "campaign_id": campaign_id,
        }

        def work(connection: Connection) -> int | None:
            count = connection.execute(select(func.count(allow_rule.c.id)))
            if int(count.scalar_one()) >= MOST:
                return None
            made = connection.execute(insert(allow_rule).values(row).returning(allow_rule.c.id))
            rule_id = int(made.scalar_one())
            Line(owner, Deed.ALLOWED, mail_id, f"rule {rule_id} until {until:%Y-%m-%d}").add(connection)
            return rule_id

        return await self._transactions.write(work)

    async def remove(self, rule_id: int, who: str) -> bool:
        """Remove it for good; False where there is none."""

        def work(connection: Connection) -> bool:
            gone = connection.execute(delete(allow_rule).where(allow_rule.c.id == rule_id))
            if gone.rowcount == 1:
                Line(who, Deed.RULE_REMOVED, detail=f"rule {rule_id}").add(connection)
            return gone.rowcount == 1

        return await self._transactions.write(work)

    async def all(self) -> tuple[Rule, ...]:
        """Every rule, the newest first, those that have ended too."""
        return await self._found(_RULES.order_by(allow_rule.c.id.desc()))

    async def live(self, now: datetime) -> tuple[Rule, ...]:
        """Those that have not ended."""
        return await self._found(_RULES.where(allow_rule.c.until > now))

    async def count(self, uses: Mapping[int, Use]) -> None:
        """Add the uses to those that are known."""

        def work(connection: Connection) -> None:
            for rule_id, use in sorted(uses.items()):
                last = allow_rule.c.last_used
                newest = case((or_(last.is_(None), last < use.last), literal(use.last, Utc)), else_=last)
                change = update(allow_rule).where(allow_rule.c.id == rule_id)
                connection.execute(change.values(uses=allow_rule.c.uses + use.times, last_used=newest))

        await self._transactions.write(work)

    async def forget_ended(self, now: datetime) -> None:
        """Remove those that have ended so long ago that nobody asks for them any more."""
        gone = delete(allow_rule).where(allow_rule.c.until < now - _SHOWN)
        await self._transactions.write(lambda connection: connection.execute(gone))

    async def _found(self, query: Select[Any]) -> tuple[Rule, ...]:
        rows = await self._transactions.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(map(_rule, rows))


def _rule(row: RowMapping) -> Rule:
    lists = {name: frozenset(map(str, row[name])) for name in _LISTS}
    seen = Seen(row["address"], brand=row["brand"], likeness=row["likeness"], **lists)
    letter = None
    if row["campaign_id"] is not None:
        hosts = hosts_of(map(str, row["links"]))
        letter = Letter(row["campaign_id"], unpacked(row["sketch"]), row["skeleton"], hosts)
    same = ("id", "mail_id", "reason", "owner", "created", "until", "uses", "last_used")
    return Rule(seen=seen, letter=letter, **{name: row[name] for name in same})
