"""What is kept of a person, by his address, and how is it forgotten? (RGPD, articles 15 and 17.)

Raises TryLater when the database is away. Counts and the journal hold no address of a mail.
"""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, Text, cast, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from milter.quarantine.held import Held, State
from milter.quarantine.journal import Deed, Journal
from milter.quarantine.rows import held_of
from milter.quarantine.schema import held_mail, held_words, raw_mail, trace
from milter.quarantine.transactions import Transactions

# Rows that one statement deletes: SQLite takes so many parameters at least.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Known:
    """The mails that name an address, as sender or recipient, and the ids of such rows of the trace."""

    held: tuple[Held, ...]
    traced: tuple[int, ...]


async def known(transactions: Transactions, address: str) -> Known:
    """What is kept of this address, whatever its case."""
    # What no database takes is nobody's address.
    address = address.encode("utf-8", "replace").decode().replace("\0", "?")
    async with transactions.read() as connection:
        query = select(held_mail).where(_names(held_mail, address, "forward_paths")).order_by(held_mail.c.id)
        held = [held_of(row) for row in (await connection.execute(query)).mappings()]
        columns = trace.c.id, trace.c.reverse_path, trace.c.author_address, trace.c.recipients
        rows = await connection.execute(select(*columns).where(_names(trace, address, "recipients")))
        traced = [row[0] for row in rows if _is_named(address, row[1], row[2], row[3])]
    named = [
        mail
        for mail in held
        if _is_named(address, mail.envelope.reverse_path, mail.author_address, mail.envelope.forward_paths)
    ]
    return Known(tuple(named), tuple(traced))


async def erase(transactions: Transactions, address: str, who: str) -> Known:
    """What was forgotten: each mail with all that belongs to it, each row of the trace. What is just being
    released is left; the journal says how much it was, and not of whom."""
    found = await known(transactions, address)
    idle = tuple(mail for mail in found.held if mail.state is not State.RELEASING)
    ids = [mail.id for mail in idle]

    async def work(connection: AsyncConnection) -> None:
        for table, column, numbers in (
            (raw_mail, raw_mail.c.mail_id, ids),
            (held_words, held_words.c.mail_id, ids),
            # Requests and digests that tell of it go with it.
            (held_mail, held_mail.c.id, ids),
            (trace, trace.c.id, found.traced),
        ):
            for start in range(0, len(numbers), _AT_ONCE):
                some = column.in_(numbers[start : start + _AT_ONCE])
                await connection.execute(delete(table).where(some))

    await transactions.write(work)
    await Journal(transactions).note(who, Deed.ERASED, detail=f"{len(idle)}, {len(found.traced)}")
    await transactions.forget()
    await transactions.tidy()
    return Known(idle, found.traced)


def _names(table: Table, address: str, recipients: str) -> ColumnElement[bool]:
    # JSON as it is written: what is not ASCII stands as its number.
    written = json.dumps(address.lower())[1:-1]
    return or_(
        func.lower(table.c.reverse_path) == address.lower(),
        func.lower(table.c.author_address) == address.lower(),
        func.lower(cast(table.c[recipients], Text)).contains(written, autoescape=True),
    )


def _is_named(address: str, *places: Any) -> bool:
    texts = [text for place in places for text in ([place] if isinstance(place, str) else place)]
    return address.lower() in {str(text).lower() for text in texts}
