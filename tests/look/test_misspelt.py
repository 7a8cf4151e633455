"""Misspelt letters are read as they are meant, and quoted as they are written."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.brand.promise import AskKind
from milter.look.looker import Looker
from milter.look.misspelt import Misspelt
from milter.mail.reading import Link, LinkKind, Mailbox, Reading

KNOWN = ("numero", "securite", "sociale", "assurance", "maladie", "bonjour", "vitale", "compte", "renseignez")
LETTER = """Bojnour,

Votre Assurrance Maladie : renseigenz votre nummero de sécurité soicale
sur https://nummero.example/assurrance ou par cour@soicale.example
"""


def reading_of(text: str, **others: object) -> Reading:
    return dataclasses.replace(Reading("", (), (), text), **others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("assurrance", "assurance"),  # a letter twice
        ("nuumero", "numero"),
        ("assrance", "assurance"),  # one that is missing
        ("asusrance", "assurance"),  # two exchanged
        ("assurtance", "assurance"),  # one too much
        ("Assurrance", "Assurance"),
        ("ASSURRANCE", "ASSURANCE"),
        ("sécuritté", "securite"),
    ],
)
def test_a_word_that_is_one_slip_from_a_word_of_such_letters_is_that_word(written: str, meant: str) -> None:
    read = Misspelt(KNOWN).as_meant(reading_of(f"bonnjour {written}"))

    assert read.text == f"bonjour {meant}"


@pytest.mark.parametrize(
    "text",
    [
        "Votre nummero",  # one slip says nothing
        "renseigne ton compte, les maladies",  # words of their own, and endings
        "renseignezz comptee",  # an ending too much is no slip
        "nummero bojnour Delpuech Crouzet Vandroux Kerbrat Tolvanen Moussaoui Ourliac",  # names
        "nu mero ma1adie",
    ],
)
def test_what_is_written_otherwise_stays(text: str) -> None:
    reading = reading_of(text)

    assert Misspelt(KNOWN).as_meant(reading) is reading


def test_addresses_stay_and_lines_do() -> None:
    read = Misspelt(KNOWN).as_meant(reading_of(LETTER, subject="Votre ASSURRANCE", quoted="nummero\nfin"))

    assert read.text.splitlines() == [
        "Bonjour,",
        "",
        "Votre Assurance Maladie : renseignez votre numero de sécurité sociale",
        "sur https://nummero.example/assurrance ou par cour@soicale.example",
    ]
    assert read.subject == "Votre ASSURANCE"
    assert read.quoted == "numero\nfin"


def test_the_admin_reads_what_stands_in_the_mail(looker: Looker) -> None:
    """In the words that are misspelt, as they are."""
    author = Mailbox("Assurance Maladie", "x@fraude.example")
    link = Link("https://fraude.example/v", "Conffirmer mes coordonnéés", LinkKind.ANCHOR)
    text = "Bojnour,\n\nVeuillez nous communiqeur votre nummero de sécuirté socilae par retour de mail.\n"
    reading = looker.as_meant(reading_of(text, authors=(author,), links=(link,)))

    sight = looker.look(reading, looker.claim(reading))

    quotes = {ask.kind: ask.quote for ask in sight.asks}
    assert "nummero de securite" not in quotes[AskKind.NIR]
    assert quotes[AskKind.NIR].startswith("Veuillez nous communiqeur votre nummero de sécuirté socilae par")


def test_where_a_word_is_once_written_rightly_it_is_quoted_so(looker: Looker) -> None:
    author = Mailbox("Assurance Maladie", "x@fraude.example")
    text = (
        "Bojnour,\n\nVotre nummero a changé, et le soicale aussi.\n"
        "Veuillez nous communiquer votre numéro de sécurité sociale par retour de mail.\n"
    )
    reading = looker.as_meant(reading_of(text, authors=(author,)))

    quotes = {ask.kind: ask.quote for ask in looker.look(reading, looker.claim(reading)).asks}

    assert "communiquer votre numéro de sécurité sociale" in quotes[AskKind.NIR]


_PIECES = ["bonjour", "bonnjour", "nummero", "Maladei", "x.y", "@", "l'", "\n", " ", "é", "\u200b", "a" * 30]


@given(st.lists(st.sampled_from(_PIECES), max_size=40).map("".join))
def test_any_text_keeps_its_lines_and_words(text: str) -> None:
    read = Misspelt(KNOWN).as_meant(reading_of(text))

    assert [len(line.split()) for line in read.text.split("\n")] == [
        len(line.split()) for line in text.split("\n")
    ]


def test_a_text_of_any_size_is_read_within_limits() -> None:
    """What stands further on, or in more links, is left as it is."""
    text = "bonnjour nummero " * 20_000
    links = (Link("https://a.example", text, LinkKind.ANCHOR),) * 300

    read = Misspelt(KNOWN).as_meant(reading_of(text, links=links))

    assert read.text.startswith("bonjour numero ")
    assert read.text.endswith("bonnjour nummero ")
    assert (read.links[0].shown[:7], read.links[-1].shown[:8]) == ("bonjour", "bonnjour")
