"""Is this a mail that we have sent ourselves? A field that nobody can forge who does not know our secret.

A released mail may pass the gateway once more, over a server behind it that forwards, and so may a report,
which quotes frauds: neither must be held for one. The field binds every byte below it, each recipient and a
time: who gets a sealed mail can send it on to nobody else, nor change it, nor write a From above it.

Pure, but for `secret_of`.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from milter.action.fields import AddedField, FieldEdits, apply, top_of
from milter.mail.message import Message
from milter.quarantine.database import insert_new
from milter.quarantine.schema import secret
from milter.quarantine.transactions import Transactions

FIELD = "X-Vigimel-Seal"
# As long as a mail server tries to deliver (RFC 5321 section 4.5.4.1).
_VALID = timedelta(days=5)
_NAME = "seal"
_VALUE = re.compile(r"(\d{10,11});((?: [0-9a-f]{64}){1,100})")
# Recipients of one mail.
MOST = 100

# What servers on the way write above it, and no reader is shown.
_TRACE = frozenset({
    "received", "return-path", "delivered-to", "x-original-to", "envelope-to", "received-spf",
    "authentication-results", "dkim-signature", "arc-seal", "arc-message-signature",
    "arc-authentication-results",
})  # fmt: skip


async def secret_of(transactions: Transactions) -> bytes:
    """The secret of this database, made by whichever gateway comes first."""

    def work(connection: Connection) -> bytes:
        insert_new(connection, secret, name=_NAME, value=secrets.token_bytes(32))
        query = select(secret.c.value).where(secret.c.name == _NAME)
        return bytes(connection.execute(query).scalar_one())

    return await transactions.write(work)


def sealed(key: bytes, content: bytes, recipients: Iterable[str], now: datetime) -> bytes:
    """The mail with the field on top, for at most a hundred recipients. What must stay above our fields
    (`top_of`) is no trace of a server: until one on the way takes it off, nobody knows the mail for ours."""
    until, top = int((now + _VALID).timestamp()), top_of(content)
    digest = hashlib.sha256(content[top:]).hexdigest()
    marks = [_mark(key, until, recipient, digest) for recipient in [*recipients][:MOST]]
    value = "".join(f"\r\n\t{mark}" for mark in marks)
    seal = AddedField(FIELD, f"{until};{value}".encode("ascii"))
    return b"".join(apply(content, FieldEdits(added=(seal,))))


def is_sealed(key: bytes, message: Message, recipients: Iterable[str], now: datetime) -> bool:
    """True for a mail that we have sent to these recipients, unchanged below our field."""
    at = 0
    for field in message.fields:
        # Between fields, too, nothing may stand that some reader takes for one.
        if field.start != at or not field.plain:
            return False
        at = field.end
        if field.key == FIELD.lower():
            return _holds(key, field.value, message.raw[field.end :], recipients, now)
        if field.key not in _TRACE:
            return False
    return False


def _holds(key: bytes, value: bytes, content: bytes, recipients: Iterable[str], now: datetime) -> bool:
    found = _VALUE.fullmatch(" ".join(value.decode("latin-1").split()))
    if found is None:
        return False
    until, marks = int(found[1]), found[2].split()
    # Once, however many recipients: a stranger may have written the field, and chosen how long his mail is.
    digest = hashlib.sha256(content).hexdigest()
    wanted = [_mark(key, until, recipient, digest) for recipient in recipients]
    is_ours = all([any([hmac.compare_digest(one, mark) for mark in marks]) for one in wanted])  # noqa: C419 in one time
    return bool(wanted) and is_ours and now < datetime.fromtimestamp(until, UTC)


def _mark(key: bytes, until: int, recipient: str, digest: str) -> str:
    line = f"1\n{until}\n{recipient.lower()}\n{digest}".encode("utf-8", "surrogateescape")
    return hmac.new(key, line, hashlib.sha256).hexdigest()
