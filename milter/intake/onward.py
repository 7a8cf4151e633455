"""What does the next hop say to this client's mail? MAIL, RCPT and DATA passed on live.

Raises nothing: a next hop that is away is a 451 without the cause, which the log has.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from milter import maillog
from milter.errors import Reply, TryLater
from milter.intake.commands import Path
from milter.mail.envelope import Envelope
from milter.relay.next_hop import NextHop, Session

AWAY = Reply(451, "4.4.1", "Mail system not ready, try again later")
TOO_MANY_RECIPIENTS = Reply(452, "4.5.3", "Too many recipients, send the others in another mail")
NO_TRANSACTION = Reply(503, "5.5.1", "MAIL first")
OPEN_TRANSACTION = Reply(503, "5.5.1", "MAIL was said already")
NO_RECIPIENT = Reply(503, "5.5.1", "No valid recipient")


class Onward:
    """The next hop's side of one client's connection; its session is kept from mail to mail."""

    def __init__(
        self, next_hop: NextHop, max_recipients: int, on_open: Callable[[Mapping[str, str]], None]
    ) -> None:
        """`on_open` hears the extensions of each session that is opened."""
        self._next_hop = next_hop
        self._max_recipients = max_recipients
        self._on_open = on_open
        self._session: Session | None = None
        self._away = False
        self.reverse_path: Path | None = None
        self.forward_paths: list[str] = []

    async def mail(self, client: Envelope, path: Path) -> Reply:
        """The next hop's answer to MAIL."""
        if self.reverse_path is not None:
            return AWAY if self._away else OPEN_TRANSACTION
        self._away = False
        reply = await self._ask(self._mail(client, path))
        if reply.is_success:
            self.reverse_path = path
        return reply

    async def rcpt(self, path: Path) -> Reply:
        """The next hop's answer to RCPT, or 452 where the mail has as many recipients as it may have."""
        if self._session is None or self.reverse_path is None:
            return AWAY if self._away else NO_TRANSACTION
        limit = min(self._max_recipients, self._session.max_recipients or self._max_recipients)
        if len(self.forward_paths) >= limit:
            return TOO_MANY_RECIPIENTS
        reply = await self._ask(self._session.rcpt(path.address, path.parameters))
        if reply.is_success:
            self.forward_paths.append(path.address)
        return reply

    def refusal_of_data(self) -> Reply | None:
        """Why there can be no DATA now; None when there can."""
        if self._away:
            # The recipients that were accepted before must not bounce.
            return AWAY
        if self.reverse_path is None:
            return NO_TRANSACTION
        return None if self.forward_paths else NO_RECIPIENT

    async def data(self, mail_id: str, chunks: Sequence[bytes]) -> Reply:
        """The next hop's answer to the mail. The transaction is over."""
        if self._session is None:
            return AWAY
        reply = await self._ask(self._session.data(chunks), mail_id)
        if reply.is_success:
            maillog.relayed(mail_id, reply)
        elif reply is not AWAY:
            maillog.relay_failed(mail_id, str(reply))
            await self.rset()
        self._forget()
        return reply

    async def rset(self) -> None:
        """Give up the transaction, if there is one."""
        if self._session is not None and self.reverse_path is not None:
            await self._ask(self._session.rset())
        self._forget()

    async def close(self) -> None:
        """Say good-bye to the next hop."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _mail(self, client: Envelope, path: Path) -> Reply:
        session = self._session or await self._open(client)
        if session.is_reused:
            try:
                return await session.mail(path.address, path.parameters)
            except TryLater:
                # The next hop had the right to end a session that was idle.
                await self.close()
                session = await self._open(client)
        return await session.mail(path.address, path.parameters)

    async def _open(self, client: Envelope) -> Session:
        self._session = await self._next_hop.open(client)
        self._on_open(self._session.extensions)
        return self._session

    async def _ask(self, question: Awaitable[Reply], mail_id: str = "-") -> Reply:
        try:
            return await question
        except TryLater as error:
            maillog.relay_failed(mail_id, str(error))
            await self.close()
            self._away = True
            return AWAY

    def _forget(self) -> None:
        self.reverse_path = None
        self.forward_paths = []
        self._away = False
