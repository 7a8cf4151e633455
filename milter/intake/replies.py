"""What do we say to a client of our own, and how does a reply look on the wire? Pure."""

from functools import lru_cache

from milter.errors import Reply

OK = Reply(250, "2.0.0", "Ok")
BYE = Reply(221, "2.0.0", "Good-bye")
GO_AHEAD = Reply(354, "", "End data with <CR><LF>.<CR><LF>")
GO_TLS = Reply(220, "2.0.0", "Ready to start TLS")

TOO_LARGE_A_HEADER = Reply(552, "5.3.4", "Message header size exceeds fixed limit")

# With these the connection ends.
STOPPING = Reply(421, "4.3.2", "Service stops, try again later")
TOO_MANY = Reply(421, "4.7.0", "Too many connections, try again later")
TOO_MANY_OF_YOURS = Reply(421, "4.7.0", "Too many connections from your address, try again later")
TOO_MANY_ERRORS = Reply(421, "4.7.0", "Too many errors, good-bye")
TOO_MANY_COMMANDS = Reply(421, "4.7.0", "Too many commands without a mail, good-bye")
NO_ROOM_FOR_YOU = Reply(421, "4.3.2", "Mail system is full, try again later")

# RFC 5321 section 3.8; 521: RFC 7504. A next hop's last words are for us: the relay hands on none of them.
LAST_WORDS = frozenset({221, 421, 521})


# Most clients hear the same few words; what a next hop says has its limits (milter.relay.wire).
@lru_cache(maxsize=256)
def wire(reply: Reply) -> bytes:
    """The reply as octets, one line for each line of its text; what a next hop says may hold anything."""
    head = f"{reply.enhanced} " if reply.enhanced else ""
    *others, last = reply.text.split("\n")
    lines = [f"{reply.code}-{head}{line}" for line in others] + [f"{reply.code} {head}{last}"]
    return "".join(f"{_safe(line)}\r\n" for line in lines).encode("ascii")


def _safe(line: str) -> str:
    if line.isascii() and line.isprintable():
        return line
    return "".join(c if " " <= c <= "~" else "?" for c in line)
