"""What is done to the header of a judged mail? Its finding and reason on top, forged fields out, the tag.

Pure but for the clock.
"""

import datetime
import functools
from dataclasses import dataclass

from milter.action.action import Action
from milter.action.fields import (
    AddedField,
    FieldEdits,
    Replacement,
    finding_fields,
    forged,
    received,
    tag_subject,
)
from milter.config import PolicyConfig
from milter.mail.envelope import Envelope
from milter.mail.masking import mask
from milter.mail.message import Message
from milter.proof import authres
from milter.verdict.reason import reason
from milter.verdict.verdict import Finding, Verdict


@dataclass(frozen=True, slots=True)
class HeaderEdits:
    """Says what is done to headers. `hostname` signs the trace field, `authserv_id` the results."""

    policy: PolicyConfig
    authserv_id: str
    hostname: str

    def of(
        self, mail_id: str, message: Message, envelope: Envelope, verdict: Verdict, action: Action
    ) -> FieldEdits:
        """What is done to the header of this mail."""
        added = (
            *self._finding_fields(verdict),
            AddedField("Authentication-Results", authres.build(self.authserv_id, verdict.proof)),
            self._received(mail_id, envelope),
        )
        tag = tag_subject(message, self.policy.subject_tag) if action is Action.TAG else None
        return FieldEdits(
            added=added if not isinstance(tag, AddedField) else (*added, tag),
            removed=forged(message, self.authserv_id),
            subject=tag if isinstance(tag, Replacement) else None,
        )

    def of_what_is_not_judged(self, mail_id: str, envelope: Envelope) -> FieldEdits:
        """The trace field alone."""
        return FieldEdits(added=(self._received(mail_id, envelope),))

    def _received(self, mail_id: str, envelope: Envelope) -> AddedField:
        return received(envelope, self.hostname, mail_id, datetime.datetime.now().astimezone())

    def _finding_fields(self, verdict: Verdict) -> tuple[AddedField, ...]:
        if verdict == Verdict(verdict.finding):
            return _bare_finding_fields(verdict.finding, self.policy.language)
        # The reason quotes the mail, and header fields are shown to persons and kept by programs.
        return finding_fields(verdict.finding.value, mask(reason(verdict, self.policy.language)))


@functools.cache
def _bare_finding_fields(finding: Finding, language: str) -> tuple[AddedField, ...]:
    """The fields of most mail, in which there is nothing of the mail itself."""
    return finding_fields(finding.value, reason(Verdict(finding), language))
