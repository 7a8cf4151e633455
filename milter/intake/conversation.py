"""What does one client say, and what is it told? The commands of SMTP (RFC 5321 section 4.1).

Raises Refuse for what the client may not say now, PeerError for what ends the connection.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from milter import maillog
from milter.errors import PeerError, Reply
from milter.gate import Deliver, guarded
from milter.intake.commands import Command, Path, Refuse, has_parameter, read_mail, read_rcpt
from milter.intake.input import Input
from milter.intake.onward import Onward
from milter.intake.patience import Patience
from milter.intake.reception import Reception
from milter.intake.service import Room, Service
from milter.mail.envelope import Envelope

_GO_AHEAD = Reply(354, "", "End data with <CR><LF>.<CR><LF>")
_BYE = Reply(221, "2.0.0", "Good-bye")
_NO_ROOM = Reply(452, "4.3.1", "Too many large mails under way, try again later")
_TOO_MANY_COMMANDS = Reply(421, "4.7.0", "Too many commands without a mail, good-bye")
_OK = Reply(250, "2.0.0", "Ok")

# A web browser made to talk to us, and a command whose octets would be read as commands (THREATS S22, S23).
_NOT_SMTP = frozenset({"GET", "POST", "PUT", "HEAD", "CONNECT", "OPTIONS", "DELETE", "BDAT"})
# A mail has many recipients, and the one who has too many of them hears it at RCPT.
_NOT_COUNTED = frozenset({"RCPT", "DATA", "QUIT"})


@dataclass(frozen=True, slots=True)
class _Hello:
    name: str
    esmtp: bool


class Conversation:
    """Where one client stands between HELO and QUIT."""

    def __init__(
        self,
        service: Service,
        client_address: str,
        client_input: Input,
        patience: Patience,
        answer: Callable[[Reply], Awaitable[None]],
    ) -> None:
        """`answer` is for the one reply that comes in the middle of a command, 354."""
        self._service = service
        self._client_address = client_address
        self._input = client_input
        self._patience = patience
        self._answer = answer
        self._hello: _Hello | None = None
        self._onward = Onward(service.next_hop, service.config.max_recipients, service.learn)
        self._work: asyncio.Task[Reply] | None = None
        self._commands = 0

    async def obey(self, command: Command) -> Reply:
        """Do what the client says."""
        if command.verb in _NOT_SMTP:
            raise PeerError(command.verb)
        self._commands += command.verb not in _NOT_COUNTED
        if self._commands > self._service.config.max_commands_without_mail:
            return self._logged(command.verb, _TOO_MANY_COMMANDS)
        obey = self._COMMANDS.get(command.verb)
        if obey is None:
            raise Refuse(500, "5.5.1", "Command not recognized")
        return await obey(self, command.argument)

    async def end(self) -> None:
        """Say good-bye to the next hop, after what was begun with it, though the client may be gone."""
        if self._work is not None:
            await asyncio.wait([self._work])
        await self._onward.close()

    async def _ehlo(self, name: str) -> Reply:
        offered = await self._service.offered()
        await self._greet(_Hello(name, esmtp=True))
        keywords = (f"{keyword} {value}".strip() for keyword, value in offered.items())
        return Reply(250, "", "\n".join((self._service.hostname, *keywords)))

    async def _helo(self, name: str) -> Reply:
        await self._greet(_Hello(name, esmtp=False))
        return Reply(250, "", self._service.hostname)

    async def _greet(self, hello: _Hello) -> None:
        self._refuse_if_ahead()
        if not hello.name:
            raise Refuse(501, "5.5.4", "Name missing")
        await self._onward.rset()
        self._hello = hello

    async def _mail(self, argument: str) -> Reply:
        hello = self._said_hello()
        path = read_mail(argument, esmtp=hello.esmtp, max_size=self._service.config.max_message_size)
        return self._logged("MAIL", await self._onward.mail(self._envelope(hello, path), path))

    async def _rcpt(self, argument: str) -> Reply:
        mail = self._onward.reverse_path
        smtputf8 = mail is not None and has_parameter(mail, "SMTPUTF8")
        path = read_rcpt(argument, esmtp=self._said_hello().esmtp, smtputf8=smtputf8)
        return self._logged("RCPT", await self._onward.rcpt(path))

    async def _data(self, argument: str) -> Reply:
        _refuse_argument("DATA", argument)
        hello, path = self._said_hello(), self._onward.reverse_path
        refusal = self._onward.refusal_of_data()
        if refusal or path is None:
            return self._logged("DATA", refusal or _OK)
        # What came before our 354 was not sent by somebody who waits for it (RFC 2920 section 3.1).
        self._refuse_if_ahead()
        room = Room(self._service)
        if not room.take(1):
            return self._logged("DATA", _NO_ROOM)
        try:
            await self._answer(_GO_AHEAD)
            self._patience.expect_mail()
            reception = await self._receive(room)
        except BaseException:
            room.give_back()
            raise
        # From here on the mail comes to a definite end, whatever the client does.
        self._work = self._service.begin(self._finish(reception, self._envelope(hello, path)))
        self._work.add_done_callback(lambda _: room.give_back())
        try:
            return await asyncio.shield(self._work)
        finally:
            self._commands = 0
            self._patience.mail_ended()

    async def _receive(self, room: Room) -> Reception:
        config = self._service.config
        reception = Reception(
            config.max_message_size,
            config.max_header_size,
            normalize=config.bare_newlines == "normalize",
        )
        while (rest := reception.feed(block := await self._input.block())) is None:
            self._patience.received(len(block))
            if reception.is_keeping and not room.take(len(block)):
                reception.refuse(_NO_ROOM)
                room.give_back()
        self._input.give_back(rest)
        return reception

    async def _finish(self, reception: Reception, envelope: Envelope) -> Reply:
        try:
            return await guarded("-", self._judge_and_relay(reception, envelope), lambda reply: reply)
        finally:
            # Whatever became of the mail: after a fault of ours, too, the next MAIL must not be one too many.
            await self._onward.rset()

    async def _judge_and_relay(self, reception: Reception, envelope: Envelope) -> Reply:
        mail = reception.mail()
        if isinstance(mail, Reply):
            return self._logged("DATA", mail)
        decision = await self._service.gate.decide(mail, envelope)
        if isinstance(decision, Deliver):
            return await self._onward.data(decision.mail_id, decision.chunks)
        return decision.reply

    async def _rset(self, argument: str) -> Reply:
        _refuse_argument("RSET", argument)
        await self._onward.rset()
        return _OK

    async def _noop(self, _argument: str) -> Reply:
        return _OK

    async def _vrfy(self, argument: str) -> Reply:
        if not argument:
            raise Refuse(501, "5.5.4", "Address missing")
        return Reply(252, "2.0.0", "Cannot verify, but will take mail and try")

    async def _quit(self, argument: str) -> Reply:
        _refuse_argument("QUIT", argument)
        return _BYE

    def _said_hello(self) -> _Hello:
        if self._hello is None:
            raise Refuse(503, "5.5.1", "EHLO first")
        return self._hello

    def _refuse_if_ahead(self) -> None:
        if self._input.is_ahead:
            raise PeerError("sent more before it had our answer")

    def _logged(self, verb: str, reply: Reply) -> Reply:
        if not reply.is_success:
            maillog.refused(self._client_address, reply, verb)
        return reply

    def _envelope(self, hello: _Hello, path: Path) -> Envelope:
        return Envelope(
            client_address=self._client_address,
            helo=hello.name,
            reverse_path=path.address,
            forward_paths=tuple(self._onward.forward_paths),
            mail_parameters=path.parameters,
            esmtp=hello.esmtp,
        )

    _COMMANDS: ClassVar[Mapping[str, Callable[["Conversation", str], Awaitable[Reply]]]] = {
        "EHLO": _ehlo,
        "HELO": _helo,
        "MAIL": _mail,
        "RCPT": _rcpt,
        "DATA": _data,
        "RSET": _rset,
        "NOOP": _noop,
        "VRFY": _vrfy,
        "QUIT": _quit,
    }


def _refuse_argument(verb: str, argument: str) -> None:
    if argument:
        raise Refuse(501, "5.5.4", f"Syntax: {verb}")
