"""What `make bench-evasion` counts as lost, and whom it names."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.bench.evasion import Row, _print_table, _row, chosen_letters
from tests.cases import read_cases
from tests.vectors.letter import NOBODY, Letter
from tests.vectors.tricks import TWIN

LETTERS = [Letter(name, NOBODY, "", "") for name in ("known", "secret", "other")]
TRICK = replace(TWIN, name="a trick")


def test_what_is_judged_milder_than_its_twin_is_a_fraud_lost_and_what_is_judged_harder_an_honest_letter() -> (
    None
):
    twins = ["quarantined", "tagged", "passed"]
    row = _row(TRICK, LETTERS, twins, ["tagged", "tagged", "quarantined"])

    assert Counter(tagged=2, quarantined=1) == row.counts
    assert (("known",), ("other",)) == (row.lost("fraud"), row.lost("legitimate"))


def test_nothing_that_is_held_out_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [Row(trick, Counter(passed=2), ("known", "secret"), ()) for trick in (TWIN, TRICK)]
    _print_table(rows, "fraud", {"secret"})
    verbose = capsys.readouterr().out
    _print_table(rows, "fraud", None)

    assert "known" in verbose
    assert "secret" not in verbose
    assert "known" not in capsys.readouterr().out


def test_the_same_letters_are_chosen_in_whatever_order_the_mails_come() -> None:
    cases = [case for case in read_cases() if not case.holdout][:30]

    assert chosen_letters(cases, 5) == chosen_letters(cases[::-1], 5)
    assert 5 == len(chosen_letters(cases, 5))
