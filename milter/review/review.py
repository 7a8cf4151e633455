"""What can be done on the review page? Each deed once, with its line in the journal: both, or neither.

Raises TryLater when the database is away.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum
from typing import Any

from starlette.requests import Request

from milter import maillog
from milter.child.origin import Origin
from milter.child.pool import Pool
from milter.child.process import End
from milter.config.options import QuarantineConfig, ReviewConfig, TraceConfig
from milter.digest.asking import Asking
from milter.quarantine.deeds import attempt
from milter.quarantine.held import Held
from milter.quarantine.journal import Deed, Journal
from milter.quarantine.release import noted, release
from milter.quarantine.store import Damaged, Store
from milter.relay.next_hop import NextHop
from milter.report.schedule import zone_of
from milter.report.telling import Teller
from milter.review.accounts import Accounts, Role
from milter.review.elsewhere import Elsewhere
from milter.review.logins import Logins
from milter.review.passwords import Passwords

# A mail is shown within so many seconds, or what is known of it by then.
_SECONDS = 5.0
_DEFAULT = ReviewConfig()
_KEPT = QuarantineConfig()


class Trouble(StrEnum):
    """What keeps a mail from being shown whole."""

    NONE = ""
    GONE = "gone"
    DAMAGED = "damaged"
    # The child that reads it died of it, or was killed when its time was over.
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Seen:
    """What may be shown of a mail: see `inside.py`."""

    trouble: Trouble
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of the mails that somebody decided on: how many, and the ids of the others."""

    done: int
    others: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """Everything the page needs. `language` is that of who asks for none of ours, `teller` tells others
    of a fraud, `asking` lets recipients ask for their mail, `quarantine` says how long a rule lasts,
    `observes` that nothing is held back, `sees` that pictures may be read."""

    store: Store
    next_hop: NextHop
    accounts: Accounts
    logins: Logins
    journal: Journal
    pool: Pool
    language: str
    config: ReviewConfig
    teller: Teller | None = None
    asking: Asking | None = None
    elsewhere: Elsewhere | None = None
    quarantine: QuarantineConfig = _KEPT
    trace_days: int = TraceConfig().keep_days
    observes: bool = False
    sees: bool = False

    def role_of(self, groups: Collection[str]) -> Role | None:
        """The highest role that one of these groups has; None where none has any."""
        config = self.config
        by_role = {
            Role.ADMIN: config.admin_groups,
            Role.REVIEWER: config.reviewer_groups,
            Role.VIEWER: config.viewer_groups,
        }
        return next((role for role, named in by_role.items() if not {*named}.isdisjoint(groups)), None)

    @property
    def zone(self) -> tzinfo | None:
        """The time zone of the page; None for that of this machine."""
        return zone_of(self.config.time_zone)

    @property
    def deeds(self) -> Mapping[str, Callable[[Sequence[int], str], Awaitable[Done]]]:
        """What a form can ask for, by its word."""
        return {
            "release": self.release,
            "delete": self.delete,
            "confirm": self.confirm,
            "undo": self.undo,
        }

    async def look(self, held: Held, who: str) -> Seen:
        """What may be shown of a mail."""
        await self.journal.note(who, Deed.LOOKED, held.id)
        try:
            raw = await self.store.raw(held.id)
        except LookupError:
            return Seen(Trouble.GONE)
        except Damaged:
            return Seen(Trouble.DAMAGED)
        outcome = await self.pool.ask(raw, _SECONDS, {"seconds": _SECONDS, "sees": self.sees})
        told = outcome.value if isinstance(outcome.value, dict) else {}
        return Seen(Trouble.NONE if outcome.end is End.DONE else Trouble.UNREAD, told)

    async def release(self, ids: Sequence[int], who: str) -> Done:
        """Pass mails on to the recipients of their envelopes."""

        async def one(mail_id: int) -> bool:
            return (await release(self.store, self.next_hop, mail_id, note=noted(who))).is_done

        return await _each(ids, one)

    async def copy(self, mail_id: int, to: str, who: str) -> bool:
        """Send a mail, which goes on waiting, to one of those who may have a copy; True when he has it."""
        note = noted(who, (Deed.SENT, Deed.NOT_SENT), f"to {to}")
        outcome = await release(self.store, self.next_hop, mail_id, (to,), rest_waits=True, note=note)
        return outcome.is_done

    async def delete(self, ids: Sequence[int], who: str) -> Done:
        """Delete mails; what is deleted can be undone while its grace lasts."""
        return await _each(ids, lambda mail_id: attempt(self.store, mail_id, Deed.DELETED, who))

    async def confirm(self, ids: Sequence[int], who: str) -> Done:
        """Say that mails are frauds."""
        return await _each(ids, lambda mail_id: attempt(self.store, mail_id, Deed.CONFIRMED, who))

    async def undo(self, ids: Sequence[int], who: str) -> Done:
        """Let mails that were confirmed or deleted wait for a decision again."""
        return await _each(ids, lambda mail_id: attempt(self.store, mail_id, Deed.UNDONE, who))


async def _each(ids: Sequence[int], decide: Callable[[int], Awaitable[bool]]) -> Done:
    others = tuple([mail_id for mail_id in ids if not await decide(mail_id)])
    return Done(len(ids) - len(others), others)


def readers(origin: Origin | None = None) -> Pool:
    """The child that reads a mail to show it; from this origin, or its own."""
    return Pool("milter.review.inside:begin", origin, children=1, note=maillog.child_died)


def build_review(
    store: Store,
    next_hop: NextHop,
    language: str,
    config: ReviewConfig = _DEFAULT,
    teller: Teller | None = None,
    asking: Asking | None = None,
) -> Review:
    """The review of this quarantine; its child is started when the first mail is looked at."""
    transactions, passwords = store.transactions, Passwords()
    accounts, logins = Accounts(transactions, passwords), Logins(transactions, passwords)
    journal = Journal(transactions)
    return Review(store, next_hop, accounts, logins, journal, readers(), language, config, teller, asking)


def review_of(request: Request) -> Review:
    """The one that a request is for."""
    review: Review = request.app.state.review
    return review
