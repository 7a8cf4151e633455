"""What does the next hop say to this client's mail? RCPT and DATA passed on live.

MAIL goes with the first RCPT, in one go where the next hop takes that, and its no is the answer to RCPT. So
does Postfix, before a proxy and by itself (smtpd_delay_reject): its log then names a recipient.

Raises nothing: a next hop that is away is a 451 without the cause, which the log has.
"""

import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence

from milter import maillog
from milter.errors import Reply, TryLater
from milter.mail.envelope import Envelope, Path
from milter.meter.signs import HOP_ANSWERED, HOP_FAILED, STAGES, Stage
from milter.relay.next_hop import NextHop, Session
from milter.relay.wire import extensions_for

AWAY = Reply(451, "4.4.1", "Mail system not ready, try again later")
# Whoever says EHLO again hears what can be done now.
NO_LONGER_OFFERED = Reply(451, "4.3.5", "What was offered cannot be done at the moment, try again later")
SENDER_NOTED = Reply(250, "2.1.0", "Ok")
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
        self._told: tuple[object, ...] = ()
        self._away = False
        # Of the transaction: whose it is, whether the next hop has taken MAIL, and why it has not.
        self._client: Envelope | None = None
        self._is_begun = False
        self._refusal: Reply | None = None
        # What our EHLO has offered to this client; the next hop of its mail may be another one since.
        self.offered: frozenset[str] = frozenset()
        self.reverse_path: Path | None = None
        self.forward_paths: list[Path] = []

    def mail(self, client: Envelope, path: Path) -> Reply:
        """250 where a transaction can begin."""
        if self.reverse_path is not None:
            return AWAY if self._away else OPEN_TRANSACTION
        self._client, self.reverse_path = client, path
        return SENDER_NOTED

    async def rcpt(self, path: Path) -> Reply:
        """The next hop's answer to RCPT, to MAIL where that is a no, or 452 where the mail has as many
        recipients as it may have."""
        if self._away or self._client is None or self.reverse_path is None:
            return AWAY if self._away else NO_TRANSACTION
        if self._refusal is not None:
            return self._refusal
        if self._session is None or not self._is_begun:
            return self._noted(path, await self._ask(self._begin(self._client, self.reverse_path, path)))
        limit = min(self._max_recipients, self._session.max_recipients or self._max_recipients)
        if len(self.forward_paths) >= limit:
            return TOO_MANY_RECIPIENTS
        if self._lacks(self._session, path):
            return NO_LONGER_OFFERED
        return self._noted(path, await self._ask(self._session.rcpt(path.address, path.parameters)))

    def _noted(self, path: Path, reply: Reply) -> Reply:
        if reply.is_success:
            self.forward_paths.append(path)
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
        with STAGES.timing(Stage.RELAY):
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
        if self._session is not None and (self._is_begun or self._refusal is not None):
            await self._ask(self._session.rset())
        self._forget()

    async def close(self) -> None:
        """Say good-bye to the next hop."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _begin(self, client: Envelope, sender: Path, recipient: Path) -> Reply:
        """The answer to MAIL where that is a no, else to RCPT."""
        mail, rcpt = await self._answers(client, sender, recipient)
        self._is_begun = mail.is_success
        if rcpt is None:
            self._refusal = mail
            return mail
        return rcpt

    async def _answers(self, client: Envelope, sender: Path, recipient: Path) -> tuple[Reply, Reply | None]:
        told = _identity(client)
        if self._session is not None and told == self._told:
            if self._lacks(self._session, sender, recipient):
                return NO_LONGER_OFFERED, None
            # The next hop had the right to end a session that was idle for long.
            with contextlib.suppress(TryLater):
                return await self._session.begin(sender, recipient)
        await self.close()
        # Where one next hop fails, another answers.
        self._session, mail, rcpt = await self._next_hop.begin(client, sender, recipient)
        self._told = told
        self._on_open(self._session.extensions)
        if self._lacks(self._session, sender, recipient):
            return NO_LONGER_OFFERED, None
        return mail, rcpt

    def _lacks(self, session: Session, *paths: Path) -> bool:
        """Did we offer what this next hop cannot do? What we did not offer, the relay may leave out."""
        wanted = [extensions_for(path.parameters) for path in paths if path.parameters]
        return any((each & self.offered) - session.extensions.keys() for each in wanted)

    async def _ask(self, question: Awaitable[Reply], mail_id: str = "-") -> Reply:
        try:
            reply = await question
        except TryLater as error:
            HOP_FAILED.now()
            maillog.relay_failed(mail_id, str(error))
            await self.close()
            self._away = True
            return AWAY
        HOP_ANSWERED.now()
        return reply

    def _forget(self) -> None:
        self._client, self._is_begun, self._refusal = None, False, None
        self.reverse_path = None
        self.forward_paths = []
        self._away = False


def _identity(client: Envelope) -> tuple[object, ...]:
    """What the next hop is told of a client: a client that says EHLO with another name is told anew."""
    address = client.client_address, client.client_port, client.client_name
    return *address, client.helo, client.esmtp, client.login
