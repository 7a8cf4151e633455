"""What is this mail? The three questions in order: one mail in, one verdict out.

Raises nothing on anything a sender writes; what a collaborator raises goes out to `gate`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from milter.config.options import Config
from milter.look.far import Lookout, build_lookout
from milter.mail.envelope import Envelope
from milter.mail.message import Message
from milter.mail.read import read_header_only
from milter.mail.reading import Mailbox, Reading
from milter.meter.signs import STAGES, Stage
from milter.proof.dns import Resolver
from milter.proof.proof import Proof, Standing
from milter.proof.prove import Prover
from milter.verdict.verdict import Finding, Verdict
from milter.verdict.weigh import weigh

Prove = Callable[[Message, Mailbox | None, Envelope | None], Awaitable[Proof]]


@dataclass(frozen=True, slots=True)
class Judge:
    """Everything a judgment needs, read once at start."""

    lookout: Lookout
    prove: Prove

    async def judge(self, message: Message, envelope: Envelope | None) -> Verdict:
        """Ask the three questions; most mail ends at the first one, for the claim.

        Claim and asks come from one look at the mail, which may be a child's. Who writes from a domain of
        the brand is asked for the proof before it: what proven mail says and wants changes nothing.
        """
        with STAGES.timing(Stage.CLAIM):
            owner = self.lookout.claim_of_owner(message)
        proof = None
        if owner is not None:
            reading = read_header_only(message)
            proof = await self._proof(message, reading, envelope)
            if proof.standing(owner.brand.owns) is Standing.PROVEN:
                return weigh(owner, proof, (), reading)
        with STAGES.timing(Stage.LOOK):
            sight = await self.lookout.look(message)
        if sight.claim is None:
            return Verdict(Finding.UNRELATED)
        reading = replace(read_header_only(message), unreadable=sight.unreadable, ambiguous=sight.ambiguous)
        return weigh(sight.claim, proof or await self._proof(message, reading, envelope), sight.asks, reading)

    async def _proof(self, message: Message, reading: Reading, envelope: Envelope | None) -> Proof:
        with STAGES.timing(Stage.PROOF):
            return await self.prove(message, reading.author, envelope)

    def close(self) -> None:
        """End the children that look at mails."""
        self.lookout.close()


def build_judge(config: Config, resolver: Resolver, note: Callable[[str], None] = lambda _: None) -> Judge:
    """The judge that a configuration asks for. Raises ConfigError with every problem of its data files.

    `note` hears why a child died that looked at a mail.
    """
    prover = Prover(
        resolver,
        sealers=config.proof.trusted_sealers,
        authserv_ids=config.proof.trusted_authserv_ids,
    )
    return Judge(build_lookout(config.judge, note), prover.prove)
