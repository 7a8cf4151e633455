"""What does a mail want by its claim, and is that worth telling? Half of all mail about health speaks of the
organisation and wants something for its sender.

Pure.
"""

from collections.abc import Callable
from dataclasses import replace

from milter.ask.ask import Ask, wants_a_secret, wants_data, wants_harm, wants_secrets
from milter.ask.find import find_asks
from milter.ask.lexicon import Lexicon
from milter.brand.promise import AskKind
from milter.claim.claim import (
    ACCOUNT,
    ACTING,
    BY_WORDING,
    ENCLOSED,
    IMPOSTORS,
    IN_A_FILE,
    OTHERS,
    SENT_ON,
    SURE_IMPOSTORS,
    THIRD_PARTY,
    Basis,
    Claim,
    Likeness,
    Manner,
    Strength,
)
from milter.claim.others.enclosed import IN_FILES
from milter.claim.others.forward import letter_in
from milter.claim.read import ClaimReader
from milter.claim.writing.manner import Manners
from milter.look.files import with_answer_by_mail, with_locked_file
from milter.look.foreign import with_what_is_named
from milter.look.others import as_told, is_an_office_s, shows_no_way_to_pay
from milter.look.sight import Sight
from milter.mail.reading import Reading

# What is quoted is part of these: what somebody filled in may stand below "Description :".
_OTHERS_PARTS = SENT_ON | {Basis.FILLED_IN}
_NO_TEXT = 5
_IN_A_FILE = "attachment"
_UNFRIENDLY = frozenset({AskKind.CARD, AskKind.PAYMENT, AskKind.ONE_TIME_CODE})
# What whoever treats the reader has filled in on his own page; nobody needs more than that to be paid.
_AT_HOME = frozenset({AskKind.NIR, AskKind.CARD, AskKind.PAYMENT, AskKind.FORM, AskKind.LINK})
_DESK = frozenset({AskKind.BANK_DETAILS, AskKind.IDENTITY_PAPERS})
# What is seen of a notice that data were stolen, which names what was, and says which password to change.
_ADVISED = frozenset({AskKind.NIR, AskKind.CREDENTIALS})
# Where a letter shows whose it is.
_SHOWN = frozenset({"letterhead", "sign-off", "footer", "speech"})

# What a mail that is given away by its wording alone has to want, by how surely it is.
_WORTH: dict[Strength, Callable[[tuple[Ask, ...]], bool]] = {
    Strength.WEAK: wants_secrets,
    Strength.LIKELY: wants_harm,
    Strength.STRONG: bool,
}


def wanted(
    claim: Claim, reading: Reading, reader: ClaimReader, manners: Manners, lexicon: Lexicon
) -> Sight | None:
    """The claim and what it wants; None where it only speaks of the organisation or its matter."""
    # Whoever shows himself as the brand answers for what he quotes, too.
    shown = claim.strength is Strength.STRONG and claim.likeness is not Likeness.VOICE
    read = _with_its_links(claim, reading)
    asks = find_asks(
        read,
        lexicon,
        claim.brand,
        include_quoted=shown or claim.basis in _OTHERS_PARTS - IN_A_FILE,
        paraphrased=_may_be_paraphrased(claim),
    )
    if claim.foreign:
        asks = with_what_is_named(asks, read, claim, lexicon)
    if is_an_office_s(claim, asks, read, reader) or shows_no_way_to_pay(claim, asks, read, lexicon):
        return None
    if _is_of_no_letter(claim, asks, read, reader) or _is_oral(claim, asks, read, reader, manners):
        return None
    if _may_be_at_home(claim, asks, read, lexicon) and _is_at_home(claim, read, reader, manners):
        return None
    claim = less_sure(as_told(claim, asks, read, manners), asks, read, reader, manners)
    if claim.basis in THIRD_PARTY | BY_WORDING and not is_worth_telling(claim, asks):
        return None
    asks = with_locked_file(asks, read)
    if claim.basis in ENCLOSED:
        asks = with_answer_by_mail(asks, read, claim)
    return Sight(claim, asks, reading.unreadable, reading.ambiguous)


def _may_be_paraphrased(claim: Claim) -> bool:
    """Whether it is worth hearing what is wanted in words that no phrase has.

    Honest senders want data for themselves, in such words, too: it counts of who is worded as impostors are,
    or heads or signs as the brand, or is called so, and is not worded as others are; never of a mere wording.
    """
    if claim.basis is Basis.WORDED or claim.manner in OTHERS:
        return False
    shows = claim.likeness is not Likeness.VOICE or not _SHOWN.isdisjoint(e.where for e in claim.evidence)
    return claim.manner in IMPOSTORS or (claim.basis is Basis.SHOWN and shows)


def is_little(claim: Claim, asks: tuple[Ask, ...]) -> bool:
    """True of what only tells a little, and wants no more than a click, or only has a wording: so does a note
    above a letter.
    """
    if claim.basis is Basis.WORDED:
        return True
    tells = claim.basis is Basis.TOLD or claim.basis in THIRD_PARTY
    return tells and claim.strength is not Strength.STRONG and not wants_harm(asks)


def says_little(claim: Claim) -> bool:
    """True of what only tells of the organisation, or only has a wording."""
    return claim.basis is Basis.TOLD or claim.basis in THIRD_PARTY | BY_WORDING


def less_sure(
    claim: Claim, asks: tuple[Ask, ...], reading: Reading, reader: ClaimReader, manners: Manners
) -> Claim:
    """The claim; of third parties whose wording says less than that of others, less sure of its manner.

    Employers and insurers tell what they heard from the organisation, and want data for themselves; and
    whoever says what it wants of somebody else wants no more than a click.
    """
    if claim.manner in OTHERS and _is_a_desk_s(claim, asks):
        return replace(claim, manner=Manner.NEITHER)
    if claim.manner not in SURE_IMPOSTORS:
        return claim
    harm = wants_harm(asks, third_party=claim.basis in THIRD_PARTY)
    if claim.basis in ACTING and not harm:
        is_sure = manners.is_sure
    elif claim.basis is Basis.HEARD_FROM and harm and reader.says_own_name(reading):
        is_sure = manners.is_beyond_doubt_of_a_body
    else:
        return claim
    worded = manners.worded(reading, claim.brand)
    return claim if worded is None or is_sure(worded) else replace(claim, manner=Manner.IMPOSTOR)


def _is_a_desk_s(claim: Claim, asks: tuple[Ask, ...]) -> bool:
    """True of a claim by one who is called by the brand's matter, says no name of his own, and wants the
    account or papers by answer: tickets are worded as others write, whoever fills them in.
    """
    matter = any(e.likeness is Likeness.MATTER for e in claim.evidence)
    kinds = {ask.kind for ask in asks}
    by_answer = AskKind.REPLY in kinds and not _DESK.isdisjoint(kinds)
    return claim.basis is Basis.SHOWN and matter and not claim.own_name and by_answer


def _is_of_no_letter(claim: Claim, asks: tuple[Ask, ...], reading: Reading, reader: ClaimReader) -> bool:
    """True of what only has a wording that is not its own: of the fields of a program that want a click or a
    call, since the wording knows letters, not labels; of a note that is not surely worded so, and hands on a
    file that alone wants anything.
    """
    if claim.basis is not Basis.WORDED:
        return False
    if asks and claim.manner not in SURE_IMPOSTORS and all(ask.where.startswith(_IN_A_FILE) for ask in asks):
        return True
    return not wants_data(asks) and reader.kinds.is_a_record(reading)


def _is_oral(
    claim: Claim, asks: tuple[Ask, ...], reading: Reading, reader: ClaimReader, manners: Manners
) -> bool:
    """True of a note to a friend that is not surely worded as an impostor's: friends tell each other what the
    organisation wants, and ask for numbers and passwords to help, in words of which the wording knows little.
    Not for money, nor for what pays or is sent to the reader alone: so does who has a friend's mailbox.
    """
    by_friends = claim.basis in THIRD_PARTY | BY_WORDING and not any(ask.kind in _UNFRIENDLY for ask in asks)
    if not by_friends or not reader.kinds.is_familiar(reading):
        return False
    worded = manners.worded(reading, claim.brand)
    return worded is None or not manners.is_sure(worded)


def _may_be_at_home(claim: Claim, asks: tuple[Ask, ...], reading: Reading, lexicon: Lexicon) -> bool:
    """True of one who says the name of his own domain, and has filled in what clinics and platforms of
    consultations need (number and bank card), or tells of a password to change and shows no way to give it.
    """
    if claim.basis is not Basis.WORDED or not claim.own_name:
        return False
    kinds = {ask.kind for ask in asks}
    if AskKind.CARD in kinds:
        return kinds <= _AT_HOME
    # In other words, too: a thief says that he only needs a number.
    kinds = {ask.kind for ask in find_asks(reading, lexicon, claim.brand)} if kinds <= _ADVISED else set()
    return AskKind.CREDENTIALS in kinds and kinds <= _ADVISED


def _is_at_home(claim: Claim, reading: Reading, reader: ClaimReader, manners: Manners) -> bool:
    """True where he leads to himself alone; they write as impostors do, short of the surest wording."""
    worded = manners.worded(reading, claim.brand)
    sure = worded is not None and manners.is_beyond_doubt_of_a_body(worded)
    return not sure and reader.kinds.leads_to_himself(reading)


def _with_its_links(claim: Claim, reading: Reading) -> Reading:
    """The reading with those links alone that are part of the letter that makes the claim."""
    if claim.basis in ENCLOSED and len(reading.note.split()) > _NO_TEXT:
        # The links of the mail itself are its sender's: his firm's, his signature's. Where there is no
        # text they stand round the picture that is the mail.
        reading = replace(reading, links=tuple(link for link in reading.links if link.kind in IN_FILES))
    if claim.basis in _OTHERS_PARTS:
        # Links that are only written in it are not among the sender's own.
        links = dict.fromkeys((*reading.links, *letter_in(reading, claim.basis).links))
        reading = replace(reading, links=tuple(links))
    return reading


def is_worth_telling(claim: Claim, asks: tuple[Ask, ...]) -> bool:
    """Of a third party: does he want more than any honest one does? Secrets, or in its name data.

    Where the wording is an impostor's it is enough that he wants what does harm, or less, if it surely is;
    and where there is no doubt of it, or he speaks of the organisation, too, what he wants was only not seen.
    """
    if claim.manner is Manner.SUREST_IMPOSTOR or claim.basis is Basis.SPOKEN_OF:
        return True
    if claim.basis is Basis.WORDED:
        return _WORTH[claim.strength](asks)
    if claim.manner in SURE_IMPOSTORS:
        return bool(asks)
    if claim.manner in IMPOSTORS:
        return wants_harm(asks)
    if wants_secrets(asks):
        return True
    if claim.basis is Basis.DEMANDED:
        # Employers, insurers and pharmacies say that it wants the reader's number, papers and account.
        return wants_a_secret(asks) or _is_paid(claim, asks)
    return claim.basis in ACTING and wants_data(asks)


def _is_paid(claim: Claim, asks: tuple[Ask, ...]) -> bool:
    """True where money is wanted that goes to an account in its name; of one who is worded as others are it
    may be a club of its staff.
    """
    in_its_name = any(one.where == ACCOUNT for one in claim.evidence)
    return in_its_name and claim.manner not in OTHERS and any(ask.kind is AskKind.PAYMENT for ask in asks)
