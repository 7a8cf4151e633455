"""What do the three answers mean together? The policy of belief: a table, and what the wording makes of it.

Pure. What is too little to be told of never comes here (`look.wanted`).
"""

from enum import Enum

from milter.ask.ask import Ask
from milter.brand.promise import AskKind
from milter.claim.claim import (
    ACCOUNT,
    LOOKALIKE_LINK,
    OTHERS,
    SURE_IMPOSTORS,
    WORDING,
    Claim,
    Grade,
    Likeness,
    Manner,
)
from milter.proof.proof import Proof, Standing
from milter.verdict.presence import IN_HIS_OWN_NAME, Presence, presence
from milter.verdict.verdict import Finding, Outline, Verdict
from milter.verdict.weight import Weight, weight


class Step(Enum):
    """What its manner makes of a finding."""

    NONE = 0  # nothing
    WORSE = 1  # tagged, not passed; held, not tagged
    HELD = 2


_GRAVER = (Weight.ACCESS, Weight.SECRETS)
# Where to give what is asked for to the sender: by a page, a call, an answer.
_TO_SENDER = frozenset({AskKind.LINK, AskKind.CALL_BACK, AskKind.REPLY})

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
    # Only told of where it is surely worded as an impostor's, and leads away (`look.bait`).
    (Presence.PASSED_ON, Weight.NOTHING): Finding.MENTION,
    (Presence.PASSED_ON, Weight.CLICK): Finding.SUSPECT,
    (Presence.PASSED_ON, Weight.HARM): Finding.SUSPECT,
    (Presence.RELAYED, Weight.NOTHING): Finding.MENTION,
    (Presence.RELAYED, Weight.CLICK): Finding.MENTION,
    (Presence.RELAYED, Weight.HARM): Finding.MENTION,
    (Presence.BESIDE, Weight.NOTHING): Finding.MENTION,
    (Presence.BESIDE, Weight.CLICK): Finding.MENTION,
    (Presence.BESIDE, Weight.HARM): Finding.MENTION,
    (Presence.ACTING, Weight.NOTHING): Finding.MENTION,
    (Presence.ACTING, Weight.CLICK): Finding.MENTION,
    (Presence.ACTING, Weight.HARM): Finding.SUSPECT,
    # For its manner nothing is held. How much it must ask for depends on how sure it is (`look.wanted`).
    (Presence.WORDED, Weight.NOTHING): Finding.SUSPECT,
    (Presence.WORDED, Weight.CLICK): Finding.SUSPECT,
    (Presence.WORDED, Weight.HARM): Finding.SUSPECT,
    # Nor for it beside a word of the brand, unless that does harm, or there is no doubt of the manner.
    (Presence.MEANT, Weight.NOTHING): Finding.SUSPECT,
    (Presence.MEANT, Weight.CLICK): Finding.SUSPECT,
    (Presence.MEANT, Weight.HARM): Finding.IMPERSONATION,
    (Presence.ASIDE, Weight.NOTHING): Finding.MENTION,
    (Presence.ASIDE, Weight.CLICK): Finding.MENTION,
    (Presence.ASIDE, Weight.HARM): Finding.MENTION,
}
# Of what wants these the table says the same as of other harm, but here.
UNPROVEN |= {(one, more): UNPROVEN[one, Weight.HARM] for one in Presence for more in _GRAVER}
# Honest letters that say nobody's name send to a link for papers; a RIB or a password they want by name.
UNPROVEN[Presence.UNSIGNED, Weight.ACCESS] = Finding.SUSPECT
UNPROVEN[Presence.UNSIGNED, Weight.SECRETS] = Finding.SUSPECT
UNPROVEN[Presence.RELAYED, Weight.SECRETS] = Finding.SUSPECT
UNPROVEN[Presence.BESIDE, Weight.SECRETS] = Finding.SUSPECT
# Nor does the organisation want them by a page that is not its own.
UNPROVEN[Presence.FORWARDED, Weight.ACCESS] = Finding.IMPERSONATION
UNPROVEN[Presence.FORWARDED, Weight.SECRETS] = Finding.IMPERSONATION

_WORSE = {Finding.MENTION: Finding.SUSPECT, Finding.SUSPECT: Finding.IMPERSONATION}
_BETTER = {Finding.IMPERSONATION: Finding.SUSPECT, Finding.SUSPECT: Finding.MENTION}

# (how it presents itself) -> what it makes of the finding to be worded as impostors write: likely, surely,
# beyond doubt. For a sure impostor any trace of a claim is enough, whatever he wants; but content alone never
# quarantines.
_OF_IMPOSTORS = (Manner.IMPOSTOR, Manner.SURE_IMPOSTOR, Manner.SUREST_IMPOSTOR)
_PLAINLY = (Step.WORSE, Step.HELD, Step.HELD)
_STEPS: dict[Presence, tuple[Step, Step, Step]] = {
    Presence.WORDED: (Step.NONE, Step.NONE, Step.NONE),
    Presence.PASSED_ON: (Step.NONE, Step.NONE, Step.NONE),
    Presence.ASIDE: (Step.NONE, Step.NONE, Step.NONE),
    Presence.MEANT: (Step.NONE, Step.NONE, Step.HELD),
    # So are letters of its own, which people send on.
    Presence.FORWARDED: (Step.NONE, Step.WORSE, Step.WORSE),
    # A son who tells his mother how to get at her money wants papers, too, but does not act for it.
    Presence.RELAYED: (Step.WORSE, Step.WORSE, Step.HELD),
}

# Where nothing but the text gives the mail away, or nothing but part of a name: choirs, unions and namesakes.
_MAY_BE_BETTER = frozenset({*IN_HIS_OWN_NAME, Presence.VOICE, Presence.ACTING, Presence.PARTLY})
# Of these one that is surely worded as others' is no impostor's: it passes, unless it wants secrets.
_BETTER_TWICE = frozenset({Presence.VOICE, Presence.LIKELY, Presence.PARTLY})
# What a letter that is sent on says of itself, by its text alone.
_SENT_ON = frozenset({Presence.FORWARDED, Presence.FORGED})
# Who tells of it, or says that he acts for it.
_TELL_OR_ACT = frozenset({Presence.TOLD, Presence.UNSIGNED, Presence.ACTING})
# Who says less than that.
_BY_THE_WAY = frozenset({Presence.RELAYED, Presence.BESIDE})
# Who is called like the brand; its own staff is, too, and writes from elsewhere at times.
_CALLED_SO = frozenset({Presence.AUTHOR, Presence.MASKED})


def weigh(claim: Claim, proof: Proof, asks: tuple[Ask, ...], outline: Outline) -> Verdict:
    """Look the three answers up in the table."""
    standing = proof.standing(claim.brand.owns)
    finding = _finding(claim, proof, asks, outline)
    return Verdict(finding, claim.brand, claim, proof, standing, asks, outline.unreadable, outline.ambiguous)


def _finding(claim: Claim, proof: Proof, asks: tuple[Ask, ...], outline: Outline) -> Finding:
    standing = proof.standing(claim.brand.owns)
    if standing is Standing.UNKNOWN:
        # DNS is away, and the answer could have proved it: the sender comes again.
        return Finding.UNDECIDED
    if standing is Standing.PROVEN:
        author = outline.author
        listed = author is not None and claim.brand.lists(author.address)
        return Finding.GENUINE if listed else Finding.GENUINE_UNLISTED
    asked = weight(claim, asks, outline)
    shown = presence(claim, proof)
    finding = UNPROVEN[shown, asked]
    if claim.manner in _OF_IMPOSTORS:
        return _as_of_impostor(finding, claim, shown, asked)
    if shown is Presence.ENCLOSED:
        return _as_of_a_paper(finding, claim, asks)
    if claim.manner in OTHERS:
        return _as_of_others(finding, claim, shown, asked, asks)
    return finding


def _as_of_impostor(finding: Finding, claim: Claim, shown: Presence, asked: Weight) -> Finding:
    """The finding, worse for the manner of the wording; of a mail that makes a claim by anything else."""
    steps = _STEPS.get(shown, _PLAINLY)
    if shown is Presence.RELAYED and asked in _GRAVER:
        steps = _PLAINLY
    step = steps[_OF_IMPOSTORS.index(claim.manner)]
    if asked is Weight.NOTHING and step is not Step.NONE:
        # What is not seen to want anything is no more than worse, and only beyond doubt; nor held for a word.
        beyond_doubt = claim.manner is Manner.SUREST_IMPOSTOR and shown is not Presence.MEANT
        step = Step.WORSE if beyond_doubt else Step.NONE
    if step is Step.HELD:
        return Finding.IMPERSONATION
    worse = step is Step.WORSE and _may_be_worse(finding, claim, shown, asked)
    return _WORSE.get(finding, finding) if worse else finding


def _may_be_worse(finding: Finding, claim: Claim, shown: Presence, asked: Weight) -> bool:
    """Whether the wording may make the finding one step worse.

    Not that of a mere mention with a link (half of all newsletters about health), unless a third party's
    wording is surely an impostor's. And not that of insurers and practices, who write like this at times,
    unless they want secrets, or in the organisation's name access by a link.
    """
    if shown is Presence.FORWARDED or (shown in _BY_THE_WAY and claim.manner in SURE_IMPOSTORS):
        return True
    if finding is Finding.MENTION:
        return asked is not Weight.CLICK
    if shown is Presence.ACTING and asked is Weight.ACCESS:
        return True
    return shown not in _TELL_OR_ACT or asked is Weight.SECRETS


def _as_of_a_paper(finding: Finding, claim: Claim, asks: tuple[Ask, ...]) -> Finding:
    """The finding of what a file claims that is not worded as impostors write, though its wording is known:
    nearly all frauds in files are, and forms and posters that people send on are not. Better still of one
    that is worded as others write, or says no way to answer but by post, as letters do that are scanned.
    """
    if not any(one.where == WORDING for one in claim.evidence):
        return finding
    better = _BETTER.get(finding, finding)
    by_post = not any(ask.kind in _TO_SENDER for ask in asks)
    return _BETTER.get(better, better) if by_post or claim.manner in OTHERS else better


def _as_of_others(
    finding: Finding, claim: Claim, shown: Presence, asked: Weight, asks: tuple[Ask, ...]
) -> Finding:
    """The finding, better for the manner of the wording.

    Only where the text, or part of a name, is all that gives the mail away: not where a letter leads to a
    host that is the brand's to the eye, nor where one that is sent on wants secrets. Or where who is called
    like the brand surely writes as others do, and shows no way to give him anything.
    """
    sure = claim.manner is Manner.SURE_OTHER
    sent_on = shown in _SENT_ON and claim.likeness is Likeness.VOICE
    by_text = sent_on or shown is Presence.VOICE
    if sent_on and asked is Weight.SECRETS:
        return finding
    if any(one.where == ACCOUNT for one in claim.evidence):
        # Nobody else opens one in its name, however he writes.
        return finding
    if (by_text or shown in _MAY_BE_BETTER) and not (by_text and _leads_to_a_lookalike(claim)):
        better = _BETTER.get(finding, finding)
        twice = sure and (sent_on or (shown in _BETTER_TWICE and asked is not Weight.SECRETS))
        return _BETTER.get(better, better) if twice else better
    if sure and shown in _CALLED_SO and not any(ask.kind in _TO_SENDER for ask in asks):
        return _BETTER.get(finding, finding)
    return finding


def _leads_to_a_lookalike(claim: Claim) -> bool:
    return any(e.where.endswith(LOOKALIKE_LINK) and e.grade >= Grade.PLAIN for e in claim.evidence)
