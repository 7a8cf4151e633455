"""Who has to be told, and was he? Reports that are due, each mailed once, whichever gateway does it.

Raises nothing that comes from the next hop: it is logged, and tried again ten minutes later.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import partial

from sqlalchemy import Connection, delete

from milter import maillog
from milter.brand.brand import Brand
from milter.config import Config
from milter.errors import Reply, TryLater
from milter.quarantine.database import insert_new
from milter.quarantine.schema import sent_report
from milter.quarantine.seal import sealed
from milter.quarantine.store import Store
from milter.quarantine.transactions import Transactions
from milter.relay.next_hop import NextHop, Session
from milter.report.asked import hour_of, name_of, new_requests, notice
from milter.report.document import document
from milter.report.figures import gather
from milter.report.mailed import mail_of
from milter.report.schedule import Due, due, zone_of
from milter.report.table import Document

# What was due longer ago is old news, after a stop or a change of the times.
_TOO_LATE = timedelta(days=1)
_RETRY = timedelta(minutes=10)
_KEPT = timedelta(days=60)


async def claim(transactions: Transactions, name: str, now: datetime) -> bool:
    """True for the one gateway that sends this report."""

    def work(connection: Connection) -> bool:
        connection.execute(delete(sent_report).where(sent_report.c.at < now - _KEPT))
        return insert_new(connection, sent_report, name=name, at=now)

    return await transactions.write(work)


async def unclaim(transactions: Transactions, name: str) -> None:
    """It was not sent after all: somebody may try again."""

    def work(connection: Connection) -> None:
        connection.execute(delete(sent_report).where(sent_report.c.name == name))

    await transactions.write(work)


async def hand_over(next_hop: NextHop, mails: Sequence[EmailMessage], key: bytes) -> list[Reply]:
    """What the next hop said to each of them; TryLater when it is away before the first was taken.

    Sealed, so that one that comes through a gateway of ours is not taken for the frauds that it quotes. From
    nobody, so that nothing comes back (RFC 5321 section 4.5.5). Each in a transaction of its own, for LMTP
    takes one recipient at a time.
    """
    session = await next_hop.open()
    replies: list[Reply] = []
    try:
        for mail in mails:
            if replies:
                await session.rset()
            replies.append(await _transaction(session, mail, key))
    except TryLater as error:
        if not any(reply.is_success for reply in replies):
            raise
        replies += [error.reply] * (len(mails) - len(replies))
    finally:
        await session.close()
    return replies


async def tell(next_hop: NextHop, content: bytes, to: str, key: bytes) -> Reply:
    """What the next hop said to a mail of ours; TryLater when it is away."""
    session = await next_hop.open()
    try:
        return await _said(session, content, to, key)
    finally:
        await session.close()


async def _transaction(session: Session, mail: EmailMessage, key: bytes) -> Reply:
    return await _said(session, mail.as_bytes(), mail["To"].addresses[0].addr_spec, key)


async def _said(session: Session, mail: bytes, to: str, key: bytes) -> Reply:
    content = sealed(key, mail, (to,), datetime.now(UTC))
    reply = await session.mail("", (f"SIZE={len(content)}",))
    if reply.is_success:
        reply = await session.rcpt(to)
    return await session.data((content,)) if reply.is_success else reply


@dataclass(slots=True)
class Post:
    """Sends what is due. `key` is that of the seal, `next_try` when what failed is tried again."""

    store: Store
    next_hop: NextHop
    config: Config
    brands: Sequence[Brand]
    key: bytes
    next_try: datetime = field(default=datetime.min.replace(tzinfo=UTC))

    async def send_due(self, now: datetime) -> None:
        """Send what was due and is not sent yet."""
        if not self.config.report.to or now < self.next_try:
            return
        for one in due(self.config.report, now):
            if now - one.at < _TOO_LATE and await claim(self.store.transactions, one.name, now):
                await self._send(one.name, partial(self._report, one), now)
        if self.config.report.on_request:
            await self._tell_of_requests(now)

    async def _tell_of_requests(self, now: datetime) -> None:
        """Once an hour at most: somebody waits, and the next report may be a day away."""
        asked, hour = await new_requests(self.store), hour_of(now)
        if not asked or not await claim(self.store.transactions, hour, now):
            return

        async def made() -> Document:
            report = self.config.report
            zone = zone_of(report.time_zone)
            return notice(asked, self.config.report_language, self.config.review.url, zone)

        if await self._send(hour, made, now):
            for request, _ in asked:
                await claim(self.store.transactions, name_of(request), now)

    async def _send(self, name: str, make: Callable[[], Awaitable[Document]], now: datetime) -> bool:
        """True where it was sent, or refused for good; else it is tried again."""
        is_sent = False
        try:
            replies = await hand_over(self.next_hop, self._mails(await make(), now), self.key)
            # What was refused for good would be refused again.
            is_sent = not all(reply.is_temporary for reply in replies)
        except TryLater as error:
            maillog.report_failed(name, str(error))
            return False
        finally:
            if not is_sent:
                self.next_try = now + _RETRY
                await unclaim(self.store.transactions, name)
        for to, reply in zip(self.config.report.to, replies, strict=True):
            if not reply.is_success:
                maillog.report_failed(name, f"{to}: {reply}")
        if taken := sum(reply.is_success for reply in replies):
            maillog.report_sent(name, taken)
        return is_sent

    async def _report(self, one: Due) -> Document:
        report = self.config.report
        figures = await gather(self.store, one.period, self.brands)
        return document(
            figures,
            self.config.report_language,
            self.config.review.url,
            zone_of(report.time_zone),
            observes=self.config.policy.observe_only,
        )

    def _mails(self, made: Document, now: datetime) -> list[EmailMessage]:
        report, sender = self.config.report, self.config.report_sender
        local = now.astimezone(zone_of(report.time_zone))
        return [mail_of(made, sender, to, local) for to in report.to]
