"""Who does the mail say it is, and what does it want? The first and the third question, in one look.

Pure, but for the child of `far.py` that runs it. Never raises on anything a sender writes.
"""

import re
from dataclasses import dataclass

from milter.ask.ask import Ask
from milter.ask.find import find_asks
from milter.ask.lexicon import Lexicon, load_lexicon
from milter.brand.load import load_brands
from milter.brand.promise import AskKind
from milter.claim.claim import Claim, Likeness, Strength
from milter.claim.read import ClaimReader, may_claim, read_claim
from milter.claim.words import load_claim_words
from milter.config.options import JudgeConfig
from milter.look.sight import Sight
from milter.mail.glimpse import look as glimpse
from milter.mail.message import Message
from milter.mail.reading import Reading

_sentence = re.compile(
    r"[^\n.!?]{0,200}\b(?:mot de passe|mots de passe|code|password|pin)\b[^\n.!?]{0,200}", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Looker:
    """Everything a look needs, read once at start."""

    claims: tuple[ClaimReader, ...]
    lexicon: Lexicon

    def may_claim(self, message: Message) -> bool:
        """False for most mail, at a fraction of the price: no reading of it would show a claim."""
        return may_claim(glimpse(message), self.claims)

    def claim(self, reading: Reading) -> Claim | None:
        """Who the mail says it is; None for most mail."""
        return read_claim(reading, self.claims)

    def look(self, reading: Reading, claim: Claim | None) -> Sight:
        """What it wants, where it makes that claim."""
        if claim is None:
            return Sight(None, (), reading.unreadable, reading.ambiguous)
        # Whoever shows himself as the brand answers for what he quotes, too.
        shown = claim.strength is Strength.STRONG and claim.likeness is not Likeness.VOICE
        asks = find_asks(reading, self.lexicon, claim.brand, include_quoted=shown)
        asks = _with_locked_file(asks, reading, claim)
        return Sight(claim, asks, reading.unreadable, reading.ambiguous)


def build_looker(config: JudgeConfig) -> Looker:
    """The looker that a configuration asks for. Raises ConfigError with every problem of its data files."""
    common = load_claim_words(config.claim)
    claims = tuple(ClaimReader(brand, common) for brand in load_brands(config.brands))
    return Looker(claims, load_lexicon(config.asks))


def _with_locked_file(asks: tuple[Ask, ...], reading: Reading, claim: Claim) -> tuple[Ask, ...]:
    """The asks, and to open the locked file whose password stands beside it: a lure that no filter reads."""
    if "encrypted" not in reading.unreadable or any(ask.kind is AskKind.ATTACHMENT for ask in asks):
        return asks
    said = _sentence.search(reading.text)
    if said is None:
        return asks
    kind = AskKind.ATTACHMENT
    lure = Ask(kind, " ".join(said[0].split())[:300], claim.brand.promise_against(kind))
    return tuple(sorted((*asks, lure), key=lambda ask: list(AskKind).index(ask.kind)))
