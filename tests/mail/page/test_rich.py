from hypothesis import given
from hypothesis import strategies as st

from milter.mail.message import Message
from milter.mail.page.html import read_html
from milter.mail.page.rich import enriched_to_html, rtf_to_text
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
