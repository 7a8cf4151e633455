"""How does an admin allow an author, by a mail of his?

Raises TryLater when the database is away.
"""

from datetime import UTC, datetime, timedelta

from milter.precedent.rule import NoRule, Seen, basis_of
from milter.precedent.rules import MAX_DAYS, Rules
from milter.quarantine.held import Held
from milter.quarantine.transactions import Transactions


def basis_for(held: Held, reason: str, until: datetime) -> Seen | NoRule:
    """What the rule would compare with; why there cannot be one, before anything is released for it."""
    now = datetime.now(UTC)
    if not reason.strip():
        return NoRule.NO_REASON
    # A day is longer than 24 hours once a year.
    return basis_of(held) if now < until < now + timedelta(days=MAX_DAYS + 1, hours=1) else NoRule.NO_END


async def allow(
    transactions: Transactions,
    held: Held,
    *,
    who: str,
    reason: str,
    until: datetime,
    copies_only: bool = False,
) -> int | NoRule:
    """The number of the new rule, made from this mail, on request for copies of it alone; or why there is
    none."""
    seen = basis_for(held, reason, until)
    if isinstance(seen, NoRule):
        return seen
    if copies_only and held.campaign is None:
        return NoRule.NOT_KEPT
    campaign_id = held.campaign if copies_only else None
    made = await Rules(transactions).add(
        seen, held.id, reason=reason, owner=who, until=until, campaign_id=campaign_id
    )
    return NoRule.TOO_MANY if made is None else made
