"""Who is abroad, and who writes from home to those that are."""

import pytest

from milter.claim.names.abroad import SignsAbroad
from milter.mail.reading import Mailbox, Reading
from tests.claim.shipped import BRAND

SIGNS = SignsAbroad(BRAND.words)
NOBODY = Mailbox("Suivi des dossiers", "suivi@dossiers.example")


def is_abroad(text: str, author: Mailbox = NOBODY) -> bool:
    return SIGNS.stand_in(Reading("Votre dossier", (author,), (), text))


@pytest.mark.parametrize(
    "text",
    [
        "Votre prime mensuelle LAMal est de 420 CHF. Votre assurance maladie",
        # Of the brand at home is said one thing, as others say it, too.
        "Votre carte européenne d'assurance maladie (CEAM), canton de Vaud, LAMal",
        "La CNS du Luxembourg a besoin de votre numéro de sécurité sociale.",
    ],
)
def test_a_namesake_abroad_says_where_he_is(text: str) -> None:
    assert is_abroad(text)


@pytest.mark.parametrize(
    "text",
    [
        "À Genève, confirmez l'Assurance Maladie française, numéro de sécurité sociale, ou payez la LAMal.",
        "Frontaliers : votre formulaire S1, transmis par la CNS du Luxembourg, est arrivé sans RIB.",
        "En Suisse sans carte européenne d'assurance maladie ? Votre numéro de sécurité sociale.",
    ],
)
def test_who_writes_from_home_to_those_abroad_is_not(text: str) -> None:
    assert not is_abroad(text)


@pytest.mark.parametrize(
    "author",
    [
        Mailbox("Caisse nationale de santé", "info@caisse.example"),
        Mailbox("Frontaliers", "info@frontaliers.ch"),
        Mailbox("Assurance maladie", "info@assurance-suisse.example"),
    ],
)
def test_an_author_abroad_may_say_what_is_said_at_home(author: Mailbox) -> None:
    assert is_abroad("Frontaliers : votre formulaire S1 pour votre CPAM, Suisse, Luxembourg.", author)
