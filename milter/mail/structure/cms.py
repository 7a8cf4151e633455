"""Which content does a signed or compressed S/MIME message wrap (RFC 8551, RFC 5652, RFC 3274)?

Pure. Never raises, never recurses. Reads DER, and BER as OpenSSL and Outlook write it: indefinite lengths,
octet strings in pieces. Whose signature it is, is no question here: mail programs show the content of any.
"""

import re
import zlib

SMIME_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
# By name alone, where the type says nothing (RFC 8551 section 3.10).
_NAMES = (".p7m", ".p7z")
_UNTYPED = "application/octet-stream"

# Octets of the identifiers (X.690 section 8.19).
_SIGNED = bytes.fromhex("2a864886f70d010702")
_COMPRESSED = bytes.fromhex("2a864886f70d0109100109")

_OCTETS, _OCTETS_IN_PIECES, _OID, _SEQUENCE, _EXPLICIT = 0x04, 0x24, 0x06, 0x30, 0xA0
_END_OF_CONTENTS = 0x00
_CONSTRUCTED, _LONG_TAG, _INDEFINITE = 0x20, 0x1F, 0x80
_MAX_LENGTH_OCTETS = 4
# The largest mail in the pieces that are usual is 30,000 of them.
_MAX_ELEMENTS = 200_000

_HEAD = 1024
# PDF, markup, RTF, JSON.
_MARKS_OF_FILES = (b"", b"%", b"<", b"{")

_field = re.compile(rb"(?:\r?\n|[!-9;-~]{1,80}[ \t]{0,8}:)")


def is_smime(content_type: str, name: str) -> bool:
    """True where mail programs look for S/MIME in a part of this type and name."""
    return content_type in SMIME_TYPES or (
        content_type == _UNTYPED and name.rstrip(". ").lower().endswith(_NAMES)
    )


def unwrap(data: bytes, room: int) -> tuple[bytes, bool] | None:
    """What is signed or compressed, of at most `room` octets, and True where that is not all of it.

    None where nothing can be read without a key, or nothing is in it but certificates. What is cut off at
    its end is read as far as it goes.
    """
    try:
        return _content(_Octets(data), room)
    except (_NotOursError, IndexError, zlib.error):
        return None


def is_entity(content: bytes) -> bool:
    """True where it begins as a part of a mail does, or with a text; else a file was signed (`a.pdf.p7m`)."""
    return _field.match(content) is not None or (
        b"\0" not in content[:_HEAD] and content[:1] not in _MARKS_OF_FILES
    )


class _NotOursError(Exception):
    """The octets are not the structure that is looked for."""


class _Octets:
    """A place in the octets that only moves forward."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self._elements = 0

    def head(self) -> tuple[int, int]:
        """The tag at this place, and where its content ends; -1 for an indefinite length."""
        self._elements += 1
        if self._elements > _MAX_ELEMENTS:
            raise _NotOursError
        tag, length = self.data[self.at], self.data[self.at + 1]
        self.at += 2
        if tag & _LONG_TAG == _LONG_TAG:
            raise _NotOursError
        if length == _INDEFINITE:
            if not tag & _CONSTRUCTED:
                raise _NotOursError
            return tag, -1
        if length > _INDEFINITE:
            size = length - _INDEFINITE
            if size > _MAX_LENGTH_OCTETS:
                raise _NotOursError
            length = int.from_bytes(self.data[self.at : self.at + size])
            self.at += size
        return tag, self.at + length

    def enter(self, *tags: int) -> tuple[int, int]:
        """Go into an element, which must have one of these tags."""
        tag, end = self.head()
        if tag not in tags:
            raise _NotOursError
        return tag, end

    def skip(self) -> None:
        """Go behind the element at this place."""
        open_ones = 0
        while True:
            tag, end = self.head()
            if tag == _END_OF_CONTENTS:
                open_ones -= 1
            elif end < 0:
                open_ones += 1
            else:
                self.at = end
            if open_ones <= 0:
                return

    def take(self, end: int) -> bytes:
        """What stands from here to there."""
        taken = self.data[self.at : end]
        self.at = end
        return taken


def _content(octets: _Octets, room: int) -> tuple[bytes, bool]:
    octets.enter(_SEQUENCE)
    kind = octets.take(octets.enter(_OID)[1])
    if kind not in (_SIGNED, _COMPRESSED):
        raise _NotOursError
    octets.enter(_EXPLICIT)
    octets.enter(_SEQUENCE)
    # Version, and the algorithms: of the digests (a set), or of the compression.
    octets.skip()
    octets.skip()
    octets.enter(_SEQUENCE)
    octets.take(octets.enter(_OID)[1])
    octets.enter(_EXPLICIT)
    content = _octet_string(octets)
    if kind == _SIGNED:
        return content[:room], len(content) > room
    inflate = zlib.decompressobj()
    # Zero would stand for no limit.
    inflated = inflate.decompress(content, max(1, room))
    return inflated[:room], bool(inflate.unconsumed_tail)


def _octet_string(octets: _Octets) -> bytes:
    """The string at this place, its pieces put together (X.690 section 8.7)."""
    tag, end = octets.enter(_OCTETS, _OCTETS_IN_PIECES)
    if tag == _OCTETS:
        return octets.take(end)
    pieces: list[bytes] = []
    ends = [end]
    while ends and octets.at + 1 < len(octets.data):
        if 0 <= ends[-1] <= octets.at:
            ends.pop()
            continue
        tag, end = octets.enter(_OCTETS, _OCTETS_IN_PIECES, _END_OF_CONTENTS)
        if tag == _OCTETS:
            pieces.append(octets.take(end))
        elif tag == _OCTETS_IN_PIECES:
            ends.append(end)
        else:
            ends.pop()
    return b"".join(pieces)
