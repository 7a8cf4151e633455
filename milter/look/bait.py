"""Is a letter that somebody forwards or encloses an impostor's, so that whoever sent it on was taken in?

Pure.
"""

from dataclasses import replace

from milter.ask.ask import (
    is_never_on_paper,
    names_a_secret,
    wants_a_secret,
    wants_data_by_hand,
    wants_secrets,
)
from milter.ask.find import find_asks
from milter.ask.lexicon import Lexicon
from milter.ask.links import find_clicks
from milter.brand.brand import Brand
from milter.claim.claim import IN_A_FILE, SENT_ON, SURE_IMPOSTORS, Basis, Claim, Manner, Strength
from milter.claim.others.enclosed import are_cards, are_pages
from milter.claim.others.forward import letter_in
from milter.claim.read import ClaimReader
from milter.claim.writing.manner import Manners
from milter.mail.reading import LinkKind, Reading


def leads_to_bait(claim: Claim, reading: Reading, lexicon: Lexicon) -> bool:
    """True where the reader is sent to a forwarded letter that is bait, in an impostor's sure wording."""
    return claim.basis in SENT_ON and claim.manner in SURE_IMPOSTORS and _is_bait(claim, reading, lexicon)


def passed_on(reading: Reading, reader: ClaimReader, manners: Manners, lexicon: Lexicon) -> Claim | None:
    """The claim of a letter that is forwarded without comment, or enclosed, if it is such a one."""
    passed = reader.passed_on(reading)
    claim = passed and manners.of_claim(passed, reading)
    if claim and _is_lure(claim, reading, lexicon):
        return replace(claim, basis=Basis.FORGED_FILE if claim.basis in IN_A_FILE else Basis.FORGED)
    return claim if claim and _is_sure(claim) and _is_bait(claim, reading, lexicon) else None


def _is_sure(claim: Claim) -> bool:
    """True where the wording is surely an impostor's; beyond doubt where the letter says less whose it is."""
    if claim.strength is Strength.STRONG:
        return claim.manner in SURE_IMPOSTORS
    return claim.manner is Manner.SUREST_IMPOSTOR


def _is_lure(claim: Claim, reading: Reading, lexicon: Lexicon) -> bool:
    """True of a page with the organisation's name that sends a secret elsewhere, or of a card that says it to
    a number, however it is worded: nobody sends such a one on in good faith.
    """
    if claim.strength is not Strength.STRONG:
        return False
    if are_cards(reading):
        return names_a_secret(find_asks(letter_in(reading, claim.basis), lexicon, claim.brand))
    if not are_pages(reading):
        return False
    takes = _takes_elsewhere(claim.brand, reading)
    return takes and wants_a_secret(find_asks(reading, lexicon, claim.brand))


def _takes_elsewhere(brand: Brand, reading: Reading) -> bool:
    """True where a form sends what is written into it to another host; or nowhere, so that a script takes
    it: the organisation's own page, saved as a file, says where it sends.
    """
    hosts = (link.host for link in reading.links if link.kind is LinkKind.FORM)
    if any(host is not None and not brand.knows(host) for host in hosts):
        return True
    return any(not form.action for form in reading.forms)


def _is_bait(claim: Claim, reading: Reading, lexicon: Lexicon) -> bool:
    """True where the letter leads away, or wants what the organisation never wants; or beyond doubt data
    that go to a person.
    """
    letter = letter_in(reading, claim.basis)
    if find_clicks(letter, lexicon.links, claim.brand).bait is not None:
        return True
    asks = find_asks(letter, lexicon, claim.brand)
    if claim.basis in IN_A_FILE and any(map(is_never_on_paper, asks)):
        return True
    beyond_doubt = claim.manner is Manner.SUREST_IMPOSTOR
    return wants_secrets(asks) or (beyond_doubt and wants_data_by_hand(asks))
