"""What may be shown of a held mail."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.review.inside import begin
from tests.attachment.made import encoded, mail, pdf, picture_of_text, qr

_KEYS = {"fields", "text", "attached", "quoted", "hidden", "links", "parts"}


def told(raw: bytes, *, sees: bool = False, seconds: float = 5.0) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = []
    # What is told is sent at once, and a child may change it afterwards.
    begin({})({"seconds": seconds, "sees": sees}, raw, lambda one: said.append(dict(one)))
    return said


def with_file(name: str, content_type: str, data: bytes) -> bytes:
    return mail("A <a@b.example>", "s", "Bonjour, voir ci-joint.\n", (name, content_type, data))


@given(st.binary(max_size=2000), st.booleans())
def test_any_mail_can_be_told_of(raw: bytes, sees: bool) -> None:
    assert _KEYS == set(told(raw, sees=sees)[-1])


def test_what_a_file_says_is_told_after_what_the_mail_says() -> None:
    said = told(with_file("a.pdf", "application/pdf", pdf(["Votre carte Vitale expire demain."])))

    assert {"fields"} == set(said[0])
    assert ("Bonjour, voir ci-joint.", "") == (said[-2]["text"].strip(), said[-2]["attached"])
    assert "Votre carte Vitale expire demain." in said[-1]["attached"]


def test_where_a_qr_code_leads_is_told_before_all_that_is_written() -> None:
    written = "\n".join(f"https://{number}.example/" for number in range(120))
    code = encoded(qr("https://ameli-dossier.example/x"))
    last = told(mail("A <a@b.example>", "s", written, ("a.png", "image/png", code)))[-1]

    assert {"target": "https://ameli-dossier.example/x", "kind": "qr"}.items() <= last["links"][0].items()
    assert 100 == len(last["links"])


def test_numbers_of_people_in_a_file_are_masked() -> None:
    last = told(with_file("a.pdf", "application/pdf", pdf(["Le 2 85 05 78 006 084 36 est le vôtre."])))[-1]

    assert "006 084" not in last["attached"]


def test_no_file_is_opened_when_the_time_is_over() -> None:
    last = told(with_file("a.pdf", "application/pdf", pdf(["Votre carte Vitale"])), seconds=0.0)[-1]

    assert ("", 1) == (last["attached"], len([part for part in last["parts"] if part["name"]]))


@pytest.mark.needs("tesseract")
@pytest.mark.parametrize("sees", [False, True])
def test_a_picture_is_read_where_the_ocr_may_be_used(sees: bool) -> None:
    last = told(
        with_file("a.png", "image/png", encoded(picture_of_text(["Votre carte Vitale expire"]))), sees=sees
    )[-1]

    assert sees == ("carte Vitale" in last["attached"])
