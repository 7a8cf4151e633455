"""How much waits? Mails and octets of each state, and how much they take now.

Raises TryLater where the database does not answer.
"""

from dataclasses import dataclass

from sqlalchemy import func, select

from milter.quarantine.held import State
from milter.quarantine.schema import held_mail, raw_mail
from milter.quarantine.transactions import Transactions


@dataclass(frozen=True, slots=True)
class Size:
    """Mails, and the octets that they had when they came."""

    mails: int = 0
    octets: int = 0


async def sizes(transactions: Transactions) -> dict[State, Size]:
    """The size of each state."""
    count, octets = func.count(held_mail.c.id), func.coalesce(func.sum(held_mail.c.size), 0)
    query = select(held_mail.c.state, count, octets).group_by(held_mail.c.state)
    rows = await transactions.read(lambda connection: connection.execute(query).all())
    found = {State(state): Size(int(mails), int(size)) for state, mails, size in rows}
    return {state: found.get(state, Size()) for state in State}


async def packed(transactions: Transactions) -> int:
    """The octets that the bytes of all mails take, packed as they are."""
    query = select(func.coalesce(func.sum(func.length(raw_mail.c.zstd)), 0))
    return await transactions.read(lambda connection: int(connection.execute(query).scalar_one()))


async def first_to_go(transactions: Transactions, limit: int) -> tuple[tuple[int, State, int], ...]:
    """Id, state and packed octets of mails: those that are deleted, the oldest
    decided, and only then the oldest that wait."""
    query = (
        select(held_mail.c.id, held_mail.c.state, func.length(raw_mail.c.zstd))
        .join(raw_mail, raw_mail.c.mail_id == held_mail.c.id)
        .where(held_mail.c.state != State.RELEASING.value)
        .order_by(
            held_mail.c.state == State.HELD.value, held_mail.c.state != State.DELETED.value, held_mail.c.id
        )
        .limit(limit)
    )
    rows = await transactions.read(lambda connection: connection.execute(query).all())
    return tuple((mail_id, State(state), int(octets)) for mail_id, state, octets in rows)
