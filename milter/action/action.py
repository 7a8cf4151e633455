"""What do we do with a mail? The actions, and the policy that chooses one. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from milter.config import PolicyConfig
from milter.verdict.verdict import Finding, Verdict


class Action(StrEnum):
    """What happens to a mail. The value is the word in config, JSON, header fields and log."""

    PASS = "pass"
    TAG = "tag"
    QUARANTINE = "quarantine"
    REJECT = "reject"
    DEFER = "defer"


@dataclass(frozen=True, slots=True)
class _Set:
    """The operator decides: the name of the option in [policy]."""

    option: str


# What we believe -> what we do. Total on purpose: tests/action/test_action.py refuses a missing finding.
TABLE: dict[Finding, Action | _Set] = {
    Finding.UNRELATED: Action.PASS,
    # Proven official mail is never held or tagged, so no option stands here.
    Finding.GENUINE: Action.PASS,
    Finding.GENUINE_UNLISTED: Action.PASS,
    Finding.MENTION: Action.PASS,
    Finding.SUSPECT: _Set("suspect"),
    Finding.IMPERSONATION: _Set("impersonation"),
    Finding.UNDECIDED: _Set("undecided"),
    Finding.ALLOWED: Action.PASS,
}

_HOLDS_BACK = frozenset({Action.QUARANTINE, Action.REJECT, Action.DEFER})


def choose(verdict: Verdict, policy: PolicyConfig) -> Action:
    """The action for a verdict; with `observe_only` nothing is held back, it is tagged instead."""
    row = TABLE[verdict.finding]
    action = Action(getattr(policy, row.option)) if isinstance(row, _Set) else row
    if policy.observe_only and action in _HOLDS_BACK:
        return Action.TAG
    return action
