"""What does a mail server say to its milter? Frames of the milter protocol and the commands in them. Pure.

The protocol is that of Sendmail's libmilter (mfapi.h, mfdef.h), which Postfix speaks too. Text in it is
whatever a stranger wrote: octets, never decoded here. Raises PeerError for what is no frame or no command.
"""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntFlag
from typing import TypeAlias

from milter.errors import PeerError

# Body chunks have 65535 octets, but Postfix sends a header field of any length in one frame, and its
# header_size_limit may be raised.
MAX_FRAME = 2 * 1024 * 1024


class Actions(IntFlag):
    """What a milter may do to a mail (SMFIF_*), as far as we do it."""

    ADD_HEADERS = 0x01
    CHANGE_HEADERS = 0x10
    QUARANTINE = 0x20
    SET_MACROS = 0x100


class Protocol(IntFlag):
    """What the two agree to leave out, or to do otherwise (SMFIP_*), as far as we ask for it."""

    NO_REPLY_HEADER = 0x80
    NO_UNKNOWN = 0x100
    NO_DATA = 0x200
    NO_REPLY_CONNECT = 0x1000
    NO_REPLY_HELO = 0x2000
    NO_REPLY_MAIL = 0x4000
    NO_REPLY_RCPT = 0x8000
    NO_REPLY_END_OF_HEADER = 0x40000
    NO_REPLY_BODY = 0x80000
    LEADING_SPACE = 0x100000


@dataclass(frozen=True, slots=True)
class Negotiate:
    """What the mail server can do. First of all commands; bits that we do not know stay in the numbers."""

    version: int
    actions: int
    protocol: int


@dataclass(frozen=True, slots=True)
class Macros:
    """Values that belong to the command with this code, which comes next."""

    command: bytes
    pairs: bytes

    def value(self, name: bytes) -> bytes:
        """The value of a macro, its name as written, or nothing."""
        strings = self.pairs.split(b"\0")
        return next((v for n, v in zip(strings[::2], strings[1::2], strict=False) if n == name), b"")


@dataclass(frozen=True, slots=True)
class Connect:
    """A client has connected; the address is empty where the mail server knows none."""

    name: bytes
    address: bytes


@dataclass(frozen=True, slots=True)
class Helo:
    """HELO or EHLO."""

    name: bytes


@dataclass(frozen=True, slots=True)
class MailFrom:
    """MAIL: the path as written, mostly in angle brackets, and its parameters."""

    path: bytes
    parameters: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class RcptTo:
    """RCPT."""

    path: bytes
    parameters: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Data:
    """DATA; since version 4, and not sent where that was agreed."""


@dataclass(frozen=True, slots=True)
class HeaderField:
    """One header field, its lines joined by LF."""

    name: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class EndOfHeader:
    """The empty line."""


@dataclass(frozen=True, slots=True)
class BodyChunk:
    """A piece of the body, as it came over SMTP."""

    octets: bytes


@dataclass(frozen=True, slots=True)
class EndOfMessage:
    """The end of the mail, for Sendmail with the last piece of the body."""

    octets: bytes


@dataclass(frozen=True, slots=True)
class Abort:
    """This mail will not be; the connection goes on."""


@dataclass(frozen=True, slots=True)
class Quit:
    """Good-bye."""


@dataclass(frozen=True, slots=True)
class QuitNewConnection:
    """This client is gone, the next one comes over the same connection."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The client said something that the mail server does not know."""


Command: TypeAlias = (
    Negotiate | Macros | Connect | Helo | MailFrom | RcptTo | Data | HeaderField | EndOfHeader | BodyChunk
    | EndOfMessage | Abort | Quit | QuitNewConnection | Unknown
)  # fmt: skip


class FrameReader:
    """Takes octets as they come, gives commands one by one; keeps no more than one frame and a block."""

    __slots__ = ("_buffer", "_done")

    def __init__(self) -> None:
        """Nothing has come yet."""
        self._buffer = bytearray()
        self._done = 0

    def __len__(self) -> int:
        """How many octets wait."""
        return len(self._buffer) - self._done

    def feed(self, octets: bytes) -> None:
        """Take what has come."""
        if self._done:
            del self._buffer[: self._done]
            self._done = 0
        self._buffer += octets

    def next_command(self) -> Command | None:
        """The next command, or None until more has come."""
        start = self._done + 4
        if len(self._buffer) < start:
            return None
        length = int.from_bytes(self._buffer[self._done : start], "big")
        if not 0 < length <= MAX_FRAME:
            raise PeerError(f"frame of {length} octets")
        end = start + length
        if len(self._buffer) < end:
            return None
        self._done = end
        frame = memoryview(self._buffer)
        return read_command(bytes(frame[start : start + 1]), bytes(frame[start + 1 : end]))


def read_command(code: bytes, data: bytes) -> Command:
    """The command in a frame."""
    read = _READERS.get(code)
    if read is None:
        raise PeerError(f"unknown command {code!r}")
    return read(data)


def _negotiate(data: bytes) -> Negotiate:
    # Whatever comes after the three numbers is of a version that we do not speak.
    if len(data) < 12:
        raise PeerError("negotiation cut short")
    return Negotiate(*struct.unpack(">III", data[:12]))


def _macros(data: bytes) -> Macros:
    return Macros(data[:1], data[1:])


def _connect(data: bytes) -> Connect:
    name, _, rest = data.partition(b"\0")
    family, port, address = rest[:1], rest[1:3], rest[3:]
    # "U" (unknown) stands alone; of "L", a Unix socket, the address is a path.
    if family not in {b"4", b"6"}:
        return Connect(name, b"")
    if len(port) < 2 or not address.endswith(b"\0"):
        raise PeerError("address of the client cut short")
    return Connect(name, address[:-1])


def _field(data: bytes) -> HeaderField:
    name, _, value = data.partition(b"\0")
    if not value.endswith(b"\0"):
        raise PeerError("header field cut short")
    return HeaderField(name, value[:-1])


def _strings(data: bytes) -> list[bytes]:
    if not data.endswith(b"\0"):
        raise PeerError("text cut short")
    return data[:-1].split(b"\0")


def _mail_from(data: bytes) -> MailFrom:
    path, *parameters = _strings(data)
    return MailFrom(path, tuple(parameters))


def _rcpt_to(data: bytes) -> RcptTo:
    path, *parameters = _strings(data)
    return RcptTo(path, tuple(parameters))


_READERS: Mapping[bytes, Callable[[bytes], Command]] = {
    b"O": _negotiate,
    b"D": _macros,
    b"C": _connect,
    b"H": lambda data: Helo(_strings(data)[0]),
    b"M": _mail_from,
    b"R": _rcpt_to,
    b"T": lambda _: Data(),
    b"L": _field,
    b"N": lambda _: EndOfHeader(),
    b"B": BodyChunk,
    b"E": EndOfMessage,
    b"A": lambda _: Abort(),
    b"Q": lambda _: Quit(),
    b"K": lambda _: QuitNewConnection(),
    b"U": lambda _: Unknown(),
}
