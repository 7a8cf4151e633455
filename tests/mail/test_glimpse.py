# ruff: noqa: E501  one line a trick
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from milter.mail.glimpse import Glimpse, look
from milter.mail.message import Message
from milter.mail.page.html import QUOTE_MARKS, QUOTES
from milter.mail.read import read
from milter.mail.text.folding import fold, words
from milter.mail.text.spaced_letters import join_spaced
from tests.mail import vectors
from tests.mail.page import test_html

CORPORA = Path("/srv/corpora")
MAILS = sorted(Path(__file__).parents[1].glob("mails/*/message.eml"))

PIECES = [
    "A", "m", "eli", "(v i t a l e)", "\u2165", "t", "<div>c</div>", "c.p.a.m", " C - N ", "- A - M ", "carte", " ", "\n", "&nbsp;", "&shy;", "<!-- x -->", "<!--[if mso]>vu<![endif]-->", "</p>", "<b>", "</b>", "<p>", "<div>",
    "</div>", "<td>", "<table><tr><td>", "</table>", "<br>", "<i style='display:none'>sel</i>", "<i class=x>sel</i>", "<o:p>", "</o:p>", "<wbr>",
    "<style>.x{display:none}</style>", "<style>.x{color:#fff}</style>", "<style>@media (max-width:600px){.x{display:none}}</style>",
    "<div style='font-size:0'>", "<div style='visibility:hidden'>", "<font color=white>", "<script>sel</script>", "<title>ti tre</title>", "<title>",
    "<blockquote type=cite>", "</blockquote>", "<a href='http://x.invalid/ameli?x=1'>", "</a>", "<img alt='v i t a l e' src=http://x.invalid/c-p-a-m.png>",
    "<img src='cid:carte.png@x'>", "<svg><text>", "</text></svg>", "<option>", "<select>", "<textarea>", "<input value=vu type=submit>", "<button>",
    "<details>", "<ruby>", "<rt>", "<math>", "<pre>", "<template>", "<noscript>", "<object>", "<video>", "<bdo dir=rtl>", "<!--[if mso]><p>Out<b>look</b> &amp; co<a href='http://o.invalid/vitale'><![endif]-->", "<!--[if !mso]><!-->", "<!--<![endif]-->", "<rt>",
    "<canvas>", "</canvas>", "<p style='margin-left:-9999px'>", "<input placeholder=vu>", "<optgroup label=A>", "<option label=m>", "<noscript>", "</noscript>",
    "<style>.x::after{content:'fin'}</style>", "<table dir=rtl>", "<div style='flex-direction:row-reverse'>", "\u202e", "\u2028", "&#31;", "&#12;", "é",
]  # fmt: skip
PARTS = ("Vo", "tre", "ca", "rte", "Vit", "ale", "exp", "ire", "de", "main", "ma", "tin")


def html_mail(source: str) -> Message:
    return Message(b"From: a@b.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + source.encode())


def unseen(message: Message) -> set[str]:
    """The words of the reading that are in no view of the glimpse."""
    glimpse, reading = look(message), read(message)
    if not glimpse.sure:
        return set()
    names = "\n".join((reading.subject, reading.title, *reading.image_names))
    said = {
        *words(fold(reading.text)),
        *words(join_spaced(fold(reading.text))),
        *words(join_spaced(fold(names))),
    }
    said |= {word for link in reading.links for word in words(fold(link.target))}
    # `hxxp` is mended.
    said -= {"http", "https"}
    # Two letters in cells of their own are read as one word; none that anybody looks for has as few.
    return {one for one in said if len(one) > 2 and not any(one in view for view in glimpse.views)}


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.parent.name)
def test_every_word_that_is_read_is_seen_at_first_sight(path: Path) -> None:
    assert set() == unseen(Message(path.read_bytes()))


@pytest.mark.parametrize("salt", [*test_html.HIDDEN, *test_html.SHOWN])
def test_no_trick_of_html_hides_a_word_from_the_first_look(salt: str) -> None:
    assert set() == unseen(html_mail(f"<p>Votre A{salt}meli et <b>vi</b>tale"))


@pytest.mark.parametrize("raw", [*vectors.structures(), *vectors.encodings()])
def test_no_trick_of_structure_hides_a_word_from_the_first_look(raw: bytes) -> None:
    assert set() == unseen(Message(raw))


@pytest.mark.parametrize("selector", QUOTES.split(","))
def test_no_quotation_is_met_that_its_mark_does_not_announce(selector: str) -> None:
    assert any(mark in selector.lower() for mark in QUOTE_MARKS)


@pytest.mark.parametrize(
    "turned",
    [
        "<p style='unicode-bidi: OVERRIDE; direction: rtl'>ilema",
        "<div style='display:flex;flex-direction:row-reverse'><i>li</i><i>ame</i></div>",
        "<table DIR=RTL><tr><td>i<td>l<td>e<td>m<td>a</table>",
        "<bdo dir=rtl>ilema</bdo>",
        "<b style=float:right>i</b><b style=float:right>l</b><b style=float:right>e</b>",
    ],
)
def test_what_is_turned_round_is_left_to_the_full_reading(turned: str) -> None:
    assert not look(html_mail(f"<p>Bonjour</p>{turned}")).sure


@example(["<blockquote type=cite>", "carte", "<script>x</script>", "vitale"])
@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_no_mixture_of_tricks_hides_a_word_from_the_first_look(pieces: list[str]) -> None:
    assert set() == unseen(html_mail("<p>debut " + "".join(pieces)))


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"text/html", b"multipart/mixed; boundary=x", b"image/png"]),
)
def test_no_bytes_raise(body: bytes, kind: bytes) -> None:
    assert isinstance(look(Message(b"Content-Type: " + kind + b"\r\n\r\n" + body)), Glimpse)


def test_a_title_of_two_lines_is_seen_as_one() -> None:
    assert set() == unseen(html_mail("<p>debut <title>A\nc.p.a.m"))


def test_one_letter_a_cell_is_seen_as_a_word() -> None:
    assert any("ameli" in view for view in look(html_mail("<table><tr><td>A<td> m <td>e<td>l<td>i")).views)


def test_what_a_mark_alone_quotes_is_seen() -> None:
    glimpse = look(html_mail("<p>Bonjour<blockquote type=cite>votre carte</blockquote>"))
    assert any("votre carte" in view for view in glimpse.views)


def test_a_newsletter_is_surely_seen() -> None:
    source = "<html><head><style>.p{display:none}</style></head><div class=p>Nos offres</div><table><tr><td>Bonjour"
    glimpse = look(html_mail(source))
    assert glimpse.sure
    assert "bonjour" in glimpse.views[0]


@pytest.mark.parametrize(
    "message",
    [
        html_mail("<p>" + "<a href='data:text/html,ameli'>lire"),
        html_mail("<table><tr><td>\u2165<td>t<td>a<td>l"),
        html_mail("<a href=' d&#9;ata:text/html,ameli'>lire"),
        html_mail("<style>.x::before{content:'ameli'}</style><p class=x>lire"),
        Message(
            b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\n"
        ),
        html_mail(" " * 5000 + "<img src='data:image/png;base64,AAAA'>"),
        html_mail("".join(f"<img src=http://x.invalid/{letter} alt={letter}>" for letter in "ameli")),
        html_mail("<table dir=rtl><tr><td>i<td>l<td>e<td>m<td>A</table>"),
        Message(b"Content-Disposition: attachment; filename=a.txt\r\n\r\nx"),
        Message(b"Content-Type: application/pdf\r\n\r\n%PDF"),
        Message(b"Content-Type: text/html\r\nContent-Type: text/plain\r\n\r\nx"),
    ],
)
def test_what_only_the_reading_can_tell_is_not_sure(message: Message) -> None:
    assert not look(message).sure


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora are not part of the project")
def test_every_word_of_real_mail_is_seen_at_first_sight() -> None:
    paths = sorted(one for one in CORPORA.glob("*/*") if one.is_file())[::7]
    assert set() == {word for one in paths for word in unseen(Message(one.read_bytes()))}


def test_quotes_in_each_other_are_looked_at_once() -> None:
    source = "<p>Bonjour</p>" + "<div class=gmail_quote>mot " * 500

    assert sum(map(len, look(html_mail(source)).views)) < 2 * len(source)


def test_pieces_in_boxes_side_by_side_are_seen_as_one_word() -> None:
    parts = ("Vo", "tre", "ca", "rte", "Vit", "ale", "exp", "ire", "de", "main", "ma", "tin")
    boxes = "".join(f"<div style='float:left'>{one}</div>" for one in parts)

    assert any("vitale" in view for view in look(html_mail(boxes)).views)
    assert not any("vitale" in view for view in look(html_mail("<p>Vit</p><p>ale</p>")).views)
