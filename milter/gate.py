"""What becomes of this mail? Judge, choose, hold it back if need be, and log. Both intakes call only this.

No fault of ours leaves `decide`: it is logged and answered 451, so that the sender keeps the mail (DESIGN
section 1, rule 1); a client's fault is raised. The broad `except` of `guarded` is the only one between a
client and his answer. Others keep a page or a forked process in its bounds, and each says beside it why.
"""

import asyncio
import datetime
import functools
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from time import monotonic
from typing import TypeVar

from milter import maillog
from milter.action.action import Action, choose
from milter.action.edits import HeaderEdits
from milter.action.fields import apply
from milter.action.grounds import kept_grounds
from milter.config import PolicyConfig
from milter.decision import (
    AsksQuestions,
    Decision,
    Deliver,
    Held,
    Holds,
    Notes,
    Recalls,
    Refused,
    ToHold,
)
from milter.errors import Reply, TryLater, VigimelError
from milter.mail.coding.encoded_word import decode_words
from milter.mail.envelope import Envelope
from milter.mail.masking import mask
from milter.mail.message import Message
from milter.mail.read import read_header_only
from milter.meter.signs import STAGES, Stage
from milter.quarantine.held import HeldMail, storable
from milter.trace.traced import Traced, begin, with_verdict
from milter.verdict.verdict import Verdict

# THREATS section 5: as Postfix; a mail that has gone so far goes in a circle (RFC 5321 section 6.3).
MAX_HOPS = 50
# All questions together, DNS included. Below the 100 s that Postfix waits for a proxy.
JUDGE_SECONDS = 20.0

# Of what the next hop says.
_LONGEST_REPLY = 300

IN_A_CIRCLE = Reply(554, "5.4.6", "Too many hops")
REJECTED = Reply(550, "5.7.1", "Message refused by policy")
DEFERRED = Reply(451, "4.7.5", "Sender cannot be verified now, try again later")
UNANSWERED = "DNS does not answer for a key that could prove the sender"

_T = TypeVar("_T")


async def guarded(mail_id: str, work: Awaitable[_T], instead: Callable[[Reply], _T]) -> _T:
    """What the work returns; what `instead` makes of a 451 when it fails by our fault or must wait.

    The reply never tells the cause, the log does. A client's fault is not ours and goes through.
    """
    try:
        return await work
    except TryLater as error:
        maillog.deferred(mail_id, str(error))
        return instead(error.reply)
    except VigimelError:
        raise
    except Exception as error:  # noqa: BLE001 the one place that must not let go of a mail
        maillog.crashed(mail_id, error)
        return instead(VigimelError.reply)


def _nobodys(_: Message, __: Envelope) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Gate:
    """Everything a decision needs. `hostname` signs the trace field, `authserv_id` the results; `is_ours` is
    true for a mail that we have sent ourselves, which is not judged."""

    judge: AsksQuestions
    store: Holds
    policy: PolicyConfig
    authserv_id: str
    hostname: str
    judge_seconds: float = JUDGE_SECONDS
    notes: Notes | None = None
    precedents: Recalls | None = None
    is_ours: Callable[[Message, Envelope], bool] = _nobodys

    async def decide(self, raw: bytes, envelope: Envelope, *, hold_here: bool = True) -> Decision:
        """What becomes of the mail; when it says Held, the mail is on the disk.

        Without `hold_here` it says ToHold instead, and nothing is on the disk.
        """
        mail_id = secrets.token_hex(6)
        traced: Traced | None = None

        async def work() -> Decision:
            nonlocal traced
            traced = begin(mail_id, envelope, len(raw))
            return await self._decide(traced, raw, envelope, hold_here=hold_here)

        return await guarded(mail_id, work(), lambda reply: Refused(mail_id, reply, traced))

    def ended(self, decision: Decision, reply: Reply) -> None:
        """Remember what the sender of the mail was told in the end."""
        if self.notes is None or decision.traced is None:
            return
        held = decision.item if isinstance(decision, Held) else None
        self.notes.note(decision.traced._replace(reply=_said(reply), held_id=held))

    async def _decide(self, traced: Traced, raw: bytes, envelope: Envelope, *, hold_here: bool) -> Decision:
        mail_id, message, began = traced.mail_id, Message(raw), monotonic()
        if len(message.all("received")) > MAX_HOPS:
            return _rejected(mail_id, IN_A_CIRCLE, traced)
        if self.is_ours(message, envelope):
            return self._as_it_is(traced, message, envelope)
        with STAGES.timing(Stage.WHOLE):
            verdict = await self._judge(message, envelope)
        if self.precedents is not None:
            verdict = self.precedents.overrule(message, verdict)
        action = choose(verdict, self.policy)
        maillog.judged(mail_id, envelope, verdict, action.value)
        if self.notes is not None:
            milliseconds = 1000 * (monotonic() - began)
            traced = with_verdict(traced, message, verdict, action.value, milliseconds)
        return await self._act(action, traced, message, envelope, verdict, hold_here=hold_here)

    def _as_it_is(self, traced: Traced, message: Message, envelope: Envelope) -> Deliver:
        """Not judged: the fields that a released mail got when it was held are the newest there are."""
        maillog.came_again(traced.mail_id)
        edits = self._edits.of_what_is_not_judged(traced.mail_id, envelope)
        return Deliver(traced.mail_id, message.raw, edits, traced._replace(action=Action.PASS.value))

    async def _act(
        self,
        action: Action,
        traced: Traced,
        message: Message,
        envelope: Envelope,
        verdict: Verdict,
        *,
        hold_here: bool,
    ) -> Decision:
        mail_id = traced.mail_id
        match action:
            case Action.DEFER:
                # The sender is told less: the operator must look after his DNS.
                maillog.deferred(mail_id, UNANSWERED)
                return Refused(mail_id, DEFERRED, traced)
            case Action.REJECT:
                return _rejected(mail_id, REJECTED, traced)
            case Action.QUARANTINE if hold_here:
                return replace(await self._hold(mail_id, message, envelope, verdict), traced=traced)
            case (
                Action.PASS | Action.TAG | Action.QUARANTINE
            ):  # pragma: no branch, mypy sees that there is no other
                edits = self._edits.of(mail_id, message, envelope, verdict, action)
                if action is Action.QUARANTINE:
                    return ToHold(mail_id, edits, verdict.finding, traced=traced)
                return Deliver(mail_id, message.raw, edits, traced)

    async def _judge(self, message: Message, envelope: Envelope) -> Verdict:
        try:
            async with asyncio.timeout(self.judge_seconds):
                return await self.judge.judge(message, envelope)
        except TimeoutError as error:
            raise TryLater(f"no verdict within {self.judge_seconds:g} s") from error

    @property
    def _edits(self) -> HeaderEdits:
        return HeaderEdits(self.policy, self.authserv_id, self.hostname)

    async def _hold(
        self, mail_id: str, message: Message, envelope: Envelope, verdict: Verdict
    ) -> Held | Refused:
        held = self._held_mail(mail_id, message, envelope, verdict)
        try:
            with STAGES.timing(Stage.HOLD):
                item = await self.store.hold(held)
        except TryLater as error:
            maillog.store_failed(mail_id, str(error))
            return Refused(mail_id, error.reply)
        maillog.held(mail_id, item)
        # The client is told what it would be told of any mail: whoever tests us learns nothing.
        return Held(mail_id, item, Reply(250, "2.0.0", f"Ok {mail_id}"))

    def _held_mail(self, mail_id: str, message: Message, envelope: Envelope, verdict: Verdict) -> HeldMail:
        edits = self._edits.of(mail_id, message, envelope, verdict, Action.QUARANTINE)
        reading = read_header_only(message)
        author = next(iter(reading.authors), None)
        message_id = message.first("message-id")
        kept = kept_grounds(verdict, Action.QUARANTINE.value, self.policy.language)
        return HeldMail(
            envelope=envelope,
            received=datetime.datetime.now(datetime.UTC),
            finding=verdict.finding,
            reason=kept["sentences"][self.policy.language],
            raw=b"".join(apply(message.raw, edits)),
            brand=verdict.brand.key if verdict.brand else "",
            author=author.display_name if author else "",
            author_address=author.address if author else "",
            subject=reading.subject,
            report=json.dumps(kept),
            message_id=decode_words(message_id.value) if message_id else "",
        )


# A few of our own, and of a next hop that names no mail in them.
@functools.lru_cache(maxsize=64)
def _said(reply: Reply) -> str:
    return mask(storable(f"{reply.code} {reply.enhanced} {reply.text}"[:_LONGEST_REPLY]))


def _rejected(mail_id: str, reply: Reply, traced: Traced) -> Refused:
    maillog.rejected(mail_id, reply)
    return Refused(mail_id, reply, traced)
