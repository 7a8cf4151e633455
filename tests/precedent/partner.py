"""A mail of a partner that is taken for a fraud, what is believed of it, and how it is held."""

import json
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from milter.action.grounds import grounds
from milter.ask.ask import Ask
from milter.brand.promise import AskKind
from milter.claim.claim import Claim, Evidence, Likeness, Strength
from milter.mail.domain import Domain
from milter.mail.message import Message
from milter.proof.proof import Proof, Standing
from milter.quarantine.held import HeldMail
from milter.verdict.verdict import Finding, Verdict
from tests.claim.shipped import BRAND
from tests.quarantine.mails import mail

ADDRESS = "adherents@mutuelle-des-quais.example"
DOMAIN = "mutuelle-des-quais.example"


def message(address: str = ADDRESS) -> Message:
    return Message(f"From: Votre Assurance Maladie <{address}>\r\nSubject: x\r\n\r\nhello\r\n".encode())


def verdict(
    *kinds: AskKind,
    likeness: Likeness = Likeness.DISPLAY_NAME,
    signed_by: Collection[str] = (DOMAIN,),
    **changes: Any,
) -> Verdict:
    """What is believed of it when it asks for these."""
    shows = "Votre Assurance Maladie"
    claim = Claim(BRAND, likeness, Strength.STRONG, (Evidence("From", shows, shows, likeness, 100),))
    proof = Proof(Domain(DOMAIN), aligned=frozenset(map(Domain, signed_by)))
    asks = tuple(Ask(kind, "Renseignez votre RIB.") for kind in kinds or (AskKind.BANK_DETAILS, AskKind.LINK))
    found = Verdict(Finding.IMPERSONATION, BRAND, claim, proof, Standing.UNPROVEN, asks)
    return replace(found, **changes)


def held(believed: Verdict, address: str = ADDRESS) -> HeldMail:
    """The mail as the gate holds it."""
    report = json.dumps(grounds(believed, "quarantine", "en"))
    return mail(brand=BRAND.key, author_address=address, report=report)
