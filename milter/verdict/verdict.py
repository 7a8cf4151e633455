"""What do the three answers mean? Finding and verdict. Pure."""

import datetime
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from milter.ask.ask import Ask
from milter.brand.brand import Brand
from milter.brand.promise import Promise
from milter.claim.claim import Claim
from milter.mail.reading import Mailbox
from milter.mail.text.folding import phrase
from milter.proof.proof import Proof, Standing


class Finding(StrEnum):
    """What we believe of a mail. The value is the word in JSON, header fields and log."""

    UNRELATED = "unrelated"
    GENUINE = "genuine"
    GENUINE_UNLISTED = "genuine_unlisted"
    MENTION = "mention"
    SUSPECT = "suspect"
    IMPERSONATION = "impersonation"
    UNDECIDED = "undecided"
    # Never weighed: an admin has said so of an author who proves who he is.
    ALLOWED = "allowed"


# What speaks against a mail, the worst first; with the others it goes on untouched.
AGAINST = (Finding.IMPERSONATION, Finding.SUSPECT, Finding.UNDECIDED)


@dataclass(frozen=True, slots=True)
class Allowance:
    """The rule of an admin that lets a mail pass: its number, the author it is for, and its last moment."""

    rule: int
    address: str
    until: datetime.datetime


class Outline(Protocol):
    """What else of a mail is weighed: who wrote it, and what could not be read, or in more ways than one.

    A `Reading` is one. What it says is not looked at: claim and asks are all that is known of the text, which
    a child may have read.
    """

    @property
    def author(self) -> Mailbox | None:
        """The one mailbox of From; None where there is not exactly one."""

    @property
    def unreadable(self) -> frozenset[str]:
        """What could not be read."""

    @property
    def ambiguous(self) -> frozenset[str]:
        """What may be read in more ways than one."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The finding and its grounds. Without a claim there is no brand, proof or ask.

    `unreadable` and `ambiguous` are those of the `Reading`: what could not be read, or in more ways than one.
    `allowance` stands where the finding is ALLOWED; the rest then says what else would be believed.
    """

    finding: Finding
    brand: Brand | None = None
    claim: Claim | None = None
    proof: Proof | None = None
    standing: Standing | None = None
    asks: tuple[Ask, ...] = ()
    unreadable: frozenset[str] = frozenset()
    ambiguous: frozenset[str] = frozenset()
    allowance: Allowance | None = None

    def promise_against(self, ask: Ask) -> Promise | None:
        """The promise that the ask breaks, by what the claim and all asks show; None for none."""
        if self.brand is None or self.claim is None:
            return None
        shown = (*(one.shows for one in self.claim.evidence), *(one.quote for one in self.asks))
        return self.brand.promise_against(ask.kind, f" {phrase(' '.join(shown))}")
