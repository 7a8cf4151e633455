"""What does a letter name, in a language whose sentences are not understood?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.ask.lexicon import load_lexicon
from milter.ask.stems import Stems, StemsFile
from milter.brand.promise import AskKind
from tests.conftest import ROOT

STEMS = load_lexicon(ROOT / "config" / "asks").stems


def named(text: str) -> set[AskKind]:
    return {kind for kind, _ in STEMS.named_in(text)}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Vul uw bankkaartnummer en uw socialezekerheidsnummer in", {AskKind.CARD, AskKind.NIR}),
        ("numărul de securitate socială și un card bancar", {AskKind.CARD, AskKind.NIR}),
        ("номер соціального страхування та банківську картку", {AskKind.CARD, AskKind.NIR}),
        ("अपना बैंक कार्ड और सामाजिक सुरक्षा नंबर", {AskKind.CARD, AskKind.NIR}),
        ("填写社会保险号码及银行卡信息", {AskKind.CARD, AskKind.NIR}),
        ("kadarnait ho niverenn Surentez sokial hag ho kartenn-vank", {AskKind.CARD, AskKind.NIR}),
        ("Pošaljite RIB", {AskKind.BANK_DETAILS}),
        ("отправьте фотографию паспорта", {AskKind.IDENTITY_PAPERS}),
    ],
)  # fmt: skip
def test_things_are_named_by_parts_of_words(text: str, kinds: set[AskKind]) -> None:
    assert kinds == named(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "karta juaj Vitale skadon",
        "Bank Lipowy",
        # Too far from each other to be one thing.
        "De bank opent om negen uur, en daarna halen wij in het dorp uw kaart op",
        "lečenje, pribor i sir",
    ],
)
def test_what_only_sounds_alike_is_not(text: str) -> None:
    assert not named(text)


def test_the_line_that_names_it_is_quoted() -> None:
    assert [(AskKind.CARD, "Card bancar:")] == list(STEMS.named_in("Bună ziua\n  Card bancar: \n"))


def test_a_messenger_is_a_way() -> None:
    assert STEMS.messenger_in("Bonjou\nvoye li pa WhatsApp 0694") == "voye li pa WhatsApp 0694"
    assert STEMS.messenger_in("Bonjou\nvoye li") == ""


def test_without_a_file_nothing_is_named() -> None:
    assert not list(Stems(StemsFile()).named_in("Card bancar"))


@given(st.text(max_size=400))
def test_whatever_is_written_is_read(text: str) -> None:
    lines = {line.strip() for line in text.split("\n")}
    assert all(line in lines for _, line in STEMS.named_in(text))
