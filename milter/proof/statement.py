"""What does another server say that it verified? Authentication-Results, read (RFC 8601). Pure. Never raises.

A sender can write these fields as well as anybody: who calls must know whose they are. The reader takes what
real servers write (no `header.d` but `header.i`, versions, comments anywhere) and nothing that could be read
in two ways.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from milter.mail.domain import Domain
from milter.mail.message import Message

_MAX_VALUE = 8192
# RFC 1123 section 2.1, no underscore: what is not a host name has no place in such a field (THREATS A4).
_LDH = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|\\.|[();]|[^"\\();]++')
_IN_COMMENT = re.compile(r"\\.|[()]|[^\\()]++")
_RECEIVED_BY = re.compile(r" *+(?:from [^ ]++ ++)?by ([^ ;]++)")


@dataclass(frozen=True, slots=True)
class Statement:
    """Who speaks, and the signing domains whose DKIM signature he says he verified (`dkim=pass`)."""

    authserv_id: str
    signed_by: frozenset[Domain]


def read_statement(value: bytes) -> Statement | None:
    """The statement in the value of an Authentication-Results field; None for one that is not plain."""
    return _statement(_segments(value))


def read_sealed_statement(value: bytes) -> Statement | None:
    """The same for ARC-Authentication-Results, whose first word is `i=N;` (RFC 8617 section 4.1.1)."""
    return _statement(_segments(value)[1:])


def instance_of(value: bytes) -> int | None:
    """The number in an ARC-Authentication-Results field, from 1 to 50; None where there is none."""
    found = re.match(rb"\s*+i\s*+=\s*+([1-9]\d?+)\s*+;", value)
    return int(found[1]) if found and int(found[1]) <= 50 else None


def trusted_statements(message: Message, trusted: Collection[str]) -> Iterator[Statement]:
    """What the servers in front of us say, each known by an authserv-id that the admin lists.

    From the top of the header down to the first Received field of somebody else: what stands below was
    there before our own side saw the mail. A trusted server may write its results below its own Received,
    so one of those is passed over, no more: a second one may be the sender's.
    """
    passed = False
    for field in message.fields:
        if field.key == "received":
            if passed or not field.plain or _received_by(field.value) not in trusted:
                return
            passed = True
        elif field.key == "authentication-results" and field.plain:
            statement = read_statement(field.value)
            if statement and statement.authserv_id in trusted:
                yield statement


def _statement(segments: tuple[str, ...]) -> Statement | None:
    head = segments[0].split() if segments else []
    if (
        not 1 <= len(head) <= 2
        or not _LDH.fullmatch(head[0].removesuffix("."))
        or head[1:] not in ([], ["1"])
    ):
        return None
    passed = (_signing_domain(segment) for segment in segments[1:])
    return Statement(head[0].removesuffix("."), frozenset(domain for domain in passed if domain))


def _signing_domain(result: str) -> Domain | None:
    """The domain of one `dkim=pass`; None for any other result, or one that names two."""
    words = " ".join(result.split()).replace(" =", "=").replace("= ", "=").split()
    if not words or words[0] not in {"dkim=pass", "dkim/1=pass"}:
        return None
    properties = [word.partition("=") for word in words[1:]]
    for name in ("header.d", "header.i"):
        values = {value for key, _, value in properties if key == name}
        if values:
            value = values.pop()
            domain = value.rpartition("@")[2]
            return Domain.parse(domain) if not values and _LDH.fullmatch(domain) else None
    return None


def _segments(value: bytes) -> tuple[str, ...]:
    """The text between the semicolons in lower case, without comments, each quoted string one plain word.

    Empty for what is too long, not ASCII, or does not end its quotes and comments.
    """
    if len(value) > _MAX_VALUE or not value.isascii() or b"\0" in value:
        return ()
    text, segments, depth, place = re.sub(r"\s", " ", value.decode("ascii").lower()), [""], 0, 0
    while place < len(text):
        found = (_IN_COMMENT if depth else _PIECE).match(text, place)
        if found is None or (found[0] == ")" and not depth):
            return ()
        place = found.end()
        match found[0]:
            case "(" | ")" as bracket:
                depth += 1 if bracket == "(" else -1
                segments[-1] += " "
            case ";" if not depth:
                segments.append("")
            case piece if not depth:
                segments[-1] += _one_word(piece)
    return () if depth else tuple(segments)


def _one_word(piece: str) -> str:
    """A quoted string or pair with nothing in it that could be taken for the syntax around it."""
    return re.sub(r"[^a-z0-9.@_-]", "_", piece.strip('"')) if piece[0] in '"\\' else piece


def _received_by(value: bytes) -> str:
    """The server that wrote a Received field, in lower case; empty where it is not plain."""
    segments = _segments(value)
    found = _RECEIVED_BY.match(re.sub(" ++", " ", segments[0])) if segments else None
    return found[1].removesuffix(".") if found else ""
