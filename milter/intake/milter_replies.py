"""How is a mail server told what to do? The replies of the milter protocol as frames. Pure."""

import struct
from collections.abc import Iterator, Mapping

from milter.errors import Reply


def frame(code: bytes, data: bytes = b"") -> bytes:
    """A frame: its length, counted with the code, the code, the data."""
    return struct.pack(">I", 1 + len(data)) + code + data


CONTINUE = frame(b"c")
DISCARD = frame(b"d")


def negotiate(version: int, actions: int, protocol: int, macros: Mapping[int, bytes]) -> bytes:
    """What was agreed; `macros` are the names wanted for each stage: 0 CONNECT, 5 end of message."""
    wanted = b"".join(struct.pack(">I", stage) + names + b"\0" for stage, names in macros.items())
    return frame(b"O", struct.pack(">III", version, actions, protocol) + wanted)


def insert_header(index: int, name: bytes, value: bytes) -> bytes:
    """Insert a field; 0 is above all others."""
    return frame(b"i", struct.pack(">I", index) + name + b"\0" + value + b"\0")


def change_header(index: int, name: bytes, value: bytes) -> bytes:
    """Change the field that is the index-th (from 1) of its name; an empty value deletes it."""
    return frame(b"m", struct.pack(">I", index) + name + b"\0" + value + b"\0")


def quarantine(reason: bytes) -> bytes:
    """The mail server is to hold the mail; the decision is still to come."""
    return frame(b"q", reason + b"\0")


def reply_code(reply: Reply) -> bytes:
    """The client hears this reply. The text is a format to the mail server, so `%` is doubled."""
    return frame(b"y", str(reply).replace("%", "%%").encode("ascii", "replace") + b"\0")


def read_frames(octets: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Code and data of whole frames, one after the other: what a mail server reads."""
    start = 0
    while start < len(octets):
        end = start + 4 + int.from_bytes(octets[start : start + 4], "big")
        yield octets[start + 4 : start + 5], octets[start + 5 : end]
        start = end
