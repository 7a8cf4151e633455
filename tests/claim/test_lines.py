"""The lines of a text, folded many at a time, say what each says alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.claim.lines import Lines, Phrases, phrases, without_listed_mails, without_quoted_letters
from milter.mail.text.folding import phrase

LINE = st.text(alphabet=st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=30)
FRENCH = st.text(alphabet="aàéçsS €1@.'-œ\u00ad\u200b\u2028\r", max_size=30)


@given(lines=st.lists(LINE | FRENCH, max_size=130))
def test_many_lines_are_folded_as_each_alone(lines: list[str]) -> None:
    assert list(map(phrase, lines)) == phrases(lines)


@pytest.mark.parametrize("before", ["", "Bonjour\n" * 150])
def test_what_is_other_peoples_is_taken_out_of_its_line_only(before: str) -> None:
    lines = Lines(("lecteur de carte vitale",)).of(
        f"{before}Un lecteur de carte Vitale\n--\nVotre carte Vitale"
    )

    assert [" un _ ", " votre carte vitale "] == [line.words for line in lines[-2:]]


@pytest.mark.parametrize("nothing", ["\u200b", "***", "\u3164", ""])
def test_lines_without_words_are_not_counted(nothing: str) -> None:
    lines = Lines(()).of(f"{nothing}\n" * 5000 + "Votre carte\n" * 2000)

    assert [" votre carte "] * 1500 == [line.words for line in lines]


def test_words_that_go_over_the_end_of_a_line_are_no_homonym() -> None:
    lines = Lines(("carte vitale",)).of("Votre carte\nvitale")

    assert [" votre carte ", " vitale "] == [line.words for line in lines]


@pytest.mark.parametrize("stems", [(), ("expir[a-z]{0,9}",)])
def test_the_longest_phrase_of_those_that_begin_first_is_found(stems: tuple[str, ...]) -> None:
    found = Phrases(("carte vitale v3", "carte vitale", "vitale", *stems))

    assert found.find(" votre carte vitale v3 ") == "carte vitale v3"
    assert found.find(" ma vitale et ma carte vitale ") == "vitale"
    assert found.find(" cartevitale ") is None
    assert Phrases(()).find(" carte vitale ") is None


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('Voici :\n"Bonjour,\nVotre CPAM"\nOdile', "Voici :\nOdile"),
        ("Voici :\n  «\u00a0Bonjour,\nVotre CPAM\u00a0».\nOdile", "Voici :\nOdile"),
        ('Il dit "oui"\net "non"', 'Il dit "oui"\net "non"'),
        ('"Oui", dit-il\net "non"', '"Oui", dit-il\net "non"'),
        ('"Bonjour,\nsans fin', '"Bonjour,\nsans fin'),
        ("Voici :\n« Bonjour. Votre carte expire. Confirmez vite. CPAM »\nOdile", "Voici :\nOdile"),
        ("« Soyez à l'heure. Merci. »\nOdile", "« Soyez à l'heure. Merci. »\nOdile"),
    ],
)
def test_a_letter_in_quotation_marks_is_taken_out(text: str, left: str) -> None:
    assert left == without_quoted_letters(text)


@pytest.mark.parametrize(
    "above", ["Je vous recopie le message :\n", "Voici ce qu'ils m'ont écrit :\n\n", "Texte reçu hier :  \n"]
)
def test_of_letters_that_must_be_introduced_those_that_a_colon_leads_over_to_are_taken_out(
    above: str,
) -> None:
    letter = '"Votre CPAM vous informe. Confirmez vite. Merci."\nOdile'

    assert without_quoted_letters(above + letter, introduced=True) == f"{above}Odile"


@pytest.mark.parametrize("above", ["", "Bonjour,\n", "Message :\n", "Voici :\n\n\n\n", "Cher assuré\n:\n"])
def test_of_these_no_other_is(above: str) -> None:
    text = f'{above}"Votre CPAM vous informe. Confirmez vite. Merci."\nOdile'

    assert without_quoted_letters(text, introduced=True) == text


@given(text=st.text(alphabet='"«»“”a\n .', max_size=200))
def test_what_is_left_are_lines_of_the_text(text: str) -> None:
    assert set(without_quoted_letters(text).split("\n")) <= {*text.split("\n"), ""}


def test_the_mails_that_a_digest_lists_are_no_words_of_its_own() -> None:
    head, foot = "22 h : 3 messages retenus", "Libérer depuis la passerelle"
    rows = [f"CPAM <info@{host}.example> Votre carte Vitale" for host in ("un", "deux", "trois")]

    assert without_listed_mails("\n".join([head, *rows, foot])) == f"{head}\n{foot}"


@pytest.mark.parametrize("host", ["un.example", "deux.example"])
def test_an_address_in_a_letter_lists_no_mails(host: str) -> None:
    text = f"Votre CPAM <a@un.example> vous écrit.\nRépondez à <b@un.example>\nou à <c@{host}>"

    assert without_listed_mails(text) == text


@given(text=st.text(alphabet="<>@ab.\n ", max_size=300))
def test_what_is_left_beside_listed_mails_are_lines_of_the_text(text: str) -> None:
    assert set(without_listed_mails(text).split("\n")) <= {*text.split("\n"), ""}
