"""How does a mail become a row, and a row what is known of the mail? Pure."""

import unicodedata
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping

from milter.mail.envelope import Envelope
from milter.quarantine.held import Held, HeldMail, State, masked
from milter.quarantine.raw import pack
from milter.verdict.verdict import Finding

# What retention takes away.
NO_WORDS = {"author": "", "author_address": "", "subject": "", "reason": "", "report": "{}", "words": ""}

# Nobody who looks at a held mail needs these two, and a login is personal data.
_NOT_KEPT = frozenset({"client_port", "login"})
_ENVELOPE = tuple(field.name for field in fields(Envelope) if field.name not in _NOT_KEPT)
_SAME = (
    "id",
    "changed",
    "received",
    "reason",
    "brand",
    "author",
    "author_address",
    "subject",
    "report",
    "message_id",
    "size",
    "sha256",
)
_LISTS = ("forward_paths", "mail_parameters")


def row_of(mail: HeldMail) -> tuple[dict[str, Any], bytes]:
    """The columns of a new row, and the bytes packed. Masking and packing take their time: in a thread."""
    packed, sha256 = pack(mail.raw)
    return _values(masked(mail)) | {"size": len(mail.raw), "sha256": sha256}, packed


def held_of(row: RowMapping) -> Held:
    """What is known of the mail in this row."""
    envelope = {name: row[name] for name in _ENVELOPE} | {name: tuple(row[name]) for name in _LISTS}
    return Held(
        state=State(row["state"]),
        finding=Finding(row["finding"]),
        envelope=Envelope(**envelope),
        delivered=tuple(row["delivered"]),
        **{name: row[name] for name in _SAME},
    )


def folded(text: str) -> str:
    """As it is searched: no case, no accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in plain if not unicodedata.combining(character))


def _values(mail: HeldMail) -> dict[str, Any]:
    envelope = {name: getattr(mail.envelope, name) for name in _ENVELOPE}
    envelope |= {name: [*envelope[name]] for name in _LISTS}
    same = {name: getattr(mail, name) for name in _SAME if hasattr(mail, name)}
    now = datetime.now(UTC)
    searched = (
        mail.author,
        mail.author_address,
        mail.subject,
        mail.envelope.reverse_path,
        *mail.envelope.forward_paths,
        mail.envelope.client_address,
        mail.envelope.client_name,
        mail.message_id,
    )
    return (
        envelope
        | same
        | {
            "finding": mail.finding.value,
            "state": State.HELD.value,
            "changed": now,
            "words": folded("\n".join(searched)),
        }
    )
