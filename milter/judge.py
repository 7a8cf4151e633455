"""What is this mail? The three questions in order: one mail in, one verdict out.

Raises nothing on anything a sender writes; what a collaborator raises goes out to `gate`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from milter.ask.find import find_asks
from milter.ask.lexicon import Lexicon, load_lexicon
from milter.brand.load import load_brands
from milter.claim.claim import Likeness, Strength
from milter.claim.read import ClaimReader, may_claim, read_claim
from milter.claim.words import load_claim_words
from milter.config.options import Config
from milter.mail.envelope import Envelope
from milter.mail.glimpse import look
from milter.mail.message import Message
from milter.mail.read import read
from milter.mail.reading import Mailbox
from milter.proof.dns import Resolver
from milter.proof.proof import Proof
from milter.proof.prove import Prover
from milter.verdict.verdict import Finding, Verdict
from milter.verdict.weigh import weigh

Prove = Callable[[Message, Mailbox | None, Envelope | None], Awaitable[Proof]]


@dataclass(frozen=True, slots=True)
class Judge:
    """Everything a judgment needs, read once at start."""

    claims: tuple[ClaimReader, ...]
    lexicon: Lexicon
    prove: Prove

    async def judge(self, message: Message, envelope: Envelope | None) -> Verdict:
        """Ask the three questions, cheapest first; most mail ends at the first one."""
        if not may_claim(look(message), self.claims):
            return Verdict(Finding.UNRELATED)
        reading = read(message)
        claim = read_claim(reading, self.claims)
        if claim is None:
            return Verdict(Finding.UNRELATED)
        proof = await self.prove(message, reading.author, envelope)
        # Whoever shows himself as the brand answers for what he quotes, too.
        shown = claim.strength is Strength.STRONG and claim.likeness is not Likeness.VOICE
        asks = find_asks(reading, self.lexicon, claim.brand, include_quoted=shown)
        return weigh(claim, proof, asks, reading)


def build_judge(config: Config, resolver: Resolver) -> Judge:
    """The judge that a configuration asks for. Raises ConfigError with every problem of its data files."""
    brands = load_brands(config.judge.brands)
    common = load_claim_words(config.judge.claim)
    return Judge(
        claims=tuple(ClaimReader(brand, common) for brand in brands),
        lexicon=load_lexicon(config.judge.asks),
        prove=Prover(
            resolver,
            sealers=config.proof.trusted_sealers,
            authserv_ids=config.proof.trusted_authserv_ids,
        ).prove,
    )
