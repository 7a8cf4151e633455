"""Short mails in unusual voices, and their honest twins: is the one held back and the other let through?

Claim and table only: what is asked for is written beside each mail in voices.toml.
"""

import tomllib
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from milter.claim.read import ClaimReader
from milter.mail.message import Message
from milter.mail.read import read
from milter.proof.proof import Proof
from milter.verdict.presence import presence
from milter.verdict.verdict import Finding
from milter.verdict.weigh import UNPROVEN
from milter.verdict.weight import Weight
from tests.claim.shipped import BRAND, COMMON

READER = ClaimReader(BRAND, COMMON)
TABLE = tomllib.loads((Path(__file__).parent / "voices.toml").read_text("utf-8"))


def finding(case: dict[str, str]) -> Finding:
    """What is believed of the mail, unsigned."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = case["from"]
    mail["To"] = "lecteur@ville.example"
    mail["Subject"] = case["subject"]
    mail.set_content(case["text"].strip(), cte="8bit")
    claim = READER.read(read(Message(mail.as_bytes())))
    return UNPROVEN[presence(claim, Proof()), Weight(case["asks"])] if claim else Finding.UNRELATED


@pytest.mark.parametrize("case", TABLE["fraud"], ids=lambda case: case["name"])
def test_a_letter_that_only_the_organisation_would_write_is_held_back(
    case: dict[str, str], request: pytest.FixtureRequest
) -> None:
    """In whatever voice, under whatever name; tagged where it only tells what the organisation does."""
    if wrong := case.get("known_wrong"):
        request.applymarker(pytest.mark.xfail(strict=True, reason=wrong))

    assert Finding(case.get("finding", "impersonation")) == finding(case)


@pytest.mark.parametrize("case", TABLE["honest"], ids=lambda case: case["name"])
def test_a_sender_who_speaks_for_himself_passes(case: dict[str, str]) -> None:
    """Whatever he asks for, and however often he names the carte Vitale."""
    assert finding(case) not in {Finding.IMPERSONATION, Finding.SUSPECT}
