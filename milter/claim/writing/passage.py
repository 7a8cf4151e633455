"""Where in a long letter does the claim stand? Honest text before and after it must not speak for it.

Pure. Never raises on anything a sender writes.
"""

from dataclasses import replace

from milter.claim.claim import WORDING, Claim, Likeness
from milter.mail.reading import Reading

# Words of a letter that need not be one; and of its passage, before what makes the claim and from there on.
_LONG = 200
_BEFORE, _FROM_THERE = 20, 90
_LONGEST_TEXT = 200_000
_LONGEST_LINE = 60
_MOST_PLACES = 8
# What does not stand in the text.
_ELSEWHERE = frozenset({WORDING, "subject", "title", "logo", "picture"})


def passage(claim: Claim, letter: Reading) -> Reading | None:
    """The letter with the words alone that stand round what makes the claim; None for one that is short, or
    whose text does not make it.
    """
    words = letter.text[:_LONGEST_TEXT].split()
    if len(words) <= _LONG:
        return None
    text = " ".join(words)
    kept: set[int] = set()
    for evidence in claim.evidence[:_MOST_PLACES]:
        if evidence.likeness is not Likeness.VOICE or evidence.where in _ELSEWHERE:
            continue
        at = text.find(" ".join(evidence.shows.split())[:_LONGEST_LINE])
        if at >= 0:
            word = text.count(" ", 0, at)
            kept |= set(range(max(0, word - _BEFORE), min(len(words), word + _FROM_THERE)))
    if not kept:
        return None
    return replace(letter, subject="", text=" ".join(words[at] for at in sorted(kept)), versions=())
