"""What do the three answers mean? Finding and verdict. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from milter.ask.ask import Ask
from milter.brand.brand import Brand
from milter.claim.claim import Claim
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


@dataclass(frozen=True, slots=True)
class Verdict:
    """The finding and its grounds. Without a claim there is no brand, proof or ask.

    `unreadable` and `ambiguous` are those of the `Reading`: what could not be read, or in more ways than one.
    """

    finding: Finding
    brand: Brand | None = None
    claim: Claim | None = None
    proof: Proof | None = None
    standing: Standing | None = None
    asks: tuple[Ask, ...] = ()
    unreadable: frozenset[str] = frozenset()
    ambiguous: frozenset[str] = frozenset()
