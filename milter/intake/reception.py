"""Where does the mail end, and what are its bytes? The text after DATA, read in blocks. Pure.

RFC 5321 section 4.1.1.4: a mail ends at CRLF "." CRLF and nowhere else, and a line that begins with a dot
has lost one on arrival (section 4.5.2). Whatever is wrong with a mail, it is read to that end: a server that
stops earlier takes the rest of the mail for commands (SMTP smuggling).
"""

import re

from milter.errors import Reply
from milter.intake.replies import TOO_LARGE_A_HEADER
from milter.mail.octets import Lines, Patterns, has_clean_lines, with_dots

# RFC 5321 section 4.5.3.1.6 says 1000 octets, real HTML mail says otherwise. We do not refold, so the limit
# is only there because something downstream must hold a line in memory.
MAX_LINE = 1024 * 1024

# A mail of this size is copied in less time than its lines are looked at once more.
_SMALL = 64 * 1024

_END = b"\r\n.\r\n"
# The command line DATA ended in CRLF: with it in front, a dot in the first line needs no special case.
_BEFORE = b"\r\n"
_ANY_LINE_END = re.compile(rb"\r\n|\r|\n")
_ENDS = Patterns(_END)

TOO_LARGE = Reply(552, "5.3.4", "Message size exceeds fixed limit")
TOO_LONG_A_LINE = Reply(554, "5.6.0", "Message has a line longer than 1 MiB")
NOT_LINES = Reply(550, "5.6.0", "Message has a bare CR, a bare LF or a NUL")


class Reception:
    """Takes blocks of any size until the end is seen, then says what was received."""

    def __init__(self, max_size: int, max_header_size: int | None = None, *, normalize: bool = False) -> None:
        """Sizes in octets, `max_size` without the dots added for the way (RFC 1870 section 5).

        With `normalize`, a CR or an LF that stands alone becomes CRLF instead of a reason to refuse.
        """
        self._max_size = max_size
        self._max_header_size = max_header_size or max_size
        self._normalize = normalize
        # A line of one dot is three octets in the mail and four on the way, so this much may have to be
        # kept before it is sure that the mail is too large.
        self._max_kept = max_size // 3 * 4 + 4
        self._kept = bytearray(_BEFORE)
        self._refusal: Reply | None = None

    @property
    def is_keeping(self) -> bool:
        """False once the mail is refused."""
        return self._refusal is None

    def refuse(self, reply: Reply) -> None:
        """Keep no more of it than is needed to find its end; the first reason stays."""
        self._refusal = self._refusal or reply

    def feed(self, block: bytes) -> bytes | None:
        """None while the mail goes on; at its end, the bytes of the block that come after it."""
        seen = max(0, len(self._kept) - len(_END) + 1)
        self._kept += block
        end = self._find_end(seen)
        if end >= 0:
            after = bytes(self._kept[end + len(_END) :])
            del self._kept[end + len(_BEFORE) :]
            return after
        if len(self._kept) > self._max_kept:
            self.refuse(TOO_LARGE)
        if self._refusal is not None:
            # Only what may be the beginning of the end is still of interest.
            del self._kept[: 1 - len(_END)]
        return None

    def _find_end(self, seen: int) -> int:
        begin, _ = next(_ENDS.places(self._kept[seen:]), (-1, 0))
        return begin if begin < 0 else seen + begin

    def mail(self) -> bytes | Reply:
        """The mail as its sender wrote it, or the reply to give now that its end was seen."""
        # Few copies at a time: a mail may have all of the size it may have.
        kept: bytes | bytearray = self._kept
        self._kept = bytearray(_BEFORE)
        kept = with_dots(kept, b"")
        raw = bytes(memoryview(kept)[len(_BEFORE) :])
        if self._refusal is not None or len(raw) > self._max_size:
            return self._refusal or TOO_LARGE
        if b"\0" in raw or not has_clean_lines(raw):
            raw = self._normalized(raw)
            if not raw:
                return NOT_LINES
        return self._refusal_of(raw) or (Lines(raw) if len(raw) <= _SMALL else raw)

    def _normalized(self, raw: bytes) -> bytes:
        """With CRLF for each CR and LF that stands alone; nothing where that is not wanted, or not enough.

        The dots that were added for the way are gone by now: a dot that comes to stand first in a line here
        is one of the mail, and whoever passes the mail on stuffs it.
        """
        if not self._normalize or b"\0" in raw:
            return b""
        return _ANY_LINE_END.sub(b"\r\n", raw)

    def _refusal_of(self, raw: bytes) -> Reply | None:
        if len(raw) > self._max_size:
            return TOO_LARGE
        if _is_header_over(raw, self._max_header_size):
            return TOO_LARGE_A_HEADER
        return TOO_LONG_A_LINE if _has_long_line(raw) else None


def _is_header_over(raw: bytes, limit: int) -> bool:
    # The empty line after the last field is none of its octets; a mail may also begin with it.
    return len(raw) > limit and not raw.startswith(b"\r\n") and raw.find(b"\r\n\r\n", 0, limit + 2) < 0


def _has_long_line(raw: bytes) -> bool:
    # From line end to the last line end in reach: a few steps, however short the lines are.
    start = 0
    while len(raw) - start > MAX_LINE + 2:
        end = raw.rfind(b"\r\n", start, start + MAX_LINE + 2)
        if end < 0:
            return True
        start = end + 2
    return False
