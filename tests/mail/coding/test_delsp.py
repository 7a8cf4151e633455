"""Are words put together that format=flowed with DelSp=yes cuts in two (RFC 3676)?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.coding.delsp import rejoined
from milter.mail.message import Message
from milter.mail.read import read


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Votre carte Vi \ntale expire.", "Votre carte Vitale expire."),
        ("Votre carte  \nVitale", "Votre carte Vitale"),
        ("Une ligne.\nUne autre.", "Une ligne.\nUne autre."),
        (" > 12 euros\n From là", "> 12 euros\nFrom là"),
        ("> cité \n> plus bas \nmoi", "> cité \n> plus bas \nmoi"),
        ("moi \n> cité", "moi\n> cité"),
        ("Bien à vous\n-- \nLéa", "Bien à vous\n-- \nLéa"),
        ("a \n-- \nLéa", "a\n-- \nLéa"),
        ("fin \n", "fin"),
        ("", ""),
    ],
)
def test_lines_that_go_on_are_one(text: str, shown: str) -> None:
    assert shown == rejoined(text)


@given(st.text("a >-\n"))
def test_no_letter_is_lost(text: str) -> None:
    assert text.count("a") == rejoined(text).count("a")


@pytest.mark.parametrize(
    ("says", "text"),
    [
        ("format=flowed; DelSp=yes", "carte Vitale"),
        ('format="flowed"; delsp="YES"', "carte Vitale"),
        ("delsp=yes", "carte Vi \ntale"),
        ("format=flowed", "carte Vi \ntale"),
        ("format=flowed; delsp=no", "carte Vi \ntale"),
    ],
)
def test_it_is_asked_for_by_both_parameters(says: str, text: str) -> None:
    raw = f"From: a@b.example\nContent-Type: text/plain; {says}\n\ncarte Vi \ntale\n"

    assert text in read(Message(raw.encode())).text
