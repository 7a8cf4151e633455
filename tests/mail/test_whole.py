"""Is all of it read, or noted that it is not? A lure may stand behind any number of harmless things."""

from urllib.parse import quote

import pytest

from milter.mail.dom import parse_html
from milter.mail.message import Message
from milter.mail.page.html import read_html
from milter.mail.page.inner import documents_in
from milter.mail.page.rich import rtf_to_text
from milter.mail.read import read
from milter.mail.reading import LinkKind, Reading

_LINK = "<a href='https://fraude.example/'>"


def read_of(body: str, *, kind: str = "text/html", head: str = "") -> Reading:
    return read(Message(f"{head}Content-Type: {kind}; charset=utf-8\r\n\r\n{body}".encode()))


@pytest.mark.parametrize(
    ("one", "word"),
    [
        ("<img src=x alt='image {}'>", "pictures"),
        ("<input name=champ{}>", "forms"),
        ("<bdo dir=rtl>{}</bdo>", "style"),
        ("<a href='data:text/html,page{}'>x</a>", "documents"),
    ],
)
def test_what_stands_behind_too_many_others_is_noted(one: str, word: str) -> None:
    few, many = ("".join(map(one.format, range(number))) for number in (15, 2100))

    assert frozenset() == read_html(few).unreadable
    assert word in read_html(many).unreadable


def test_words_of_a_form_that_are_too_long_are_noted() -> None:
    assert {"forms"} == read_html(f"<form action=/a><input value='{'mot ' * 2100}'></form>").unreadable


def test_the_word_that_pictures_spell_is_kept_behind_any_number_of_names() -> None:
    others = "".join(f"<img src=x{number}>" for number in range(300))
    spelt = "".join(f"<img src=y alt={letter}>" for letter in "ameli")

    assert "ameli" in read_html(others + spelt).image_names


def test_text_that_a_style_makes_is_read_behind_any_number_of_elements() -> None:
    page = "<style>i::before{content:attr(title)}p::after{content:'" + "a" * 600 + " fin'}</style><p></p>"

    assert "vu" in read_html(page + "<i></i>" * 1000 + "<i title=vu></i>").text
    assert "fin" in read_html(page).text


def test_more_text_than_styles_may_make_is_noted() -> None:
    assert (
        "style"
        in read_html("<style>p::after{content:'" + "a" * 3000 + "'}</style>" + "<p>x" * 100).unreadable
    )


def test_a_page_in_an_address_is_read_whatever_its_length() -> None:
    page = quote(f"{'a' * 9000}<p>vu</p>{_LINK}")
    for source in (
        f"<a href='data:text/html,{page}'>x</a>", f"<form action='data:text/html,{page}'></form>",
        f"<meta http-equiv=Refresh content='0;url=data:text/html,{page}'>",
        f"<object data='data:text/html,{page}'></object>",
    ):  # fmt: skip
        reading = read_html(source)

        assert "vu" in reading.text
        assert "https://fraude.example/" in [link.target for link in reading.links]
        assert not reading.unreadable


@pytest.mark.parametrize(
    "carrier",
    [
        "<iframe srcdoc=\"{}\"></iframe>", "<div><template shadowrootmode=open>{}</template></div>",
        "<img src=\"data:image/svg+xml;utf8,<svg><text>{}</text></svg>\">",
    ],
)  # fmt: skip
def test_what_frames_shadow_trees_and_drawings_show_is_read(carrier: str) -> None:
    assert "vu" in read_html(carrier.format("vu")).text
    assert "carte" in read_of(carrier.format("votre carte")).text


def test_a_page_in_a_page_in_a_page_is_noted() -> None:
    inner = quote("<iframe srcdoc='vu'></iframe>")

    assert {"documents"} == read_html(f"<a href='data:text/html,{inner}'>x</a>").unreadable


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        ("mso", True), ("gte mso 9", True), ("(mso)|(!IE)", True), ("vml", True), ("true", True),
        ("gte vml 1", True), ("\nmso", True),
        ("(gte mso 9)|(IE)", True), ("!mso", False), ("IE", False), ("lt IE 9", False),
        ("!(mso)", False), ("(!mso)&(!vml)", False),
    ],
)  # fmt: skip
def test_what_outlook_takes_for_true_it_shows(condition: str, shown: bool) -> None:
    assert shown is ("vu" in read_html(f"x<!--[if {condition}]>vu<![endif]-->").text)


def test_any_number_of_comments_for_outlook_is_read_unless_they_are_too_long() -> None:
    page = "<!--[if mso]>rien<![endif]-->" * 1000 + "<!--[if mso]>vu<![endif]-->"
    long = f"<!--[if mso]>{'mot ' * 80_000}<![endif]-->"

    assert ("rien\nvu", frozenset()) == (read_html(page).text, read_html(page).unreadable)
    assert {"comments"} == read_html(long).unreadable


def test_more_subjects_and_files_than_are_read_are_noted() -> None:
    files = "--b\r\nContent-Type: application/pdf\r\n\r\nx\r\n" * 201

    assert {"charset"} == read_of("x", head="Subject: a\r\n" * 21).unreadable
    assert {"files"} == read_of(files + "--b--", kind="multipart/mixed; boundary=b").unreadable


def test_a_long_encoded_word_and_a_late_parameter_are_read() -> None:
    word = f"Subject: =?utf-8?Q?Votre_carte{'_' * 5000}?=\r\n"
    late = "application/octet-stream; " + "".join(f"x{number}=y; " for number in range(300)) + "name=a.html"

    assert "Votre carte" == read_of("x", head=word).subject
    assert "vu" in read_of(f"<p>vu</p>{_LINK}", kind=late).attached


def test_hosts_behind_any_number_of_brackets_and_dots_are_links() -> None:
    for filler in ("[ " * 3000, "mot.mot " * 25_000):
        reading = read_of(f"{filler} carte-vitale[.]fr", kind="text/plain")

        assert "carte-vitale.fr" in [link.target for link in reading.links]
    assert "links" in read_of("a.a " * 70_000, kind="text/plain").unreadable


def test_a_mail_that_is_attached_as_a_file_leads_where_its_links_do() -> None:
    inner = f"Content-Type: text/html\r\n\r\n<p>vu</p>{_LINK}ici</a>"
    deep = "Content-Type: message/rfc822\r\n\r\n" * 60
    reading, nested = (read_of(one, kind="application/octet-stream; name=a.eml") for one in (inner, deep))

    assert "vu" in reading.quoted
    assert [LinkKind.ANCHOR] == [link.kind for link in reading.links]
    assert "depth" in nested.unreadable


def test_all_lines_of_an_invitation_and_all_links_of_rtf_are_read() -> None:
    lines = f"DESCRIPTION;X={'a' * 400}:vu\n" + "SUMMARY:rien\n" * 1200 + "LOCATION:fin\n"
    field = r'{\field{\*\fldinst HYPERLINK "https://x.example/%d"}}'
    said = read_of(lines, kind="text/calendar").attached

    assert said.startswith("vu")
    assert said.endswith("fin")
    assert "https://x.example/299" in rtf_to_text("{\\rtf1 " + "".join(field % n for n in range(300)) + "}")


@pytest.mark.parametrize(
    "line", ["description:vu", "X.SUMMARY:vu", "STYLED-DESCRIPTION;FMTTYPE=text/html:vu", "X-WR-CALNAME:vu"]
)
def test_any_line_of_an_invitation_that_is_shown_is_read(line: str) -> None:
    assert "vu" == read_of(line, kind="text/calendar").attached


def test_a_saved_page_and_a_name_with_a_dot_behind_it_are_read() -> None:
    page = "Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nPHA+dnU8L3A+"

    assert "vu" in read_of(page, kind="application/octet-stream; name=a.mht").quoted
    assert "vu" in read_of("<p>vu</p>", kind='application/octet-stream; name="a.html."').attached


def test_carried_pages_are_together_no_larger_than_the_page_that_carries_them() -> None:
    page = "<template shadowrootmode=open>vu" * 500 + "</template>" * 500 + "<iframe srcdoc='vu'></iframe>"
    carried, too_many = documents_in(parse_html(page))

    assert not too_many
    assert len(carried) == 2
    assert sum(map(len, carried)) <= 2 * len(page)
    assert {"documents"} == read_html(page).unreadable


def test_an_address_may_begin_with_what_browsers_leave_out() -> None:
    page = parse_html("<iframe src=' \x01da\tta:text/html,<p>Votre carte Vitale expire</p>'></iframe>")

    assert documents_in(page) == (["<p>Votre carte Vitale expire</p>"], False)


def test_what_a_link_shows_behind_any_number_of_blanks_is_noted() -> None:
    for blanks in ("<i> </i>" * 1001 + "ameli.fr", "<img alt=' '>" * 6 + "<img alt=ameli.fr>"):
        assert {"links"} == read_html(f"{_LINK}{blanks}</a>").unreadable
    blank = "<img alt=''>"
    few = read_html(f"{_LINK}{'<i> </i>' * 900}ameli.fr</a>{_LINK}{blank * 50}<img alt=ameli.fr></a>")

    assert ["ameli.fr"] * 2 == [one.shown for one in few.links if one.kind is LinkKind.ANCHOR]
    assert frozenset() == few.unreadable
    assert {"links"} == read_html(f"<!--[if mso]>{_LINK}{'<i> </i>' * 1001}x</a><![endif]-->").unreadable


def test_all_titles_are_read_unless_they_are_too_long() -> None:
    many = read_html("<title>a</title>" * 20 + "<title>Votre carte</title>")

    assert (True, frozenset()) == (many.title.endswith("Votre carte"), many.unreadable)
    assert {"size"} == read_html(f"<title>{'mot ' * 300}</title>").unreadable


@pytest.mark.parametrize(("kind", "start"), [("text/rtf", "{\\rtf1 "), ("text/enriched", "<bold>")])
def test_a_rich_text_that_is_not_read_to_its_end_is_noted(kind: str, start: str) -> None:
    assert "size" in read_of(start + "mot " * 300_000, kind=kind).unreadable
    assert frozenset() == read_of(start + "mot ", kind=kind).unreadable


def test_both_names_of_a_file_are_shown_and_two_endings_noted() -> None:
    file = "Content-Disposition: attachment; filename={}\r\n"
    readings = [
        read_of("x", head=file.format(name), kind='application/pdf; name="ameli.pdf"')
        for name in ("AMELI.PDF", "facture.pdf", "facture.exe")
    ]

    names = [reading.attachments[0].name for reading in readings]
    assert ["AMELI.PDF", "ameli.pdf / facture.pdf", "ameli.pdf / facture.exe"] == names
    assert [False, False, True] == ["name" in reading.ambiguous for reading in readings]


def test_a_card_and_an_old_invitation_in_quoted_printable_are_read() -> None:
    card = "BEGIN:VCARD\nFN:CPAM\nPHOTO;ENCODING=b:AAA=\nNOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Votre=20c=\n=61rte=0D=0Aexpire\nURL:https://x.example\n"
    for kind in ("text/vcard", "text/x-vcard", "application/octet-stream; name=a.vcf"):
        assert "CPAM\nVotre carte\nexpire\nhttps://x.example" == read_of(card, kind=kind).attached
    assert "Votre carte" == read_of("SUMMARY;QUOTED-PRINTABLE:Votre=20carte", kind="text/calendar").attached


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ('access-type=URL; URL="https://fraude.\r\n example/a"', "https://fraude.example/a"),
        ("access-type=anon-ftp; site=f.example; directory=/pub; name=a.exe", "ftp://f.example/pub/a.exe"),
        ("access-type=mail-server; server=a@f.example", "mailto:a@f.example"), ("access-type=local-file", ""),
    ],
)  # fmt: skip
def test_content_that_is_elsewhere_is_a_link(parameters: str, expected: str) -> None:
    inner = "Content-Type: text/plain\r\n\r\n"
    links = read_of(inner, kind=f"message/external-body; {parameters}").links

    assert expected == "".join(one.target for one in links if one.kind is LinkKind.DOCUMENT)
