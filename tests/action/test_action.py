import pytest

from milter.action.action import TABLE, Action, choose
from milter.config import PolicyConfig
from milter.verdict.verdict import Finding, Verdict


def action(finding: Finding, **policy: object) -> Action:
    return choose(Verdict(finding), PolicyConfig.model_validate(policy))


def test_no_finding_is_missing_from_the_table() -> None:
    assert set(Finding) == set(TABLE)


@pytest.mark.parametrize(
    ("finding", "expected"),
    [
        (Finding.UNRELATED, Action.PASS),
        (Finding.GENUINE, Action.PASS),
        (Finding.GENUINE_UNLISTED, Action.PASS),
        (Finding.MENTION, Action.PASS),
        (Finding.SUSPECT, Action.TAG),
        (Finding.IMPERSONATION, Action.QUARANTINE),
        (Finding.UNDECIDED, Action.DEFER),
    ],
)
def test_the_shipped_policy(finding: Finding, expected: Action) -> None:
    assert expected is action(finding)


@pytest.mark.parametrize(
    ("finding", "word"),
    [
        (Finding.SUSPECT, "pass"),
        (Finding.SUSPECT, "quarantine"),
        (Finding.SUSPECT, "reject"),
        (Finding.IMPERSONATION, "tag"),
        (Finding.IMPERSONATION, "reject"),
        (Finding.UNDECIDED, "tag"),
        (Finding.UNDECIDED, "quarantine"),
    ],
)
def test_the_operator_decides(finding: Finding, word: str) -> None:
    assert Action(word) is action(finding, **{finding.value: word})


@pytest.mark.parametrize("word", ["quarantine", "reject"])
def test_observe_only_holds_nothing_back(word: str) -> None:
    policy = {"suspect": word, "impersonation": word, "observe_only": True}

    assert {Action.PASS, Action.TAG} == {action(finding, **policy) for finding in Finding}


def test_observe_only_leaves_a_pass_a_pass() -> None:
    assert Action.PASS is action(Finding.SUSPECT, suspect="pass", observe_only=True)
