"""What do the three answers mean together? The whole policy of belief, as one table. Pure."""

from enum import StrEnum

from milter.ask.ask import Ask
from milter.brand.promise import AskKind
from milter.claim.claim import Claim, Likeness, Strength
from milter.mail.reading import Reading
from milter.proof.proof import Proof, Standing
from milter.verdict.verdict import Finding, Verdict


class Presence(StrEnum):
    """How a mail presents itself as the brand, as far as the table cares."""

    OFFICIAL = (
        "official"  # From shows a published address, or an address of a domain nobody writes from by hand
    )
    AUTHOR = "author"  # the sender's name, domain or address is the brand's to the eye
    VOICE = "voice"  # only the text speaks as the brand
    TOLD = "told"  # the text tells so much of the brand, but shows itself nowhere as its letter
    LIKELY = "likely"  # traces of these, nearly enough
    WEAK = "weak"  # a trace of one of these
    ENCLOSED = "enclosed"  # a file speaks as the brand, and nobody stands between it and the reader
    ASIDE = "aside"  # it speaks of the brand in passing, or in his own name a sender who proves it


class Weight(StrEnum):
    """What is asked for, as far as the table cares."""

    NOTHING = "nothing"
    CLICK = "click"  # a link, an attachment, an answer: every newsletter wants one
    HARM = "harm"  # money, data, a form, a call to a number that costs


_CLICKS = frozenset({AskKind.LINK, AskKind.ATTACHMENT, AskKind.REPLY})
# Ways to give what is asked for to somebody else than the organisation.
_WAYS = frozenset({AskKind.LINK, AskKind.CALL_BACK, AskKind.FORM, AskKind.REPLY})

# (how it presents itself, what it asks) -> what we believe of a mail without proof.
# Total on purpose: tests/verdict/test_weigh.py refuses a missing row.
UNPROVEN: dict[tuple[Presence, Weight], Finding] = {
    # Nobody else may write from a published address; forwarders keep its signature.
    (Presence.OFFICIAL, Weight.NOTHING): Finding.IMPERSONATION,
    (Presence.OFFICIAL, Weight.CLICK): Finding.IMPERSONATION,
    (Presence.OFFICIAL, Weight.HARM): Finding.IMPERSONATION,
    # A colleague with an odd name, or a list that broke a signature: warn the reader, keep nothing back.
    (Presence.AUTHOR, Weight.NOTHING): Finding.SUSPECT,
    (Presence.AUTHOR, Weight.CLICK): Finding.IMPERSONATION,
    (Presence.AUTHOR, Weight.HARM): Finding.IMPERSONATION,
    (Presence.VOICE, Weight.NOTHING): Finding.MENTION,
    (Presence.VOICE, Weight.CLICK): Finding.IMPERSONATION,
    (Presence.VOICE, Weight.HARM): Finding.IMPERSONATION,
    # A hospital, an employer and a mother tell the same, and want data for themselves.
    (Presence.TOLD, Weight.NOTHING): Finding.MENTION,
    (Presence.TOLD, Weight.CLICK): Finding.SUSPECT,
    (Presence.TOLD, Weight.HARM): Finding.SUSPECT,
    (Presence.LIKELY, Weight.NOTHING): Finding.MENTION,
    (Presence.LIKELY, Weight.CLICK): Finding.SUSPECT,
    (Presence.LIKELY, Weight.HARM): Finding.IMPERSONATION,
    # Content alone never quarantines, and a weak trace is little more than content.
    (Presence.WEAK, Weight.NOTHING): Finding.MENTION,
    (Presence.WEAK, Weight.CLICK): Finding.MENTION,
    (Presence.WEAK, Weight.HARM): Finding.SUSPECT,
    # Attestations, forms and posters of the organisation are sent on every day.
    (Presence.ENCLOSED, Weight.NOTHING): Finding.MENTION,
    (Presence.ENCLOSED, Weight.CLICK): Finding.SUSPECT,
    (Presence.ENCLOSED, Weight.HARM): Finding.IMPERSONATION,
    (Presence.ASIDE, Weight.NOTHING): Finding.MENTION,
    (Presence.ASIDE, Weight.CLICK): Finding.MENTION,
    (Presence.ASIDE, Weight.HARM): Finding.MENTION,
}

_IN_HIS_OWN_NAME = {
    Presence.LIKELY: Presence.WEAK,
    Presence.WEAK: Presence.ASIDE,
    Presence.TOLD: Presence.ASIDE,
}


def weigh(claim: Claim, proof: Proof, asks: tuple[Ask, ...], reading: Reading) -> Verdict:
    """Look the three answers up in the table."""
    standing = proof.standing(claim.brand.owns)
    finding = _finding(claim, proof, asks, reading)
    return Verdict(finding, claim.brand, claim, proof, standing, asks, reading.unreadable, reading.ambiguous)


def _finding(claim: Claim, proof: Proof, asks: tuple[Ask, ...], reading: Reading) -> Finding:
    standing = proof.standing(claim.brand.owns)
    if standing is Standing.UNKNOWN:
        # DNS is away, and the answer could have proved it: the sender comes again.
        return Finding.UNDECIDED
    if standing is Standing.PROVEN:
        author = reading.author
        listed = author is not None and claim.brand.lists(author.address)
        return Finding.GENUINE if listed else Finding.GENUINE_UNLISTED
    asked = weight_enclosed(claim, asks) if claim.enclosed else weight(asks, reading)
    return UNPROVEN[presence(claim, proof), asked]


def presence(claim: Claim, proof: Proof) -> Presence:
    """How the mail presents itself as the brand.

    A sender who says the name of his own domain, and proves that he writes from it, may speak of the brand in
    words that are nearly its own. Not more: a hacked account proves as much, and a lookalike says no name.
    """
    said = _presence(claim)
    if claim.likeness is Likeness.VOICE and claim.own_name and proof.aligned:
        return _IN_HIS_OWN_NAME.get(said, said)
    return said


def _presence(claim: Claim) -> Presence:
    if claim.enclosed:
        return Presence.ENCLOSED
    if claim.likeness is Likeness.OFFICIAL_ADDRESS:
        return Presence.OFFICIAL
    if claim.likeness is Likeness.OWNED_DOMAIN:
        return Presence.AUTHOR if _from_staff(claim) else Presence.OFFICIAL
    if claim.told:
        return Presence.TOLD if claim.strength is Strength.STRONG else Presence.ASIDE
    if claim.strength is not Strength.STRONG:
        return Presence.LIKELY if claim.strength is Strength.LIKELY else Presence.WEAK
    return Presence.VOICE if claim.likeness is Likeness.VOICE else Presence.AUTHOR


def weight(asks: tuple[Ask, ...], reading: Reading) -> Weight:
    """What is asked for; what cannot be read is not innocent, and counts as something to click on."""
    kinds = {ask.kind for ask in asks}
    if kinds - _CLICKS:
        return Weight.HARM
    return Weight.CLICK if kinds or reading.unreadable else Weight.NOTHING


def weight_enclosed(claim: Claim, asks: tuple[Ask, ...]) -> Weight:
    """What is asked for by the files of a mail, or beside them.

    A form or letter of the organisation wants data, and a poster a click. A fraud wants data and says where
    to give them: a link, a code, a number to call, an answer; or either stands beside news for this reader.
    """
    kinds = {ask.kind for ask in asks}
    harm = bool(kinds - _CLICKS - _WAYS)
    way = bool(kinds & _WAYS)
    news = claim.strength is Strength.STRONG
    if way and (harm or news):
        return Weight.HARM
    return Weight.CLICK if way or (harm and news) else Weight.NOTHING


def _from_staff(claim: Claim) -> bool:
    shown = [e.shows.rpartition("@")[2] for e in claim.evidence if e.likeness is Likeness.OWNED_DOMAIN]
    staffed = [owned.domain.name for owned in claim.brand.domains if owned.staff]
    return all(any(host == name or host.endswith(f".{name}") for name in staffed) for host in shown)
