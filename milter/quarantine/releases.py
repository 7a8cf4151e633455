"""Is this a mail that was released, and has come to us again? Then it is not judged again.

A mail that an admin lets go on may pass the gateway once more: over a server behind it that forwards, or
over the gateway of the next site. No secret is needed to know it: it names its number, and the quarantine
knows the digest of what it held. Whoever forges that field has to send the very mail that was released, to
those to whom it was.

Raises TryLater when the database is away.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import RowMapping, select

from milter.mail.message import Field, Message
from milter.quarantine.held import State
from milter.quarantine.release import FIELD
from milter.quarantine.schema import held_mail
from milter.quarantine.transactions import Transactions

# A queue gives a mail up after five days (RFC 5321 section 4.5.4.1).
_HONOURED = timedelta(days=7)
# Of several such fields at most so many are asked about.
_MOST = 3
_LONGEST_ID = 15


class Releases:
    """What the quarantine has released."""

    def __init__(self, transactions: Transactions) -> None:
        """Those of an open database."""
        self._transactions = transactions

    async def find(self, message: Message, recipients: Sequence[str]) -> int | None:
        """The number of the mail that this is, released to all of these recipients; None where it is none."""
        for field in message.all(FIELD.lower())[:_MOST]:
            mail_id = _number(field)
            if mail_id is not None and await self._is(mail_id, message.raw[field.end :], recipients):
                return mail_id
        return None

    async def _is(self, mail_id: int, held: bytes, recipients: Sequence[str]) -> bool:
        names = "state", "changed", "sha256", "size", "forward_paths", "delivered"
        query = select(*(held_mail.c[name] for name in names)).where(held_mail.c.id == mail_id)
        async with self._transactions.read() as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
        if row is None or row["size"] != len(held) or not _went_to(row, recipients):
            return False
        digest = await asyncio.to_thread(hashlib.sha256, held)
        return bool(digest.hexdigest() == row["sha256"])


def _number(field: Field) -> int | None:
    text = field.value.strip()
    return int(text) if text.isdigit() and len(text) <= _LONGEST_ID else None


def _went_to(row: RowMapping, recipients: Sequence[str]) -> bool:
    """Did it go to them? While it is being released nobody has written down yet to whom."""
    if row["state"] == State.RELEASING.value:
        return True
    is_recent = datetime.now(UTC) - row["changed"] < _HONOURED
    known = {path.casefold() for path in (*row["forward_paths"], *row["delivered"])}
    went_on = row["state"] == State.RELEASED.value and is_recent
    return went_on and {path.casefold() for path in recipients} <= known
