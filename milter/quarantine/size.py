"""How much waits? Mails and octets of each state. Raises TryLater where the database does not answer."""

from dataclasses import dataclass

from sqlalchemy import func, select

from milter.quarantine.held import State
from milter.quarantine.schema import held_mail
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
    async with transactions.read() as connection:
        rows = (await connection.execute(query)).all()
    found = {State(state): Size(int(mails), int(size)) for state, mails, size in rows}
    return {state: found.get(state, Size()) for state in State}
