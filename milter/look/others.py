"""Does a body only tell its reader, in its own name, what the organisation offers, wants or claims?

Pure. Examination centres write "l'Assurance Maladie vous offre un bilan" and sign with their own name;
practices and employers tell what it demands, and lawyers what is owed to it. Whoever wants more is heard as
ever.
"""

from dataclasses import replace

from milter.ask.ask import Ask, wants_access, wants_harm
from milter.ask.find import find_asks
from milter.ask.lexicon import Lexicon
from milter.brand.promise import AskKind
from milter.claim.claim import OFFER, SURE_IMPOSTORS, THIRD_PARTY, Basis, Claim, Likeness, Manner, Strength
from milter.claim.read import ClaimReader
from milter.claim.speaking.speaker import Speaker
from milter.claim.weighing import SPOKEN
from milter.claim.writing.manner import Manners
from milter.mail.reading import Reading

# What a practice, an employer or a midwife needs.
_PAPERS = frozenset({AskKind.NIR, AskKind.MEDICAL, AskKind.IDENTITY_PAPERS})


def as_told(claim: Claim, asks: tuple[Ask, ...], reading: Reading, manners: Manners) -> Claim:
    """The claim; of one who does what it offers, and wants a click, an answer or a call, that of one who
    tells of it, and its manner only where not even a body that says its own name writes so.
    """
    if not _only_offers(claim) or wants_harm(asks, third_party=True):
        return claim
    worded = manners.worded(reading, claim.brand)
    beyond_doubt = worded is not None and manners.is_beyond_doubt_of_a_body(worded)
    manner = Manner.IMPOSTOR if claim.manner in SURE_IMPOSTORS and not beyond_doubt else claim.manner
    return replace(claim, basis=Basis.RELAYED, strength=Strength.WEAK, manner=manner)


def _only_offers(claim: Claim) -> bool:
    if claim.basis is not Basis.SHOWN or claim.strength is Strength.STRONG:
        return False
    by_text = all(e.likeness is Likeness.VOICE for e in claim.evidence)
    return by_text and {e.where for e in claim.evidence} & SPOKEN == {OFFER}


def is_an_office_s(claim: Claim, asks: tuple[Ask, ...], reading: Reading, reader: ClaimReader) -> bool:
    """True of a practice, an employer or a midwife who tells what the organisation wants, or sent, and needs
    papers or the reader's number for it, in a wording that is not surely an impostor's: not of one who says
    nobody's name, nor who wants money, or what opens an account or pays.
    """
    if claim.basis not in (Basis.DEMANDED, Basis.HEARD_FROM) or claim.manner is not Manner.IMPOSTOR:
        return False
    kinds = {ask.kind for ask in asks}
    if wants_access(asks) or AskKind.PAYMENT in kinds or _PAPERS.isdisjoint(kinds):
        return False
    return reader.speaker(reading) is not Speaker.NOBODY


def shows_no_way_to_pay(claim: Claim, asks: tuple[Ask, ...], reading: Reading, lexicon: Lexicon) -> bool:
    """True of a third party who wants nothing but money, in words that no phrase has: neither a link nor an
    account, nor to be answered or called. Lawyers write so to each other of what the organisation claims.
    """
    if claim.basis not in THIRD_PARTY or [ask.kind for ask in asks] != [AskKind.PAYMENT]:
        return False
    return not find_asks(reading, lexicon, claim.brand, paraphrased=False)
