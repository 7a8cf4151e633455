"""Which mail do the events of a mail server tell of? Its bytes as they came over SMTP, its envelope. Pure.

The mail server takes a mail apart into fields and pieces of the body, and we put it together again byte for
byte, because the signatures of the sender hang on the bytes. Whatever a stranger wrote is decoded
leniently. Raises nothing: what cannot be judged becomes the reply that its sender hears at the end.
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from milter.errors import Reply
from milter.intake import milter_wire as wire
from milter.intake.reception import TOO_LARGE
from milter.intake.replies import TOO_LARGE_A_HEADER
from milter.mail.envelope import Envelope

# As over SMTP, but only of the header: programs differ on where the fields of such a header begin.
NOT_FIELDS = Reply(550, "5.6.0", "Message header has a bare CR, a bare LF or a NUL")
BUSY = Reply(451, "4.3.1", "Mail system has no room now, try again later")

_NO_VALUE = re.compile(rb"[\r\0]|\n(?![ \t])")
_NO_NAME = re.compile(rb"[\r\n\0:]|\A\Z")

# What the next hop may hear again when a held mail is released. The mail server has checked their values.
_OF_MAIL = ("SIZE=", "BODY=", "SMTPUTF8", "RET=", "ENVID=")
_OF_RCPT = ("NOTIFY=", "ORCPT=")


class Place(NamedTuple):
    """One field: its bytes are `raw[start:end]`, and it is the nth (from 1) of its name."""

    start: int
    end: int
    name: bytes
    nth: int


@dataclass(frozen=True, slots=True)
class Client:
    """Who talks to the mail server; stays from mail to mail."""

    address: str = ""
    name: str = ""
    helo: str = ""
    tls: bool = False

    @classmethod
    def connected(cls, command: wire.Connect, macros: wire.Macros | None) -> "Client":
        """The client of a new connection. Sendmail writes IPv6 addresses as in an address literal."""
        macro = macros.value(b"{client_addr}") if macros else b""
        # A client whose name is not known, or not confirmed, is called by its address.
        name = "" if command.name.startswith(b"[") else text(command.name)
        return cls(_address(command.address or macro), name)

    def with_helo(self, command: wire.Helo, macros: wire.Macros | None) -> "Client":
        """The same after HELO or EHLO."""
        return replace(self, helo=text(command.name), tls=self.tls or uses_tls(macros))

    def envelope(self, mail: "MailInParts") -> Envelope:
        """The envelope of a mail from this client."""
        return Envelope(
            client_address=self.address,
            client_name=self.name,
            helo=self.helo,
            reverse_path=mail.reverse_path,
            forward_paths=tuple(mail.forward_paths),
            mail_parameters=mail.parameters,
            rcpt_parameters=tuple(mail.rcpt_parameters),
            tls=self.tls or mail.tls,
        )


@dataclass(frozen=True, slots=True)
class Limits:
    """Octets that the header and the whole mail may have, and whether values keep their leading space."""

    header: int
    mail: int
    leading_space: bool = True


@dataclass(slots=True)
class MailInParts:
    """What was told so far of one mail."""

    limits: Limits
    reverse_path: str
    parameters: tuple[str, ...] = ()
    tls: bool = False
    forward_paths: list[str] = field(default_factory=list)
    rcpt_parameters: list[tuple[str, ...]] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    refusal: Reply | None = None
    # Octets that count against the limits; recipients take memory too.
    size: int = 0
    _raw: bytearray = field(default_factory=bytearray)
    _counts: dict[bytes, int] = field(default_factory=dict)

    @classmethod
    def begun(cls, command: wire.MailFrom, macros: wire.Macros | None, limits: Limits) -> "MailInParts":
        """A new mail."""
        return cls(limits, _path(command.path), _kept(command.parameters, _OF_MAIL), uses_tls(macros))

    def add_recipient(self, command: wire.RcptTo) -> None:
        """One more recipient."""
        if self._counted(len(command.path) + sum(map(len, command.parameters)), header=True):
            self.forward_paths.append(_path(command.path))
            self.rcpt_parameters.append(_kept(command.parameters, _OF_RCPT))

    def add_field(self, command: wire.HeaderField) -> None:
        """The next field of the header."""
        name, value = command.name, command.value.replace(b"\r\n", b"\n")
        if _NO_NAME.search(name) or _NO_VALUE.search(value):
            self.refuse(NOT_FIELDS)
        if not self._counted(len(name) + len(value), header=True):
            return
        start = len(self._raw)
        space = b":" if self.limits.leading_space else b": "
        self._raw += name + space + value.replace(b"\n", b"\r\n") + b"\r\n"
        key = name.lower()
        self._counts[key] = nth = self._counts.get(key, 0) + 1
        self.places.append(Place(start, len(self._raw), name, nth))

    def end_header(self) -> None:
        """The empty line."""
        self._raw += b"\r\n"

    def add_body(self, octets: bytes) -> None:
        """The next piece of the body."""
        if self._counted(len(octets), header=False):
            self._raw += octets

    def refuse(self, reply: Reply) -> None:
        """It will not be judged, its sender will hear this; what was kept of it is let go."""
        self.refusal = self.refusal or reply
        self._raw = bytearray()
        self._counts = {}
        self.places = []

    def take(self) -> bytes | Reply:
        """The mail, or the reply to give now that its end was seen; the mail is let go."""
        raw, self._raw = self._raw, bytearray()
        return self.refusal or bytes(raw)

    def _counted(self, octets: int, *, header: bool) -> bool:
        """Is this still kept?"""
        if self.refusal is not None:
            return False
        self.size += octets
        if self.size > self.limits.mail:
            self.refuse(TOO_LARGE)
        elif header and self.size > self.limits.header:
            self.refuse(TOO_LARGE_A_HEADER)
        return self.refusal is None


def text(octets: bytes) -> str:
    """What a stranger wrote, as text."""
    return octets.decode("utf-8", "replace")


def uses_tls(macros: wire.Macros | None) -> bool:
    """Did the mail server name a version of TLS?"""
    return bool(macros and macros.value(b"{tls_version}"))


def _address(octets: bytes) -> str:
    """An IP address without prefix; nothing for what is none, since it goes into a header field of ours."""
    address = text(octets)
    if address[:5].lower() == "ipv6:":
        address = address[5:]
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return ""


def _path(octets: bytes) -> str:
    path = text(octets)
    return path[1:-1] if path.startswith("<") and path.endswith(">") else path


def _kept(parameters: Iterable[bytes], wanted: tuple[str, ...]) -> tuple[str, ...]:
    return tuple([each for each in map(text, parameters) if each.upper().startswith(wanted)])
