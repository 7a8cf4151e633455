"""What is kept of a mail that was judged, whatever became of it? Values only, nothing of its text. Pure."""

from datetime import UTC, datetime
from typing import Literal, NamedTuple

from milter.mail.address import read_addresses
from milter.mail.coding.encoded_word import decode_words
from milter.mail.envelope import Envelope
from milter.mail.masking import mask
from milter.mail.message import Message
from milter.mail.remembered import remembered
from milter.quarantine.held import storable
from milter.verdict.verdict import Verdict

Recipients = Literal["full", "domain", "none"]

_LONGEST = 256
# A mail to a thousand is found by any of these.
_MOST_RECIPIENTS = 50


class Traced(NamedTuple):
    """One mail. Every mail makes three of them, which is why it is no dataclass.

    Without a verdict, `finding` is empty. `official` is the domain of the organisation that its author's
    address is in, proven (`standing`) or not; `held_id` its number in the quarantine; `rule_id` that of the
    rule that let it pass; `reply` what its sender heard. Numbers that identify a person are masked.
    """

    at: datetime
    mail_id: str
    client_address: str
    reverse_path: str
    recipients: tuple[str, ...]
    author_address: str = ""
    author_domain: str = ""
    message_id: str = ""
    size: int = 0
    finding: str = ""
    action: str = ""
    brand: str = ""
    likeness: str = ""
    standing: str = ""
    asks: tuple[str, ...] = ()
    official: str = ""
    held_id: int | None = None
    rule_id: int | None = None
    reply: str = ""
    milliseconds: int = 0


def begin(mail_id: str, envelope: Envelope, size: int) -> Traced:
    """What is known before a verdict."""
    return Traced(
        datetime.now(UTC),
        mail_id,
        _kept(envelope.client_address),
        _kept(envelope.reverse_path),
        tuple(_kept(path) for path in envelope.forward_paths[:_MOST_RECIPIENTS]),
        size=size,
    )


def with_verdict(
    traced: Traced, message: Message, verdict: Verdict, action: str, milliseconds: float
) -> Traced:
    """The same, with what is believed of the mail."""
    author = next(iter(read_addresses(message).authors), None)
    address = author.address if author else ""
    message_id = message.first("message-id")
    return traced._replace(
        author_address=_kept(address),
        author_domain=_kept(address.rpartition("@")[2].lower()),
        message_id=_kept(decode_words(message_id.value) if message_id else ""),
        finding=verdict.finding.value,
        action=action,
        brand=verdict.brand.key if verdict.brand else "",
        likeness=verdict.claim.likeness.value if verdict.claim else "",
        standing=verdict.standing.value if verdict.standing else "",
        asks=tuple(dict.fromkeys(ask.kind.value for ask in verdict.asks)),
        official=_official(verdict),
        rule_id=verdict.allowance.rule if verdict.allowance else None,
        milliseconds=round(milliseconds),
    )


def for_privacy(traced: Traced, recipients: Recipients) -> Traced:
    """The same, with as much of its recipients as may be kept."""
    if recipients == "full":
        return traced
    kept = () if recipients == "none" else dict.fromkeys(p.rpartition("@")[2] for p in traced.recipients)
    return traced._replace(recipients=tuple(kept))


def _official(verdict: Verdict) -> str:
    author = verdict.proof.author_domain if verdict.proof else None
    if verdict.brand is None or author is None:
        return ""
    owned = [str(one.domain) for one in verdict.brand.domains if author.is_within(one.domain)]
    return max(owned, key=len, default="")


# Of most mail, all of these are of another mail, too.
@remembered(512, longest=100)
def _kept(text: str) -> str:
    return mask(storable(text, _LONGEST))
