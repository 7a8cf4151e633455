"""THREATS C through the whole judge."""

import pytest

from milter.verdict.verdict import Finding
from tests.vectors.charsets import charsets
from tests.vectors.conftest import Judged
from tests.vectors.lure import FRAUD, LETTER

CAUGHT = {Finding.SUSPECT, Finding.IMPERSONATION}


@pytest.mark.parametrize(("name", "raw"), charsets(FRAUD).items(), ids=charsets(FRAUD))
def test_no_charset_lets_a_fraud_pass(name: str, raw: bytes, judged: Judged) -> None:
    assert judged(raw).finding in CAUGHT, name


@pytest.mark.parametrize(("name", "raw"), charsets(LETTER).items(), ids=charsets(LETTER))
def test_an_honest_letter_passes_in_every_charset(name: str, raw: bytes, judged: Judged) -> None:
    assert Finding.UNRELATED == judged(raw).finding, name
