"""Words in pieces, or without a blank between them, are read as the words that they are, of letters about the
brands.
"""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.brand.promise import AskKind
from milter.claim.claim import Strength
from milter.look.broken import Broken, _is_odd
from milter.look.looker import Looker
from milter.look.segment import Segmenter
from milter.mail.page.html import read_html
from milter.mail.reading import Mailbox, Reading

KNOWN = ("votre", "carte", "vitale", "expire", "le", "assurance", "maladie", "commandez", "septembre")
LETTER = "Votre carte Vitale expire le 30 septembre. Commandez votre carte Vitale. Assurance Maladie"
PIECES = (
    "Vo tre ca rte Vit ale exp ire le 30 sept embre. Comm andez vo tre ca rte Vit ale. Assu rance Mal adie"
)
GLUED = "VotrecarteVitaleexpirele30septembre\n.\nCommandezvotrecarteVitale\n.\nAssuranceMaladie"


def reading_of(text: str, **others: object) -> Reading:
    return dataclasses.replace(Reading("", (), (), text), **others)  # type: ignore[arg-type]


def read(text: str) -> str:
    return Broken(Segmenter(KNOWN)).as_meant(reading_of(text)).text


@pytest.mark.parametrize("between", [" ", "\n"])
def test_pieces_are_put_together(between: str) -> None:
    assert read(f"Avis\n\n{between.join(PIECES.split())}") == f"Avis\n\n{LETTER}"


def test_glued_words_are_parted_and_marks_follow_them() -> None:
    assert " ".join(read(GLUED).split()) == LETTER


@pytest.mark.parametrize(
    "text",
    [
        LETTER,
        "lu ma me je ve sa di 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20",  # a calendar
        "Et si on y va, le bus de 9 h est à la rue du bac ou à la mer et il y a un an",  # short words
        "Me die hat auf dem Weg zur Uni ein Rad und ich bin mit der Bahn da und das ist gut",  # of a language
        "Vo tre ca rte Vit ale exp ire",  # too few
        "Krankenversicherungskartennummer",
        "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6",
    ],
)
def test_what_is_none_of_them_stays(text: str) -> None:
    assert read(text) == text


def test_subject_files_and_quotations_are_read_so_too() -> None:
    reading = reading_of("", subject=PIECES, quoted=PIECES, attached=PIECES, versions=(PIECES,))
    found = Broken(Segmenter(KNOWN)).as_meant(reading)

    assert {found.subject, found.quoted, found.attached, *found.versions} == {LETTER}


@given(st.text(alphabet="votrecaé .-_\n·Xœ\u200b7", max_size=200))
def test_no_letter_of_any_text_is_lost(text: str) -> None:
    assert "".join(read(text).split()) == "".join(text.split())


def test_no_more_letters_are_read_than_the_limit() -> None:
    # A run at a time: a long word ends it.
    assert 0 < read(f"{PIECES} {'x' * 9}\n" * 200).count("Commandez") < 100


@pytest.mark.parametrize(
    "box", ["<div style='display:inline-block'>%s</div>", "<p style='float:left'>%s</p>", "<td>%s</td>"]
)
def test_boxes_side_by_side_are_read_as_they_are_shown(looker: Looker, box: str) -> None:
    pieces = (
        "Vo tre ca rte Vit ale exp ire. Comm andez la nou velle et rég lez par ca rte banc aire. "
        "Assu rance Mal adie"
    )
    row = "".join(box % one for one in pieces.split())
    text = read_html(f"<table><tr>{row}</tr></table>" if "<td>" in box else row).text
    reading = looker.as_meant(reading_of(text, authors=(Mailbox("Avis", "x@fraude.example"),)))

    claim = looker.claim(reading)

    assert claim is not None
    assert claim.strength is Strength.STRONG
    assert AskKind.PAYMENT in {ask.kind for ask in looker.look(reading, claim).asks}


@pytest.mark.parametrize(("last", "odd"), [(12, True), (13, False)])
def test_eighteen_words_are_short_or_are_not(last: int, odd: bool) -> None:
    assert odd is _is_odd(" ".join(["abc"] * 17 + ["a" * last]))
