import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.message import Message
from milter.mail.page.html import read_html
from milter.mail.page.rich import enriched_to_html, field_target, read_rtf, rtf_to_text
from milter.mail.read import read

RTF = (
    r"{\rtf1\ansi\deff0{\fonttbl{\f0 Arial;}}{\*\generator x;}{\info{\title sel}}\pard Votre "
    r"\b carte\b0  vit\'e0le\par expir\u233 ?{\v sel} {\field{\*\fldinst{HYPERLINK "
    r'"http://x.invalid/a"}}{\fldrslt ici}} \{2\}\par}'
)


def test_a_text_in_rtf_is_read_with_its_links() -> None:
    assert "Votre carte vitàle\nexpiré ici {2}\nhttp://x.invalid/a" == rtf_to_text(RTF)
    reading = read(Message(b"Content-Type: text/rtf\r\n\r\n" + RTF.encode()))
    assert "Votre carte vitàle" in reading.text
    assert "http://x.invalid/a" in {link.target for link in reading.links}


@pytest.mark.parametrize(
    "told",
    [
        r'{\*\fldinst HYPERLINK "http://x.invalid/a"}',
        r'{\*\fldinst{HYPER}{LINK "http://x.in}{valid/a"}}',
        r"{\*\fldinst HYPERLINK \"http://x.invalid/a\"}",
        r"{\*\fldinst HYPERLINK http://x.invalid/a }",
        r'{\fldinst HYPERLINK "\'68ttp://x.invalid/a" \\o "ameli.fr"}',
        r'{\*\fldinst hyperlink \\n "http://x.invalid/a"}',
    ],
)
def test_a_field_in_rtf_is_a_link_that_shows_something_else(told: str) -> None:
    rich = read_rtf(rf"{{\rtf1 Ici : {{\field{told}{{\fldrslt {{\b www}}.ameli.fr}}}}. Fin}}")
    assert (("http://x.invalid/a", "www.ameli.fr"),) == rich.links
    assert "Ici : www.ameli.fr. Fin" == rich.text


def test_fields_in_fields_and_open_ones_are_links_too() -> None:
    inner = r'{\field{\*\fldinst HYPERLINK "http://b.invalid"}{\fldrslt b}}'
    source = rf'{{\rtf1 {{\field{{\*\fldinst HYPERLINK "http://a.invalid"}}{{\fldrslt {inner} a'
    assert (("http://b.invalid", "b"), ("http://a.invalid", "b a")) == read_rtf(source).links
    assert () == read_rtf(r"{\rtf1 {\field{\*\fldinst PAGE}{\fldrslt 3}}}").links


def test_what_a_field_does_else_leads_nowhere() -> None:
    assert "" == field_target('INCLUDEPICTURE "http://x.invalid/a"')
    assert "https://x.invalid/a" == field_target(' HYPERLINK "https://x.invalid/a" ')


@pytest.mark.parametrize(
    "piece", [r"{\field", r"{\fldrslt ", r"{\field{\*\fldinst HYPERLINK ", r'HYPERLINK "']
)
def test_many_fields_are_read_at_once(piece: str) -> None:
    start = time.process_time()
    rtf_to_text("{\\rtf1 " + piece * (1_000_000 // len(piece)))
    assert time.process_time() - start < 3


def test_letters_hidden_in_rtf_are_in_no_word() -> None:
    assert "Ameli" == rtf_to_text(r"{\rtf1 A{\v sel}me\v sel\v0 li}")


def test_a_group_in_a_hidden_one_stays_hidden() -> None:
    assert "Ameli" == rtf_to_text(r"{\rtf1 A{\v {\v0 sel{\v0 sel}}{\v {\v0 sel}}\v0 m}{{\v0 el}}{\v sel}i}")


def test_an_enriched_text_is_read_without_its_parameters() -> None:
    source = "<bold>Votre</bold> <color><param>red</param>carte</color>\nexpire\n\n<<24 h & plus"
    assert "Votre carte expire\n<24 h & plus" == read_html(enriched_to_html(source)).text
    mail = b"Content-Type: text/enriched\r\n\r\n<x-color><param>ff,ff</param>Votre</x-color> carte"
    assert "Votre carte" == read(Message(mail)).text


@given(
    st.lists(
        st.sampled_from(
            [
                "{",
                "}",
                "\\",
                "\\'",
                "\\'e9",
                "\\u",
                "\\u-1 ",
                "\\u55357?",
                "\\v",
                "\\v0",
                "\\*",
                "\\par",
                "\\field",
                "\\fldinst",
                "\\fldrslt",
                'HYPERLINK "http://x',
                "x",
                "<<",
                "\n",
            ]
        )
    )
)
def test_nothing_written_in_these_formats_raises(pieces: list[str]) -> None:
    rtf_to_text("".join(pieces)).encode()
    read_html(enriched_to_html("".join(pieces)))


@given(st.text())
def test_no_text_raises(text: str) -> None:
    rtf_to_text(text)
    enriched_to_html(text)
