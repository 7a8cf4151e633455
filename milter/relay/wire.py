"""What do SMTP and LMTP look like on the wire? Commands, replies and dot-stuffing, without a socket.

Pure. Raises PeerError on a reply that is none. Commands are made by `command` only, so no CR, LF or
NUL of an address or parameter can end one early (THREATS S21).
"""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from milter.errors import PeerError, Reply
from milter.mail.octets import Lines, has_clean_lines, with_dots
from milter.mail.remembered import remembered

# RFC 5321 section 4.5.3.1.5 allows 512; real servers write longer lines. The whole reply is bounded
# too, because EHLO may have many lines, but a peer must not fill our memory (THREATS S30).
MAX_REPLY_LINE = 4096
MAX_REPLY = 64 * 1024
# What we hand on must fit a 512 octet line of our own reply.
MAX_TEXT = 400
# RFC 5321 section 4.5.3.1.3 says 256 octets; some servers allow more, none 512.
MAX_PATH = 512
MAX_PARAMETER = 600
PIECE = 64 * 1024

_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
# A path for between the angle brackets: a stray ">" or space would start a parameter of its own.
# Surrogates stand for bytes that were no UTF-8. Alternatives begin with different characters, so linear.
_PATH = re.compile(
    r"""(?:[^\s"\\<>\x00-\x1f\x7f\ud800-\udfff]
         | "(?:[^"\\\x00-\x1f\x7f\ud800-\udfff] | \\[^\x00-\x1f\x7f\ud800-\udfff])*"
        )*""",
    re.VERBOSE,
)
# RFC 5321 section 4.1.2, esmtp-param; RFC 6533 allows UTF-8 in ORCPT.
_PARAMETER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*+(?:=[^\s=\x00-\x1f\x7f\ud800-\udfff]++)?")
_REPLY_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?", re.DOTALL)
# RFC 3463 section 2; the class must be that of the reply code.
_ENHANCED = re.compile(r"([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:[ ]+|$)")
_STRAY = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_PRINTABLE = bytes(byte if 0x20 <= byte < 0x7F else 0x20 if byte == 9 else 0x3F for byte in range(256))

# Which EHLO keyword allows which parameter (RFC 6152, 6531, 1870, 3461). Others are not passed on.
_EXTENSION_OF = {
    "BODY": "8BITMIME",
    "SMTPUTF8": "SMTPUTF8",
    "SIZE": "SIZE",
    "RET": "DSN",
    "ENVID": "DSN",
    "NOTIFY": "DSN",
    "ORCPT": "DSN",
}


def command(verb: str, *words: str) -> bytes:
    """One command line with its CRLF; ValueError (our bug) if a control character would leave in it."""
    line = " ".join((verb, *words)).encode()
    if _CONTROL.search(line):
        raise ValueError(f"control character in command {verb}")
    return line + b"\r\n"


def is_path(path: str) -> bool:
    """Can this stand between the angle brackets of MAIL and RCPT without ending them? (`""` can.)"""
    return len(path) <= MAX_PATH and _PATH.fullmatch(path) is not None


def are_parameters(parameters: Sequence[str]) -> bool:
    """Are these well-formed ESMTP parameters, none given twice? (RFC 5321 section 4.1.2)"""
    names = [_keyword(parameter) for parameter in parameters]
    return len(names) == len(set(names)) and all(
        len(parameter) <= MAX_PARAMETER and _PARAMETER.fullmatch(parameter) for parameter in parameters
    )


def needs_smtputf8(path: str, parameters: Sequence[str]) -> bool:
    """Must the next hop know SMTPUTF8 to take this MAIL? (RFC 6531 section 3.4)"""
    return not path.isascii() or "SMTPUTF8" in map(_keyword, parameters)


def offered(parameters: Sequence[str], extensions: Container[str]) -> tuple[str, ...]:
    """The parameters that the next hop has offered to understand."""
    return tuple(p for p in parameters if _EXTENSION_OF.get(_keyword(p)) in extensions)


def extensions_for(parameters: Sequence[str]) -> frozenset[str]:
    """The extensions without which these parameters would change what becomes of the mail. SIZE does not:
    it is a hint (RFC 1870)."""
    return frozenset(_EXTENSION_OF.get(_keyword(p), "") for p in parameters) - {"", "SIZE"}


def is_8bit(parameters: Sequence[str]) -> bool:
    """Does this MAIL say that octets above 127 will come? (RFC 6152)"""
    return any(parameter.upper() == "BODY=8BITMIME" for parameter in parameters)


def _keyword(parameter: str) -> str:
    return parameter.partition("=")[0].upper()


@dataclass(frozen=True, slots=True)
class PeerReply:
    """A reply as the peer wrote it: the text of each line, printable ASCII."""

    code: int
    lines: tuple[str, ...]

    def reply(self) -> Reply:
        """The reply to hand on, on one line: the enhanced code (RFC 2034) is taken off each line."""
        enhanced, texts = "", []
        for line in self.lines:
            found = _ENHANCED.match(line)
            if found and found[1][0] == str(self.code)[0]:
                enhanced = enhanced or found[1]
                texts.append(line[found.end() :].strip())
            else:
                texts.append(line.strip())
        return Reply(self.code, enhanced, " ".join(filter(None, texts))[:MAX_TEXT])

    def extensions(self) -> dict[str, str]:
        """The keywords of an EHLO reply, upper case, with what follows them (RFC 5321 section 4.1.1.1)."""
        words = (line.strip().partition(" ") for line in self.lines[1:])
        return {keyword.upper(): value.strip() for keyword, _, value in words if keyword}


# A server says few different lines, most of them for each mail.
@remembered(64, longest=80)
def _read_line(line: bytes) -> tuple[int, str, bool]:
    """The code, the text, and whether it is the last line of its reply."""
    found = _REPLY_LINE.fullmatch(line)
    if found is None:
        raise PeerError(f"not a reply: {line[:80]!r}")
    text = (found[3] or b"").translate(_PRINTABLE).decode("ascii")
    return int(found[1]), text, found[2] != b"-"


class ReplyParser:
    """Bytes in, replies out (RFC 5321 section 4.2.1). Holds at most `MAX_REPLY` bytes."""

    def __init__(self) -> None:
        """Nothing read yet."""
        self._buffer = bytearray()
        self._lines: list[str] = []
        self._code = 0
        self._size = 0

    @property
    def unread(self) -> bytes:
        """The beginning of what came and was not returned as a reply; empty between replies."""
        return bytes(self._buffer[:80]) or "".join(self._lines)[:80].encode()

    def feed(self, data: bytes) -> None:
        """Take bytes from the peer; PeerError when they are too many."""
        if self._size + len(self._buffer) + len(data) > MAX_REPLY:
            raise PeerError(f"reply longer than {MAX_REPLY} bytes")
        self._buffer += data

    def next_reply(self) -> PeerReply | None:
        """The next complete reply; None when more bytes are needed; PeerError on anything else."""
        while (end := self._buffer.find(b"\n", 0, MAX_REPLY_LINE)) >= 0:
            line = bytes(self._buffer[:end]).removesuffix(b"\r")
            del self._buffer[: end + 1]
            self._size += end + 1
            if self._take(line):
                return self._finish()
        if len(self._buffer) >= MAX_REPLY_LINE:
            raise PeerError(f"reply line longer than {MAX_REPLY_LINE} bytes")
        return None

    def _take(self, line: bytes) -> bool:
        """Keep the line; True when it is the last one of its reply."""
        code, text, is_last = _read_line(line)
        # A reply that changes its mind in the middle could be read either way.
        if self._lines and code != self._code:
            raise PeerError(f"reply of two codes, {self._code} and {code}")
        self._code = code
        self._lines.append(text)
        return is_last

    def _finish(self) -> PeerReply:
        reply = PeerReply(self._code, tuple(self._lines))
        self._lines, self._size = [], 0
        return reply


class Stuffer:
    """Dot-stuffing (RFC 5321 section 4.5.2) of content that comes in pieces.

    A bare CR or LF leaves as CRLF, and a NUL does not leave: some servers take them for a line end or drop
    them, and would see the end of the mail where there is none (SMTP smuggling, THREATS S1 to S13).
    """

    def __init__(self) -> None:
        """At the beginning of the content, which is the beginning of a line."""
        self._tail = b"\r\n"
        # A CR whose LF may be in the next piece.
        self._held = b""

    def feed(self, piece: bytes) -> bytes:
        """The piece, with every dot at the beginning of a line doubled."""
        joined = self._tail + (
            piece if isinstance(piece, Lines) and not self._held else self._in_lines(piece)
        )
        stuffed = bytes(with_dots(joined, b"..")[len(self._tail) :])
        self._tail = joined[-2:]
        return stuffed

    def _in_lines(self, piece: bytes) -> bytes:
        joined = self._held + piece.replace(b"\0", b"")
        self._held = joined[-1:] if joined.endswith(b"\r") else b""
        data = joined[: len(joined) - len(self._held)]
        return data if has_clean_lines(data) else _STRAY.sub(b"\r\n", data)

    def end(self) -> bytes:
        """The final dot; a content that does not end in CRLF gets one, without which there is no end."""
        return b".\r\n" if self._tail == b"\r\n" and not self._held else b"\r\n.\r\n"


def pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of at most `PIECE`, so that a large mail is never copied whole."""
    for chunk in chunks:
        if 0 < len(chunk) <= PIECE:
            yield chunk
            continue
        for start in range(0, len(chunk), PIECE):
            yield chunk[start : start + PIECE]


def stuffed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The content with its final dot as it goes on the way, a small mail in one piece.

    Each piece costs a system call here and another one there, and most mails are small.
    """
    stuffer = Stuffer()
    gathered: list[bytes] = []
    for piece in pieces(chunks):
        if sum(map(len, gathered)) + len(piece) > PIECE:
            yield b"".join(map(stuffer.feed, gathered))
            gathered.clear()
        gathered.append(piece)
    yield b"".join((*map(stuffer.feed, gathered), stuffer.end()))
