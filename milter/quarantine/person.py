"""What is kept of a person, by his address, and how is it forgotten? (RGPD, articles 15 and 17.)

Raises TryLater when the database is away. The journal is only added to, so that nobody can unmake what he
did: where staff had a mail sent to somebody, his address stays in that line. It is counted here.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, Text, cast, delete, func, or_, select, update

from milter.quarantine.held import Held, State
from milter.quarantine.journal import Deed, Journal, Line
from milter.quarantine.rows import held_of
from milter.quarantine.schema import (
    allow_rule,
    held_mail,
    held_words,
    journal,
    raw_mail,
    release_request,
    told_mail,
    trace,
)
from milter.quarantine.transactions import Transactions

# Rows that one statement deletes: SQLite takes so many parameters at least.
_AT_ONCE = 500
# Who stands in the envelope of a mail that is gone, as far as he was told of it or has asked for it.
_ASKING = (told_mail, release_request)


@dataclass(frozen=True, slots=True)
class Known:
    """What names an address. `held` are the mails in which it is sender or recipient, `copies` others that
    it was sent a copy of; `traced`, `rules` and `asked` (digests and requests of mails that name nobody any
    more) are rows, `noted` how many lines of the journal there are, which stay."""

    held: tuple[Held, ...]
    traced: tuple[int, ...] = ()
    rules: tuple[int, ...] = ()
    copies: tuple[Held, ...] = ()
    asked: tuple[tuple[int, ...], ...] = ((), ())
    noted: int = 0

    @property
    def has_any(self) -> bool:
        """True where something names it."""
        return any((self.held, self.traced, self.rules, self.copies, *self.asked, self.noted))


async def known(transactions: Transactions, address: str) -> Known:
    """What is kept of this address, whatever its case."""
    # What no database takes is nobody's address.
    address = address.encode("utf-8", "replace").decode().replace("\0", "?")
    return await transactions.read(partial(_known, address))


async def look_up(transactions: Transactions, address: str, who: str) -> Known:
    """The same, with a line of the journal: that somebody looked, and how much there was, but not of whom."""
    found = await known(transactions, address)
    await Journal(transactions).note(who, Deed.LOOKED_UP, detail=_counts(found))
    return found


async def erase(transactions: Transactions, address: str, who: str) -> Known:
    """What was forgotten: each mail with all that belongs to it, each row that names it; a mail that it was
    sent a copy of stays, without its address. What is just being released is left; the journal says how
    much it was, and not of whom."""
    found = await known(transactions, address)
    held, copies = (
        tuple(one for one in some if one.state is not State.RELEASING) for some in (found.held, found.copies)
    )
    ids = [mail.id for mail in held]
    gone = Known(held, found.traced, found.rules, copies, found.asked, found.noted)

    def work(connection: Connection) -> None:
        for column, numbers in (
            (raw_mail.c.mail_id, ids),
            (held_words.c.mail_id, ids),
            # Requests and digests that tell of it go with it.
            (held_mail.c.id, ids),
            (trace.c.id, found.traced),
            (allow_rule.c.id, found.rules),
            *((table.c.id, some) for table, some in zip(_ASKING, found.asked, strict=True)),
        ):
            _delete(connection, column, numbers)
        for mail in copies:
            left = [path for path in mail.delivered if path.lower() != address.lower()]
            same = update(held_mail).where(held_mail.c.id == mail.id)
            connection.execute(same.values(delivered=left))
        Line(who, Deed.ERASED, detail=_counts(gone)).add(connection)

    await transactions.write(work)
    await transactions.forget()
    await transactions.rewrite()
    return gone


def _known(address: str, connection: Connection) -> Known:
    held, copies = _mails(connection, address)
    columns = trace.c.id, trace.c.reverse_path, trace.c.author_address, trace.c.recipients
    rows = connection.execute(select(*columns).where(_names(trace, address, "recipients")))
    traced = tuple(row[0] for row in rows if _is_named(address, *row[1:]))
    rule = select(allow_rule.c.id).where(func.lower(allow_rule.c.address) == address.lower())
    rules = tuple(connection.execute(rule).scalars())
    ids = {one.id for one in held}
    asked = tuple([_asked(connection, table, address, ids) for table in _ASKING])
    return Known(held, traced, rules, copies, asked, _noted(connection, address))


def _counts(found: Known) -> str:
    asked = sum(map(len, found.asked))
    counts = {"mails": found.held, "trace": found.traced, "rules": found.rules, "copies": found.copies}
    return ", ".join([*(f"{name} {len(rows)}" for name, rows in counts.items()), f"requests {asked}"])


def _mails(connection: Connection, address: str) -> tuple[tuple[Held, ...], tuple[Held, ...]]:
    """Those that name it, and those that only went to it as a copy."""
    in_copy = _holds(held_mail.c.delivered, address)
    query = select(held_mail).where(or_(_names(held_mail, address, "forward_paths"), in_copy))
    rows = connection.execute(query.order_by(held_mail.c.id)).mappings()
    found: tuple[list[Held], list[Held]] = ([], [])
    for mail in map(held_of, rows):
        envelope = mail.envelope
        if _is_named(address, envelope.reverse_path, mail.author_address, envelope.forward_paths):
            found[0].append(mail)
        elif _is_named(address, mail.delivered):
            found[1].append(mail)
    return tuple(found[0]), tuple(found[1])


def _asked(connection: Connection, table: Table, address: str, ids: set[int]) -> tuple[int, ...]:
    query = select(table.c.id, table.c.mail_id).where(func.lower(table.c.recipient) == address.lower())
    return tuple(number for number, mail_id in connection.execute(query) if mail_id not in ids)


def _noted(connection: Connection, address: str) -> int:
    written = func.lower(journal.c.detail).contains(address.lower(), autoescape=True)
    details = connection.execute(select(journal.c.detail).where(written)).scalars()
    return sum(_is_named(address, [word.strip(",;:()<>") for word in detail.split()]) for detail in details)


def _delete(connection: Connection, column: Column[int], numbers: Sequence[int]) -> None:
    for start in range(0, len(numbers), _AT_ONCE):
        some = column.in_(numbers[start : start + _AT_ONCE])
        connection.execute(delete(column.table).where(some))


def _names(table: Table, address: str, recipients: str) -> ColumnElement[bool]:
    return or_(
        func.lower(table.c.reverse_path) == address.lower(),
        func.lower(table.c.author_address) == address.lower(),
        _holds(table.c[recipients], address),
    )


def _holds(column: ColumnElement[Any], address: str) -> ColumnElement[bool]:
    # JSON as it is written: what is not ASCII stands as its number.
    written = json.dumps(address.lower())[1:-1]
    return func.lower(cast(column, Text)).contains(written, autoescape=True)


def _is_named(address: str, *places: Any) -> bool:
    texts = [text for place in places for text in ([place] if isinstance(place, str) else place)]
    return address.lower() in {str(text).lower() for text in texts}
