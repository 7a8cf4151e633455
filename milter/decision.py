"""What can become of a mail, and whom does the gate ask? Pure: values, and parts as the gate sees them."""

from dataclasses import dataclass, field
from typing import Protocol

from milter.action.fields import FieldEdits, apply
from milter.errors import Reply, VigimelError
from milter.mail.envelope import Envelope
from milter.mail.message import Message
from milter.quarantine.held import HeldMail
from milter.trace.traced import Traced
from milter.verdict.verdict import Finding, Verdict


@dataclass(frozen=True, slots=True)
class Deliver:
    """The mail goes on, with these edits of its header."""

    mail_id: str
    raw: bytes
    edits: FieldEdits
    traced: Traced | None = field(default=None, compare=False, repr=False)

    @property
    def chunks(self) -> tuple[bytes, ...]:
        """The mail after the edits, in pieces that follow each other."""
        return apply(self.raw, self.edits)


@dataclass(frozen=True, slots=True)
class ToHold:
    """Whoever handed the mail in is to hold it, with these edits. Only said to who has asked for it."""

    mail_id: str
    edits: FieldEdits
    finding: Finding
    # For who has not: its sender keeps the mail.
    reply: Reply = VigimelError.reply
    traced: Traced | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Held:
    """The mail is durably in the quarantine."""

    mail_id: str
    item: int
    reply: Reply
    traced: Traced | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """The mail is not taken; its sender still has it."""

    mail_id: str
    reply: Reply
    traced: Traced | None = field(default=None, compare=False, repr=False)


Decision = Deliver | Held | ToHold | Refused


class AsksQuestions(Protocol):
    """Who says what to believe of a mail: `milter.judge.Judge`."""

    async def judge(self, message: Message, envelope: Envelope | None, /) -> Verdict:
        """The verdict."""


class Notes(Protocol):
    """Who remembers what became of every mail: `milter.trace.writer.TraceWriter`."""

    def note(self, row: Traced, /) -> None:
        """Remember it; never waits, never raises."""


class Recalls(Protocol):
    """Who knows what was decided before: `milter.precedent.precedents.Precedents`."""

    def overrule(self, message: Message, verdict: Verdict, /) -> Verdict:
        """The verdict as that has it; never waits, never raises."""


class Holds(Protocol):
    """Who keeps a mail: `milter.quarantine.store.Store`."""

    async def hold(self, mail: HeldMail, /) -> int:
        """The number of the mail, once it is durably kept; TryLater when it is not."""
