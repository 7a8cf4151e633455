import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.text.folding import fold
from milter.mail.text.spaced_letters import join_spaced

_APART = re.compile(r"(?<![a-z0-9])[a-z0-9](?:[ .\-_*|/~+]{1,3}[a-z0-9](?![a-z0-9])){2,}+")


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("a m e l i", "ameli"),
        ("(C.P.A.M.)", "(cpam.)"),
        ("A-m-e-l-i vous", "ameli vous"),
        ("il y a mardi", "il y a mardi"),
        ("a b", "a b"),
        (" ".join("x" * 60) + " c n a m", "x" * 60 + "cnam"),
    ],
)
def test_letters_that_stand_alone_are_drawn_together(text: str, joined: str) -> None:
    assert joined == join_spaced(fold(text))


@given(st.lists(st.sampled_from([*"amé1 .-_*|/~+\n('", "ameli", "  ", "\u200b", "\ue000"]), max_size=30))
def test_all_letters_are_drawn_together_that_stand_apart(pieces: list[str]) -> None:
    folded = fold("".join(pieces))
    slowly = _APART.sub(lambda run: re.sub("[^a-z0-9]", "", run.group()), folded)
    assert slowly == join_spaced(folded)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("am€li", "ameli"),
        ("Votre V!tale", "votre vitale"),
        ("C@rte", "carte"),
        ("c4rte b4nc4ire", "carte bancaire"),
        ("ass|stance", "assistance"),
        ("$ecu.", "secu."),
        ("dr0its", "droits"),
        ("am€li!", "ameli!"),
        ("\N{WAVING HAND SIGN} C@rte v1tale", "\N{WAVING HAND SIGN} carte vitale"),
        ("ligne\n4meli\n", "ligne\nameli\n"),
    ],
)
def test_signs_and_digits_that_pass_for_letters_are_read_in_words_of_the_list(
    written: str, read: str
) -> None:
    assert read.split() == fold(written).split()
    assert read.count("\n") == fold(written).count("\n")


@pytest.mark.parametrize(
    "written",
    [
        "12€",
        "4 € ou 5€ !",
        "aml591783021",
        "b2b",
        "marie@ville.example",
        "h4ck",
        "a|b",
        "oui!",
        "x" * 30 + "1e",
    ],
)
def test_prices_numbers_and_addresses_stay_what_they_are(written: str) -> None:
    assert written == fold(written)


def test_only_so_many_disguised_words_are_looked_at() -> None:
    """Time grows with the text, and not faster."""
    assert fold("c4rte " * 3000).startswith("carte carte ")


@given(st.text(alphabet="ac4rte@m€l1! |$\n\u0430", max_size=200))
def test_no_disguise_raises_or_moves_a_line(text: str) -> None:
    assert text.count("\n") == fold(text).count("\n")
