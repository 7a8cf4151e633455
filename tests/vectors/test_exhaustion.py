"""THREATS D through the whole judge: no mail takes long, and none hides its sender behind its size."""

import pytest

from milter.verdict.verdict import Finding
from tests.fuzz.watch import watched
from tests.vectors.conftest import Judged
from tests.vectors.exhaustion import EXHAUSTION


@pytest.mark.parametrize("name", EXHAUSTION)
def test_a_fraud_is_caught_in_time_whatever_it_brings(name: str, judged: Judged) -> None:
    raw = EXHAUSTION[name][1]()

    with watched():
        verdict = judged(raw)

    assert verdict.finding in {Finding.SUSPECT, Finding.IMPERSONATION}
