"""Who is to be told of his held mail, and of what became of his request? Each once.

A gateway that is killed while it sends has sent or not: it does not send again. What nobody was told of comes
in the next digest. Raises nothing that comes from the next hop: it is logged, and tried again later.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from email.errors import MessageError
from email.headerregistry import Address

from milter import maillog
from milter.brand.names import NO_NAMES, Names
from milter.config import Config
from milter.config.mailbox import check_mailbox
from milter.digest.asking import why_never
from milter.digest.document import Digest, answer, digest
from milter.digest.token import Token, hash_of, new_secret
from milter.digest.written import as_html, as_text
from milter.errors import Reply, TryLater
from milter.mail.domain import Domain
from milter.quarantine.held import Held
from milter.quarantine.requests import Request, Requests
from milter.quarantine.store import Store
from milter.quarantine.told import Telling, ToldMails, Waiting
from milter.relay.next_hop import NextHop
from milter.report.mailed import written
from milter.report.post import tell
from milter.report.schedule import Due, due, zone_of

# What was due longer ago is old news, after a stop or a change of the times.
_TOO_LATE = timedelta(days=1)
_RETRY = timedelta(minutes=10)
# As long as a mail server tries (RFC 5321 section 4.5.4.1).
_ANSWERED_WITHIN = timedelta(days=5)


def is_mailbox(path: str) -> bool:
    """True for a forward-path that a mail of ours can be written to: most of those that senders write."""
    try:
        Address("", addr_spec=check_mailbox(path))
    except (ValueError, MessageError, IndexError):
        return False
    return True


class _Away(Exception):
    """The next hop takes nothing now, from nobody."""


@dataclass(slots=True)
class DigestPost:
    """Sends digests and answers. `key` is that of the seal, `next_try` when what failed is tried again."""

    store: Store
    next_hop: NextHop
    config: Config
    key: bytes = field(repr=False)
    names: Names = NO_NAMES
    next_try: datetime = field(default=datetime.min.replace(tzinfo=UTC))
    _done: set[str] = field(default_factory=set)

    async def work(self, now: datetime) -> None:
        """Send what was due and is not sent yet, and the answers to requests."""
        if now < self.next_try:
            return
        try:
            is_done = await self._answer_all(now)
            is_done &= await self._send_due(now)
        except _Away:
            is_done = False
        if not is_done:
            self.next_try = now + _RETRY

    async def _send_due(self, now: datetime) -> bool:
        all_due = due(self.config.digest, now) if self.config.digest.is_on else ()
        # Which were sent the database knows; here stands only that it need not be asked each minute.
        self._done &= {one.name for one in all_due}
        is_done = True
        for one in all_due:
            if now - one.at < _TOO_LATE and one.name not in self._done:
                is_done &= await self._send_all(one, now)
        return is_done

    def is_meant(self, path: str) -> bool:
        """True for who gets a digest."""
        wanted = self.config.digest
        # None where it is no domain: then nobody's.
        domain = Domain.parse(path.rpartition("@")[2])
        domains = {Domain.parse(name) for name in wanted.domains}
        is_ours = path.lower() in _lower(wanted.recipients) or (domain is not None and domain in domains)
        return is_ours and path.lower() not in _lower(wanted.left_out) and is_mailbox(path)

    async def _send_all(self, one: Due, now: datetime) -> bool:
        """True where nothing is left to be tried again."""
        told = ToldMails(self.store.transactions)
        sent, is_done = 0, True
        try:
            for waits in await told.waiting(self.is_meant, one.at, self.config.digest.max_mails):
                reply = await self._send(one, waits, now)
                sent += reply is not None and reply.is_success
                is_done &= reply is None or not reply.is_temporary
        finally:
            if sent:
                maillog.digest_sent(one.name, sent)
        if is_done:
            self._done.add(one.name)
        return is_done

    async def _send(self, one: Due, waits: Waiting, now: datetime) -> Reply | None:
        """What the next hop said to the digest of one recipient; None where another gateway sends it."""
        told = ToldMails(self.store.transactions)
        mails = [held for mail_id in waits.mails if (held := await self.store.get(mail_id))]
        until = now + timedelta(days=self.config.digest.token_days)
        secrets = [new_secret() if self._may_ask(held) else "" for held in mails]
        tellings = [
            _telling(held, waits.recipient, secret, until)
            for held, secret in zip(mails, secrets, strict=True)
        ]
        ids = await told.claim(one.name, waits.recipient, tellings, now)
        if ids is None:
            return None
        links = [self._link(told_id, secret) for told_id, secret in zip(ids, secrets, strict=True)]
        listed = [*zip(mails, links, strict=True)]
        ends = until if self.config.digest.requests else None
        made = digest(waits, listed, self.config.digest_language, self._zone, ends, self.names)
        try:
            reply = await self._mail(one.name, made, waits.recipient, now)
        except _Away:
            await told.unclaim(one.name, waits.recipient, ids)
            raise
        if reply.is_success:
            await told.told(ids, now)
        elif reply.is_temporary:
            await told.unclaim(one.name, waits.recipient, ids)
        return reply

    def _may_ask(self, held: Held) -> bool:
        return self.config.digest.requests and not why_never(held)

    def _link(self, told_id: int, secret: str) -> str:
        return f"{self.config.digest_url}/ask/{Token(told_id, secret)}" if secret else ""

    async def _answer_all(self, now: datetime) -> bool:
        """True where nobody is left to be told."""
        requests = Requests(self.store.transactions)
        await requests.settle(now)
        is_done = True
        for request in await requests.unanswered(now - _ANSWERED_WITHIN):
            held = await self.store.get(request.mail_id)
            if held is None or not await requests.take(request.id):
                continue
            try:
                reply = await self._answer(request, held, now)
            except _Away:
                await requests.give_back(request.id)
                raise
            if reply.is_temporary:
                await requests.give_back(request.id)
                is_done = False
            if reply.is_success:
                maillog.request_answered(request.mail_id, request.state.value)
        return is_done

    async def _answer(self, request: Request, held: Held, now: datetime) -> Reply:
        made = answer(request, held, self.config.digest_language, self._zone, self.names)
        return await self._mail(f"request {request.id}", made, request.recipient, now)

    async def _mail(self, name: str, made: Digest, to: str, now: datetime) -> Reply:
        sender, local = self.config.report_sender, now.astimezone(self._zone)
        mail = written(made.title, as_text(made), as_html(made), sender, to, local)
        try:
            reply = await tell(self.next_hop, mail.as_bytes(), to, self.key)
        except TryLater as error:
            maillog.digest_failed(name, to, str(error))
            raise _Away from error
        if not reply.is_success:
            maillog.digest_failed(name, to, str(reply))
        return reply

    @property
    def _zone(self) -> tzinfo | None:
        return zone_of(self.config.digest.time_zone)


def _telling(held: Held, recipient: str, secret: str, until: datetime) -> Telling:
    # As the envelope of this mail writes him: to him it is released.
    path = next(one for one in held.envelope.forward_paths if one.lower() == recipient.lower())
    return Telling(held.id, path, hash_of(secret, held.id, path) if secret else "", until)


def _lower(addresses: Sequence[str]) -> set[str]:
    return {address.lower() for address in addresses}
