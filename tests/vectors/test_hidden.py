"""THREATS H through the whole judge."""

import pytest

from milter.brand.promise import AskKind
from milter.mail.message import Message
from milter.mail.read import read
from milter.verdict.verdict import Finding
from tests.vectors.conftest import Judged
from tests.vectors.hidden import SALTS, codes, links, pictures, smuggled, spoken, whole_hidden
from tests.vectors.lure import FRAUD, LETTER, html_mail

# Salt that is text. H14 hides it from Outlook's readers alone, and a template is outside the document.
SALTED = [
    name
    for name, salt in SALTS.items()
    if (">sel<" in salt or ">le <" in salt) and name not in {"H14", "H19-template"}
]
HIDDEN_LETTERS = whole_hidden(FRAUD, LETTER)
HIDDEN_FRAUDS = {name: raw for name, raw in whole_hidden(LETTER, FRAUD).items() if name != "H14"}


def test_the_clean_twins_are_judged_right(judged: Judged) -> None:
    found = [judged(html_mail(body.html)).finding for body in (FRAUD, LETTER)]

    assert [Finding.IMPERSONATION, Finding.UNRELATED] == found


@pytest.mark.parametrize(("name", "raw"), spoken(FRAUD).items(), ids=spoken(FRAUD))
def test_nothing_between_its_letters_lets_a_fraud_pass(name: str, raw: bytes, judged: Judged) -> None:
    assert Finding.IMPERSONATION == judged(raw).finding, name


@pytest.mark.parametrize(("name", "raw"), spoken(LETTER).items(), ids=spoken(LETTER))
def test_an_honest_letter_with_the_same_between_its_letters_passes(
    name: str, raw: bytes, judged: Judged
) -> None:
    assert Finding.UNRELATED == judged(raw).finding, name


@pytest.mark.parametrize("name", SALTED)
def test_salt_is_kept_out_of_the_text_and_noted(name: str) -> None:
    reading = read(Message(spoken(FRAUD)[name]))

    assert "Assurance Maladie" in reading.text
    assert reading.hidden


@pytest.mark.parametrize(("name", "raw"), HIDDEN_FRAUDS.items(), ids=HIDDEN_FRAUDS)
def test_a_text_that_no_reader_sees_makes_no_fraud_of_a_letter(name: str, raw: bytes, judged: Judged) -> None:
    assert judged(raw).finding in {Finding.UNRELATED, Finding.MENTION}, name


@pytest.mark.parametrize(("name", "raw"), HIDDEN_LETTERS.items(), ids=HIDDEN_LETTERS)
def test_a_letter_that_no_reader_sees_does_not_save_a_fraud(name: str, raw: bytes, judged: Judged) -> None:
    assert Finding.IMPERSONATION == judged(raw).finding, name


@pytest.mark.parametrize(("name", "raw"), links().items(), ids=links())
def test_no_spelling_of_a_link_lets_a_fraud_pass(name: str, raw: bytes, judged: Judged) -> None:
    assert Finding.IMPERSONATION == judged(raw).finding, name


@pytest.mark.parametrize(("name", "raw"), pictures().items(), ids=pictures())
def test_a_picture_to_click_on_in_the_brands_name_is_caught(name: str, raw: bytes, judged: Judged) -> None:
    assert Finding.IMPERSONATION == judged(raw).finding, name


@pytest.mark.parametrize(("name", "raw"), smuggled().items(), ids=smuggled())
def test_a_page_to_open_in_the_brands_name_is_caught(name: str, raw: bytes, judged: Judged) -> None:
    assert Finding.IMPERSONATION == judged(raw).finding, name


@pytest.mark.parametrize(("name", "raw"), codes().items(), ids=codes())
def test_a_code_to_scan_is_a_link(name: str, raw: bytes, judged: Judged) -> None:
    verdict = judged(raw)

    assert Finding.IMPERSONATION == verdict.finding, name
    assert AskKind.LINK in {ask.kind for ask in verdict.asks}
