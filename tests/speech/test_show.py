"""Text of a stranger is shown so that nothing of it moves, hides or leads away."""

import json
import re
import string
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.claim.claim import FALSE_ADDRESS, LOOKALIKE_LINK, THIRD_PARTY
from milter.cli.terminal import typist
from milter.config.language import LANGUAGES
from milter.quarantine.held import Held, State
from milter.speech.grounds import grounds_of, sentence_of
from milter.speech.show import (
    Short,
    Trace,
    disarmed,
    in_short,
    marked,
    one_line,
    quotes_of,
    traces_of,
    visible,
)
from milter.speech.words import catalog, doer
from tests.quarantine.mails import MAIL, RECEIVED
from tests.speech.catalogs import LOCALE, TEMPLATES, sentences, words, written

HELD = Held(
    envelope=MAIL.envelope,
    received=RECEIVED,
    finding=MAIL.finding,
    reason="",
    brand="",
    author="",
    author_address="",
    subject="",
    report="",
    message_id="",
    size=0,
    sha256="",
    id=1,
    state=State.HELD,
    changed=RECEIVED,
)


def test_what_is_not_seen_is_named() -> None:
    assert "a⟨U+202E⟩b⟨U+200B⟩⟨U+001B⟩" == visible("a\u202eb\u200b\x1b")
    assert "a b" == one_line("a\r\n\tb")


def claiming(*traces: tuple[str, str, str, str], asks: tuple[str, ...] = ()) -> dict[str, object]:
    """Grounds of a claim, each trace with its place, its words, how they were read, and what they are."""
    keys = ("where", "shows", "folded", "likeness")
    evidence = [dict(zip(keys, trace, strict=True)) for trace in traces]
    claim = {"likeness": traces[0][3] if traces else "", "evidence": evidence}
    return {"claim": claim, "asks": [{"kind": kind} for kind in asks]}


def test_words_that_are_evidence_twice_are_shown_once() -> None:
    grounds = claiming(
        ("From", "CPAM", "cpam", "display_name"),
        ("speech", "La CPAM vous écrit.", "la cpam vous ecrit", "voice"),
        ("deed", "La CPAM vous écrit.", "vous ecrit", "voice"),
        ("deed", "La CPAM vous écrit.", "la", "voice"),
    )

    assert [
        Trace("CPAM", "cpam", (("From", "display_name"),)),
        Trace("La CPAM vous écrit.", "", (("speech", "voice"), ("deed", "voice"))),
    ] == traces_of(grounds)


def test_the_list_says_in_short_what_a_mail_shows_and_wants() -> None:
    grounds = claiming(
        ("From", "CPAM", "cpam", "display_name"), ("speech", "Je", "", "voice"), asks=("nir", "link", "nir")
    )

    assert Short("display_name", "CPAM", ("nir", "link")) == in_short(grounds)
    assert None is in_short(claiming())


@pytest.mark.parametrize(
    "target", ["http://evil.example/a", "HTTPS://evil.example", "h t t p://evil.example"]
)
def test_a_link_is_no_link_any_more(target: str) -> None:
    assert "http" not in disarmed(target).lower()
    assert "evil[.]example" in disarmed(target)


def test_a_quote_is_marked_whatever_its_white_space() -> None:
    pieces = marked("Bonjour,\nrenseignez\n  votre RIB ici", ["renseignez votre RIB", "votre RIB", ""])
    assert [(False, "Bonjour,\n"), (True, "renseignez\n  votre RIB"), (False, " ici")] == [
        (piece.is_evidence, piece.text) for piece in pieces
    ]


@given(st.text(), st.lists(st.text(max_size=20), max_size=8))
def test_marking_loses_and_adds_nothing(text: str, quotes: list[str]) -> None:
    assert (text if text.strip() else "") == "".join(piece.text for piece in marked(text, quotes))


def test_of_a_text_of_blanks_no_box_is_drawn() -> None:
    assert marked(" \n", ["x"]) == []


KEYS = st.sampled_from(["asks", "claim", "evidence", "quote", "shows", "promise"])
JSON = st.recursive(st.none() | st.text() | st.integers(), lambda x: st.lists(x) | st.dictionaries(KEYS, x))


@given(JSON)
def test_grounds_of_any_form_can_be_shown(value: object) -> None:
    grounds = grounds_of(replace(HELD, report=json.dumps(value)))
    assert all(isinstance(quote, str) for quote in quotes_of(grounds))
    assert isinstance(grounds["proof"]["results"], list)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_code_is_said_in_each_language(language: str) -> None:
    assert set() == words() - set(catalog(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_of_a_trace_is_said_in_each_language(language: str, checkout: Path) -> None:
    """Those that are called by a name of a header field are called so in all languages."""
    code = "".join(path.read_text("utf-8") for path in (checkout / "milter" / "claim").rglob("*.py"))
    places = re.findall(r'\b(?:trace|Evidence)\(\s*"([a-z][^"]*)"', code)
    assert len(places) > 10
    assert set() == {*places, *THIRD_PARTY, LOOKALIKE_LINK, FALSE_ADDRESS} - set(catalog(language))


def test_every_sentence_of_the_pages_is_said_in_french_and_none_is_said_for_nothing() -> None:
    assert {*catalog("fr")} - {*catalog("en")} == sentences() - {*catalog("en")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_untranslated(language: str) -> None:
    assert [] == [sentence for sentence, said in catalog(language).items() if not said.strip()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_is_in_order(language: str) -> None:
    """Two branches that add a sentence each then seldom touch the same lines."""
    assert written(language) == (LOCALE / f"{language}.po").read_text("utf-8"), "make catalogs writes it"


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_no_template_says_a_word_in_one_language_only(path: Path) -> None:
    bare = re.sub(r"\{% macro.*?endmacro %\}|\{[{%#].*?[}%#]\}|<[^>]*>|&[a-z]+;", "", path.read_text("utf-8"))
    allowed = {"Vigimel", "HELO", "MessageID", "SHA256"}
    words = {"".join(c for c in word if c in string.ascii_letters + string.digits) for word in bare.split()}
    assert set() == {word for word in words if len(word) > 1} - allowed


def test_who_did_it_at_the_command_line_is_said_so_in_the_language_of_who_reads_it() -> None:
    typed = typist()

    assert typed.replace("(command line)", "(ligne de commande)") == doer(typed, "fr") != typed
    assert typed == doer(typed, "en")
    assert ["", "ada", "(command line) ada"] == [doer(who, "fr") for who in ("", "ada", "(command line) ada")]


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_no_template_shows_who_did_it_as_the_journal_has_it(path: Path) -> None:
    shown = re.findall(r"\{\{ \w+\.(?:who|owner)\b[^}]*", path.read_text("utf-8"))
    assert [] == [one for one in shown if "| doer" not in one]


def test_the_sentence_is_in_the_language_of_who_reads_it() -> None:
    """What an older version of ours has stored is in one language."""
    both = replace(HELD, report=json.dumps({"sentences": {"fr": "Se dit", "en": "Says"}}), reason="Se dit")

    assert ("Se dit", "Says") == (sentence_of(both, "fr"), sentence_of(both, "en"))
    assert "Se dit" == sentence_of(replace(both, report="{}"), "en")
    assert "Se dit" == sentence_of(replace(both, report='{"sentences": 7}'), "en")
