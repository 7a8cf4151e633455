"""Letters that stand apart are read as the words that they are, of letters about the brands."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.brand.promise import AskKind
from milter.look.looker import Looker
from milter.look.segment import Segmenter
from milter.look.spaced import Spaced
from milter.mail.reading import Mailbox, Reading

KNOWN = ("votre", "carte", "vitale", "cartevitale", "expire", "l", "assurance", "maladie", "numero", "de")


def reading_of(text: str, **others: object) -> Reading:
    return dataclasses.replace(Reading("", (), (), text), **others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("V o t r e c a r t e V i t a l e", "votre carte Vitale"),
        ("v.o.t.r.e c.a.r.t.e", "votre carte"),
        ("L'A-s-s-u-r-a-n-c-e M-a-l-a-d-i-e vous écrit", "L'Assurance Maladie vous écrit"),
        ("V o t r e   n u m é r o,\nm a l a d i e", "Votre numéro,\nmaladie"),
        ("C o n f i r m e z v o t r e c a r t e", "Confirmez votre carte"),  # an ordinary word
        ("c a r t e V i t a l e e x p i r é e", "carte Vitale expirée"),  # another form of one
        ("v o t r e c a r t e v i t a l e X y", "votre carte vitale Xy"),  # a name
    ],
)
def test_letters_apart_are_the_words_of_such_letters(written: str, meant: str) -> None:
    assert Spaced(Segmenter(KNOWN)).as_meant(reading_of(written)).text.lower() == meant.lower()


@pytest.mark.parametrize(
    "text",
    [
        "J. P. L. M. D. Durand",  # initials
        "A B C D E F G H I J",
        "C A R T",
        "z w k x q v o t r e",  # more than a name besides
        "votre carte Vitale",
        "ا ل س ل ا م ع ل ي ك م",
    ],
)
def test_what_is_none_of_them_stays(text: str) -> None:
    assert Spaced(Segmenter(KNOWN)).as_meant(reading_of(text)).text == text


def test_subject_files_and_quotations_are_read_so_too() -> None:
    apart = "v o t r e c a r t e"

    reading = reading_of("", subject=apart, quoted=apart, attached=apart, versions=(apart,))
    read = Spaced(Segmenter(KNOWN)).as_meant(reading)

    assert {read.subject, read.quoted, read.attached, *read.versions} == {"votre carte"}


def test_what_such_a_letter_wants_is_found(looker: Looker) -> None:
    author = Mailbox("Assurance Maladie", "x@fraude.example")
    text = "V e u i l l e z n o u s e n v o y e r v o t r e n u m é r o d e s é c u r i t é s o c i a l e."
    reading = looker.as_meant(reading_of(text, authors=(author,)))

    sight = looker.look(reading, looker.claim(reading))

    assert [ask.quote for ask in sight.asks if ask.kind is AskKind.NIR] == [
        "Veuillez nous envoyer votre numéro de sécurité sociale."
    ]


@given(st.text(alphabet="votrecaé .-_\n·Xœ\u200b", max_size=120))
def test_no_letter_of_any_text_is_lost(text: str) -> None:
    read = Spaced(Segmenter(KNOWN)).as_meant(reading_of(text))

    assert [one for one in read.text if one.isalpha()] == [one for one in text if one.isalpha()]
    assert read.text.count("\n") == text.count("\n")


def test_no_more_letters_are_read_than_the_limit() -> None:
    read = Spaced(Segmenter(KNOWN)).as_meant(reading_of("v o t r e c a r t e " * 20_000))

    assert read.text.startswith("votre carte votre")
    assert read.text.endswith("v o t r e c a r t e ")
