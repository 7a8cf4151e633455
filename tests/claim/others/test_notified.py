"""Whom a platform calls like the organisation has written, where its notice says that he did."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.claim.claim import Basis
from milter.claim.read import ClaimReader
from milter.mail.reading import Link, LinkKind, Mailbox, Reading
from tests.claim.shipped import BRAND, COMMON

READER = ClaimReader(BRAND, COMMON)
PLATFORM = Mailbox("Signature en ligne", "envoi@signer-net.example")
LINKS = (Link("https://signer-net.example/s/7", "EXAMINER", LinkKind.ANCHOR),)


def notified(text: str, subject: str = "Notification", author: Mailbox = PLATFORM, **rest: object) -> bool:
    links = rest.pop("links", LINKS)
    claim = READER.notified(Reading(subject, (author,), (), text, links=links, **rest))  # type: ignore[arg-type]
    return claim is not None and claim.basis is Basis.FILLED_IN


@pytest.mark.parametrize(
    "text",
    [
        "Service Remboursements (CPAM) vous a envoyé un document à signer.\nIndiquez votre RIB.",
        "Gestionnaire CPAM vous a mentionné dans un commentaire",
        "Bonjour,\n\nVous êtes inscrit(e) à « Atelier » proposé par CPAM INFO ASSURES.",
        "Assurance Maladie has shared a file with you",
    ],
)
def test_who_is_called_so_has_written(text: str) -> None:
    assert notified(text)
    assert notified("Bonjour", subject=text)


@pytest.mark.parametrize(
    "text",
    [
        # Only the board is called so.
        "Sophie Martin vous a mentionné sur « CPAM : RIB des nouveaux »",
        "Sophie Martin (CPAM) vous a envoyé un document",
        "Syndicat CPAM vous invite à une réunion",
        # A letter that tells what it sent.
        "La CPAM vous a envoyé une attestation, transmettez-la avec votre RIB.",
        "Votre CPAM vous a envoyé un courrier.",
        "Bonjour,\nUn\nDeux\nTrois\nCPAM vous a envoyé un courrier.",
        # A warning.
        "Ameli Remboursements vous a envoyé un document ? C'est une arnaque.",
    ],
)
def test_others_have_not(text: str) -> None:
    assert not notified(text)


def test_a_notice_is_another_s_and_leads_to_him() -> None:
    text = "Gestionnaire CPAM vous a mentionné dans un commentaire"

    assert not notified(text, links=())
    assert not notified(text, author=Mailbox("Sophie Martin", "s.martin@cabinet.example"))
    assert notified(text, author=Mailbox("Trello", "taches@tableaux.example"))
    assert notified(text, links=(), quoted="Description :\nvoir https://revalid.example/v")


@given(st.text(max_size=300))
def test_any_notice_can_be_read(text: str) -> None:
    notified(f"{text} vous a envoyé {text}\n{text}", subject=text)
