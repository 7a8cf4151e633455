"""Which bytes does a Content-Transfer-Encoding stand for (RFC 2045 section 6)?

Pure. Never raises: decoders of mail programs are lenient, each in its way, so ours reads all it can and
says when another might read something else.
"""

import binascii
import re
from itertools import islice

from milter.mail.octets import Patterns, has_lines_without_blanks

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_ALPHABET) - {0x3D})
_NOISE = bytes(set(_NOT_BASE64) - set(b" \t\r\n"))
_soft_break = re.compile(rb"=[ \t]*+(?:\r{0,2}\n|\r)")
_uu_begin = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,200})\r?$", re.MULTILINE)
# What may begin a soft break, and octets that hardly stand in a text (`octets.NOWHERE`).
_BREAKS = Patterns(b"=\n", b"=\r", b"= ", b"=\t", b"\0\0", b"\1\1")
_MAX_GROUPS = 200_000
_MAX_UU = 200


def decode_base64(data: bytes) -> tuple[bytes, bool]:
    """The bytes, and whether the text was odd (foreign characters, padding in the middle)."""
    clean = data.translate(None, _NOT_BASE64)
    odd = len(data.translate(None, _NOISE)) != len(data)
    body = clean.rstrip(b"=")
    if b"=" not in body:
        return _decode_group(body), odd
    # Padding inside: some programs stop there, some skip it, some begin again. Begin again.
    groups = body.split(b"=")
    if len(groups) > _MAX_GROUPS:
        return _decode_group(body.replace(b"=", b"")), True
    # Each group of whole quartets needs no padding of its own, so those may be joined at once.
    return b"".join(map(_decode_group, filter(None, groups))), True


def _decode_group(group: bytes) -> bytes:
    """Base64 letters without padding; a single letter left over stands for nothing."""
    rest = len(group) % 4
    if rest == 1:
        group = group[:-1]
    try:
        return binascii.a2b_base64(group + b"=" * (-len(group) % 4))
    except binascii.Error:
        return b""


def decode_quoted_printable(data: bytes) -> bytes:
    """The bytes; soft line breaks go first, since a break may stand inside an escape (`=4=` `1`)."""
    if b"=" not in data:
        return data
    # Joined, not replaced: twice as fast.
    data = b"".join(data.split(b"=\r\n"))
    # Looked at by line ends, of which few are left; by `=`, of which an accent takes two, it costs thrice.
    if _BREAKS.stand_in(data) and not has_lines_without_blanks(data):
        data = data.replace(b"=\n", b"")
        if b"=\r" in data or b"= " in data or b"=\t" in data:
            data = _soft_break.sub(b"", data)
    return binascii.a2b_qp(data)


def decode_uu(data: bytes) -> tuple[tuple[str, bytes], ...]:
    """The files between `begin` and `end` lines (uuencode), or the next `begin`: name and bytes."""
    files: list[tuple[str, bytes]] = []
    begins = list(islice(_uu_begin.finditer(data), _MAX_UU + 1))
    starts = [begin.start() for begin in begins] + [len(data)]
    for begin, until in zip(begins[:_MAX_UU], starts[1:], strict=False):
        end = data.find(b"\nend", begin.end(), until)
        lines = data[begin.end() : end if end >= 0 else until].splitlines()
        files.append((begin[1].decode("latin-1"), b"".join(map(_decode_uu_line, filter(None, lines)))))
    return tuple(files)


def _decode_uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Trailing blanks are often lost or added; the first byte says how many letters count.
        wanted = ((line[0] - 32) & 63) * 4 // 3 + 2
        try:
            return binascii.a2b_uu(line[:wanted])
        except binascii.Error:
            return b""
