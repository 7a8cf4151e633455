"""Who does the mail say it is, and what does it want? The first and the third question, in one look.

Pure, but for the child of `far.py` that runs it. Never raises on anything a sender writes.
"""

from dataclasses import dataclass, replace

from milter.ask.ask import wants_data
from milter.ask.lexicon import Lexicon, load_lexicon
from milter.brand.load import load_brands
from milter.claim.claim import Basis, Claim
from milter.claim.others.footing import Footings
from milter.claim.read import ClaimReader, may_claim, read_claim
from milter.claim.words import load_claim_words
from milter.claim.writing.manner import Manners
from milter.claim.writing.wording import load_wordings
from milter.config.options import JudgeConfig
from milter.look.bait import leads_to_bait, passed_on
from milter.look.broken import Broken
from milter.look.by_wording import claim_by_wording, trace_by_wording, with_trace
from milter.look.misspelt import Misspelt, as_written
from milter.look.segment import Segmenter
from milter.look.sight import Sight
from milter.look.spaced import Spaced
from milter.look.wanted import is_little, says_little, wanted
from milter.look.warning import is_bait
from milter.mail.address import read_addresses
from milter.mail.message import Message
from milter.mail.reading import Reading
from milter.mail.structure.mime import Structure


@dataclass(frozen=True, slots=True)
class Looker:
    """Everything a look needs, read once at start."""

    claims: tuple[ClaimReader, ...]
    heedless: tuple[ClaimReader, ...]
    lexicon: Lexicon
    manners: Manners
    spaced: Spaced
    broken: Broken
    misspelt: Misspelt
    footings: Footings

    def claim_of_owner(self, message: Message) -> Claim | None:
        """The claim of a mail whose one author writes from a domain of the brand, by its header alone."""
        addresses = read_addresses(message)
        author = addresses.author
        if author is None or author.domain is None:
            return None
        readers = (reader for reader in self.claims if reader.brand.owns(author.domain))
        return next((reader.of_owner(addresses) for reader in readers), None)

    def may_claim(self, message: Message, structure: Structure) -> bool:
        """False for most mail, at a fraction of the price: no reading of it would show a claim."""
        return may_claim(message, structure, self.claims)

    def as_meant(self, reading: Reading) -> Reading:
        """The reading that the questions are asked of: with its words written as they are meant."""
        meant = self.misspelt.as_meant(self.broken.as_meant(self.spaced.as_meant(reading)))
        return self.footings.marked(meant)

    def claim(self, reading: Reading) -> Claim | None:
        """Who the mail says it is; None for most mail."""
        claim = self._claim(reading, self.claims)
        if claim is not None and claim.basis is not Basis.WORDED:
            return claim
        baits = (is_bait(reading, one, self.manners, self.lexicon) for one in self.claims)
        return (self._claim(reading, self.heedless) if any(baits) else None) or claim

    def _claim(self, reading: Reading, readers: tuple[ClaimReader, ...]) -> Claim | None:
        claim = read_claim(reading, readers)
        if claim is None:
            worded = (claim_by_wording(reading, one, self.manners) for one in readers)
            return next((found for found in worded if found is not None), None)
        reader = self._reader(claim)
        if claim.basis is Basis.HEARD_FROM:
            # Whoever only tells what he heard from it may show a trace of a claim of his own.
            shown = trace_by_wording(reading, reader, self.manners)
            if shown is not None:
                return shown
        claim = with_trace(self.manners.of_claim(claim, reading), reading, reader)
        # Whoever sends it on in good faith was taken in.
        return replace(claim, basis=Basis.FORGED) if leads_to_bait(claim, reading, self.lexicon) else claim

    def look(self, reading: Reading, claim: Claim | None) -> Sight:
        """What it wants, where it makes that claim."""
        sight = None if claim is None else self._wanted(reading, claim)
        little = sight is None or (sight.claim is not None and is_little(sight.claim, sight.asks))
        if little and (passed := self._passed_on(reading)) is not None:
            sight = self._wanted(reading, passed)
        if sight is None or sight.claim is None or says_little(sight.claim):
            sight = self._notified(reading) or sight
        if sight is None:
            return Sight(None, (), reading.unreadable, reading.ambiguous)
        return as_written(sight, reading)

    def _wanted(self, reading: Reading, claim: Claim) -> Sight | None:
        return wanted(claim, reading, self._reader(claim), self.manners, self.lexicon)

    def _passed_on(self, reading: Reading) -> Claim | None:
        passed = (passed_on(reading, one, self.manners, self.lexicon) for one in self.claims)
        return next((found for found in passed if found is not None), None)

    def _notified(self, reading: Reading) -> Sight | None:
        """What somebody wants by a platform's notice, where that is data: more it does not say of him."""
        for one in self.claims:
            claim = one.notified(reading)
            sight = None if claim is None else self._wanted(reading, claim)
            if sight is not None and wants_data(sight.asks):
                return sight
        return None

    def _reader(self, claim: Claim) -> ClaimReader:
        return next(one for one in self.claims if one.brand.key == claim.brand.key)


def build_looker(config: JudgeConfig) -> Looker:
    """The looker that a configuration asks for. Raises ConfigError with every problem of its data files."""
    common = load_claim_words(config.claim)
    brands = load_brands(config.brands)
    claims = tuple(ClaimReader(brand, common.for_brand(brand.words.names)) for brand in brands)
    wordings = load_wordings(config.wording)
    words = frozenset(word for one in wordings.values() for word in one.words)
    manners = Manners(wordings, common.wording)
    letters = Segmenter(words)
    return Looker(
        claims,
        tuple(one.heedless() for one in claims),
        load_lexicon(config.asks),
        manners,
        Spaced(letters),
        Broken(letters),
        Misspelt(words),
        Footings(common),
    )
