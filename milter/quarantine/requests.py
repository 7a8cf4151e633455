"""Which recipients ask for a held mail of theirs, and what becomes of that?

A request is open until somebody decides: on it, or on its mail. Raises TryLater when the database is away.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, and_, delete, func, or_, select, update

from milter.quarantine.held import State, storable
from milter.quarantine.journal import Line
from milter.quarantine.schema import held_mail, release_request
from milter.quarantine.transactions import Transactions

# Characters of what an admin says to a recipient.
MAX_WORD = 500
_TABLE = release_request.c
# Who has clicked on the wrong mail sees it at once; until then its recipient is not told.
_UNDO_WITHIN = timedelta(minutes=10)
# Requests of one transaction.
_AT_ONCE = 200


class Decision(StrEnum):
    """Where a request stands. It lapses where its mail is too old before anybody has decided."""

    OPEN = "open"
    APPROVED = "approved"
    DENIED = "denied"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Request:
    """A recipient, as the envelope of the mail writes him, who asks for a mail."""

    id: int
    mail_id: int
    recipient: str
    asked: datetime
    state: Decision
    decided: datetime | None
    who: str
    word: str


class Requests:
    """The requests in a database."""

    def __init__(self, transactions: Transactions) -> None:
        """Those of an open database."""
        self._transactions = transactions

    async def waiting(self) -> int:
        """How many nobody has decided on."""
        query = select(func.count()).where(_TABLE.state == Decision.OPEN.value)
        return await self._transactions.read(lambda connection: int(connection.execute(query).scalar_one()))

    async def list(
        self, state: Decision | None = Decision.OPEN, limit: int = 50, below_id: int | None = None
    ) -> tuple[Request, ...]:
        """The newest first; of this state, or of all."""
        query = select(release_request).order_by(_TABLE.id.desc()).limit(limit)
        if state is not None:
            query = query.where(_TABLE.state == state.value)
        if below_id is not None:
            query = query.where(_TABLE.id < below_id)
        return await self._found(query)

    async def get(self, request_id: int) -> Request | None:
        """The request of this id; None if there is none."""
        found = await self._found(select(release_request).where(_TABLE.id == request_id))
        return found[0] if found else None

    async def of_mail(self, mail_id: int) -> tuple[Request, ...]:
        """Those for a mail, the oldest first."""
        return await self._found(select(release_request).where(_TABLE.mail_id == mail_id).order_by(_TABLE.id))

    async def decide(
        self, request_id: int, decision: Decision, who: str, word: str = "", line: Line | None = None
    ) -> bool:
        """Open -> decided, with a line in the journal; False for who comes too late."""

        def work(connection: Connection) -> bool:
            decided = decide(connection, request_id, decision, who, word)
            if decided and line:
                line.add(connection)
            return decided

        return await self._transactions.write(work)

    async def settle(self, now: datetime) -> int:
        """How many were decided because their mail was: it was released to its recipients, or is no more. A
        confirmation or a deletion is undone soon, or not at all."""
        columns = held_mail.c.state, held_mail.c.delivered, held_mail.c.changed
        query = (
            select(_TABLE.id, _TABLE.recipient, *columns)
            .join(held_mail, held_mail.c.id == _TABLE.mail_id)
            .where(_TABLE.state == Decision.OPEN.value)
        )
        rows = await self._transactions.read(lambda connection: connection.execute(query).all())
        settled = 0
        for request_id, recipient, state, delivered, changed in rows:
            if decision := _implied(State(state), recipient in delivered, now - changed >= _UNDO_WITHIN):
                settled += await self.decide(request_id, decision, "")
        return settled

    async def unanswered(self, since: datetime) -> tuple[Request, ...]:
        """Those that were decided since then and whose recipients were not told, the oldest first."""
        waits = _TABLE.state != Decision.OPEN.value, _TABLE.answered.is_(None), _TABLE.decided >= since
        query = select(release_request).where(*waits).order_by(_TABLE.id).limit(_AT_ONCE)
        return await self._found(query)

    async def take(self, request_id: int) -> bool:
        """True for the one caller who tells its recipient."""
        mine = _TABLE.id == request_id, _TABLE.answered.is_(None)
        change = update(release_request).where(*mine).values(answered=datetime.now(UTC))
        return await self._change(change) == 1

    async def give_back(self, request_id: int) -> None:
        """Its recipient was not told after all: somebody may try again."""
        await self._change(update(release_request).where(_TABLE.id == request_id).values(answered=None))

    async def expire(self, before: datetime) -> int:
        """How many were forgotten: decided before then, or answered, of a mail that was deleted for good,
        which forgets people."""
        deleted = held_mail.c.state == State.DELETED.value, held_mail.c.emptied.is_not(None)
        forgets = _TABLE.mail_id.in_(select(held_mail.c.id).where(*deleted))
        gone = or_(_TABLE.decided < before, and_(_TABLE.answered.is_not(None), forgets))
        return await self._change(delete(release_request).where(gone))

    async def _found(self, query: Any) -> tuple[Request, ...]:
        rows = await self._transactions.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(
            Request(
                state=Decision(row["state"]),
                **{name: row[name] for name in Request.__dataclass_fields__ if name != "state"},
            )
            for row in rows
        )

    async def _change(self, change: Any) -> int:
        def work(connection: Connection) -> int:
            return connection.execute(change).rowcount

        return await self._transactions.write(work)


def decide(connection: Connection, request_id: int, decision: Decision, who: str, word: str = "") -> bool:
    """Open -> decided, in a transaction that does something else, too; False for who comes too late."""
    values = {
        "state": decision.value,
        "decided": datetime.now(UTC),
        "who": who[:64],
        "word": storable(word, MAX_WORD),
    }
    is_open = _TABLE.id == request_id, _TABLE.state == Decision.OPEN.value
    return connection.execute(update(release_request).where(*is_open).values(values)).rowcount == 1


def _implied(state: State, has_it: bool, is_for_good: bool, /) -> Decision | None:
    if has_it:
        return Decision.APPROVED
    if state in {State.CONFIRMED, State.DELETED}:
        return Decision.DENIED if is_for_good else None
    return None if state in {State.HELD, State.RELEASING} else Decision.LAPSED
