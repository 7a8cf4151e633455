"""Who signs at the end of a paragraph, and who is only named there?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.claim.lines import Line, Lines, Phrases
from milter.claim.names.vocabulary import Vocabulary
from milter.claim.speaking.closing import Closings, without_below
from milter.claim.speaking.office import Signatures
from tests.claim.shipped import BRAND, COMMON

VOCABULARY = Vocabulary(COMMON)
CLOSINGS = Closings(
    COMMON, VOCABULARY, Signatures(BRAND.words, Phrases(BRAND.words.names), COMMON, VOCABULARY)
)


@pytest.mark.parametrize(
    "text",
    [
        "Il manque le RIB. Cordialement, Julie, CPAM 49",
        "Il manque le RIB. Cordialement, Julie, CPAM 49.",
        "Cordialement Julie - CPAM 49",
        "RIB svp ! Merci Mme Lopez CPAM de la Sarthe",
        "Bien à vous, L. Petit (action sociale, CPAM Oise)",
        "Merci d'avance pour votre retour, M. Tessier, CPAM 63, service invalidité",
        "Merci d'avance. Service invalidité, CPAM 49",
        "Envoyez le RIB svp. R. Blin, agent de la CPAM de Laval",
        "Le RIB avant ce soir ? Mme Faure - CPAM de la Vienne",
    ],
)
def test_a_person_or_an_office_of_it_signs_within_the_line(text: str) -> None:
    closing = CLOSINGS.of(Line.of(text))

    assert closing is not None
    assert CLOSINGS.signs(closing)


@pytest.mark.parametrize(
    "text",
    [
        "Il manque le RIB. Voir avec Mme Faure, CPAM 49",
        "Merci de voir avec Julie, CPAM 49",
        "Tout est là. Source, CPAM 49",
        "Étaient là M. Roux et Dr Petit. Mme Faure, CPAM de la Vienne.",
        "Intervenants : M. Roux, URPS. Mme Faure, CPAM de la Vienne",
        "Cordialement, Julie, ancienne de la CPAM",
        "Cordialement, Léa Roy, CFDT CPAM 49",
        "Merci, Sonia Leroy, mandataire judiciaire",
        "Merci, Dr Moreau, conventionné CPAM 49",
        "Merci beaucoup la CPAM",
        "Merci à la CPAM et à la Caf",
        "Julie, CPAM 49",
        "Merci",
        "",
    ],
)
def test_who_is_only_named_at_the_end_does_not_sign(text: str) -> None:
    closing = CLOSINGS.of(Line.of(text))

    assert closing is None or not CLOSINGS.signs(closing)


def test_what_a_formula_leads_to_is_told_from_what_only_stands_apart() -> None:
    led_to, apart = (
        CLOSINGS.of(Line.of("Le RIB svp. Bien à vous, CPAM")),
        CLOSINGS.of(Line.of("Le RIB. CPAM")),
    )

    assert led_to is not None
    assert led_to == (Line.of("CPAM"), True, False)
    assert apart == (Line.of("CPAM"), False, False)


@pytest.mark.parametrize(
    "below",
    ["Envoyé de mon iPhone", "05 49 00 11 22", "Tél. : +33 5 49 00 11 22\n\nObtenir Outlook pour Android"],
)
def test_a_number_and_what_a_device_puts_there_stand_below_a_signature(below: str) -> None:
    lines = Lines(()).of(f"Le RIB svp.\nJulie, CPAM 49\n{below}")

    assert without_below(lines)[-1].text == "Julie, CPAM 49"
    assert len(without_below(Lines(()).of(below))) == 1
    assert without_below([]) == []


def test_a_number_behind_a_signature_is_no_part_of_it() -> None:
    closing = CLOSINGS.of(Line.of("Le RIB svp. Merci, Mme Faure, CPAM de la Vienne - tél. 05 49 00 11 22"))

    assert closing == (Line.of("Mme Faure, CPAM de la Vienne"), True, False)


@pytest.mark.parametrize(
    ("text", "retold"),
    [
        ("Voici la réponse de la CPAM : il manque le RIB. Merci, Julie, CPAM 49", True),
        ("La caisse m'a répondu ça :\nIl manque le RIB. Merci, Julie, CPAM 49", True),
        ("Un message pour vous de la caisse : le RIB svp. Merci, Julie, CPAM 49", True),
        ("La caisse m'a répondu ça :\nIl manque le RIB.\nMerci, Julie, CPAM 49", False),
        ("Pour verser l'aide : IBAN et date de naissance. Merci, Julie, CPAM 49", False),
        ("Réponse à votre message du 12 : il manque le RIB. Merci, Julie, CPAM 49", False),
        ("https://message.example/sms:1", False),
        ("", False),
    ],
)
def test_words_of_somebody_else_s_are_led_over_to(text: str, *, retold: bool) -> None:
    assert retold is CLOSINGS.are_retold(Lines(()).of(text))


def test_an_initial_is_no_part_of_a_formula_and_what_is_said_to_it_no_signature() -> None:
    signed = CLOSINGS.of(Line.of("Merci, L. Petit (action sociale, CPAM Oise)"))

    assert signed == (Line.of("L. Petit, action sociale, CPAM Oise"), True, False)
    assert CLOSINGS.of(Line.of("Merci la CPAM")) is None
    assert CLOSINGS.of(Line.of("Merci, la CPAM")) == (Line.of("la CPAM"), True, False)


@given(
    st.lists(st.sampled_from(["Merci, ", "CPAM ", "M. ", "(", ") ", ". ", "Julie ", "https://a ", "x" * 300]))
)
def test_the_end_of_any_line_is_read(pieces: list[str]) -> None:
    """Never raises, and tells nothing that the line does not end with."""
    closing = CLOSINGS.of(Line.of("".join(pieces)))

    assert closing is None or len(closing.signature.text) <= 420
    assert closing is None or CLOSINGS.signs(closing) in (True, False)
