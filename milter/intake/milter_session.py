"""What may a mail server say now, and does it wait for an answer? The milter protocol as a table. Pure.

Raises PeerError for what may not come; the connection is then closed, and the mail server does what its
milter_default_action says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from milter.errors import PeerError
from milter.intake import milter_wire as wire
from milter.intake.milter_replies import negotiate
from milter.intake.milter_wire import Actions, Protocol


class State(Enum):
    """Where one connection stands."""

    NEW = auto()
    READY = auto()
    CONNECTED = auto()
    REVERSE_PATH = auto()
    FORWARD_PATH = auto()
    HEADER = auto()
    BODY = auto()


# Everything the protocol allows is in this table; read it as a grammar.
NEXT: Mapping[State, Mapping[type[wire.Command], State]] = {
    State.NEW: {wire.Negotiate: State.READY},
    State.READY: {wire.Connect: State.CONNECTED},
    # A client may say EHLO again, or not at all.
    State.CONNECTED: {wire.Helo: State.CONNECTED, wire.MailFrom: State.REVERSE_PATH},
    State.REVERSE_PATH: {wire.RcptTo: State.FORWARD_PATH},
    State.FORWARD_PATH: {
        wire.RcptTo: State.FORWARD_PATH,
        # There is no DATA before version 4, nor where it was agreed to leave it out.
        wire.Data: State.HEADER,
        wire.HeaderField: State.HEADER,
        wire.EndOfHeader: State.BODY,
    },
    State.HEADER: {wire.HeaderField: State.HEADER, wire.EndOfHeader: State.BODY},
    # The next mail on the same connection starts again from CONNECTED.
    State.BODY: {wire.BodyChunk: State.BODY, wire.EndOfMessage: State.CONNECTED},
}

IN_A_MAIL = frozenset({State.REVERSE_PATH, State.FORWARD_PATH, State.HEADER, State.BODY})

# No answer is expected to these, in any version.
_NEVER_ANSWERED = frozenset({wire.Macros, wire.Abort, wire.Quit, wire.QuitNewConnection})

# No answer is expected to these where that was agreed (version 6; older mail servers wait for each).
_UNANSWERED_IF: Mapping[type[wire.Command], Protocol] = {
    wire.Connect: Protocol.NO_REPLY_CONNECT,
    wire.Helo: Protocol.NO_REPLY_HELO,
    wire.MailFrom: Protocol.NO_REPLY_MAIL,
    wire.RcptTo: Protocol.NO_REPLY_RCPT,
    wire.HeaderField: Protocol.NO_REPLY_HEADER,
    wire.EndOfHeader: Protocol.NO_REPLY_END_OF_HEADER,
    wire.BodyChunk: Protocol.NO_REPLY_BODY,
}

_OLDEST, _NEWEST = 2, 6

# All that we have to say is said at the end of the mail: one wait for each mail. SKIP is not asked for: it
# is an answer to a body chunk, and those are not answered.
_WANTED = (
    Protocol.NO_REPLY_CONNECT
    | Protocol.NO_REPLY_HELO
    | Protocol.NO_REPLY_MAIL
    | Protocol.NO_REPLY_RCPT
    | Protocol.NO_REPLY_HEADER
    | Protocol.NO_REPLY_END_OF_HEADER
    | Protocol.NO_REPLY_BODY
    | Protocol.NO_UNKNOWN
    | Protocol.NO_DATA
    | Protocol.LEADING_SPACE
)
NEEDED_ACTIONS = Actions.ADD_HEADERS | Actions.CHANGE_HEADERS

# Stage of the protocol -> the macros of it that we read. Postfix sends no {client_addr} unless asked, and
# its own list of names with every header field unless told otherwise.
_MACROS: Mapping[int, bytes] = {
    0: b"{client_addr}",
    1: b"{tls_version}",
    2: b"{tls_version}",
    3: b"",
    5: b"i",
    6: b"",
}


@dataclass(frozen=True, slots=True)
class Agreement:
    """What both sides can do."""

    version: int
    actions: Actions
    protocol: Protocol

    @property
    def keeps_leading_space(self) -> bool:
        """Is the white space after the colon part of a field's value? Without it, one space is left out."""
        return Protocol.LEADING_SPACE in self.protocol

    def can(self, action: Actions) -> bool:
        """Will the mail server do this for us?"""
        return action in self.actions

    def reply(self) -> bytes:
        """Our answer to the negotiation."""
        macros = _MACROS if self.can(Actions.SET_MACROS) else {}
        return negotiate(self.version, self.actions, self.protocol, macros)


def agree(offer: wire.Negotiate, wanted: Actions) -> Agreement:
    """The intersection of what the mail server offers and what we need."""
    if offer.version < _OLDEST:
        raise PeerError(f"version {offer.version} of the milter protocol")
    return Agreement(
        min(offer.version, _NEWEST),
        Actions(offer.actions & (wanted | Actions.SET_MACROS)),
        Protocol(offer.protocol & _WANTED),
    )


class MilterSession:
    """Follows one connection through the table."""

    def __init__(self) -> None:
        """Nothing was said yet."""
        self.state = State.NEW

    def receive(self, command: wire.Command) -> None:
        """Move to the next state, or refuse the command and stay."""
        kind = type(command)
        following = NEXT[self.state].get(kind)
        if following is None:
            following = self._anywhere(kind)
        if following is None:
            raise PeerError(f"{kind.__name__} may not come in state {self.state.name}")
        self.state = following

    def _anywhere(self, kind: type[wire.Command]) -> State | None:
        """The next state after what may come at any time, once there was a negotiation."""
        if kind is wire.Quit:
            return self.state
        if self.state is State.NEW:
            return None
        if kind is wire.QuitNewConnection:
            return State.READY
        if kind is wire.Abort and self.state in IN_A_MAIL:
            return State.CONNECTED
        # Mail servers say ABORT also where no mail was begun.
        return self.state if kind in {wire.Macros, wire.Unknown, wire.Abort} else None


def unanswered(agreement: Agreement) -> frozenset[type[wire.Command]]:
    """The commands after which the mail server does not wait for an answer."""
    agreed = (kind for kind, flag in _UNANSWERED_IF.items() if flag in agreement.protocol)
    return _NEVER_ANSWERED.union(agreed)
