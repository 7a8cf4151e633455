# ruff: noqa: E501  one line a trick, as in the catalogue of threats
import base64
from dataclasses import fields
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.page.flow import FAR_DOWN
from milter.mail.page.html import read_html
from milter.mail.reading import Link, LinkKind
from milter.mail.style.boxes import Hiding
from milter.mail.style.color import TRANSPARENT, read_color
from milter.mail.style.css import read_style

# THREATS, section H: salt that the reader does not see, inside the word he does.
HIDDEN = [
    '<span style="font-size:0">sel</span>', '<span style="FONT-SIZE: 0px">sel </span>', '<div style="display:none">sel</div>',
    '<b style="visibility:hidden">sel</b>', '<b style="opacity:0">sel</b>', '<b style="color:#fff;background:#fff">sel</b>',
    '<b style="color:transparent">sel</b>', '<b style="text-indent:-9999px">sel</b>',
    '<b style="position:absolute;left:-9999px">sel</b>', '<b style="max-height:0;overflow:hidden">sel</b>',
    '<b style="max-width:0;overflow:hidden">sel</b>', '<b style="clip-path:inset(100%)">sel</b>',
    '<b style="line-height:0;font-size:1px">sel</b>', "<style>.x{display:none}</style><i class=x>sel</i>",
    "<style>@media screen{.x{display:none}}</style><i class=x>sel</i>", '<b style="transform:scale(0)">sel</b>',
    "<font size=0 color=white>sel</font>", '<p style="text-indent:100%">sel</p>', '<b style="margin-left:-9999px">sel</b>',
    '<b style="clip:rect(0,0,0,0);position:absolute">sel</b>', '<b style="opacity:.01">sel</b>', '<b style="filter:opacity(0%)">sel</b>', "<dialog>sel</dialog>",
    '<b style="transform:scaleX(0)">sel</b>', "<style>[data-x]{display:none}</style><i data-x=1>sel</i>", "<style>p>i{opacity:0}</style><i>sel</i>", "<textarea hidden>sel</textarea>", "<b hidden>sel</b>",
    "<style>p .x{font-size:0!important}</style><i class=x>sel</i>", "<style>#y{visibility:hidden}</style><i id=y>sel</i>",
    '<b style="dis\\70lay:none">sel</b>', '<b style="display/**/:none">sel</b>', '<b style="color:rgba(0,0,0,0)">sel</b>',
    '<b style="color:hsl(0,0%,100%)">sel</b>', "<style>@media all and (min-width:1px){.x{display:none}}</style><i class=x>sel</i>",
    '<b style="font:0/0 a">sel</b>', '<b style="font-size:0%">sel</b>', '<b style="font-size:.0em">sel</b>', '<b style="font-size:2px">sel</b>',
    '<b style="font-size:.5mm">sel</b>', '<b style="font-size:1e-3px">sel</b>', '<b style="opacity:1e-9">sel</b>', '<b style="font-size:.00000001px">sel</b>', '<b style="font:bold .1vw/1 a">sel</b>', "<style>.x{font-size:.01vw}</style><i class=x>sel</i>",
    '<span bgcolor=white style="color:#fefefe">sel</span>',
]  # fmt: skip

# What every reader sees, however much it looks like hiding.
SHOWN = [
    '<td style="font-size:0px"><div style="font-size:13px">vu</div></td>', '<div style="visibility:hidden"><b style="visibility:visible">vu</b></div>',
    "<table bgcolor=#003366><tr><td><font color=white>vu</font></table>", '<a style="color:#fff;background:#00f">vu</a>',
    '<div style="background:url(x.png)"><b style="color:#fff">vu</b></div>', '<b style="background:url(data:x;display:none)">vu</b>',
    "<style>.x{display:none}</style><b class=x style='display:inline'>vu</b>", "<style>@media print{.x{display:none}}</style><b class=x>vu</b>",
    "<style>@media (max-width:600px){.x{display:none}}</style><b class=x>vu</b>", "<style>.x:hover{display:none}</style><b class=x>vu</b>",
    '<b style="mso-hide:all">vu</b>', "<style>.x{display:none}@media (max-width:600px){.x{display:block}}</style><b class=x>vu</b>",
    '<div style="color:#fff"><a href="http://x.invalid">vu</a></div>', "<font size=0>vu</font>", "<style>.g{background:#036}</style><p class=g style='color:#fff'>vu",
    "<svg><text>vu</text></svg>", "<input type=submit value=vu>", "<xmp>vu</xmp>", "<plaintext>vu", "<details>vu</details>",
    "<input value=vu>", "<input type=email placeholder=vu>", "<textarea placeholder=vu></textarea>", "<optgroup label=vu>", "<select><option label=vu></select>",
    "<video>vu</video>", "<object>vu</object>", "<canvas>vu</canvas>", "<math><mi>v</mi><mi>u</mi></math>", "<noscript>vu</noscript>", "<ruby>x<rt>vu</rt></ruby>",
    "<!--[if mso]><p>vu</p><![endif]-->", "<!--[if (gte mso 9)|(IE)]>vu<![endif]-->", "<!--[if !mso]><!--><p>vu</p><!--<![endif]-->", "<button>vu</button>",
    '<b style="color:#fff;-webkit-text-fill-color:#000">vu</b>', "<style>.a{content:'x'}</style><p class=a>vu", "<marquee>vu</marquee>", "<legend>vu</legend>",
]  # fmt: skip


@pytest.mark.parametrize("salt", HIDDEN)
def test_hidden_salt_is_out_of_the_word_and_kept_apart(salt: str) -> None:
    reading = read_html(f"<p>A{salt}meli</p>")
    assert "Ameli" == "".join(reading.text.split())
    assert "sel" == reading.hidden.strip()


@pytest.mark.parametrize("source", SHOWN)
def test_what_is_shown_is_in_the_text(source: str) -> None:
    assert "vu" in read_html(source).text


@pytest.mark.parametrize(
    "salt",
    ["<!-- sel -->", "<template>sel</template>", "<script>sel</script>", "<title>sel</title>", "<b></b>"],
)
def test_what_no_program_shows_is_in_no_word(salt: str) -> None:
    assert "Ameli" == read_html(f"<p>A{salt}meli</p>").text


def test_what_only_some_readers_see_is_apart_but_in_the_text() -> None:
    assert "Ameli\nsel" == read_html('A<b style="mso-hide:all">sel</b>meli').text


@pytest.mark.parametrize(
    "salt",
    [
        "<noscript>sel</noscript>", "<ruby><rt>sel</rt></ruby>", '<i style="mso-hide:all">sel</i>',
        # A part of the size outside, which may be a hundred times the usual one.
        '<i style="font-size:1%">sel</i>', '<i style="font-size:.1em">sel</i>', '<i style="font:.05rem a">sel</i>',
        "<style>.x{font-size:12%}</style><i class=x>sel</i>",
    ],
)  # fmt: skip
def test_what_may_be_seen_is_out_of_the_word_and_behind_the_text(salt: str) -> None:
    assert "Ameli\nsel" == read_html(f"<p>A{salt}meli").text


@pytest.mark.parametrize("size", ["13px", "90%", ".3em", "2.5px", "small", "calc(1px + 1em)", "1vw"])
def test_letters_that_can_be_read_stand_where_they_are_written(size: str) -> None:
    assert "Ameli" == read_html(f"<p>Am<i style='font-size:{size}'>el</i>i").text


def test_words_broken_by_much_of_that_are_read_whole_and_as_the_others_read_them() -> None:
    salted = "Vo<i style='mso-hide:all'>sel</i>tre carte Vi<i style='mso-hide:all'>sel</i>tale<br>" * 4
    whole = "V<i style='mso-hide:all'>o</i>tre carte Vit<i style='mso-hide:all'>a</i>le<br>" * 4

    assert read_html(salted).text.split("\n")[:4] == ["Votre carte Vitale"] * 4
    assert read_html(whole).text.split("\n")[4:] == ["Votre carte Vitale"] * 4


@pytest.mark.parametrize(("words", "apart"), [(60, True), (3, False)])
def test_where_that_is_much_the_text_is_read_without_it_too(words: int, apart: bool) -> None:
    reading = read_html(f"<p>Votre carte</p><p style='mso-hide:all'>{'rose ' * words}</p>")

    assert reading.text.startswith("Votre carte\nrose")
    assert reading.seen_by_all == ("Votre carte" if apart else "")


def test_what_stands_far_down_stands_far_down_in_the_text() -> None:
    near, far = (read_html(f"<p>Votre carte</p>{'<br>' * many}<p>Rose</p>").text for many in (9, 40))

    assert near == "Votre carte\nRose"
    assert FAR_DOWN.split(far) == ["Votre carte", "Rose"]


def test_what_outlook_alone_shows_is_read_with_its_links() -> None:
    reading = read_html(
        "<p>Bonjour<!--[if mso]><xml><o:x>96</o:x></xml><p>Votre <b>carte</b></p>"
        '<v:roundrect href="http://x.invalid/o"><center>Voir</center></v:roundrect><![endif]-->'
    )
    assert "Bonjour\nVotre carte\nVoir" == reading.text
    assert Link("http://x.invalid/o", "Voir", LinkKind.ANCHOR) in reading.links


def test_what_a_comment_keeps_from_outlook_too_is_shown_by_nobody() -> None:
    assert "x" == read_html("<!--[if !mso]><p>sel</p><![endif]--><!--[if IE]>sel<![endif]-->x").text


def test_what_outlook_shows_as_the_others_do_is_read_once() -> None:
    assert "Voir" == read_html("<a>Voir</a><!--[if mso]><center>Voir</center><![endif]-->").text


@pytest.mark.parametrize(
    "source",
    [
        '<div style="display:flex;flex-direction:row-reverse"><b>i</b><b>l</b><b>e</b><b>m</b><b>A</b></div>',
        "<table dir=rtl><tr><td>i<td>l<td>e<td>m<td>A</table>",
        "<b style=float:right>i</b> <b style='Float: right'>l</b><b style=float:right>e</b>\n<b style='color:red;float:right'>m</b><b style=float:right>A</b>",
        "<style>.r{unicode-bidi:bidi-override;direction:rtl}</style><p class=r>ilemA",
        "<style>.a::after{content:'meli'}</style><p class=a>A",
        "<style>.a::before{content:'zz'}.a::before{content:'A'}</style><p class=a>meli",
        "<style>.a::before{content:'A' attr(data-b)}</style><p class=a data-b=meli>",
        "<ul><li>A<li>m<li>e<li>l<li>i</ul>",
        "A<br>m<br>e<br>l<br>i",
        "A<wbr>m<span></span>e<!-- x -->l<o:p>i</o:p>",
        "<svg><text>A<tspan>meli</tspan></text></svg>",
        "<svg><text>A</text><text>m</text><text>e</text><text>l</text><text>i</text></svg>",
    ],
)
def test_letters_are_put_together_as_they_are_shown(source: str) -> None:
    assert "Ameli" == read_html(source).text


def test_one_letter_a_picture_is_a_word_of_their_names() -> None:
    pictures = "".join(f"<img src=http://x.invalid/{letter} alt={letter}>" for letter in "comme")
    assert "comme" in read_html(pictures).image_names


def test_columns_of_a_page_turned_round_are_read_as_they_stand() -> None:
    assert "un deux trois" == read_html("<table dir=rtl><tr><td>un<td>deux<td>trois</table>").text


def test_blocks_rows_and_breaks_are_lines_and_cells_are_not() -> None:
    source = "<p>un<br>deux<p>trois <b>qua</b>tre<table><tr><td>a b<td>c d<tr><td>e f</table><div>gg<div>hh</div>ii</div>"
    assert "un\ndeux\ntrois quatre\na b c d\ne f\ngg\nhh\nii" == read_html(source).text


def test_texts_of_a_drawn_picture_are_lines() -> None:
    assert (
        "Un nom\nVotre carte"
        == read_html("<svg><text y=20>Un nom</text><text y=40>Votre carte</text></svg>").text
    )


def test_one_letter_a_cell_is_a_word() -> None:
    assert "Ameli" == read_html("<table><tr><td>A<td>m<td>e<td>l<td>i</table>").text


def test_empty_cells_and_blanks_between_letters_part_no_word() -> None:
    assert "Ameli" == read_html("<table><tr><td>A<td> <td>m<td> e <td><td>l<td>i</table>").text


def test_a_digit_beside_an_amount_is_a_number_of_its_own() -> None:
    source = "<table><tr><td>7<td>3 408,55<td>1<td>2<tr><td>vitale 7<td>3<td>408,55</table>"
    assert "7 3 408,55 12\nvitale 7 3 408,55" == read_html(source).text
    assert "Ameli" == read_html("".join(f"<div>{letter}</div>" for letter in "Ameli")).text


def test_text_is_in_displayed_order() -> None:
    assert (
        "Ameli Ameli Ameli"
        == read_html(
            '<bdo dir=rtl>ilemA</bdo> \u202eilemA\u202c <i style="unicode-bidi:bidi-override;direction:rtl">ilemA</i>'
        ).text
    )


def test_text_made_by_a_style_sheet_is_read() -> None:
    assert (
        "Ameli vous informe"
        == read_html('<style>.a::before{content:"Ameli "}</style><p class=a>vous informe').text
    )


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ('<base href="http://x.invalid/a/"><a href="b">', "http://x.invalid/a/b"),
        ('<a href="ht&#9;tp://x.invalid"> ', "http://x.invalid"),
        ('<a href=" //x.invalid ">', "//x.invalid"),
        ('<svg><a xlink:href="http://x.invalid/s">', "http://x.invalid/s"),
        ('<map><area href="http://x.invalid/m"></map>', "http://x.invalid/m"),
        ('<meta http-equiv=Refresh content="0; URL=\'http://x.invalid/r\'">', "http://x.invalid/r"),
        ('<form action="http://x.invalid/f">', "http://x.invalid/f"),
        ('<form><button formaction="http://x.invalid/g">', "http://x.invalid/g"),
        ('<div style="display:none"><a href="http://x.invalid/h">', "http://x.invalid/h"),
        ('<a href="data:text/html;base64,PGEgaHJlZj1odHRwOi8veC5pbnZhbGlkL2Q+">', "http://x.invalid/d"),
        ('<img src="http://x.invalid/i.png">', "http://x.invalid/i.png"),
    ],
)  # fmt: skip
def test_a_link_leads_where_a_browser_would_go(source: str, target: str) -> None:
    assert target in {link.target for link in read_html(source).links}


_PAGE = """<title>Mon titre</title><p>Bonjour</p><p style='mso-hide:all'>{salt}</p><p hidden>caché</p>
<blockquote type=cite>Votre carte Vitale</blockquote><a href=http://x.invalid/>ici</a><img alt=logo src=cid:y>
<form action=http://x.invalid/f><input name=nir></form>"""


def test_a_page_in_a_link_is_read_as_any_other() -> None:
    """Each field of it: what one document says, and nobody reads, is a place to hide."""
    page = _PAGE.format(salt="rose " * 60)
    link = f"<a href='data:text/html,{quote(page)}'>voir</a>"
    inner, both, salted = read_html(page), read_html(f"<p>Dehors</p>{link}"), read_html(page + link)

    assert "Dehors\nvoir\n" + inner.text == both.text
    assert "Dehors\nvoir\n" + inner.seen_by_all == both.seen_by_all
    assert inner.seen_by_all in salted.seen_by_all
    assert "rose" not in salted.seen_by_all
    for name in {field.name for field in fields(inner)} - {"text", "seen_by_all", "unreadable"}:
        assert getattr(inner, name), name
        assert getattr(inner, name) == getattr(both, name)[-len(getattr(inner, name)) :], name


def test_a_link_shows_its_words_or_its_picture() -> None:
    reading = read_html(
        '<a href="http://x.invalid">https://www.ameli.fr</a><a href="http://y.invalid"><img alt="Mon compte"></a>'
    )
    assert Link("http://x.invalid", "https://www.ameli.fr", LinkKind.ANCHOR) == reading.links[0]
    assert "Mon compte" == reading.links[1].shown


def test_a_form_brings_every_word_beside_its_inputs() -> None:
    form = read_html(
        '<form action=/go><label>NIR</label><input name=nir placeholder="N° sécu"><button>Envoyer</button></form>'
    ).forms[0]
    assert "/go" == form.action
    assert {"NIR", "nir", "N°", "sécu", "Envoyer"} <= set(form.words.split())


def test_pictures_are_named_and_counted() -> None:
    reading = read_html(
        '<title>Mon  ameli</title><img src="http://x.invalid/logo-ameli.png?x" alt="Ameli" title="t"><img src="cid:vitale.png@x">'
    )
    assert ("Ameli", "t", "logo-ameli.png", "vitale.png") == reading.image_names
    assert 2 == sum(link.kind is LinkKind.IMAGE for link in reading.links)
    assert "Mon ameli" == reading.title


def test_mails_quoted_by_a_mail_program_are_apart() -> None:
    reading = read_html(
        "<p>est-ce vrai ?</p><blockquote type=cite>Votre carte</blockquote><div class=gmail_quote>expire</div>merci"
    )
    assert "est-ce vrai ?\nmerci" == reading.text
    assert "Votre carte\nexpire" == reading.quoted


def test_what_is_too_much_is_noted_and_its_bare_text_read() -> None:
    reading = read_html("<b>x</b>" * 15_000 + "<i>fin</i>")
    assert {"tags"} == reading.unreadable
    assert reading.text.endswith("fin")
    assert {"size"} == read_html("a " * 600_000).unreadable


def test_rules_that_cost_too_much_are_noted_and_all_others_followed() -> None:
    counting = "p:nth-of-type(2n)~p:nth-last-of-type(3n){opacity:0}" * 50
    source = f"<style>{counting}.x{{display:none}}</style>" + "<p>vu" * 1500 + "<i class=x>sel</i>"
    reading = read_html(source)
    assert {"style"} == reading.unreadable
    assert "sel" not in reading.text
    few = read_html("<style>tr:nth-child(2n) td>b{color:#fff}:is(.a,.x){display:none}</style><i class=x>sel")
    assert (frozenset(), "sel") == (few.unreadable, few.hidden)


@pytest.mark.parametrize(
    "sheet",
    [
        ".y{display:none}" * 2001,
        "/* " + "x" * 256 * 1024 + "*/",
        "." + "y" * 201 + "{display:none}",
        ".y," * 200 + ".z{display:none}",
        "@media screen{" * 21 + ".x{display:none}",
        "</style><style>" * 101,
        "i:not(:not(:not(.y))){display:none}",
    ],
)
def test_a_style_sheet_that_is_not_read_to_its_end_is_noted(sheet: str) -> None:
    assert {"style"} == read_html(f"<style>{sheet}</style>Ameli").unreadable


def test_a_sheet_for_many_devices_may_be_for_the_one_that_shows_the_mail() -> None:
    for devices in (1, 500):
        sheet = f"@media {'print,' * devices}screen{{.x{{display:none}}}}"
        reading = read_html(f"<style>{sheet}</style>A<i class=x>sel</i>meli")
        assert "Ameli" == reading.text


def test_neither_many_elements_nor_many_rules_keep_a_rule_from_those_behind() -> None:
    source = f"<style>{'.y{color:red}' * 400}.x{{display:none}}</style>{'<i class=x></i>' * 6000}A"
    assert "Ameli" == read_html(source + "<i class=x>sel</i>meli").text
    taken_back = f"<style>.x{{font-size:0}}{'.y{color:red}' * 400}.z{{font-size:9px}}</style>"
    assert "Ameli" == read_html(f"{taken_back}<p class=x><b class=z>Ameli</b>").text


def test_the_colour_of_the_ground_is_found_among_any_number_of_grounds() -> None:
    grounds = "".join(f"<i style='background:rgb({n % 10 * 4},{n // 10 * 4},0)'></i>" for n in range(100))
    hidden = "<p style='background:#3c6e91'><b style='color:#32788c'>sel</b></p>"
    shown = "<p style='background:#3c6e91'><b style='color:#5a8caf'>vu</b></p>"
    assert "vu" == read_html(f"{grounds}{hidden}{shown}").text


def test_links_in_each_other_show_the_words_that_each_begins_with() -> None:
    source = "<svg>" + "<a href=http://x.invalid>" * 3 + "<text> un \n mot" + " de plus" * 500
    shown = {link.shown[:20] for link in read_html(source).links}
    assert {"un mot de plus de pl"} == shown


def test_styles_are_read_as_a_browser_reads_them() -> None:
    assert Hiding.YES is read_style("display:block;display:none").box
    assert Hiding.NO is read_style("display:block!important;display:none").box
    assert Hiding.NO is read_style("opacity:-.;font-size:-.px;overflow:hidden;height:-.").box
    assert (
        (255, 255, 255)
        == read_color("#fff")
        == read_color("rgb(255,255,255)")
        == read_color("rgb(100%,100%,100%)")
    )
    assert TRANSPARENT == read_color("#ffffff00") == read_color("rgba(9,9,9,0)")


TAGS = [
    "<p",
    "<style",
    "<a href=",
    "<td",
    "<svg",
    "</",
    ">",
    "<!--",
    "-->",
    "x",
    "'",
    '"',
    "<blockquote type=cite",
    "<form",
    "{",
    "}",
]
STYLES = [
    " style='",
    "display:none",
    "font-size:0",
    ";",
    "color:#fff",
    "@media screen",
    ".x",
    "content:'a'",
    "/*",
    "\\",
    "url(",
    "rgb(",
]


@given(st.lists(st.sampled_from(TAGS + STYLES), max_size=50))
def test_no_html_raises(pieces: list[str]) -> None:
    read_html("".join(pieces))


@given(st.text())
def test_no_text_and_no_style_raises(text: str) -> None:
    read_html(text)
    read_style(text)
    read_style("color:" + text + ";font:" + text)


@pytest.mark.parametrize(
    "page",
    [
        "<html hidden><body>{}</body></html>",
        "<html style='display:none'><body>{}</body></html>",
        "<html style='font-size:0'><body>{}</body></html>",
        "<html style='visibility:hidden'><body>{}</body></html>",
        "<body hidden>{}</body>",
        "<body style='display:none'>{}</body>",
        "<style>body{{display:none}}</style><body>{}</body>",
        "<style>html{{opacity:0}}</style><body>{}</body>",
    ],
)
def test_a_page_that_is_hidden_as_a_whole_is_read(page: str) -> None:
    """Webmail shows it: it drops these elements."""
    assert "Assurance Maladie" == read_html(page.format("<p>Assurance Maladie</p>")).text


def test_styles_and_scripts_in_a_link_are_no_words_of_it() -> None:
    source = "<a href='https://x.example/'>Re<style>.x{color:red}</style>nouv<script>1</script>eler</a>"
    reading = read_html(source)

    assert ["Renouveler"] == [link.shown for link in reading.links]
    assert "Renouveler" == reading.text


@pytest.mark.parametrize(
    "page",
    [
        """<div style='background:url("data:image/svg+xml,{}")'></div>""",
        """<div style="background-image: URL(data:image/svg+xml;base64,{64})"></div>""",
        """<style>.a{{background:url("data:image/svg+xml;utf8,{}")}}</style><p class=a>""",
        "<table background='data:image/svg+xml,{}'><tr><td></table>",
    ],
)
def test_a_text_in_a_picture_behind_an_element_is_read(page: str) -> None:
    picture = "<svg xmlns='http://www.w3.org/2000/svg'><text y='9'>Votre carte</text></svg>"
    coded = base64.b64encode(picture.encode()).decode()
    assert "Votre carte" == read_html(page.replace("{64}", coded).format(quote(picture))).text


def test_signs_behind_elements_are_no_documents() -> None:
    signs = "".join(
        f"<i style='background:url(data:image/svg+xml,%3Csvg%3E%3Cpath%20d=%22M{at}%22/%3E)'></i>"
        for at in range(99)
    )
    assert frozenset() == read_html(signs).unreadable


def test_letters_along_a_line_are_read_as_outlook_shows_them() -> None:
    source = "<!--[if mso]><v:shape><v:textpath on=t string='Votre carte'/></v:shape><v:shape><v:textpath string=expire></v:shape><![endif]-->"
    assert "Votre carte\nexpire" == read_html(source).text
