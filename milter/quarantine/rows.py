"""How does a mail become a row, and a row what is known of the mail? Pure."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping

from milter.campaign.traits import Traits, traits_of
from milter.mail.envelope import Envelope
from milter.quarantine.held import Held, HeldMail, State, masked
from milter.quarantine.raw import pack
from milter.quarantine.schema import BY_LENGTH
from milter.verdict.verdict import Finding

# What retention takes away.
NO_WORDS: dict[str, Any] = {"author": "", "author_address": "", "subject": "", "reason": "", "report": "{}"}
NO_WORDS |= {"by_author": "", "by_recipient": "", "by_subject": ""}
NO_WORDS |= {"campaign": None}
# What a deletion takes away beside: it forgets people. Number, times, finding, size and hash stay.
NO_PEOPLE: dict[str, Any] = {
    "client_address": "",
    "client_name": "",
    "helo": "",
    "reverse_path": "",
    "forward_paths": [],
    "mail_parameters": [],
    "rcpt_parameters": [],
    "delivered": [],
    "message_id": "",
}

# Nobody who looks at a held mail needs these two, and a login is personal data.
_NOT_KEPT = frozenset({"client_port", "login"})
_ENVELOPE = tuple(one.name for one in fields(Envelope) if one.name not in _NOT_KEPT)
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
_LISTS = ("forward_paths", "mail_parameters", "rcpt_parameters")


@dataclass(frozen=True, slots=True)
class NewRow:
    """The columns of a new mail, the words that it is found by, its bytes packed, and what copies of it have
    in common."""

    values: dict[str, Any] = field(repr=False)
    words: dict[str, str] = field(repr=False)
    packed: bytes = field(repr=False)
    traits: Traits = field(repr=False)


def row_of(mail: HeldMail) -> NewRow:
    """What a new mail is stored as. Masking and packing take their time: in a thread, where it is large."""
    packed, sha256 = pack(mail.raw)
    fit = masked(mail)
    traits = traits_of(mail.raw, mail.envelope.forward_paths)
    values = _values(fit) | {"size": len(mail.raw), "sha256": sha256}
    return NewRow(values, _words(fit), packed, traits)


def held_of(row: RowMapping) -> Held:
    """What is known of the mail in this row."""
    envelope = {name: row[name] for name in _ENVELOPE} | {name: _frozen(row[name]) for name in _LISTS}
    return Held(
        state=State(row["state"]),
        finding=Finding(row["finding"]),
        envelope=Envelope(**envelope),
        delivered=tuple(row["delivered"]),
        is_emptied=row["emptied"] is not None,
        campaign=row["campaign"],
        **{name: row[name] for name in _SAME},
    )


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def folded(text: str) -> str:
    """As it is searched: no case, no accents."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in plain if not unicodedata.combining(character))


def _values(mail: HeldMail) -> dict[str, Any]:
    envelope = {name: getattr(mail.envelope, name) for name in _ENVELOPE}
    envelope |= {name: [*envelope[name]] for name in _LISTS}
    same = {name: getattr(mail, name) for name in _SAME if hasattr(mail, name)}
    return (
        envelope
        | same
        | {
            "finding": mail.finding.value,
            "state": State.HELD.value,
            "changed": datetime.now(UTC),
            "by_author": _key(mail.author or mail.author_address),
            "by_recipient": _key("".join(mail.envelope.forward_paths[:1])),
            "by_subject": _key(mail.subject),
        }
    )


def _key(text: str) -> str:
    return folded(text)[:BY_LENGTH]


def _words(mail: HeldMail) -> dict[str, str]:
    envelope = mail.envelope
    domains = (address.rpartition("@")[2] for address in (mail.author_address, envelope.reverse_path))
    searched = (
        mail.author,
        mail.author_address,
        mail.subject,
        envelope.reverse_path,
        *envelope.forward_paths,
        envelope.client_address,
        envelope.client_name,
        mail.message_id,
    )
    return {
        "words": folded("\n".join(searched)),
        "recipients": _lines(envelope.forward_paths),
        "domains": _lines(domains),
    }


def _lines(texts: Iterable[str]) -> str:
    return "".join(f"\n{folded(text)}" for text in texts) + "\n"
