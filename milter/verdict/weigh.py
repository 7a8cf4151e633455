"""What do the three answers mean together? The whole policy of belief, as one table. Pure."""

from enum import StrEnum

from milter.ask.ask import CLICKS, Ask, wants_access, wants_harm, wants_secrets
from milter.brand.promise import AskKind
from milter.claim.claim import IMPOSTORS, Claim, Likeness, Manner, Strength
from milter.mail.reading import Reading
from milter.proof.proof import Proof, Standing
from milter.verdict.verdict import Finding, Verdict


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
    RELAYED = "relayed"  # a third party speaks of the brand to the reader
    ACTING = "acting"  # and says that it charged him with what he does
    WORDED = "worded"  # only its manner is that of those who pretend to be it
    ASIDE = "aside"  # in his own name a sender who proves it speaks of the brand


class Weight(StrEnum):
    """What is asked for, as far as the table cares."""

    NOTHING = "nothing"
    CLICK = "click"  # a link, an attachment, an answer: every newsletter wants one
    HARM = "harm"  # money, data, a form, a call to a number that costs
    ACCESS = "access"  # what opens an account or pays, and a link to where it is given
    SECRETS = "secrets"  # password, code or bank card together, or with the number that they belong to


_GRAVER = (Weight.ACCESS, Weight.SECRETS)
_PLAIN = 55  # from here on a trace is no trifle (see claim.toml)
_WHOLE = 110  # from here on a name or domain is the brand's and nothing else (see claim.toml)
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
    (Presence.PARTLY, Weight.NOTHING): Finding.SUSPECT,
    (Presence.PARTLY, Weight.CLICK): Finding.IMPERSONATION,
    (Presence.PARTLY, Weight.HARM): Finding.IMPERSONATION,
    (Presence.VOICE, Weight.NOTHING): Finding.MENTION,
    (Presence.VOICE, Weight.CLICK): Finding.IMPERSONATION,
    (Presence.VOICE, Weight.HARM): Finding.IMPERSONATION,
    # A hospital, an employer and a mother tell the same, and want data for themselves.
    (Presence.TOLD, Weight.NOTHING): Finding.MENTION,
    (Presence.TOLD, Weight.CLICK): Finding.SUSPECT,
    (Presence.TOLD, Weight.HARM): Finding.SUSPECT,
    (Presence.UNSIGNED, Weight.NOTHING): Finding.MENTION,
    (Presence.UNSIGNED, Weight.CLICK): Finding.MENTION,
    (Presence.UNSIGNED, Weight.HARM): Finding.MENTION,
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
    # Nobody is called so by chance who signs with the name, too, and does not write from its domain.
    (Presence.MASKED, Weight.NOTHING): Finding.IMPERSONATION,
    (Presence.MASKED, Weight.CLICK): Finding.IMPERSONATION,
    (Presence.MASKED, Weight.HARM): Finding.IMPERSONATION,
    # Personnel departments send on what the organisation wrote, and ask that it be done.
    (Presence.FORWARDED, Weight.NOTHING): Finding.MENTION,
    (Presence.FORWARDED, Weight.CLICK): Finding.MENTION,
    (Presence.FORWARDED, Weight.HARM): Finding.SUSPECT,
    (Presence.FORGED, Weight.NOTHING): Finding.SUSPECT,
    (Presence.FORGED, Weight.CLICK): Finding.IMPERSONATION,
    (Presence.FORGED, Weight.HARM): Finding.IMPERSONATION,
    (Presence.RELAYED, Weight.NOTHING): Finding.MENTION,
    (Presence.RELAYED, Weight.CLICK): Finding.MENTION,
    (Presence.RELAYED, Weight.HARM): Finding.MENTION,
    (Presence.ACTING, Weight.NOTHING): Finding.MENTION,
    (Presence.ACTING, Weight.CLICK): Finding.MENTION,
    (Presence.ACTING, Weight.HARM): Finding.SUSPECT,
    # For its manner nothing is held; how much is to be asked for is decided by how sure it is (look.looker).
    (Presence.WORDED, Weight.NOTHING): Finding.UNRELATED,
    (Presence.WORDED, Weight.CLICK): Finding.SUSPECT,
    (Presence.WORDED, Weight.HARM): Finding.SUSPECT,
    (Presence.ASIDE, Weight.NOTHING): Finding.MENTION,
    (Presence.ASIDE, Weight.CLICK): Finding.MENTION,
    (Presence.ASIDE, Weight.HARM): Finding.MENTION,
}
# Of what wants these the table says the same as of other harm, but here.
UNPROVEN |= {(one, more): UNPROVEN[one, Weight.HARM] for one in Presence for more in _GRAVER}
# Honest letters that say nobody's name send to a link for papers; a RIB or a password they want by name.
UNPROVEN[Presence.UNSIGNED, Weight.ACCESS] = Finding.SUSPECT
UNPROVEN[Presence.UNSIGNED, Weight.SECRETS] = Finding.SUSPECT
# No hospital, employer or mother wants the password or the bank card with the number.
UNPROVEN[Presence.TOLD, Weight.SECRETS] = Finding.IMPERSONATION
UNPROVEN[Presence.RELAYED, Weight.SECRETS] = Finding.SUSPECT

_WORSE = {Finding.MENTION: Finding.SUSPECT, Finding.SUSPECT: Finding.IMPERSONATION}
_BETTER = {Finding.IMPERSONATION: Finding.SUSPECT, Finding.SUSPECT: Finding.MENTION}
_NO_WORSE = frozenset({Presence.WORDED, Presence.ASIDE})

_IN_HIS_OWN_NAME = {
    Presence.LIKELY: Presence.WEAK,
    Presence.WEAK: Presence.ASIDE,
    Presence.TOLD: Presence.ASIDE,
    Presence.UNSIGNED: Presence.ASIDE,
    Presence.RELAYED: Presence.ASIDE,
    Presence.WORDED: Presence.ASIDE,
}
# Where nothing but the text gives the mail away, or nothing but part of a name: choirs, unions and namesakes.
_MAY_BE_BETTER = frozenset({*_IN_HIS_OWN_NAME, Presence.VOICE, Presence.ACTING, Presence.PARTLY})


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
    shown = presence(claim, proof)
    return _as_worded(UNPROVEN[shown, asked], claim.manner, shown, asked)


def _as_worded(finding: Finding, manner: Manner, shown: Presence, asked: Weight) -> Finding:
    """The finding, one step worse or better for the manner of the wording.

    Worse only where anything is asked for, and a claim was found without it: content alone never quarantines.
    For a sure impostor who wants what does harm any trace of a claim is enough.
    Better only where the text, or part of a name, is all that gives the mail away.
    """
    if manner in IMPOSTORS and shown not in _NO_WORSE and asked is not Weight.NOTHING:
        sure = manner is Manner.SURE_IMPOSTOR
        if finding is Finding.MENTION and asked is Weight.CLICK and not sure:
            # A trace of a claim beside a link is half of all newsletters about health.
            return finding
        if sure and asked is not Weight.CLICK:
            return Finding.IMPERSONATION
        return _WORSE.get(finding, finding)
    if manner is Manner.OTHER and shown in _MAY_BE_BETTER:
        return _BETTER.get(finding, finding)
    return finding


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
    if (other := _not_his_own(claim)) is not None:
        return other
    if claim.likeness in (Likeness.OFFICIAL_ADDRESS, Likeness.OWNED_DOMAIN):
        by_hand = claim.likeness is Likeness.OWNED_DOMAIN and _from_staff(claim)
        return Presence.AUTHOR if by_hand else Presence.OFFICIAL
    if claim.worded:
        return Presence.WORDED
    if claim.told:
        return Presence.TOLD if claim.strength is Strength.STRONG else Presence.UNSIGNED
    if claim.strength is not Strength.STRONG:
        return Presence.LIKELY if claim.strength is Strength.LIKELY else Presence.WEAK
    if claim.likeness is Likeness.VOICE:
        return Presence.VOICE
    return _presence_of_author(claim)


def _presence_of_author(claim: Claim) -> Presence:
    if _is_masked(claim):
        return Presence.MASKED
    whole = any(e.likeness is not Likeness.VOICE and e.weight >= _WHOLE for e in claim.evidence)
    return Presence.AUTHOR if whole else Presence.PARTLY


def weight(asks: tuple[Ask, ...], reading: Reading) -> Weight:
    """What is asked for; what cannot be read is not innocent, and counts as something to click on."""
    kinds = {ask.kind for ask in asks}
    if wants_secrets(asks):
        return Weight.SECRETS
    if AskKind.LINK in kinds and wants_access(asks):
        return Weight.ACCESS
    if wants_harm(asks):
        return Weight.HARM
    return Weight.CLICK if kinds or reading.unreadable else Weight.NOTHING


def weight_enclosed(claim: Claim, asks: tuple[Ask, ...]) -> Weight:
    """What is asked for by the files of a mail, or beside them.

    A form or letter of the organisation wants data, and a poster a click. A fraud wants data and says where
    to give them: a link, a code, a number to call, an answer; or either stands beside news for this reader.
    """
    kinds = {ask.kind for ask in asks}
    harm = bool(kinds - CLICKS - _WAYS)
    way = bool(kinds & _WAYS)
    news = claim.strength is Strength.STRONG
    if way and (harm or news):
        return Weight.HARM
    return Weight.CLICK if way or (harm and news) else Weight.NOTHING


def _not_his_own(claim: Claim) -> Presence | None:
    """The presence of what stands in a file, in a forwarded letter, or is told by a third party."""
    if claim.enclosed:
        return Presence.ENCLOSED
    if claim.forwarded:
        return Presence.FORGED if claim.forged else Presence.FORWARDED
    if claim.acting:
        return Presence.ACTING
    return Presence.RELAYED if claim.relayed else None


def _is_masked(claim: Claim) -> bool:
    """True where the domain or the display name looks like the brand, and the text speaks as it by itself."""
    return any(e.likeness is Likeness.VOICE and e.weight >= _PLAIN for e in claim.evidence)


def _from_staff(claim: Claim) -> bool:
    shown = [e.shows.rpartition("@")[2] for e in claim.evidence if e.likeness is Likeness.OWNED_DOMAIN]
    staffed = [owned.domain.name for owned in claim.brand.domains if owned.staff]
    return all(any(host == name or host.endswith(f".{name}") for name in staffed) for host in shown)
