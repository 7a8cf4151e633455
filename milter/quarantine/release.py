"""How does a held mail reach its reader after all?

A next hop that is away is an outcome. Raises TryLater when the quarantine is; the mail is then held again, or
will be by `Store.recover`, and whoever had it already does not get it twice.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from milter import maillog
from milter.action.fields import AddedField, FieldEdits, apply
from milter.errors import Reply, TryLater
from milter.mail.envelope import Envelope
from milter.quarantine.held import Held, State
from milter.quarantine.journal import Deed, Line
from milter.quarantine.seal import MOST, sealed, secret_of
from milter.quarantine.store import Store
from milter.relay.next_hop import NextHop, Session

FIELD = "X-Vigimel-Released"


@dataclass(frozen=True, slots=True)
class Refused:
    """A recipient whom the next hop refused, and its words."""

    recipient: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class Released:
    """What became of a release: where the mail stands now (None: there is no such mail), the asked-for
    recipients who have it, and those who were refused.

    The mail is released when nobody was refused; else it is held again, for another try or for deletion.
    Nobody delivered and nobody refused: nothing was done, perhaps because someone else is just releasing it.
    `elsewhere`: it was taken from us on the way, and what it is now is another's doing; `cause`: why we came
    to no end, such as a next hop that is away.
    """

    id: int
    state: State | None
    delivered: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    elsewhere: bool = False
    cause: str = ""

    @property
    def is_done(self) -> bool:
        """True where all who were asked for have it, and it was we who released it."""
        return bool(self.delivered) and not (self.refused or self.elsewhere or self.cause)

    @property
    def why(self) -> str:
        """Why somebody does not have it: replies of the next hop, without the addresses they are about."""
        if self.elsewhere:
            return "released elsewhere"
        if self.cause:
            return self.cause
        if self.refused:
            return ", ".join(f"{one.reply.code} {one.reply.enhanced}".strip() for one in self.refused)
        return self.state.value if self.state else "no such mail"


# What is written of a release in the transaction that ends it.
Noted = Callable[[Connection, Released], None]


def noted(who: str, deeds: tuple[Deed, Deed] = (Deed.RELEASED, Deed.NOT_RELEASED), detail: str = "") -> Noted:
    """A line in the journal: of the first deed where it is done, else of the second, with the reason."""

    def note(connection: Connection, outcome: Released) -> None:
        deed, why = (deeds[0], "") if outcome.is_done else (deeds[1], outcome.why)
        Line(who, deed, outcome.id, ": ".join(filter(None, (detail, why)))).add(connection)

    return note


def _nothing(_: Connection, __: Released) -> None:
    """No line, where nobody has done it."""


async def release(
    store: Store,
    next_hop: NextHop,
    mail_id: int,
    to: tuple[str, ...] | None = None,
    *,
    rest_waits: bool = False,
    note: Noted = _nothing,
) -> Released:
    """Pass the mail on to the recipients of its envelope, or to those named; once, whoever else tries. Where
    the rest waits it is held as long as one of its envelope does not have it."""
    asked = _asked(await store.get(mail_id), to)
    token = secrets.token_hex(16)
    taken = bool(asked) and await store.begin_release(mail_id, token)
    # Read only now: another release may have delivered to some of them in the meantime.
    held = await store.get(mail_id)
    if held is None or not taken:
        return await _noted(store, Released(mail_id, held.state if held else None), note)
    delivery = _Delivery(store, held, token)
    cause = await delivery.run(next_hop, [path for path in asked if path not in held.delivered])
    if new := len(delivery.delivered) - len(held.delivered):
        maillog.released(mail_id, new)
    waits = rest_waits and not {*held.envelope.forward_paths} <= {*delivery.delivered}
    done = not (delivery.refused or waits or cause)
    has_it = tuple(path for path in asked if path in delivery.delivered)
    state = State.RELEASED if done else State.HELD
    outcome = Released(mail_id, state, has_it, delivery.refused, cause=cause)
    ended = await store.end_release(
        mail_id, token, delivery.delivered, done=done, also=lambda connection: note(connection, outcome)
    )
    if ended:
        return outcome
    return await _noted(store, replace(outcome, state=await _state(store, mail_id), elsewhere=True), note)


async def _noted(store: Store, outcome: Released, note: Noted) -> Released:
    """The outcome of a release that has changed nothing, noted where there is such a mail."""
    if outcome.state is not None:
        await store.transactions.write(lambda connection: note(connection, outcome))
    return outcome


def _asked(held: Held | None, to: tuple[str, ...] | None) -> tuple[str, ...]:
    paths = held.envelope.forward_paths if held and to is None else to
    return tuple(dict.fromkeys(paths or ()))


async def _state(store: Store, mail_id: int) -> State | None:
    held = await store.get(mail_id)
    return held.state if held else None


class _TakenOver(Exception):
    """The mail is not ours to release any more: we were silent for so long that we were taken for dead."""


class _Delivery:
    """The transactions of one release. What is done is kept after each, before the next one begins; before
    each command the mail is seen to be still ours, which says as well that we go on with it."""

    def __init__(self, store: Store, held: Held, token: str) -> None:
        self.delivered = held.delivered
        self.refused: tuple[Refused, ...] = ()
        self._store = store
        self._held = held
        self._token = token
        # Without its NOTIFY a mail that nobody wanted to hear of again could bounce (RFC 3461 section 5.2).
        self._told_of = dict(zip(held.envelope.forward_paths, held.envelope.rcpt_parameters, strict=False))

    async def run(self, next_hop: NextHop, recipients: Sequence[str]) -> str:
        """Pass it on to them; why that came to no end, nothing where it did."""
        try:
            # That it was taken over is heard at the end, too.
            with contextlib.suppress(_TakenOver):
                await self._run(next_hop, recipients)
        except TryLater as error:
            return str(error)
        return ""

    async def _run(self, next_hop: NextHop, recipients: Sequence[str]) -> None:
        """As many recipients a transaction as the next hop takes, one by LMTP, and as a seal has room for."""
        if not recipients:
            return
        key = await secret_of(self._store.transactions)
        ours = FieldEdits(added=(AddedField(FIELD, b"%d" % self._held.id),))
        content = b"".join(apply(await self._store.raw(self._held.id), ours))
        session = await next_hop.open(self._held.envelope)
        try:
            step = min(session.max_recipients or MOST, MOST)
            for start in range(0, len(recipients), step):
                if start:
                    await session.rset()
                some = recipients[start : start + step]
                mail = await asyncio.to_thread(sealed, key, content, some, datetime.now(UTC))
                await self._transaction(session, some, mail)
                await self._keep()
        finally:
            await session.close()

    async def _keep(self) -> None:
        if not await self._store.note_delivered(self._held.id, self._token, self.delivered):
            raise _TakenOver

    async def _transaction(self, session: Session, recipients: Sequence[str], mail: bytes) -> None:
        parameters = _parameters(self._held.envelope, len(mail))
        await self._keep()
        reply = await session.mail(self._held.envelope.reverse_path, parameters)
        if not reply.is_success:
            self._refuse(recipients, reply)
            return
        accepted = []
        for path in recipients:
            await self._keep()
            reply = await session.rcpt(path, self._told_of.get(path, ()))
            if reply.is_success:
                accepted.append(path)
            else:
                self._refuse((path,), reply)
        if not accepted:
            return
        await self._keep()
        reply = await session.data((mail,))
        if reply.is_success:
            self.delivered += tuple(accepted)
        else:
            self._refuse(accepted, reply)

    def _refuse(self, recipients: Sequence[str], reply: Reply) -> None:
        self.refused += tuple(Refused(path, reply) for path in recipients)


def _parameters(envelope: Envelope, size: int) -> tuple[str, ...]:
    """Those of the original MAIL; the size has grown by our fields."""
    kept = (p for p in envelope.mail_parameters if not p.upper().startswith("SIZE="))
    return (*kept, f"SIZE={size}")
