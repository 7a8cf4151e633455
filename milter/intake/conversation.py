"""What does one client say, and what is it told? The commands of SMTP (RFC 5321 section 4.1).

Raises Refuse for what the client may not say now, PeerError for what ends the connection.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import ClassVar

from milter import maillog
from milter.errors import PeerError, Reply
from milter.gate import guarded
from milter.intake.board import Place
from milter.intake.client import OFFERED, Hello, Identity
from milter.intake.commands import Command, Refuse, has_parameter, read_mail, read_rcpt
from milter.intake.input import Input
from milter.intake.onward import Onward
from milter.intake.passage import NO_ROOM, judge_and_relay, receive
from milter.intake.patience import Patience
from milter.intake.reception import Reception
from milter.intake.replies import BYE, GO_AHEAD, GO_TLS, OK, TOO_MANY_COMMANDS, TOO_MANY_OF_YOURS
from milter.intake.service import Room, Service
from milter.mail.envelope import Envelope, Path

# A web browser made to talk to us, and a command whose octets would be read as commands (THREATS S22, S23).
_NOT_SMTP = frozenset({"GET", "POST", "PUT", "HEAD", "CONNECT", "OPTIONS", "DELETE", "BDAT"})
# RFC 3207 section 4, and what ends a mail that cannot begin.
_BEFORE_TLS = frozenset({"EHLO", "HELO", "NOOP", "QUIT", "RSET", "STARTTLS"})
# A mail has many recipients, and the one who has too many of them hears it at RCPT.
_NOT_COUNTED = frozenset({"RCPT", "DATA", "QUIT"})


class Conversation:
    """Where one client stands between HELO and QUIT."""

    def __init__(
        self,
        service: Service,
        identity: Identity,
        place: Place,
        client_input: Input,
        patience: Patience,
        answer: Callable[[Reply], Awaitable[None]],
    ) -> None:
        """`answer` is for the one reply that comes in the middle of a command, 354."""
        self._service = service
        self._identity = identity
        self._place = place
        self._input = client_input
        self._patience = patience
        self._answer = answer
        self._hello: Hello | None = None
        self._onward = Onward(service.next_hop, service.config.max_recipients, service.learn)
        self._work: asyncio.Task[Reply] | None = None
        self._commands = 0
        self._is_tls = False

    @property
    def client_address(self) -> str:
        """Whose mail it is, for the log."""
        return self._identity.client.address

    @property
    def has_mail(self) -> bool:
        """A mail is begun: MAIL was said, and nothing has ended it."""
        return self._onward.reverse_path is not None

    @property
    def greeting(self) -> Reply:
        """The first word of a connection, and of one that has become somebody else's."""
        return Reply(220, "", f"{self._service.hostname} ESMTP")

    async def obey(self, command: Command) -> Reply:
        """Do what the client says."""
        if command.verb in _NOT_SMTP:
            raise PeerError(command.verb)
        self._commands += command.verb not in _NOT_COUNTED
        if self._commands > self._service.config.max_commands_without_mail:
            return self._logged(command.verb, TOO_MANY_COMMANDS)
        obey = self._COMMANDS.get(command.verb)
        if obey is None:
            raise Refuse(500, "5.5.1", "Command not recognized")
        if self._service.config.require_tls and not self._is_tls and command.verb not in _BEFORE_TLS:
            raise Refuse(530, "5.7.0", "Must issue a STARTTLS command first")
        return await obey(self, command.argument)

    async def tls_began(self) -> None:
        """Forget all that was said before: anybody on the way may have said it (RFC 3207 section 4.2)."""
        self._is_tls = True
        self._identity.forget()
        self._place.move(self.client_address)
        await self._start_over()

    async def end(self) -> None:
        """Say good-bye to the next hop, after what was begun with it, though the client may be gone."""
        if self._work is not None and not self._work.done():
            await asyncio.wait([self._work])
        await self._onward.close()

    async def _ehlo(self, name: str) -> Reply:
        offered = {**await self._service.offered(), **self._ours()}
        await self._greet(Hello(name, esmtp=True))
        self._onward.offered = frozenset(offered)
        keywords = (f"{keyword} {value}".strip() for keyword, value in offered.items())
        return Reply(250, "", "\n".join((self._service.hostname, *keywords)))

    def _ours(self) -> Mapping[str, str]:
        """What is between this client and us alone."""
        tls = {"STARTTLS": ""} if self._service.tls and not self._is_tls else {}
        return {**tls, **(OFFERED if self._identity.may_name else {})}

    async def _helo(self, name: str) -> Reply:
        await self._greet(Hello(name, esmtp=False))
        self._onward.offered = frozenset()
        return Reply(250, "", self._service.hostname)

    async def _greet(self, hello: Hello) -> None:
        self._refuse_if_ahead()
        if not hello.name:
            raise Refuse(501, "5.5.4", "Name missing")
        await self._give_up_mail()
        self._hello = hello

    async def _mail(self, argument: str) -> Reply:
        hello = self._said_hello()
        path = read_mail(argument, esmtp=hello.esmtp, max_size=self._service.config.max_message_size)
        return self._logged("MAIL", self._onward.mail(self._envelope(hello, path), path))

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
            return self._logged("DATA", refusal or OK)
        # What came before our 354 was not sent by somebody who waits for it (RFC 2920 section 3.1).
        self._refuse_if_ahead()
        room = Room(self._service)
        if not room.take(1):
            return self._logged("DATA", NO_ROOM)
        try:
            await self._answer(GO_AHEAD)
            reception = await receive(self._service, room, self._input, self._patience)
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

    async def _finish(self, reception: Reception, envelope: Envelope) -> Reply:
        work = judge_and_relay(
            self._service, self._onward, reception, envelope, lambda reply: self._logged("DATA", reply)
        )
        try:
            return await guarded("-", work, lambda reply: reply)
        finally:
            # Whatever became of the mail: after a fault of ours, too, the next MAIL must not be one too many.
            await self._give_up_mail()

    async def _rset(self, argument: str) -> Reply:
        _refuse_argument("RSET", argument)
        await self._give_up_mail()
        return OK

    async def _starttls(self, argument: str) -> Reply:
        if self._service.tls is None:
            raise Refuse(500, "5.5.1", "Command not recognized")
        _refuse_argument("STARTTLS", argument)
        if self._is_tls:
            raise Refuse(503, "5.5.1", "TLS was begun already")
        self._refuse_if_ahead()
        return GO_TLS

    async def _xclient(self, argument: str) -> Reply:
        self._refuse_naming()
        self._refuse_if_ahead()
        by = self.client_address
        self._identity.xclient(argument)
        maillog.client_named(by, "XCLIENT", self.client_address)
        await self._start_over()
        if self.client_address:
            # Whose address nobody knows is counted as before: else all of them would be one client.
            self._place.move(self.client_address)
            if self._service.has_too_many(self.client_address, self._place):
                return self._logged("XCLIENT", TOO_MANY_OF_YOURS)
        return self.greeting

    async def _xforward(self, argument: str) -> Reply:
        self._refuse_naming()
        by = self.client_address
        self._identity.xforward(argument)
        maillog.client_named(by, "XFORWARD", self.client_address)
        return OK

    def _refuse_naming(self) -> None:
        if not self._identity.may_name:
            raise Refuse(550, "5.7.0", "Not authorized")
        if self._onward.reverse_path is not None:
            raise Refuse(503, "5.5.1", "Mail transaction in progress")

    async def _start_over(self) -> None:
        self._hello = None
        await self._give_up_mail()

    async def _give_up_mail(self) -> None:
        await self._onward.rset()
        self._identity.mail_ended()

    async def _noop(self, _argument: str) -> Reply:
        return OK

    async def _vrfy(self, argument: str) -> Reply:
        if not argument:
            raise Refuse(501, "5.5.4", "Address missing")
        return Reply(252, "2.0.0", "Cannot verify, but will take mail and try")

    async def _quit(self, argument: str) -> Reply:
        _refuse_argument("QUIT", argument)
        return BYE

    def _said_hello(self) -> Hello:
        if self._hello is None:
            raise Refuse(503, "5.5.1", "EHLO first")
        return self._hello

    def _refuse_if_ahead(self) -> None:
        if self._input.is_ahead:
            raise PeerError("sent more before it had our answer")

    def _logged(self, verb: str, reply: Reply) -> Reply:
        if not reply.is_success:
            maillog.refused(self.client_address, reply, verb)
        return reply

    def _envelope(self, hello: Hello, path: Path) -> Envelope:
        return self._identity.client.envelope(hello, path, self._onward.forward_paths, tls=self._is_tls)

    _COMMANDS: ClassVar[Mapping[str, Callable[["Conversation", str], Awaitable[Reply]]]] = {
        "EHLO": _ehlo,
        "HELO": _helo,
        "MAIL": _mail,
        "RCPT": _rcpt,
        "DATA": _data,
        "RSET": _rset,
        "STARTTLS": _starttls,
        "XCLIENT": _xclient,
        "XFORWARD": _xforward,
        "NOOP": _noop,
        "VRFY": _vrfy,
        "QUIT": _quit,
    }


def _refuse_argument(verb: str, argument: str) -> None:
    if argument:
        raise Refuse(501, "5.5.4", f"Syntax: {verb}")
