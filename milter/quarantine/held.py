"""What is known of a mail in quarantine? The values, and the words of its life.

Pure.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from milter.mail.envelope import Envelope
from milter.mail.masking import mask
from milter.verdict.verdict import Finding

# Limits on what a sender can write; the raw mail has all of it.
_MAX_WORDS = 1000
_MAX_REASON = 4000


class State(StrEnum):
    """Where a mail stands. Bytes are there while it is held, confirmed as fraud, releasing or
    released, and for a time of grace when it was deleted."""

    HELD = "held"
    CONFIRMED = "confirmed"
    RELEASING = "releasing"
    RELEASED = "released"
    DELETED = "deleted"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class HeldMail:
    """A mail to be held. `subject` and `author` (the display name) are decoded, `report` is JSON, `raw`
    the bytes as they would have been passed on."""

    envelope: Envelope
    received: datetime
    finding: Finding
    reason: str
    raw: bytes = field(repr=False)
    brand: str = ""
    author: str = field(default="", repr=False)
    author_address: str = field(default="", repr=False)
    subject: str = field(default="", repr=False)
    report: str = field(default="{}", repr=False)
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A mail in quarantine, without its bytes. Numbers that identify a person are masked.

    `changed` is when the state was last changed; `delivered` are the recipients who have it already; mails of
    one `campaign` are copies of one letter; `is_emptied` says that bytes and words are gone.
    """

    id: int
    state: State
    changed: datetime
    envelope: Envelope
    received: datetime
    finding: Finding
    reason: str
    brand: str
    author: str = field(repr=False)
    author_address: str = field(repr=False)
    subject: str = field(repr=False)
    report: str = field(repr=False)
    message_id: str
    size: int
    sha256: str
    delivered: tuple[str, ...] = ()
    campaign: int | None = None
    is_emptied: bool = False


def masked(mail: HeldMail) -> HeldMail:
    """The same mail, fit to be stored and shown: masked, cut to its limits, every text valid Unicode."""
    return replace(
        mail,
        envelope=_storable_envelope(mail.envelope),
        reason=mask(storable(mail.reason, _MAX_REASON)),
        author=mask(storable(mail.author)),
        author_address=mask(storable(mail.author_address)),
        subject=mask(storable(mail.subject)),
        report=_masked_json(mail.report),
        message_id=storable(mail.message_id),
    )


def _storable_envelope(envelope: Envelope) -> Envelope:
    return replace(
        envelope,
        client_address=storable(envelope.client_address),
        client_name=storable(envelope.client_name),
        helo=storable(envelope.helo),
        reverse_path=storable(envelope.reverse_path),
        forward_paths=tuple(map(storable, envelope.forward_paths)),
        mail_parameters=tuple(map(storable, envelope.mail_parameters)),
        rcpt_parameters=tuple(tuple(map(storable, each)) for each in envelope.rcpt_parameters),
    )


def storable(text: str, limit: int = _MAX_WORDS) -> str:
    """The text as every database takes it, cut: no half surrogates (no database takes them) and no NUL
    (PostgreSQL does not)."""
    return text[:limit].encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def _masked_json(report: str) -> str:
    """Masked inside its strings, where an escape such as `\\u00a0` cannot hide a number."""
    try:
        return json.dumps(_masked_value(json.loads(report)))
    except (ValueError, RecursionError):
        return json.dumps(mask(storable(report)))


def _masked_value(value: Any) -> Any:
    match value:
        case str():
            return mask(value.replace("\0", "\ufffd"))
        case list():
            return [_masked_value(item) for item in value]
        case dict():
            return {mask(key): _masked_value(item) for key, item in value.items()}
        case int() if mask(str(value)) != str(value):
            return mask(str(value))
        case _:
            return value
