"""How does a held mail reach its reader after all?

Raises TryLater when quarantine or next hop is away; the mail is then held again, or will be by
`Store.recover`, and whoever had it already does not get it twice.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from milter.action.fields import AddedField, FieldEdits, apply
from milter.errors import Reply, TryLater
from milter.mail.envelope import Envelope
from milter.quarantine.held import Held, State
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
    `elsewhere`: it was taken from us on the way, and what it is now is another's doing.
    """

    id: int
    state: State | None
    delivered: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    elsewhere: bool = False

    @property
    def is_done(self) -> bool:
        """True where somebody has it, nobody was refused, and it was we who released it."""
        return bool(self.delivered) and not (self.refused or self.elsewhere)

    @property
    def why(self) -> str:
        """Why somebody does not have it: replies of the next hop, without the addresses they are about."""
        if self.elsewhere:
            return "released elsewhere"
        if self.refused:
            return ", ".join(f"{one.reply.code} {one.reply.enhanced}".strip() for one in self.refused)
        return self.state.value if self.state else "no such mail"


async def release(
    store: Store,
    next_hop: NextHop,
    mail_id: int,
    to: tuple[str, ...] | None = None,
    *,
    rest_waits: bool = False,
) -> Released:
    """Pass the mail on to the recipients of its envelope, or to those named; once, whoever else tries. Where
    the rest waits it is held as long as one of its envelope does not have it."""
    asked = _asked(await store.get(mail_id), to)
    token = secrets.token_hex(16)
    taken = bool(asked) and await store.begin_release(mail_id, token)
    # Read only now: another release may have delivered to some of them in the meantime.
    held = await store.get(mail_id)
    if held is None or not taken:
        return Released(mail_id, held.state if held else None)
    delivery = _Delivery(store, held, token)
    try:
        # `end_release` hears of it, too.
        with contextlib.suppress(_TakenOver):
            await delivery.run(next_hop, [path for path in asked if path not in held.delivered])
    except TryLater:
        await store.end_release(mail_id, token, delivery.delivered, done=False)
        raise
    waits = rest_waits and not {*held.envelope.forward_paths} <= {*delivery.delivered}
    done = not (delivery.refused or waits)
    ours = await store.end_release(mail_id, token, delivery.delivered, done=done)
    has_it = tuple(path for path in asked if path in delivery.delivered)
    return Released(mail_id, await _state(store, mail_id), has_it, delivery.refused, elsewhere=not ours)


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

    async def run(self, next_hop: NextHop, recipients: Sequence[str]) -> None:
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
