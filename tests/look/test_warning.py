"""Who warns of frauds, and wants himself what they want?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.look.looker import Looker
from milter.look.warning import is_bait
from milter.mail.reading import Mailbox, Reading

COLLET = Mailbox("Adjudant Rémi Collet", "r.collet@brigade-numerique.example")
ENQUIRY = (
    "Monsieur,\ndans le cadre d'une enquête sur de faux conseillers de la CPAM, une escroquerie, votre nom"
    " apparaît parmi les victimes. La CPAM vous indemnise à hauteur de 800 €.\n"
)
WANTS = (
    "Merci de m'adresser, en réponse, la copie de votre carte d'identité, votre RIB et votre numéro de"
    " sécurité sociale afin d'établir la plainte groupée."
)


def bait(
    looker: Looker, text: str, subject: str = "Escroquerie à l'Assurance Maladie", quoted: str = ""
) -> bool:
    reading = Reading(subject, (COLLET,), (), text, quoted=quoted)
    return is_bait(reading, looker.claims[0], looker.manners, looker.lexicon)


@pytest.mark.parametrize(
    "wants", [WANTS, "Vous avez 48 heures pour régler l'amende de 390 € par coupon PCS."]
)
def test_who_wants_for_himself_what_frauds_want_does_not_warn(looker: Looker, wants: str) -> None:
    assert bait(looker, ENQUIRY + wants)


@pytest.mark.parametrize(
    "text",
    [
        ENQUIRY,
        f"{ENQUIRY}Le message dit :\n« {WANTS} »\nN'y répondez pas.",
        f"{ENQUIRY}Le message dit : “{WANTS}” N'y répondez pas.",
        f"{ENQUIRY}N'envoyez à personne votre RIB ni votre numéro de sécurité sociale.",
    ],
)
def test_who_quotes_it_or_says_what_not_to_do_warns(looker: Looker, text: str) -> None:
    assert not bait(looker, text)


def test_who_shows_a_letter_or_tells_of_no_fraud_is_no_bait(looker: Looker) -> None:
    assert not bait(looker, ENQUIRY + WANTS, quoted="De : CPAM <info@cpam-aide.example>")
    assert not bait(looker, WANTS, subject="Votre dossier")


@given(st.text(alphabet='« »“”"aescroquerie RIB\n', max_size=300))
def test_any_warning_can_be_read(looker: Looker, text: str) -> None:
    bait(looker, text)
