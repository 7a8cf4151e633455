"""What does one version of a text say that another does not?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.text.alternatives import lines_with_new_words, what_html_lacks

LETTER = "Bonjour Madame,\nvotre dossier est prêt.\nCordialement"
OTHER = "Votre carte Vitale expire demain matin :\nrenseignez vite votre RIB"


def test_an_alternative_that_says_the_same_says_nothing_new() -> None:
    assert ("", False) == what_html_lacks(LETTER, LETTER)
    assert ("", False) == what_html_lacks("", LETTER)


def test_only_the_lines_with_a_new_word_are_what_html_lacks() -> None:
    plain = LETTER.replace("est prêt", "  est prêt au guichet")

    assert ("votre dossier   est prêt au guichet.", False) == what_html_lacks(plain, LETTER)


@pytest.mark.parametrize(
    "plain",
    [
        "« Bonjour » *Madame*",
        "> votre | dossier -- est_ (prêt)!",
        "Cordialement https://a.example/lien",
        "Bonjour\n=====\n-- \n* * *",
    ],
)
def test_punctuation_and_addresses_are_no_new_words(plain: str) -> None:
    assert "" == what_html_lacks(plain, "Bonjour Madame votre dossier est prêt Cordialement")[0]


@pytest.mark.parametrize(
    ("plain", "differs"),
    [
        (OTHER, True),
        # Most of it is said there, too: by its words, or by its length.
        ("Bonjour Madame, votre dossier est bientôt prêt", False),
        (f"{LETTER}\n{LETTER}\nUn deux trois quatre cinq six sept", False),
        # Too few words to tell another thing.
        ("Ouvrez vite cette page ici-même", False),
    ],
)
def test_it_differs_where_most_of_it_is_new(plain: str, *, differs: bool) -> None:
    assert differs is what_html_lacks(plain, f"{LETTER}\nMerci de ce message")[1]


def test_lines_with_new_words_are_told_from_the_words_that_are_known() -> None:
    known = {"Votre", "carte", "expire"}

    assert "Votre RIB" == lines_with_new_words(
        "Votre carte,\nVotre RIB \nhttps://a.example/x\n«expire»", known
    )
    assert "" == lines_with_new_words("Votre carte", known)


@given(
    st.text(alphabet="ab \n.-«é0"),
    st.text(alphabet="ab \n.-«é0"),
)
def test_no_new_word_is_lost_and_no_line_made_up(plain: str, html: str) -> None:
    fresh, _ = what_html_lacks(plain, html)
    cores = {word.strip("«.-") for text in (fresh, html) for word in text.split()}

    assert {word.strip("«.-") for word in plain.split()} - {""} <= cores
    assert {line.strip() for line in fresh.split("\n")} <= {line.strip() for line in plain.split("\n")} | {""}
