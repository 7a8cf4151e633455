"""What stands below everything that the sender writes, and what of a note is left without it?"""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.claim.others.footing import Footings
from milter.mail.reading import Reading
from tests.claim.shipped import COMMON

FOOTINGS = Footings(COMMON)
NOTE = "Bonjour,\n\nMerci de compléter la notification jointe.\n\nThierry Ortolan"
FRENCH = (
    "AVERTISSEMENT : Ce message et ses pièces jointes sont établis à l'intention exclusive de leurs\n"
    "destinataires. Toute utilisation est interdite, et l'intégrité du message ne peut être assurée sur\n"
    "Internet."
)
ENGLISH = "This e-mail is confidential. If you are not the intended recipient, please delete it."
GREEN = "Pensez à l'environnement avant d'imprimer ce message."
DATA = "Conformément au règlement (UE) 2016/679, vous pouvez accéder aux informations qui vous concernent."


def note(text: str) -> str:
    return FOOTINGS.marked(Reading("", (), (), text)).note.strip()


@pytest.mark.parametrize(
    "below",
    [
        *(FRENCH, ENGLISH, GREEN, DATA),
        f"{FRENCH}\n\n{ENGLISH}\n{GREEN}",
        f"-- \nCabinet Ortolan\n8 rue de la Tour, 44200 Nantes\n\n{FRENCH}\n\n{ENGLISH}",
        "--\nCabinet Ortolan - 02 40 00 00 00",
        "--\n" + "\n".join(f"Ligne {n}" for n in range(10)),
    ],
)
def test_notices_and_the_signature_are_no_part_of_the_note(below: str) -> None:
    assert note(f"{NOTE}\n\n{below}") == NOTE


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour,\n\nVotre dossier est complet. Je vous appelle demain.",
        "Premier point\n--\nDeuxième point\n" + "\n".join(f"Point {n} de l'ordre du jour" for n in range(11)),
        "Le secret de la réussite : penser à l'avenir et imprimer sa marque.",
        "",
    ],
)
def test_what_the_sender_says_is_left(text: str) -> None:
    assert note(text) == text


def test_a_notice_begins_in_the_middle_of_a_paragraph_and_goes_on_to_its_end() -> None:
    """As in mail of HTML, where all may stand in one line."""
    assert note(f"Voir la lettre jointe. {ENGLISH} Delete it.\nMerci.") == "Voir la lettre jointe.  \nMerci."


def test_a_notice_that_is_broken_within_its_telling_words_is_one() -> None:
    broken = (
        "Nous vous remercions de prendre en considération que le présent document est à l'usage\nexclusif de"
    )

    assert note(f"{NOTE}\n\n{broken}") == NOTE


def test_a_passage_that_stands_elsewhere_is_not_taken_out_of_another_text() -> None:
    marked = FOOTINGS.marked(Reading("", (), (), f"{NOTE}\n\n{ENGLISH}"))

    assert replace(marked, text="Un autre texte").note == "Un autre texte"


def test_a_long_text_is_no_note() -> None:
    text = f"{ENGLISH}\n\n" * 300

    assert note(text) == text.strip()


@given(
    text=st.text(alphabet="-\n .é", max_size=60)
    | st.lists(st.sampled_from([ENGLISH, "--", ""])).map("\n".join)
)
def test_what_is_left_of_a_text_holds_nothing_new(text: str) -> None:
    marked = FOOTINGS.marked(Reading("", (), (), text))

    assert all(passage in text for passage in marked.footing)
    assert len(marked.note) <= len(text) + len(marked.footing)


@pytest.mark.parametrize("piece", ["--\n", "is confidential. ", "is confidential\n\n", "x" * 60 + "\n", "\n"])
def test_a_text_made_to_take_long_takes_little(piece: str) -> None:
    text = (piece * 20_000)[:20_000]
    start = time.monotonic()

    note(text)

    assert time.monotonic() - start < 2
