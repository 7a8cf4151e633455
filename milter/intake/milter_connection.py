"""How is a mail server's connection held, and when does it end? One milter connection, many mails.

Raises nothing: a mail server that breaks the protocol is hung up on, and does what its
milter_default_action says. No state of one mail is left when the next one begins.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import cast

from milter import maillog
from milter.decision import Deliver, ToHold
from milter.errors import PeerError, Reply
from milter.gate import guarded
from milter.intake import milter_wire as wire
from milter.intake.milter_answer import answer, refusal, word
from milter.intake.milter_mail import BUSY, Client, Limits, MailInParts, Place, text
from milter.intake.milter_replies import CONTINUE
from milter.intake.milter_service import MilterService
from milter.intake.milter_session import (
    IN_A_MAIL,
    NEEDED_ACTIONS,
    Agreement,
    MilterSession,
    State,
    agree,
    unanswered,
)
from milter.intake.milter_wire import Actions

# The commands whose macros we read; those of others are let go, and so is what no mail server sends.
_READ_WITH = frozenset({b"C", b"H", b"M", b"E"})
_MAX_MACROS = 64 * 1024

# For the trace: what the client of the mail server hears is not ours to know.
LEFT = Reply(250, "2.0.0", "Left to the mail server")


class MilterConnection(asyncio.Protocol):
    """One connection."""

    def __init__(self, service: MilterService, leave: Callable[[], None]) -> None:
        """Not connected yet; `leave` is called when the connection has ended."""
        self._service = service
        self._leave = leave
        self._loop = asyncio.get_running_loop()
        self._frames = wire.FrameReader()
        self._session = MilterSession()
        self._agreement: Agreement | None = None
        self._unanswered: frozenset[type[wire.Command]] = frozenset()
        self._macros: dict[bytes, wire.Macros] = {}
        self._client = Client()
        self._mail: MailInParts | None = None
        self._kept = 0
        self._work: asyncio.Task[None] | None = None
        self._heard = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._writes_wait = False
        self._tcp: socket.socket | None = None

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A mail server has connected."""
        self._transport = cast(asyncio.Transport, transport)
        if not self._service.enter(self):
            self._transport.abort()
            return
        peer = transport.get_extra_info("socket")
        is_tcp = peer is not None and peer.family != socket.AF_UNIX
        self._tcp = peer if is_tcp and hasattr(socket, "TCP_QUICKACK") else None
        self._heard = self._loop.time()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone, perhaps in the middle of a mail: it still has it."""
        if self._timer is not None:
            self._timer.cancel()
        if self._work is not None:
            self._work.cancel()
        if self._mail is not None:
            maillog.milter_failed(f"connection lost ({exc or 'closed'})", self._session.state.name)
        self._forget()
        self._service.connections.leave(self)
        self._leave()

    def data_received(self, data: bytes) -> None:
        """It says something."""
        self._heard = self._loop.time()
        self._acknowledge()
        self._frames.feed(data)
        self._go_on()

    def pause_writing(self) -> None:
        """It does not read our answers: then we do not read on either."""
        self._writes_wait = True
        self._throttle()

    def resume_writing(self) -> None:
        """It reads again."""
        self._writes_wait = False
        self._throttle()

    # What the service calls.

    def stop(self) -> None:
        """Hang up: now where no mail is under way, else after it."""
        if self._mail is None and self._work is None:
            self._transport.close()

    def abort(self) -> None:
        """Hang up at once."""
        self._transport.abort()

    def _go_on(self) -> None:
        """Obey what has come, as far as the mail before is answered; one write for all answers."""
        answers: list[bytes] = []
        try:
            while self._work is None and not self._transport.is_closing():
                command = self._frames.next_command()
                if command is None:
                    break
                answers += self._obey(command)
        except PeerError as error:
            maillog.milter_failed(str(error), self._session.state.name)
            self._end(answers)
            return
        if answers:
            self._transport.write(b"".join(answers))
        self._throttle()

    def _obey(self, command: wire.Command) -> tuple[bytes, ...]:
        before = self._session.state
        self._session.receive(command)
        match command:
            case wire.Negotiate():
                return (self._negotiate(command),)
            case wire.Macros():
                if command.command in _READ_WITH and len(command.pairs) <= _MAX_MACROS:
                    self._macros[command.command] = command
                return ()
            case wire.Quit():
                self._end([])
            case wire.Abort() | wire.QuitNewConnection():
                self._forget()
            case _:
                self._take(command)
        if self._service.is_stopping and before in IN_A_MAIL and self._mail is None and self._work is None:
            self._end([])
        silent = type(command) in self._unanswered or isinstance(command, wire.EndOfMessage)
        return () if silent else (CONTINUE,)

    def _negotiate(self, offer: wire.Negotiate) -> bytes:
        agreement = agree(offer, self._service.wanted_actions)
        if not agreement.can(NEEDED_ACTIONS):
            maillog.milter_failed("the mail server lets no header field be changed", self._session.state.name)
        self._agreement = agreement
        self._unanswered = unanswered(agreement)
        return agreement.reply()

    def _take(self, command: wire.Command) -> None:
        """What tells of a client or of a mail."""
        match command:
            case wire.Connect():
                self._client = Client.connected(command, self._macros.pop(b"C", None))
            case wire.Helo():
                self._client = self._client.with_helo(command, self._macros.pop(b"H", None))
            case wire.MailFrom():
                self._mail = MailInParts.begun(command, self._macros.pop(b"M", None), self._limits())
            case _ if self._mail is not None:
                self._take_part(self._mail, command)
        self._count()

    def _take_part(self, mail: MailInParts, command: wire.Command) -> None:
        match command:
            case wire.RcptTo():
                mail.add_recipient(command)
            case wire.HeaderField():
                mail.add_field(command)
            case wire.EndOfHeader():
                mail.end_header()
            case wire.BodyChunk():
                mail.add_body(command.octets)
            case wire.EndOfMessage():
                mail.add_body(command.octets)
                self._work = self._loop.create_task(self._finish(mail))

    async def _finish(self, mail: MailInParts) -> None:
        """Decide, and answer; then go on with what has come in the meantime."""
        macros = self._macros.get(b"E")
        queue_id = text(macros.value(b"i")) if macros else ""
        replies = await guarded("-", self._decide(mail, queue_id), refusal)
        self._transport.write(b"".join(replies))
        self._work = None
        self._forget()
        self._heard = self._loop.time()
        if self._service.is_stopping:
            self._end([])
        else:
            self._go_on()

    async def _decide(self, mail: MailInParts, queue_id: str) -> tuple[bytes, ...]:
        places: list[Place] = mail.places
        raw = mail.take()
        if isinstance(raw, Reply) or self._agreement is None:
            reply = raw if isinstance(raw, Reply) else BUSY
            maillog.refused(self._client.address, reply, "DATA")
            return refusal(reply)
        decision = await self._service.gate.decide(
            raw, self._client.envelope(mail), hold_here=not self._agreement.can(Actions.QUARANTINE)
        )
        replies = answer(decision, places, self._agreement)
        self._service.gate.ended(decision, LEFT if isinstance(decision, Deliver | ToHold) else decision.reply)
        maillog.answered(decision.mail_id, queue_id, word(replies))
        return replies

    def _acknowledge(self) -> None:
        """Tell TCP not to wait with the acknowledgement.

        It waits 40 ms for an answer to send it with, but what was agreed to leave unanswered has none, and
        Postfix, with Nagle's algorithm on, sends no further small piece before it.
        """
        if self._tcp is not None:
            # Linux forgets it after a while; other systems do not have it.
            self._tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def _limits(self) -> Limits:
        spaced = self._agreement is not None and self._agreement.keeps_leading_space
        return Limits(self._service.config.max_header_size, self._service.max_message_size, spaced)

    def _forget(self) -> None:
        """Nothing of a mail stays."""
        self._mail = None
        self._macros = {}
        self._count()

    def _count(self) -> None:
        """Tell the service what is kept here; where all mails together are too much, this one gives way."""
        mail = self._mail
        kept = mail.size if mail is not None and mail.refusal is None else 0
        if kept > self._kept and not self._service.has_room(kept - self._kept) and mail is not None:
            mail.refuse(BUSY)
            kept = 0
        self._service.kept += kept - self._kept
        self._kept = kept

    def _throttle(self) -> None:
        """Read on, unless what was read is not answered yet."""
        if self._transport.is_closing():
            return
        ahead = self._work is not None and len(self._frames) > wire.MAX_FRAME
        if ahead or self._writes_wait:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def _watch(self) -> None:
        """Hang up after a long silence; while it waits for us, it is not the silent one."""
        config = self._service.config
        inside = self._session.state in {State.HEADER, State.BODY}
        patience = config.content_timeout if inside else config.idle_timeout
        silence = 0.0 if self._work is not None else self._loop.time() - self._heard
        if silence >= patience:
            maillog.milter_failed(f"no word for {patience:g} s", self._session.state.name)
            self._transport.abort()
            return
        # The state may change before: then the shorter time holds.
        wait = min(patience - silence, config.content_timeout)
        self._timer = self._loop.call_later(wait, self._watch)

    def _end(self, answers: list[bytes]) -> None:
        self._transport.write(b"".join(answers))
        self._transport.close()
