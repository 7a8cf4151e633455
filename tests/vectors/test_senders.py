"""THREATS A through the whole judge."""

import pytest

from milter.mail.envelope import Envelope
from milter.verdict.verdict import Finding
from tests.vectors.conftest import Judged
from tests.vectors.senders import ENVELOPES, NAMELESS, controls, senders

CAUGHT = {Finding.SUSPECT, Finding.IMPERSONATION}
PASSES = {Finding.UNRELATED, Finding.MENTION, Finding.GENUINE, Finding.GENUINE_UNLISTED}


@pytest.mark.parametrize(("name", "raw"), senders().items(), ids=senders())
def test_no_trick_of_the_header_lets_a_fraud_pass(name: str, raw: bytes, judged: Judged) -> None:
    assert Finding.IMPERSONATION == judged(raw).finding, name


@pytest.mark.parametrize(
    ("name", "raw"),
    [item for item in senders(named=False).items() if item[0] not in NAMELESS],
    ids=[name for name in senders(named=False) if name not in NAMELESS],
)
def test_every_view_of_the_author_is_a_claim(name: str, raw: bytes, judged: Judged) -> None:
    assert judged(raw).finding in CAUGHT, name


@pytest.mark.parametrize(("name", "raw"), senders().items(), ids=senders())
def test_no_envelope_lets_it_pass(name: str, raw: bytes, judged: Judged) -> None:
    for path in ENVELOPES:
        envelope = Envelope("192.0.2.7", "evil.example", path, ("v@b.example",))
        assert judged(raw, envelope).finding in CAUGHT, (name, path)


@pytest.mark.parametrize(("name", "raw"), controls().items(), ids=controls())
def test_the_same_spellings_of_honest_senders_pass(name: str, raw: bytes, judged: Judged) -> None:
    assert judged(raw).finding in PASSES, name
