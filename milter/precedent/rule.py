"""Whom has an admin allowed, and which mail of his does that cover? Values, and what compares them. Pure.

A rule opens the door as far as one released mail stood in it, and no further: to the exact address of its
author, proven again by a domain that proved it then, as the same organisation, presented no more closely,
for nothing that the released mail did not want. A hacked account that wants something else, or a hidden
part that cannot be read, is judged as though there were no rule.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from milter.ask.ask import Ask, wants_secrets
from milter.brand.promise import AskKind
from milter.campaign.sketch import Sketch
from milter.campaign.traits import Traits, hosts_of, nearest
from milter.claim.claim import Likeness
from milter.mail.domain import Domain
from milter.mail.masking import mask
from milter.mail.message import Message
from milter.mail.read import read_header_only
from milter.quarantine.held import Held
from milter.verdict.verdict import Verdict

# Nobody but the organisation shows these: what proves another author does not make them true.
_OFFICIAL = frozenset({Likeness.OFFICIAL_ADDRESS.value, Likeness.OWNED_DOMAIN.value})


class NoRule(StrEnum):
    """Why no rule can be made from a mail. The value is the sentence that an admin reads."""

    NOT_KEPT = "There is no record of what it proved."
    NO_PROOF = "It does not prove its author: no valid signature of the domain of the author's address."
    MASKED = "Its author's address contains a number that is masked, so it cannot be compared exactly."
    OFFICIAL = "It shows an address or a domain of the organisation, which no other author may do."
    SECRETS = "It wants a password, a code or a card together with more, which no honest author does."
    NO_REASON = "A reason is needed."
    NO_END = "The last day must be in the future, and within a year."
    TOO_MANY = "There may be no more rules: remove some first."


@dataclass(frozen=True, slots=True)
class Seen:
    """What a rule looks at. `address` is the one author's, lower case, `domains` those that prove it;
    `wants` are the kinds of ask, `odd` what could not be read, or in more ways than one."""

    address: str = field(repr=False)
    domains: frozenset[str]
    brand: str
    likeness: str
    wants: frozenset[str]
    odd: frozenset[str]


@dataclass(frozen=True, slots=True)
class Letter:
    """The campaign that a rule is for, and what its copies have in common; `hosts` are those that their links
    may lead to."""

    campaign_id: int
    sketch: Sketch = field(repr=False)
    skeleton: str = field(repr=False)
    hosts: frozenset[str]

    def has_copy(self, traits: Traits) -> bool:
        """True where a mail is a copy of it, and leads nowhere else."""
        return (
            traits.skeleton == self.skeleton
            and nearest(traits.sketch, [(self.campaign_id, self.sketch)]) is not None
            and hosts_of(traits.links) <= self.hosts
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """An author whom an admin, `owner`, has allowed, and the mail that he did it for; with a `letter`, only
    for copies of that."""

    id: int
    seen: Seen
    mail_id: int
    reason: str = field(repr=False)
    owner: str
    created: datetime
    until: datetime
    uses: int = 0
    last_used: datetime | None = None
    letter: Letter | None = None

    def covers(self, mail: Seen, now: datetime) -> bool:
        """True for a mail that may pass by this rule."""
        return (
            now < self.until
            and mail.address == self.seen.address
            and mail.brand == self.seen.brand
            and not mail.domains.isdisjoint(self.seen.domains)
            and mail.likeness in {self.seen.likeness, Likeness.VOICE.value}
            and mail.wants <= self.seen.wants
            and mail.odd <= self.seen.odd
            and not _forbidden(mail)
        )


def seen_in(message: Message, verdict: Verdict) -> Seen | None:
    """What a rule would look at; None where the mail does not prove its one author."""
    author = read_header_only(message).author
    if author is None or not (verdict.brand and verdict.claim and verdict.proof):
        return None
    domains = _proving(author.address, (domain.name for domain in verdict.proof.vouching))
    if not domains:
        return None
    return Seen(
        author.address,
        domains,
        verdict.brand.key,
        verdict.claim.likeness.value,
        frozenset(ask.kind.value for ask in verdict.asks),
        verdict.unreadable | verdict.ambiguous,
    )


def basis_of(held: Held) -> Seen | NoRule:
    """What a rule made from a held mail would compare with, or why none can be made."""
    grounds = _grounds(held.report)
    claim, proof, asks = (grounds.get(key) for key in ("claim", "proof", "asks"))
    if not (isinstance(claim, dict) and isinstance(proof, dict) and isinstance(asks, list)):
        return NoRule.NOT_KEPT
    address = held.author_address.lower()
    domains = _proving(address, _texts(proof.get("vouching")))
    if not domains:
        return NoRule.NO_PROOF
    if "*" in address or mask(address) != address:
        return NoRule.MASKED
    wants = frozenset(_texts(ask.get("kind") for ask in asks if isinstance(ask, dict)))
    odd = frozenset((*_texts(grounds.get("unreadable")), *_texts(grounds.get("ambiguous"))))
    seen = Seen(address, domains, held.brand, str(claim.get("likeness")), wants, odd)
    return _forbidden(seen) or seen


def _forbidden(seen: Seen) -> NoRule | None:
    """Why no rule may cover such a mail, whatever an admin released."""
    if seen.likeness in _OFFICIAL:
        return NoRule.OFFICIAL
    kinds = {*AskKind}
    asks = tuple(Ask(AskKind(want), "") for want in sorted(seen.wants) if want in kinds)
    return NoRule.SECRETS if wants_secrets(asks) else None


def _proving(address: str, vouching: Iterable[str]) -> frozenset[str]:
    """The domains that the address is in, and those below its own. Not their sisters: under some suffixes
    they are strangers, whom relaxed alignment takes for one organization."""
    author = Domain.parse(address.rpartition("@")[2])
    if author is None:
        return frozenset()
    found = filter(None, map(Domain.parse, vouching))
    return frozenset(one.name for one in found if author.is_within(one) or one.is_within(author))


def _grounds(report: str) -> dict[str, Any]:
    try:
        found = json.loads(report)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _texts(values: object) -> Collection[str]:
    if not isinstance(values, Iterable):
        return ()
    return [value for value in values if isinstance(value, str)]
