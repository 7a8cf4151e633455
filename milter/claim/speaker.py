"""Whose voice does the text say it is: the sender's own, a person's, or nobody's but the brand's?

Pure.
"""

from enum import Enum, auto

from milter.claim.author import MAX_MAILBOXES
from milter.claim.likeness import Likeness
from milter.mail.folding import fold, phrase
from milter.mail.reading import Reading

_MAX_TEXT = 200_000


class Speaker(Enum):
    """Who is named in the text, beside the brand."""

    SENDER = auto()  # a word of the sender's name or domain: a body that speaks for itself
    PERSON = auto()  # a person, who may speak for himself or for the organisation
    NOBODY = auto()  # nowhere does the sender say his own name


def speaker(reading: Reading, likeness: Likeness) -> Speaker:
    """Who speaks, by the telling words of the author fields that stand in the text."""
    text = f" {phrase(reading.text[:_MAX_TEXT])} "
    glued = text.replace(" ", "")
    found = Speaker.NOBODY
    for box in reading.authors[:MAX_MAILBOXES]:
        own = {w for w in phrase(box.display_name).split() if len(w) > 3 and not likeness.is_common(w)}
        label = phrase(box.domain.label).replace(" ", "") if box.domain is not None else ""
        if len(label) > 4 and label in glued:
            return Speaker.SENDER
        if any(f" {word} " in text for word in own):
            if likeness.names_a_body(box.display_name) or not any(
                word in fold(box.local_part) for word in own
            ):
                return Speaker.SENDER
            found = Speaker.PERSON
    return found
