"""An impostor gives a fraud as his reason; who warns of one says what it is, or what not to do."""

import pytest

from milter.claim.read import ClaimReader
from milter.claim.speaking.pretext import Pretexts
from milter.mail.reading import Mailbox, Reading
from tests.claim.shipped import BRAND, COMMON

PRETEXTS = Pretexts(COMMON)
READER = ClaimReader(BRAND, COMMON)
BLOCKED = "Une tentative de fraude a été bloquée hier soir sur votre compte ameli."
DATA = "Pour le protéger, confirmez vos coordonnées bancaires avant demain."


def letter(*lines: str, subject: str = "Votre compte", name: str = "Info", quoted: str = "") -> Reading:
    return Reading(subject, (Mailbox(name, "info@x.example"),), (), "\n\n".join(lines), quoted=quoted)


@pytest.mark.parametrize(
    "reading",
    [
        letter(BLOCKED, DATA),
        letter(BLOCKED, DATA, subject="Tentative de fraude sur votre compte"),
        letter("Des escrocs se font passer pour nous, et votre numéro est dans leur fichier.", DATA),
        letter("Après une campagne de phishing, les mots de passe doivent être changés.", DATA, "Bien"),
    ],
)
def test_a_fraud_that_was_seen_is_a_pretext(reading: Reading) -> None:
    assert PRETEXTS.are_all(reading)
    assert READER.tells_of_frauds(reading)
    assert not READER.warns_of_frauds(reading)


@pytest.mark.parametrize(
    "reading",
    [
        letter(DATA, subject="Tentative de fraude"),
        letter("Escroquerie :", DATA),
        letter(BLOCKED, DATA, "Ne cliquez pas."),
        letter(BLOCKED, DATA, "C'est un faux mail."),
        letter(BLOCKED, DATA, "Et chez vous ?"),
        letter("J'ai reçu ceci, encore une tentative de fraude :", BLOCKED, DATA, "L'agence", "A."),
        letter(BLOCKED, DATA, quoted="> " + DATA),
    ],
    ids=["only called so", "one word", "what not to do", "false", "asks", "shows what he got", "quotes"],
)
def test_a_warning_is_none(reading: Reading) -> None:
    assert not PRETEXTS.are_all(reading)


def test_a_body_that_says_its_name_may_warn_so() -> None:
    bank = letter(BLOCKED, DATA, "Votre Mutuelle Grandlarge", name="Mutuelle Grandlarge")

    assert PRETEXTS.are_all(bank)
    assert READER.warns_of_frauds(bank)
