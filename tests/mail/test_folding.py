import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.folding import fold, has_spaced, join_spaced


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
def test_no_letters_are_drawn_together_unseen(pieces: list[str]) -> None:
    folded = fold("".join(pieces))
    assert has_spaced(folded) or join_spaced(folded) == folded
