"""A field that a program fills in is no letterhead, no signature, and speaks of nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.claim.lines import Line, Lines, Phrases
from milter.claim.read import ClaimReader
from milter.claim.speaking.fields import Fields
from milter.claim.speaking.meaning import Meaning
from milter.mail.reading import Mailbox, Reading
from tests.claim.shipped import BRAND, COMMON

NAMES = Phrases(BRAND.words.names)
FIELDS = Fields(BRAND.words, COMMON, NAMES)
READER = ClaimReader(BRAND, COMMON)


@pytest.mark.parametrize(
    "text",
    [
        "Client : CPAM des Vosges",
        "De la part de : CPAM 13",
        "Raison sociale: CPAM",
        "Entreprise CPAM du Gard",
    ],
)
def test_a_label_and_a_name_are_a_field(text: str) -> None:
    assert FIELDS.is_one(Line.of(text))


@pytest.mark.parametrize(
    "text",
    [
        "CPAM des Vosges",
        "Votre CPAM : remboursement",
        "Service CPAM",
        "Entreprise de nettoyage de la CPAM",
        "Le client : CPAM " + "x" * 700,
        ":",
        "",
    ],
)
def test_all_else_is_none(text: str) -> None:
    assert not FIELDS.is_one(Line.of(text))


def test_a_notice_of_a_program_has_no_letterhead_and_speaks_of_nobody() -> None:
    notice = (
        "Nouvelle intervention\nClient : CPAM des Vosges\nObjet : fuite\nTechnicien : Adrien\nBonne journée"
    )
    author = (Mailbox("Planning", "planning@lift.example"),)
    reading = Reading("Intervention 4512", author, (), notice)

    assert READER.read(reading) is None
    assert Meaning(BRAND.words, NAMES, FIELDS).line_in(reading) is None
    letter = Reading("Intervention 4512", author, (), notice.replace("Client : ", ""))
    assert READER.read(letter) is not None
    assert Meaning(BRAND.words, NAMES, FIELDS).line_in(letter) == "CPAM des Vosges"


@pytest.mark.parametrize(
    ("line", "heads"),
    [
        ("Assurance Maladie", True),
        ("- Assurance Maladie", False),
        ("1. Assurance Maladie", False),
        ("2) Assurance Maladie", False),
        ("Étape 3 : Assurance Maladie", False),
    ],
)
def test_a_step_of_a_list_is_no_letterhead(line: str, *, heads: bool) -> None:
    author = (Mailbox("Léo Roy", "leo.roy@boite.example"),)
    claim = READER.read(Reading("Ta carte", author, (), f"Coucou,\n{line}\nC'est tout.\nBises\nLéo"))

    assert heads is (claim is not None and any(e.where == "letterhead" for e in claim.evidence))


@pytest.mark.parametrize(
    ("sentence", "tells"),
    [
        ("Le courrier de la CPAM vous réclame 120 euros.", True),
        ("Je vous transmets le courrier de la CPAM qui vous réclame 120 euros.", False),
        ("Votre facture à destination de la CPAM vous est renvoyée.", False),
    ],
)
def test_who_hands_a_letter_on_tells_of_no_deed(sentence: str, *, tells: bool) -> None:
    claim = READER.read(
        Reading("Courrier", (Mailbox("", "a@b.example"),), (), f"Bonjour,\n{sentence}\nMerci")
    )

    assert tells is (claim is not None and any(e.where == "deed" for e in claim.evidence))


CREDITOR = "Créancier : CPAM de l'Aude"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{CREDITOR}\nDossier : 118\nÀ régler avant le : 05/12/2026", CREDITOR),
        (f"Avis n° 2\nDossier : 118\nTotal dû : 320,00 €\n{CREDITOR}", CREDITOR),
        ("Émetteur : CPAM de l'Aude\nMontant : 86,00 €\nMotif : REMBT SOINS", None),
        ("Organisme : CPAM de l'Aude\nReste à payer : 18,00 €\nSéjour : 12/11/2026", None),
        (f"{CREDITOR}\nDossier : 118\nDate du rendez-vous : 05/12/2026", None),
        (f"{CREDITOR}\nÀ régler : 86,00 €", None),
        (
            f"{CREDITOR}\nDossier : 118\nÀ régler : 86,00 €\n" + "voici ce que la comptable vous écrit " * 6,
            None,
        ),
        ("", None),
    ],
)
def test_a_record_names_whom_to_pay(text: str, said: str | None) -> None:
    found = FIELDS.creditor(Lines(()).of(text))

    assert said == (found[0].text if found else None)
    assert found is None or found[1].text == "CPAM de l'Aude"


@given(st.lists(st.sampled_from(["Créancier : ", "CPAM", "À régler : ", "\n", ":", " ", "x" * 90])))
def test_any_text_may_be_asked_for_whom_it_names(pieces: list[str]) -> None:
    lines = Lines(()).of("".join(pieces))
    found = FIELDS.creditor(lines)

    assert found is None or found[0] in lines


@pytest.mark.parametrize(
    ("above", "heads"),
    [
        ("Votre lettre recommandée à destination de :", False),
        ("Votre envoi a été distribué à :", False),
        ("Un message pour vous :", True),
        ("Votre lettre à destination de", True),
    ],
)
def test_whom_a_letter_went_to_does_not_head_it(above: str, *, heads: bool) -> None:
    lines = [Line.of(above), Line.of("CPAM - Commission de recours amiable"), Line.of("a été distribuée.")]

    assert heads is (lines[1] in FIELDS.without(lines))
