"""Who does the mail say it is, and what does it want? The first and the third question, in one look.

Pure, but for the child of `far.py` that runs it. Never raises on anything a sender writes.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from milter.ask.ask import Ask, wants_a_secret, wants_data, wants_data_by_hand, wants_harm, wants_secrets
from milter.ask.find import find_asks
from milter.ask.lexicon import Lexicon, load_lexicon
from milter.ask.links import find_clicks
from milter.brand.load import load_brands
from milter.claim.claim import (
    IMPOSTORS,
    SURE_IMPOSTORS,
    Claim,
    Likeness,
    Manner,
    Relay,
    Strength,
)
from milter.claim.enclosed import IN_FILES, in_file, what_is_enclosed
from milter.claim.forward import letter_in
from milter.claim.manner import Manners
from milter.claim.read import ClaimReader, may_claim, read_claim
from milter.claim.speaker import Speaker
from milter.claim.wording import Worded, is_in_files, load_wordings
from milter.claim.words import load_claim_words
from milter.config.options import JudgeConfig
from milter.look.files import with_answer_by_mail, with_locked_file
from milter.look.misspelt import Misspelt, as_written
from milter.look.sight import Sight
from milter.look.spaced import Spaced
from milter.mail.address import read_addresses
from milter.mail.message import Message
from milter.mail.mime import Structure
from milter.mail.reading import Reading

_NO_TEXT = 5


@dataclass(frozen=True, slots=True)
class Looker:
    """Everything a look needs, read once at start."""

    claims: tuple[ClaimReader, ...]
    lexicon: Lexicon
    manners: Manners
    spaced: Spaced
    misspelt: Misspelt

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
        return self.misspelt.as_meant(self.spaced.as_meant(reading))

    def claim(self, reading: Reading) -> Claim | None:
        """Who the mail says it is; None for most mail."""
        claim = read_claim(reading, self.claims)
        if claim is not None:
            # Who only tells what he heard from it may show a trace of a claim of his own.
            if (
                claim.relay is Relay.HEARD_FROM
                and (shown := self._shown_beside(reading, self._reader(claim))) is not None
            ):
                return shown
            claim = self._traced(self.manners.of_claim(claim, reading), reading)
            return replace(claim, forged=True) if self._is_lured(reading, claim) else claim
        worded = (self._worded(reading, one) or self._worded_in_files(reading, one) for one in self.claims)
        return next((found for found in worded if found is not None), None)

    def _worded_in_files(self, reading: Reading, reader: ClaimReader) -> Claim | None:
        """What the files claim that are the letter, be it little, where they are surely worded as an
        impostor's; wording alone says nothing, since a file is often another's."""
        if not reader.is_spoken_for(reading):
            return None
        letter = what_is_enclosed(reading)
        claim = reader.read(letter)
        found = self._worded(letter, reader) if claim is None else self.manners.of_claim(claim, letter)
        if found is None or found.worded or found.manner not in SURE_IMPOSTORS:
            return None
        return replace(found, enclosed=True, evidence=in_file(found.evidence))

    def _traced(self, claim: Claim, reading: Reading) -> Claim:
        """The claim; of a third party who surely writes as an impostor the trace of one that he shows."""
        if claim.relay is None or claim.acting or claim.manner not in SURE_IMPOSTORS:
            return claim
        trace = self._reader(claim).trace(reading)
        if trace is None or trace.told:
            return claim
        return replace(trace, manner=claim.manner, evidence=(*trace.evidence, claim.evidence[-1]))

    def _shown_beside(self, reading: Reading, reader: ClaimReader) -> Claim | None:
        found = self._worded(reading, reader)
        return None if found is None or found.worded else found

    def _reader(self, claim: Claim) -> ClaimReader:
        return next(one for one in self.claims if one.brand is claim.brand)

    def _is_lured(self, reading: Reading, claim: Claim) -> bool:
        """True where the reader is sent to a letter that is surely worded as an impostor's, and is bait:
        whoever sends it on in good faith was taken in."""
        if not claim.forwarded or claim.manner not in SURE_IMPOSTORS:
            return False
        return self._is_bait(reading, claim)

    def _passed_on(self, reading: Reading) -> Claim | None:
        """The claim of a letter that is forwarded without a word of it, or enclosed, if it is such a one."""
        for reader in self.claims:
            passed = reader.passed_on(reading)
            claim = passed and self.manners.of_claim(passed, reading)
            if claim and _is_sure_enough(claim) and self._is_bait(reading, claim):
                return claim
        return None

    def _is_bait(self, reading: Reading, claim: Claim) -> bool:
        """True where a letter that is sent on leads away, or wants what the organisation never wants."""
        letter = letter_in(reading)
        if find_clicks(letter, self.lexicon.links, claim.brand).bait is not None:
            return True
        asks = find_asks(letter, self.lexicon, claim.brand)
        beyond_doubt = claim.manner is Manner.SUREST_IMPOSTOR
        return wants_secrets(asks) or (beyond_doubt and wants_data_by_hand(asks))

    def _worded(self, reading: Reading, reader: ClaimReader) -> Claim | None:
        """The claim of a mail that makes none but by its manner, or else only a trace of one."""
        worded = self.manners.worded(reading, reader.brand)
        claim = None if worded is None else self.manners.alone(worded, reader.brand)
        if worded is None or claim is None:
            return None
        beyond_doubt = claim.manner is Manner.SUREST_IMPOSTOR
        if not reader.is_of_its_field(reading) or reader.is_of_others(reading, beyond_doubt=beyond_doubt):
            return None
        # Who tells of frauds quotes them.
        quotes = reader.tells_of_frauds(reading)
        found = (not quotes and self._beside_a_trace(claim, worded, reading, reader)) or claim
        if not found.worded:
            return found
        # A file is often another's: the picture of a summons is a fraud of another brand.
        return None if is_in_files(reading) else replace(found, own_name=reader.says_own_name(reading))

    def _beside_a_trace(
        self, claim: Claim, worded: Worded, reading: Reading, reader: ClaimReader
    ) -> Claim | None:
        """What more such a mail claims by a trace of a claim, or by a word of the brand; None for nothing."""
        trace = reader.trace(reading) if claim.manner in SURE_IMPOSTORS else None
        if trace is not None:
            return replace(trace, manner=claim.manner, evidence=(*trace.evidence, *claim.evidence))
        said = reader.spoken_of(reading)
        if said is None:
            return None
        own_name, who = reader.says_own_name(reading), reader.speaker(reading)
        evidence = (said, *claim.evidence)
        if self.manners.makes_a_trace(worded, who, own_name=own_name):
            return replace(claim, worded=False, spoken=True, evidence=evidence)
        if own_name or self.manners.is_less_than_likely(worded):
            return None
        # The less he says who he is, the less he need want.
        least = Strength.LIKELY if who is Speaker.SENDER else Strength.STRONG
        return replace(claim, strength=max(claim.strength, least), evidence=evidence)

    def look(self, reading: Reading, claim: Claim | None) -> Sight:
        """What it wants, where it makes that claim."""
        sight = None if claim is None else self._wanted(reading, claim)
        little = sight is None or (sight.claim is not None and _is_little(sight.claim, sight.asks))
        if little and (passed := self._passed_on(reading)) is not None:
            sight = self._wanted(reading, passed)
        if sight is None:
            return Sight(None, (), reading.unreadable, reading.ambiguous)
        return as_written(sight, reading)

    def _wanted(self, reading: Reading, claim: Claim) -> Sight | None:
        """What the claim wants; None where it only speaks of the organisation or its matter, as half of all
        mail about health does.
        """
        # Whoever shows himself as the brand answers for what he quotes, too.
        shown = claim.strength is Strength.STRONG and claim.likeness is not Likeness.VOICE
        if claim.enclosed and len(reading.text.split()) > _NO_TEXT:
            # The links of the mail itself are its sender's: his firm's, his signature's. Where there is no
            # text they stand round the picture that is the mail.
            reading = replace(reading, links=tuple(link for link in reading.links if link.kind in IN_FILES))
        if claim.forwarded:
            # Links that are only written in it are not among the sender's own.
            links = dict.fromkeys((*reading.links, *letter_in(reading).links))
            reading = replace(reading, links=tuple(links))
        asks = find_asks(reading, self.lexicon, claim.brand, include_quoted=shown or claim.forwarded)
        claim = self._less_sure(claim, asks, reading)
        if (claim.relay is not None or claim.worded or claim.spoken) and not _is_worth_telling(claim, asks):
            return None
        asks = with_locked_file(asks, reading, claim)
        if claim.enclosed:
            asks = with_answer_by_mail(asks, reading, claim)
        return Sight(claim, asks, reading.unreadable, reading.ambiguous)

    def _less_sure(self, claim: Claim, asks: tuple[Ask, ...], reading: Reading) -> Claim:
        """The claim; of third parties whose wording says less than of others, less sure of its manner.

        Employers and insurers tell what they heard from the organisation, and want data for themselves; and
        whoever says what it wants of somebody else wants no more than a click.
        """
        if claim.manner not in SURE_IMPOSTORS:
            return claim
        harm, heard = wants_harm(asks, third_party=claim.relay is not None), claim.relay is Relay.HEARD_FROM
        if claim.acting and not harm:
            is_sure = self.manners.is_sure
        elif heard and harm and self._reader(claim).says_own_name(reading):
            is_sure = self.manners.is_beyond_doubt_of_a_body
        else:
            return claim
        worded = self.manners.worded(reading, claim.brand)
        return claim if worded is None or is_sure(worded) else replace(claim, manner=Manner.IMPOSTOR)


def build_looker(config: JudgeConfig) -> Looker:
    """The looker that a configuration asks for. Raises ConfigError with every problem of its data files."""
    common = load_claim_words(config.claim)
    brands = load_brands(config.brands)
    claims = tuple(ClaimReader(brand, common.for_brand(brand.words.names)) for brand in brands)
    wordings = load_wordings(config.wording)
    words = frozenset(word for one in wordings.values() for word in one.words)
    manners = Manners(wordings, common.wording)
    return Looker(claims, load_lexicon(config.asks), manners, Spaced(words), Misspelt(words))


# What a mail that is given away by its manner alone has to want, by how surely it is.
_WORTH: dict[Strength, Callable[[tuple[Ask, ...]], bool]] = {
    Strength.WEAK: wants_secrets,
    Strength.LIKELY: wants_harm,
    Strength.STRONG: bool,
}


def _is_sure_enough(claim: Claim) -> bool:
    """True where the wording is surely an impostor's; beyond doubt where the letter says less whose it is."""
    if claim.strength is Strength.STRONG:
        return claim.manner in SURE_IMPOSTORS
    return claim.manner is Manner.SUREST_IMPOSTOR


def _is_little(claim: Claim, asks: tuple[Ask, ...]) -> bool:
    """True of what only tells a little, and wants no more than a click: a note above a letter does."""
    return claim.told and claim.strength is not Strength.STRONG and not wants_harm(asks)


def _is_worth_telling(claim: Claim, asks: tuple[Ask, ...]) -> bool:
    """Of a third party: does he want more than any honest one does? He wants secrets, or in its name data.

    Who writes in the manner of its impostors need only want what does harm, or less, if he surely does; and
    where there is no doubt of it, or he speaks of it, too, what he wants was only not seen.
    """
    if claim.manner is Manner.SUREST_IMPOSTOR or claim.spoken:
        return True
    if claim.worded:
        return _WORTH[claim.strength](asks)
    if claim.manner in SURE_IMPOSTORS:
        return bool(asks)
    if claim.manner in IMPOSTORS:
        return wants_harm(asks)
    if wants_secrets(asks):
        return True
    if claim.relay is Relay.DEMANDED:
        # Employers, insurers and pharmacies say that it wants the reader's number, papers and account.
        return wants_a_secret(asks)
    return claim.acting and wants_data(asks)
