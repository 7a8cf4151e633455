"""How long does the quarantine remember, and how much?

Raises TryLater when the database is away; the next run does the work.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from milter.quarantine.held import State
from milter.quarantine.size import first_to_go, packed
from milter.quarantine.store import Store

# What is left of an emptied mail stays as long as the counts of the trace, which it explains.
_ROW_IS_KEPT = timedelta(days=400)
# Mails of one transaction: others wait for it.
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Emptied:
    """How many mails made room: decided ones, and such as nobody had decided on."""

    decided: int = 0
    held: int = 0


async def expire(store: Store, now: datetime, days: int) -> int:
    """How many mails older than so many days were emptied: their bytes and their words are purged.

    What was still held becomes expired; what was released or deleted stays so. Envelope and finding
    stay, for the report, but of what was deleted the envelope goes, too; after 400 days all of it.
    """
    await store.forget_emptied(now - _ROW_IS_KEPT)
    return await store.expire(now - timedelta(days=days))


async def make_room(store: Store, octets: int) -> Emptied:
    """Empty mails, the oldest decided first, then the oldest held, until all take not more than this.

    Each mail that nobody had decided on has its line in the journal (`Store.empty`).
    """
    emptied = Emptied()
    too_much = await packed(store.transactions) - octets
    while too_much > 0:
        going: list[tuple[int, State]] = []
        for mail_id, state, size in await first_to_go(store.transactions, _AT_ONCE):
            if too_much > 0:
                going.append((mail_id, state))
                too_much -= size
        if not await store.empty([mail_id for mail_id, _ in going]):
            # Nothing is left but what is just being released.
            break
        held = [mail_id for mail_id, state in going if state is State.HELD]
        emptied = Emptied(emptied.decided + len(going) - len(held), emptied.held + len(held))
    return emptied
