"""What does a terminal obey that a sender wrote? Nothing."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.cli.terminal import json_line, row, shown, shown_lines


@pytest.mark.threat("W14")
def test_an_escape_sequence_is_shown_and_not_obeyed() -> None:
    assert r"\x1b]0;pwned\x07 a" == shown("\x1b]0;pwned\x07\n a")


@pytest.mark.threat("W15")
def test_bidi_and_zero_width_characters_are_shown() -> None:
    assert r"\u202egnp.exe\u200b" == shown("\u202egnp.exe\u200b")


def test_french_is_left_alone() -> None:
    assert "« Hameçonnage ? » à 12 €" == shown("« Hameçonnage\u00a0? » à 12 €")


def test_lines_stay_lines_where_a_whole_mail_is_shown() -> None:
    assert "a\n\tb\\x1b[2J\nc\\x0d" == shown_lines("a\r\n\tb\x1b[2J\nc\r")


def test_a_long_value_is_wrapped_under_itself() -> None:
    first, second = row("label", "word " * 30, 6).split("\n")

    assert first.startswith("  label   word ")
    assert second.startswith("          word ")


def test_no_line_ends_within_french_punctuation() -> None:
    for many in range(100):
        lines = row("motif", "x" * many + " « Régler 8 € » ; oui ?", 5).split("\n")
        assert [] == [line for line in lines if line.endswith("«") or line.lstrip()[:1] in "»;?"]
        assert all("\u00a0" not in line for line in lines)


@given(st.text())
def test_json_says_the_same_after_escaping(text: str) -> None:
    assert {"text": text} == json.loads(json_line({"text": text}))


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    for line in (shown(text), json_line([text])):
        assert not [c for c in line if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
