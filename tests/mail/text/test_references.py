"""References that a reader sees as such are read as the letters they stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.message import Message
from milter.mail.read import read
from milter.mail.text.references import with_letters


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("S&eacute;curit&#233; soci&#xE0;le", "Sécurité sociàle"),
        ("Votre&nbsp;carte l&rsquo;expire", "Votre\xa0carte l’expire"),
        ("https://a.example/?a=1&amp;b=2", "https://a.example/?a=1&b=2"),
        ("&lt;b&gt; &#10; &#x202e; &#0; &bogus; & &;", "&lt;b&gt; &#10; &#x202e; &#0; &bogus; & &;"),
        ("AT&T; R&D", "AT&T; R&D"),
    ],
)
def test_letters_are_read_and_nothing_that_the_reader_does_not_see_so(written: str, read_as: str) -> None:
    assert with_letters(written) == read_as


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_text_and_subject_are_read_so(kind: str) -> None:
    text = "s&amp;eacute;curit&amp;eacute;" if kind == "html" else "s&eacute;curit&eacute;"
    raw = f"Subject: Votre s&eacute;curit&eacute;\r\nContent-Type: text/{kind}\r\n\r\n{text}\r\n".encode()

    reading = read(Message(raw))

    assert reading.subject == "Votre sécurité"
    assert reading.text.strip() == "sécurité"


@given(st.text(alphabet="&#x;eacute1930FAé \n", max_size=80))
def test_any_text_keeps_its_lines(text: str) -> None:
    assert with_letters(text).count("\n") == text.count("\n")
