"""Where the subject is all that is said, it is the letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.message import Message
from milter.mail.read import read
from milter.mail.subject_only import letter_of

SUBJECT = "Carte Vitale suspendue : vitale-debloc.fr/lemoine"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\n",
        ".",
        "--",
        "Envoyé de mon iPhone",
        "\n\nEnvoyé depuis mon Galaxy\n",
        "Sent from my iPad",
        "Envoyé à partir de Outlook pour Android\nTéléchargez Outlook pour iOS",
        "Provenance : Courrier pour Windows",
    ],
)
def test_where_nothing_else_is_said_the_subject_is(text: str) -> None:
    assert letter_of(SUBJECT, text) == SUBJECT


@pytest.mark.parametrize(
    "text",
    ["ok", "Merci\n\nEnvoyé de mon iPhone", "Envoyé de mon iPhone : appelez-moi.", "Marie", "Envoyé " * 80],
)
def test_a_word_of_the_sender_s_is_the_letter(text: str) -> None:
    assert letter_of(SUBJECT, text) == text


def mail(body: str, *fields: str) -> Message:
    return Message("\r\n".join(("From: a@b.example", f"Subject: {SUBJECT}", *fields, "", body)).encode())


def test_a_link_in_such_a_subject_is_one_of_the_mail() -> None:
    found = read(mail("\r\n"))

    assert found.text == found.subject == SUBJECT
    assert [link.target for link in found.links] == ["vitale-debloc.fr/lemoine"]
    assert not read(mail("Bonjour")).links


def test_beside_a_file_or_a_picture_the_subject_is_none() -> None:
    parts = "--x\r\n\r\n\r\n--x\r\nContent-Type: image/png\r\nContent-ID: <a>\r\n\r\nabc\r\n--x--\r\n"

    assert read(mail(parts, 'Content-Type: multipart/related; boundary="x"')).text.strip() == ""
    assert read(mail("----- Message transféré -----\r\nDe : X <x@y.example>\r\nmerci")).text.strip() == ""


@given(st.text(max_size=400), st.text(alphabet="Envoyé de\n.:", max_size=400))
def test_any_text_can_be_looked_at(subject: str, text: str) -> None:
    assert letter_of(subject, text) in (subject, text)
