"""What is the mail server told at the end of a mail? The decision of the gate, as milter replies. Pure.

Edits first, the decision last. Fields are changed from the last to the first and ours inserted after that,
so that every index still means what it meant in the mail.
"""

from collections.abc import Iterator, Sequence

from milter.action.fields import FieldEdits
from milter.decision import Decision, Deliver, Held, ToHold
from milter.errors import Reply
from milter.intake import milter_replies as say
from milter.intake.milter_mail import Place
from milter.intake.milter_session import NEEDED_ACTIONS, Agreement

# The mail server writes its own trace field. Ours is for mail that we hand on ourselves.
_NOT_OURS_TO_ADD = "Received"


def answer(decision: Decision, places: Sequence[Place], agreement: Agreement) -> tuple[bytes, ...]:
    """The replies, the last one being the decision."""
    match decision:
        case Held():
            # The client hears 250, and the mail server forgets the mail: it is in our quarantine.
            return (say.DISCARD,)
        case ToHold():
            reason = f"Vigimel {decision.mail_id}: {decision.finding.value}".encode("ascii")
            hold = say.quarantine(reason)
            return (*_edits(decision.edits, places, agreement), hold, say.CONTINUE)
        case Deliver():
            # Not ACCEPT: other milters have their say.
            return (*_edits(decision.edits, places, agreement), say.CONTINUE)
        case _:
            return refusal(decision.reply)


def refusal(reply: Reply) -> tuple[bytes, ...]:
    """The client hears this, 4xx or 5xx."""
    return (say.reply_code(reply),)


def word(replies: Sequence[bytes]) -> str:
    """The decision in a word, for the log."""
    codes = [code for code, _ in say.read_frames(b"".join(replies))]
    if b"q" in codes:
        return "quarantine"
    return {b"c": "continue", b"d": "discard"}.get(codes[-1], "reply")


def _edits(edits: FieldEdits, places: Sequence[Place], agreement: Agreement) -> Iterator[bytes]:
    if not agreement.can(NEEDED_ACTIONS):
        return
    space = b" " if agreement.keeps_leading_space else b""
    for place, value in _changed(edits, places):
        yield say.change_header(place.nth, place.name, _value(value, space))
    for added in reversed(edits.added):
        if added.name != _NOT_OURS_TO_ADD:
            yield say.insert_header(0, added.name.encode("ascii"), space + _lines(added.value))


def _changed(edits: FieldEdits, places: Sequence[Place]) -> Iterator[tuple[Place, bytes]]:
    """The fields that change, the last one first, and what then stands after the colon (nothing: deleted)."""
    instead = {field.start: b"" for field in edits.removed}
    if edits.subject:
        instead[edits.subject.field.start] = edits.subject.raw
    by_start = {place.start: place for place in places} if instead else {}
    for start in sorted(instead, reverse=True):
        if place := by_start.get(start):
            yield place, instead[start].partition(b":")[2]


def _value(after_colon: bytes, space: bytes) -> bytes:
    """A value as the mail server takes it: with its leading space, or without one."""
    value = _lines(after_colon.removesuffix(b"\r\n"))
    return value if space else value.removeprefix(b" ")


def _lines(value: bytes) -> bytes:
    """Lines of a field are joined by LF alone in this protocol."""
    return value.replace(b"\r\n", b"\n")
