"""As what does a mail present itself? The claim, as far as the table of `weigh` cares. Pure."""

from enum import StrEnum

from milter.claim.claim import Basis, Claim, Grade, Likeness, Strength
from milter.proof.proof import Proof


class Presence(StrEnum):
    """How a mail presents itself as the brand, as far as the table cares."""

    OFFICIAL = (
        "official"  # From shows a published address, or an address of a domain nobody writes from by hand
    )
    AUTHOR = "author"  # the sender's name, domain or address is the brand's to the eye
    PARTLY = "partly"  # the same, among words of somebody else's
    VOICE = "voice"  # only the text speaks as the brand
    TOLD = "told"  # the text tells so much of the brand, but shows itself nowhere as its letter
    UNSIGNED = "unsigned"  # the same of text that tells little of it
    LIKELY = "likely"  # traces of these, nearly enough
    WEAK = "weak"  # a trace of one of these
    ENCLOSED = "enclosed"  # a file speaks as the brand, and nobody stands between it and the reader
    MASKED = "masked"  # name or domain is the brand's to the eye, and the text speaks as the brand
    FORWARDED = "forwarded"  # a letter to which the sender sends his reader presents itself as the brand
    FORGED = "forged"  # the same, and nobody can have sent it on in good faith
    PASSED_ON = "passed_on"  # a letter that the sender forwards and says nothing of does
    RELAYED = "relayed"  # a third party speaks of the brand to the reader
    BESIDE = "beside"  # and says that he acts for it, or with it
    ACTING = "acting"  # and says that it charged him with what he does, or wants it
    WORDED = "worded"  # only its manner is that of those who pretend to be it
    MEANT = "meant"  # the same, and it speaks of the brand in nobody's name
    ASIDE = "aside"  # in his own name a sender who proves it speaks of the brand


# What a sender is who speaks of the brand in his own name, and proves that it is his.
IN_HIS_OWN_NAME = {
    Presence.LIKELY: Presence.WEAK,
    Presence.WEAK: Presence.ASIDE,
    Presence.TOLD: Presence.ASIDE,
    Presence.UNSIGNED: Presence.ASIDE,
    Presence.RELAYED: Presence.ASIDE,
    Presence.BESIDE: Presence.ASIDE,
    Presence.WORDED: Presence.ASIDE,
}

# What the basis of a claim alone decides. Where the mail shows itself as the brand's, its author does, or how
# sure that is; where it tells of it, how much.
_BY_BASIS = {
    Basis.CHARGED: Presence.ACTING,
    Basis.DEMANDED: Presence.ACTING,
    Basis.ACTING_FOR: Presence.BESIDE,
    Basis.HEARD_FROM: Presence.RELAYED,
    Basis.RELAYED: Presence.RELAYED,
    Basis.WORDED: Presence.WORDED,
    Basis.SPOKEN_OF: Presence.MEANT,
    Basis.FILLED_IN: Presence.VOICE,
    Basis.ENCLOSED: Presence.ENCLOSED,
    Basis.ENCLOSED_SPOKEN_OF: Presence.ENCLOSED,
    Basis.FORWARDED: Presence.FORWARDED,
    Basis.FORGED: Presence.FORGED,
    Basis.FORGED_FILE: Presence.FORGED,
    Basis.PASSED_ON: Presence.PASSED_ON,
    Basis.PASSED_ON_FILE: Presence.PASSED_ON,
}


def presence(claim: Claim, proof: Proof) -> Presence:
    """How the mail presents itself as the brand.

    A sender who says the name of his own domain, and proves that he writes from it, may speak of the brand in
    words that are nearly its own. Not more: a hacked account proves as much, and a lookalike says no name.
    """
    said = _presence(claim)
    if claim.likeness is Likeness.VOICE and claim.own_name and proof.aligned:
        return IN_HIS_OWN_NAME.get(said, said)
    return said


def _presence(claim: Claim) -> Presence:
    if claim.basis is Basis.SHOWN:
        return _as_shown(claim)
    if claim.basis is Basis.TOLD:
        return Presence.TOLD if claim.strength is Strength.STRONG else Presence.UNSIGNED
    return _BY_BASIS[claim.basis]


def _as_shown(claim: Claim) -> Presence:
    if claim.likeness in (Likeness.OFFICIAL_ADDRESS, Likeness.OWNED_DOMAIN):
        by_hand = claim.likeness is Likeness.OWNED_DOMAIN and _from_staff(claim)
        return Presence.AUTHOR if by_hand else Presence.OFFICIAL
    if claim.strength is not Strength.STRONG:
        return Presence.LIKELY if claim.strength is Strength.LIKELY else Presence.WEAK
    if claim.likeness is Likeness.VOICE:
        return Presence.VOICE
    return _presence_of_author(claim)


def _presence_of_author(claim: Claim) -> Presence:
    if _is_masked(claim):
        return Presence.MASKED
    whole = any(e.likeness is not Likeness.VOICE and e.grade is Grade.WHOLE for e in claim.evidence)
    return Presence.AUTHOR if whole else Presence.PARTLY


def _is_masked(claim: Claim) -> bool:
    """True where the domain or the display name looks like the brand, and the text speaks as it by itself."""
    return any(e.likeness is Likeness.VOICE and e.grade >= Grade.PLAIN for e in claim.evidence)


def _from_staff(claim: Claim) -> bool:
    shown = [e.shows.rpartition("@")[2] for e in claim.evidence if e.likeness is Likeness.OWNED_DOMAIN]
    staffed = [owned.domain.name for owned in claim.brand.domains if owned.staff]
    return all(any(host == name or host.endswith(f".{name}") for name in staffed) for host in shown)
