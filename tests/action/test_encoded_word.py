import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.action.encoded_word import encode_text, encode_word
from milter.mail.coding.encoded_word import decode_words


def test_ascii_stays_as_it_is() -> None:
    assert encode_word("[Phishing?]") == b"[Phishing?]"


def test_french_becomes_an_encoded_word() -> None:
    assert encode_word("[Hameçonnage ?]") == b"=?utf-8?q?=5BHame=C3=A7onnage_=3F=5D?="


@pytest.mark.parametrize(
    "text", ["a" * 300, "=?utf-8?q?x?=", "é" * 400, "Se présente comme « ameli », " * 20]
)
def test_what_was_written_can_be_read(text: str) -> None:
    assert text.strip() == decode_words(encode_text(text, 18).replace(b"\r\n", b""))


@given(st.text(max_size=400), st.integers(0, 30))
def test_any_text_gives_short_ascii_lines_that_are_never_blank(text: str, used: int) -> None:
    lines = (b"x" * used + encode_text(text, used)).split(b"\r\n")

    assert all(len(line) <= 76 for line in lines)
    assert all(re.fullmatch(rb" [!-~][ -~]*", line) for line in lines[1:])
    assert re.fullmatch(rb"[ -~]*", lines[0])
