"""What does a text ask for? The table of sentences in sentences.tsv."""

from pathlib import Path

import pytest

from milter.ask.sentence import sentences
from milter.ask.text import find_demands
from tests.ask.shipped import lexicon

TABLE = Path(__file__).with_name("sentences.tsv")
# What is done, not handed over: a sentence may well ask for more acts than its row names.
ACTS = frozenset({"link", "form", "reply", "call_back", "attachment"})


def rows() -> list[tuple[str, str]]:
    """The kinds that a sentence asks for, `-` for none, and the sentence."""
    lines = TABLE.read_text("utf-8").splitlines()
    parted = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [(kinds, sentence.replace("\\n", "\n")) for kinds, sentence in parted]


# Strict: the day a row marked ! is right, its mark must go.
ASKING = [
    pytest.param(
        kinds.removeprefix("!").split(),
        sentence,
        id=sentence,
        marks=[pytest.mark.xfail(strict=True, reason="known wrong")] if kinds[0] == "!" else [],
    )
    for kinds, sentence in rows()
    if kinds != "-"
]
RIGHT = [param for param in ASKING if not param.marks]
NOT_ASKING = [sentence for kinds, sentence in rows() if kinds == "-"]


def _found(text: str) -> set[str]:
    return {demand.kind.value for demand in find_demands(text, lexicon())}


def test_the_table_is_large_and_both_sides_are_in_it() -> None:
    assert len(ASKING) > 500
    assert len(NOT_ASKING) > 300


@pytest.mark.parametrize(("expected", "sentence"), ASKING)
def test_a_demand_is_found_with_what_it_asks_for(expected: list[str], sentence: str) -> None:
    found = _found(sentence)

    assert set(expected) - ACTS == found - ACTS
    assert set(expected) <= found


@pytest.mark.parametrize("sentence", NOT_ASKING, ids=NOT_ASKING)
def test_what_is_denied_reported_or_only_named_is_not_asked_for(sentence: str) -> None:
    assert set() == _found(sentence)


@pytest.mark.parametrize(("expected", "sentence"), RIGHT)
def test_capitals_do_not_hide_a_demand(expected: list[str], sentence: str) -> None:
    assert set(expected) - ACTS <= _found(sentence.upper())


def test_invisible_and_lookalike_characters_do_not_hide_a_demand() -> None:
    assert {"bank_details"} == _found("Mer\u200bci de nous trans\u00admettre votre R\u200bІВ\u200b")
    assert {"credentials"} == _found("Saisissez votre m0t de pa55e et votre 1dentifiant.")


def test_a_warning_list_asks_for_nothing_though_each_item_alone_would() -> None:
    items = "- cliquer sur un lien\n- saisir votre mot de passe\n- payer 0,99 €"
    warning = f"Les escrocs vous demandent de :\n{items}"

    assert set() == _found(warning)


def test_a_demand_between_sentences_that_ask_nothing_is_found() -> None:
    text = (
        "Bonjour,\n\nVotre dossier a été étudié. Nous ne vous demanderons jamais votre mot de passe.\n"
        "Afin de procéder au versement, nous vous saurions gré de nous\ncommuniquer un relevé d'identité\n"
        "bancaire.\n\nCordialement,\nle service"
    )

    demands = list(find_demands(text, lexicon()))

    assert ["bank_details"] == [demand.kind.value for demand in demands]
    assert demands[0].sentence.text.startswith("Afin de procéder au versement")


def test_a_line_goes_on_below_where_a_program_broke_it_and_a_paragraph_does_not() -> None:
    """72 letters are a wrapped line; 170 are a cell of a table, whose end is the end of what it says."""
    wrapped, cell = "x" * 35 + " " + "y" * 36, "x" * 80 + " " + "y" * 89

    assert [f"{wrapped} Et puis"] == [one.text for one in sentences(f"{wrapped}\nEt puis", frozenset())]
    assert [cell, "Et puis"] == [one.text for one in sentences(f"{cell}\nEt puis", frozenset())]


def test_a_thing_of_several_words_is_asked_for_wherever_it_stands_in_a_long_sentence() -> None:
    """What must stand near a word is looked for in stretches of a sentence: none lies between two of them."""
    said = "Veuillez nous transmettre votre numéro de sécurité sociale"
    places = range(200, 320, 4)

    found = [_found(("oui " * 200)[:before] + said + " oui" * 50) for before in places]
    assert [{"nir"}] * len(places) == found


def test_a_quotation_of_others_that_is_broken_in_the_middle_of_a_thing_asks_for_nothing() -> None:
    said = "Des escrocs vous écrivent : « veuillez nous transmettre votre numéro\nde sécurité sociale »."

    assert not _found(said)


def test_a_line_that_a_program_broke_introduces_a_list_by_its_end() -> None:
    lines = "Nous avons besoin pour votre dossier\nde ce qui suit :\n- le formulaire\n- un RIB"

    assert [lines.replace("dossier\n", "dossier ")] == [one.text for one in sentences(lines, frozenset())]


def test_a_label_below_a_paragraph_is_read_with_it() -> None:
    head = "Le service en ligne est fermé, et la déclaration se fait par écrit. " * 2 + "Merci de compléter :"
    label = "Nom de la banque et de son agence, avec la date d'ouverture du compte et le nom du conseiller :"

    assert [f"Merci de compléter :\n{label}"] == [
        one.text for one in sentences(f"{head}\n\n{label}", frozenset()) if label in one.text
    ]
