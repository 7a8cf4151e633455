"""Who looked, and who did what? A journal that is only added to; each entry holds the hash of the one before.

Ids of mails and names of accounts stand in it, nothing of a mail itself, so that it may be kept when the mail
is gone (THREATS P3). Raises TryLater when the database is away.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select, text

from milter.quarantine.schema import journal
from milter.quarantine.transactions import Transactions

# Behind the name of who did it there.
AT_COMMAND_LINE = "(command line)"

_PAGE = 500


class Deed(StrEnum):
    """What was done."""

    LOGIN = "login"
    LOGIN_ELSEWHERE_FAILED = "login elsewhere failed"
    LOGIN_FAILED = "login failed"
    LOGOUT = "logout"
    LOOKED = "looked"
    REASON_GIVEN = "gave a reason to look"
    TRACED = "searched the trace"
    DOWNLOADED = "downloaded"
    RELEASED = "released"
    NOT_RELEASED = "not released"
    DELETED = "deleted"
    NOT_DELETED = "not deleted"
    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not confirmed"
    UNDONE = "undone"
    NOT_UNDONE = "not undone"
    # A recipient's, who has no account.
    REQUESTED = "asked for release"
    REQUEST_APPROVED = "request approved"
    REQUEST_DENIED = "request denied"
    # Nobody's: the quarantine had grown over its limit.
    NO_ROOM = "no room"
    REPORTED = "reported to others"
    NOT_REPORTED = "not reported to others"
    SENT = "sent a copy"
    NOT_SENT = "sent no copy"
    ALLOWED = "allowed an author"
    RULE_REMOVED = "removed a rule"
    CAMPAIGN_DECIDED = "decided a campaign"
    ORDERED = "gave a standing order"
    ORDER_REMOVED = "took back a standing order"
    ACCOUNT_ADDED = "account added"
    ACCOUNT_REMOVED = "account removed"
    ACCOUNT_DISABLED = "account disabled"
    ACCOUNT_ENABLED = "account enabled"
    ROLE_CHANGED = "role changed"
    PASSWORD_SET = "password set"
    ONE_TIME_PASSWORD = "one-time password made"
    PASSWORD_CHANGED = "own password changed"
    PASSWORD_NOT_CHANGED = "own password not changed"
    LOGINS_ENDED = "logins ended"
    # Of whom is not said, here and below; how many mails, and how many rows of the trace.
    LOOKED_UP = "looked up an address"
    ERASED = "erased what names an address"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal."""

    id: int
    at: datetime
    who: str
    deed: Deed
    mail_id: int | None
    detail: str
    hash: str


@dataclass(frozen=True, slots=True)
class Line:
    """What the journal is to say of a deed."""

    who: str
    deed: Deed
    mail_id: int | None = None
    detail: str = ""

    def add(self, connection: Connection) -> None:
        """Add it, last of all in the transaction of the deed, so that neither is there without the other."""
        add(connection, self.who, self.deed, self.mail_id, self.detail)


class Journal:
    """The journal in a database."""

    def __init__(self, transactions: Transactions) -> None:
        """That of an open database."""
        self._transactions = transactions

    async def note(self, who: str, deed: Deed, mail_id: int | None = None, detail: str = "") -> None:
        """Add a line about what changes nothing in this database, such as a look or a login; what a deed has
        changed is committed together with its `Line`."""
        await self._transactions.write(lambda connection: add(connection, who, deed, mail_id, detail))

    async def of_mail(self, mail_id: int) -> tuple[Entry, ...]:
        """What was done with a mail, the oldest first."""
        query = select(journal).where(journal.c.mail_id == mail_id).order_by(journal.c.id)
        return await self._entries(query)

    async def newest(self, limit: int = 200, before_id: int | None = None) -> tuple[Entry, ...]:
        """The newest lines, the newest first."""
        query = select(journal).order_by(journal.c.id.desc()).limit(limit)
        return await self._entries(query if before_id is None else query.where(journal.c.id < before_id))

    async def first_broken(self) -> int | None:
        """The id of the first line that was changed, or before which one is missing; None where none is."""
        last_id, last_hash = 0, ""
        while True:
            query = select(journal).where(journal.c.id > last_id).order_by(journal.c.id).limit(_PAGE)
            entries = await self._entries(query)
            for entry in entries:
                if entry.id != last_id + 1 or entry.hash != _hash(last_hash, entry):
                    return last_id + 1
                last_id, last_hash = entry.id, entry.hash
            if not entries:
                return None

    async def _entries(self, query: Any) -> tuple[Entry, ...]:
        rows = await self._transactions.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(Entry(**{**row, "deed": Deed(row["deed"])}) for row in rows)


def add(connection: Connection, who: str, deed: Deed, mail_id: int | None = None, detail: str = "") -> None:
    """Add a line in a transaction that writes something else, too."""
    # One line at a time, whichever node adds it. SQLite has one writer anyway.
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE journal IN EXCLUSIVE MODE"))
    query = select(journal.c.id, journal.c.hash).order_by(journal.c.id.desc()).limit(1)
    last = connection.execute(query).first()
    last_id, last_hash = (last[0], last[1]) if last else (0, "")
    entry = Entry(last_id + 1, datetime.now(UTC), who[:64], deed, mail_id, detail[:1000], "")
    values = {**plain(entry), "at": entry.at, "hash": _hash(last_hash, entry)}
    connection.execute(insert(journal).values(values))


def plain(entry: Entry) -> dict[str, Any]:
    """The line as plain values, ready for JSON, without its hash; the hash is made of these."""
    return {
        "id": entry.id,
        "at": entry.at.isoformat(),
        "who": entry.who,
        "deed": entry.deed.value,
        "mail_id": entry.mail_id,
        "detail": entry.detail,
    }


def _hash(before: str, entry: Entry) -> str:
    line = json.dumps([before, plain(entry)], sort_keys=True)
    return hashlib.sha256(line.encode()).hexdigest()
