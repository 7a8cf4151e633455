"""What a recipient is told of his mail: masked, disarmed, and for which mails he may ask."""

import re
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.brand.load import load_brands
from milter.brand.names import Names
from milter.config import load, shipped
from milter.config.language import LANGUAGES
from milter.digest.asking import why_never
from milter.digest.document import answer, digest
from milter.digest.words import TEXTS
from milter.digest.written import as_html, as_text
from milter.quarantine.held import Held, State, masked
from milter.quarantine.requests import Decision, Request
from milter.quarantine.told import Waiting
from milter.verdict.verdict import Finding
from tests.digest.parts import ADA, NOW, URL, grounds, held_for

LINK = f"{URL}/ask/1-x"
TO_ADA = Waiting(ADA)


def held(**changes: Any) -> Held:
    """A mail as the quarantine has it."""
    one = masked(held_for(**changes))
    kept = {name: getattr(one, name) for name in Held.__dataclass_fields__ if hasattr(one, name)}
    return Held(id=1, state=State.HELD, changed=NOW, size=1, sha256="", **kept)


def written(*mails: tuple[Held, str], language: str = "fr", more: int = 0) -> str:
    made = digest(Waiting(ADA, [], more), mails, language, UTC, NOW + timedelta(days=7))
    return as_html(made) + as_text(made)


def test_numbers_of_people_are_masked_and_no_link_of_the_mail_is_one() -> None:
    subject = "NIR 1 85 05 78 006 084 36, FR76 3000 6000 0112 3456 7890 189, https://evil.example/x?a=1"
    said = written((held(subject=subject, author="Ameli www.evil.example"), LINK))
    assert "006 084" not in said
    assert "0112 3456" not in said
    assert "evil.example" not in said
    assert ["/ask/1-x"] == re.findall(rf'href="{URL}([^"]*)"', said)
    assert 1 == said.count("href=")


@pytest.mark.parametrize(
    ("finding", "report", "never"),
    [
        (Finding.IMPERSONATION, grounds(), ""),
        (Finding.IMPERSONATION, grounds("display_name", "strong", "link", "form"), ""),
        (Finding.IMPERSONATION, grounds("display_name", "likely", "card"), ""),
        (Finding.IMPERSONATION, grounds("display_name", "strong", "link", "card"), "never, secrets"),
        (Finding.IMPERSONATION, grounds("voice", "strong", "nir"), "never, secrets"),
        (Finding.IMPERSONATION, grounds("official_address"), "never, address"),
        (Finding.IMPERSONATION, grounds("owned_domain", "weak"), "never, address"),
        (Finding.IMPERSONATION, grounds("lookalike_domain"), "never, address"),
        (Finding.SUSPECT, grounds("lookalike_domain", "strong", "card"), ""),
        (Finding.UNDECIDED, grounds("official_address"), ""),
        (Finding.IMPERSONATION, "{}", ""),
    ],
)
def test_a_plain_fraud_cannot_be_asked_for_and_its_reader_is_told_why(
    finding: Finding, report: str, never: str
) -> None:
    mail = held(finding=finding, report=report)
    assert never == why_never(mail)
    for language in LANGUAGES:
        said = written((mail, "" if never else LINK), language=language)
        assert ("href=" in said) is not bool(never)
        assert all(
            (TEXTS[language][one] in said) is (one == never) for one in TEXTS[language] if "never, " in one
        )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("decision", [Decision.APPROVED, Decision.DENIED, Decision.LAPSED])
def test_an_answer_has_no_link(language: str, decision: Decision) -> None:
    request = Request(1, 1, ADA, NOW, decision, NOW, "rosa", "Non : www.evil.example")
    made = answer(request, replace(held(), subject="", author="", author_address=""), language, UTC)
    said = as_html(made) + as_text(made)
    assert TEXTS[language][decision.value] in said
    assert "href" not in said
    assert "rosa" not in said
    assert "www[.]evil[.]example" in said


def test_the_organisation_is_called_as_its_brand_file_has_it() -> None:
    health, *_ = load_brands(load(shipped(), to_serve=False).judge.brands)
    brands = (health, replace(health, key="taxes", name="les Impôts", name_en="the Tax Office"))
    taxes, gone = held(brand="taxes"), held(brand="gone")
    said = {
        language: as_text(digest(TO_ADA, [(taxes, ""), (gone, "")], language, UTC, NOW, Names(brands)))
        for language in LANGUAGES
    }
    assert "Se présente comme les Impôts et ne le prouve pas (le nom affiché)." in said["fr"]
    assert "Presents itself as the Tax Office, and does not prove it (the name shown)." in said["en"]
    assert "Se présente comme un organisme protégé et ne" in said["fr"]


def test_a_text_that_may_only_speak_of_the_organisation_is_not_said_to_present_itself_as_it() -> None:
    mail = held(report=grounds("voice"))
    said = {
        language: as_text(digest(TO_ADA, [(mail, LINK)], language, UTC, NOW + timedelta(days=7)))
        for language in LANGUAGES
    }
    assert "Son texte évoque un organisme protégé, et rien ne prouve qu'il en vient. Il demande" in said["fr"]
    assert "Its text brings a protected organisation to mind, and nothing proves" in said["en"]
    assert not any(word in text for text in said.values() for word in ("Se présente", "Presents itself"))


def test_both_languages_say_the_same() -> None:
    assert {*TEXTS["fr"]} == {*TEXTS["en"]}
    for key, text in TEXTS["fr"].items():
        assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", TEXTS["en"][key]))


@given(st.text(max_size=300), st.text(max_size=100), st.text(max_size=100), st.text(max_size=200))
def test_anything_that_a_sender_writes_is_text(subject: str, author: str, address: str, report: str) -> None:
    mail = held(subject=subject, author=author, author_address=address, report=report)
    said = as_html(digest(TO_ADA, [(mail, LINK)], "en", UTC, NOW))
    plain = as_html(digest(TO_ADA, [(held(subject="x", author="x"), LINK)], "en", UTC, NOW))
    assert re.findall(r"<[a-z/!]+", plain) == re.findall(r"<[a-z/!]+", said)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x1b]", said)


def test_what_can_be_asked_for_comes_first_and_else_the_newest() -> None:
    mails = [(held(subject=name), LINK if name.isupper() else "") for name in ("a", "B", "c", "D")]
    made = digest(TO_ADA, mails, "en", UTC, NOW + timedelta(days=7))
    assert ["B", "D", "a", "c"] == [one.subject for one in made.entries]


@pytest.mark.parametrize(("language", "words"), [("fr", "message\N{NO-BREAK SPACE}:\n"), ("en", "mail:\n")])
def test_a_colon_stands_as_the_language_has_it(language: str, words: str) -> None:
    made = digest(TO_ADA, [(held(), LINK)], language, UTC, NOW + timedelta(days=7))
    assert words in as_text(made)


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_never_heard_of_a_filter_is_told_whose_it_is(language: str) -> None:
    made = digest(Waiting("Ada@TOWN-HALL.example"), [(held(), LINK)], language, UTC, NOW)
    for said in (as_text(made), as_html(made)):
        assert "Vigimel, " in said
        assert "town-hall.example" in said


def test_a_name_that_is_read_from_the_right_leaves_its_address_in_one_piece() -> None:
    made = digest(TO_ADA, [(held(author="\u0627\u0644\u062a\u0623\u0645\u064a\u0646"), LINK)], "en", UTC, NOW)
    assert '<bdi dir="ltr">\u0627\u0644\u062a\u0623\u0645\u064a\u0646 &lt;' in as_html(made)
