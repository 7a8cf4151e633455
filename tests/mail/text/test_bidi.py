"""In which order does the reader see the letters?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.text.bidi import displayed_order


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\u202eilemA", "Ameli"),
        ("votre \u202eetrac\u202c Vitale", "votre carte Vitale"),
        ("votre \u202eetrac\u202d Vitale", "votre carte Vitale"),
        ("votre \u202eetrac\u2069 Vitale", "votre carte Vitale"),
        # The nearest end counts, and an override ends with its line.
        ("\u202eba\u202ccd\u2069e", "abcd\u2069e"),
        ("\u202eba\ncd", "ab\ncd"),
        ("ab\n\u202edc", "ab\ncd"),
        ("\u202eba\u202edc", "abcd"),
        ("facture\u202efdp.exe", "factureexe.pdf"),
        ("\u202e", ""),
    ],
)
def test_what_is_written_backwards_is_read_as_it_is_shown(written: str, shown: str) -> None:
    assert shown == displayed_order(written)


@pytest.mark.parametrize("text", ["Ameli", "", "قريبا", "a\u202cb\u202dc"])
def test_a_text_without_an_override_is_the_same(text: str) -> None:
    assert text is displayed_order(text)


def test_beyond_a_thousand_overrides_the_letters_stay_as_written() -> None:
    assert "a" * 1000 + "bc" == displayed_order("\u202ea" * 1000 + "\u202ebc")


@given(st.text(alphabet="ab\n\u202e\u202d\u202c\u2069"))
def test_every_letter_is_shown_on_its_line_and_no_override(text: str) -> None:
    shown = displayed_order(text)

    assert "\u202e" not in shown
    for written, line in zip(text.split("\n"), shown.split("\n"), strict=True):
        assert sorted(letter for letter in written if letter in "ab") == sorted(
            letter for letter in line if letter in "ab"
        )
