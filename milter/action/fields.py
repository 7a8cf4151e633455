"""Which header fields go away, which come on top, and how is a subject tagged? Bytes in, bytes out. Pure.

The mail itself is never written anew: what changes is a list of edits, and every byte that no edit names
stays as it is, so that the signatures of the sender stay true.
"""

import datetime
import email.utils
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from milter.action.encoded_word import encode_text, encode_word
from milter.mail.coding.encoded_word import decode_words
from milter.mail.envelope import Envelope
from milter.mail.message import Field, Message
from milter.proof import authres

_OURS = "x-vigimel-"

# What stands before the first field, and above which our fields may not go. Lines of white space: they would
# become the continuation of our last field, and with them a From that some readers see (THREATS A7). The
# line of an mbox: with fields above it, it would end the header.
_TOP = re.compile(rb"(?:>*From [^\n]*\n)?(?:[ \t][^\n]*(?:\n|\Z))*")

# RFC 5321 section 4.1.2 for what may stand after "from"; the name in HELO is whatever a stranger likes.
_HELO = re.compile(r"[A-Za-z0-9._:\[\]-]{1,255}")


@dataclass(frozen=True, slots=True)
class AddedField:
    """A field of ours: its name, and its value as it stands after ": ", folded where long."""

    name: str
    value: bytes

    @property
    def raw(self) -> bytes:
        """The whole field with its line end."""
        return self.name.encode("ascii") + b": " + self.value + b"\r\n"


@dataclass(frozen=True, slots=True)
class Replacement:
    """A field of the mail, and the bytes that stand in its place."""

    field: Field
    raw: bytes


@dataclass(frozen=True, slots=True)
class FieldEdits:
    """What is done to the header: fields added on top in this order, fields removed, the subject tagged."""

    added: tuple[AddedField, ...] = ()
    removed: tuple[Field, ...] = ()
    subject: Replacement | None = None


def forged(message: Message, authserv_id: str) -> tuple[Field, ...]:
    """The fields that only we write and that came with the mail (RFC 8601 section 5)."""
    return tuple(field for field in message.fields if _is_ours(field, authserv_id))


def finding_fields(finding: str, reason: str) -> tuple[AddedField, ...]:
    """`X-Vigimel-Finding` and, where there is a reason, `X-Vigimel-Reason`."""
    first = AddedField("X-Vigimel-Finding", finding.encode("ascii"))
    if not reason:
        return (first,)
    return (first, AddedField("X-Vigimel-Reason", encode_text(reason, len("X-Vigimel-Reason: "))))


def received(envelope: Envelope, hostname: str, mail_id: str, now: datetime.datetime) -> AddedField:
    """The trace field of RFC 5321 section 4.4. It names no recipient: they need not know of each other."""
    helo = envelope.helo if _HELO.fullmatch(envelope.helo) else "unknown"
    address = envelope.client_address
    literal = f" ([IPv6:{address}])" if ":" in address else f" ([{address}])"
    # A mail server that asks us as its milter may not know where the mail came from.
    value = (
        f"from {helo}{literal if address else ''}\r\n\tby {hostname} with {_protocol(envelope)} id {mail_id};"
        f"\r\n\t{_date(now.replace(microsecond=0), now.utcoffset())}"
    )
    return AddedField("Received", value.encode("ascii", "replace"))


# Two times that are the same one elsewhere are not told apart by themselves.
@lru_cache(maxsize=4)
def _date(second: datetime.datetime, _offset: datetime.timedelta | None) -> str:
    return email.utils.format_datetime(second)


def tag_subject(message: Message, tag: str) -> Replacement | AddedField | None:
    """The first Subject with the tag before its text; a new one where there is none; None if tagged already.

    The bytes of the old value stay, encoded words and folding included.
    """
    subject = next((field for field in message.all("subject") if field.plain), None)
    if not tag or (subject and decode_words(subject.value).startswith(tag)):
        return None
    if subject is None:
        return AddedField("Subject", encode_word(tag))
    return Replacement(subject, _tagged(subject.raw, tag))


def apply(raw: bytes, edits: FieldEdits) -> tuple[bytes, ...]:
    """The mail after the edits, in pieces that follow each other."""
    return tuple(piece for piece in _pieces(raw, edits) if piece)


def _pieces(raw: bytes, edits: FieldEdits) -> Iterator[bytes]:
    changes = [(field.start, field.end, b"") for field in edits.removed]
    if edits.subject:
        changes.append((edits.subject.field.start, edits.subject.field.end, edits.subject.raw))
    top = top_of(raw)
    changes.append((top, top, b"".join(field.raw for field in edits.added)))
    done = 0
    for start, end, instead in sorted(changes):
        yield raw[done:start]
        yield instead
        done = end
    # A slice is a copy, and forgets that these are `Lines`.
    yield raw[done:] if done else raw


def top_of(raw: bytes) -> int:
    """Where in the mail our fields go: its beginning, or below what must stay above them."""
    match = _TOP.match(raw)
    return match.end() if match else 0


def _is_ours(field: Field, authserv_id: str) -> bool:
    if field.key.startswith(_OURS):
        return True
    return field.key == "authentication-results" and authres.is_forged(field.value, authserv_id)


def _protocol(envelope: Envelope) -> str:
    # RFC 3848 and RFC 6531 section 4.3.
    if not envelope.esmtp:
        return "SMTP"
    name = "UTF8SMTP" if "SMTPUTF8" in map(str.upper, envelope.mail_parameters) else "ESMTP"
    return name + "S" if envelope.tls else name


def _tagged(raw: bytes, tag: str) -> bytes:
    name, _, rest = raw.partition(b":")
    # White space between two encoded words is not shown (RFC 2047 section 6.2), so the space after the tag
    # must stand within the word.
    joins_word = rest.lstrip().startswith(b"=?") and not tag.isascii()
    word = encode_word(tag + " " if joins_word else tag)
    if rest[:1] not in {b" ", b"\t", b"\r", b"\n"}:
        rest = b" " + rest
    first_line = rest.partition(b"\n")[0].rstrip()
    # Folded before the old value where the line would get long, but never before a blank one: a line of
    # white space alone ends the header for some readers.
    fold = b"\r\n" if first_line and len(name) + len(word) + len(first_line) > 76 else b""
    return name + b": " + word + fold + rest
