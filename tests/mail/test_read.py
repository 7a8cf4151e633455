# ruff: noqa: E501  one form of quotation a line
import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.message import Message
from milter.mail.read import read
from milter.mail.reading import Attachment, Link, LinkKind, Reading
from milter.mail.structure.attached import is_card, numbers_of

CORPORA = Path("/srv/corpora")


def multipart(*parts: bytes, kind: bytes = b"mixed") -> Reading:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return read(
        Message(
            b"From: a@b.example\r\nContent-Type: multipart/"
            + kind
            + b"; boundary=b\r\n\r\n"
            + body
            + b"--b--\r\n"
        )
    )


def read_of(part: bytes) -> Reading:
    return read(Message(b"From: a@b.example\r\n" + part))


def html(body: str) -> bytes:
    return b"Content-Type: text/html; charset=utf-8\r\n\r\n" + body.encode()


def plain(body: str) -> bytes:
    return b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + body.encode()


def attached(name: str, kind: str, data: bytes) -> bytes:
    head = f'Content-Type: {kind}; name="{name}"\r\nContent-Disposition: attachment; filename="{name}"\r\n'
    return head.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data)


@pytest.mark.parametrize(
    "body",
    [
        plain("Votre carte" + "\r\n \r\n" * 20 + "Il était une rose\r\n"),
        html(f"<p>Votre carte</p>{'<br>' * 40}<p>Il était une rose</p>"),
        html(f"<p>Votre carte</p><p style='mso-hide:all'>{'Il était une rose. ' * 20}</p>"),
        html(f"<p>Votre&amp;nbsp;c&amp;#97;rte</p><p style='mso-hide:all'>{'Il était une rose. ' * 20}</p>"),
    ],
)
def test_what_few_see_is_left_out_of_one_version_of_the_text(body: bytes) -> None:
    reading = read_of(body)

    assert [" ".join(version.split()) for version in reading.versions] == ["Votre carte"]
    assert "Il était une rose" in reading.text


def test_a_simple_mail_is_read() -> None:
    reading = read(
        Message(
            "From: Améli <a@b.example>\r\nSubject: =?utf-8?q?Votre_carte?=\r\n\r\nBonjour,\r\nhttps://x.example/y\r\n".encode()
        )
    )
    assert "Votre carte" == reading.subject
    assert "Bonjour,\nhttps://x.example/y\n" == reading.text
    assert (Link("https://x.example/y", "https://x.example/y", LinkKind.TEXT),) == reading.links
    assert reading.author is not None
    assert frozenset() == reading.unreadable | reading.ambiguous


def test_several_subjects_are_all_read() -> None:
    assert "un / deux" == read(Message(b"Subject: un\r\nSubject: deux\r\n\r\n")).subject


def test_alternatives_that_say_the_same_are_read_once() -> None:
    reading = multipart(plain("Bonjour Madame"), html("<p>Bonjour Madame</p>"), kind=b"alternative")
    assert "Bonjour Madame" == reading.text
    assert frozenset() == reading.ambiguous


def test_alternatives_that_differ_are_both_read_and_noted() -> None:
    lure = "Votre carte vitale expire, envoyez votre RIB a cette adresse"
    for parts in ((plain(lure), html("<p>Bonjour</p>")), (plain("Bonjour"), html(f"<p>{lure}</p>"))):
        assert lure in multipart(*parts, kind=b"alternative").text
    differing = multipart(plain(lure), html("<p>Bonjour</p>"), kind=b"alternative")
    assert "alternatives" in differing.ambiguous
    assert ("Bonjour", lure) == tuple(map(str.strip, differing.versions))
    assert () == multipart(plain("Bonjour"), html("<p>Bonjour</p>"), kind=b"alternative").versions


def test_a_link_that_stands_in_one_of_them_alone_is_a_link() -> None:
    lure = "Votre carte vitale expire, renouvelez la sur le site de la caisse\n\nhttps://x.example/v"
    reading = multipart(plain(lure), html("<p>Bonjour</p>"), kind=b"alternative")

    assert ["https://x.example/v"] == [link.target for link in reading.links]


def test_of_too_many_links_those_that_lead_elsewhere_and_show_words_are_kept() -> None:
    decoys = "".join(
        f"<a href=https://www.x.example/{n}></a><img src=https://y.example/{n}>" for n in range(1000)
    )
    reading = read_of(html(f"{decoys}<a href=https://z.example/a>Renouveler</a> et www.w.example/b"))

    assert {"links", "pictures"} == reading.unreadable
    assert Link("https://z.example/a", "Renouveler", LinkKind.ANCHOR) in reading.links[:3]
    assert LinkKind.TEXT in {link.kind for link in reading.links}
    assert frozenset() == read_of(html("<a href=https://www.x.example/1>a</a>" * 1000)).unreadable


def test_of_too_many_forms_the_first_that_say_anything_are_kept() -> None:
    lure = "<form action=/a><input name=iban></form>"
    empty, others = (
        read_of(html("<form></form>" * 60 + lure)),
        (f"<form action=/{n}></form>" for n in range(60)),
    )

    assert [["/a"], frozenset()] == [[form.action for form in empty.forms], empty.unreadable]
    assert {"forms"} == read_of(html("".join(others) + lure)).unreadable


def test_more_lines_than_are_asked_about_are_noted_unless_they_hold_no_word() -> None:
    assert {"lines"} == read_of(plain("Bonjour\n" * 1501)).unreadable
    assert frozenset() == read_of(plain("Bonjour\n" * 1500 + "\n***" * 1500)).unreadable


def test_what_stands_in_place_of_pictures_is_the_text_where_there_is_no_other() -> None:
    """Most programs show it until the reader asks for the pictures."""
    pictures = '<img src="cid:a" alt="logo"><img src="cid:b" alt="Votre carte vitale expire demain">'
    letter = f"<p>{'Le club de lecture se réunit jeudi. ' * 3}</p>"

    assert "Bonjour\nVotre carte vitale expire demain" == read_of(html(f"<p>Bonjour</p>{pictures}")).text
    assert "expire" not in read_of(html(letter + pictures)).text


def test_the_version_for_amp_is_read_where_it_says_more() -> None:
    amp = b"Content-Type: text/x-amp-html\r\n\r\n<p>Bonjour Madame</p><p>Votre carte expire</p>"
    reading = multipart(amp, html("<p>Bonjour Madame</p>"), kind=b"alternative")
    assert "Bonjour Madame\nVotre carte expire" == reading.text


def test_a_forwarded_mail_is_quoted() -> None:
    reading = multipart(plain("Vrai ?\n\n-----Message d'origine-----\nDe : Ameli\nVotre carte expire"))
    assert "Vrai ?" == reading.text.strip()
    assert "Votre carte expire" in reading.quoted


def test_a_mail_attached_is_quoted_with_its_subject() -> None:
    header = b"From: Ameli <x@evil.example>\r\nSubject: Votre carte\r\n\r\n"
    inner = b"Content-Type: message/rfc822\r\n\r\n" + header + b"Renouvelez"
    reading = multipart(plain("Vrai ?"), inner)
    assert "Vrai ?" == reading.text.strip()
    assert ["Ameli <x@evil.example>", "Votre carte", "Renouvelez"] == reading.quoted.split("\n")
    assert "Votre carte" == reading.attachments[0].name


def test_a_quotation_of_nobody_is_the_senders_own_text() -> None:
    reading = read(Message(html("<blockquote type=cite>Votre carte vitale expire</blockquote>")))
    assert ("Votre carte vitale expire", "") == (reading.text, reading.quoted)


def test_a_mark_that_no_reader_sees_does_not_make_a_quotation() -> None:
    fraud = "Votre carte vitale expire, suivez ce lien"
    for mark in ("blockquote type=cite", "div class=gmail_quote"):
        reading = read(Message(html(f"<p>Bonjour Madame</p><{mark}>{fraud}</{mark.split()[0]}>")))
        assert (f"Bonjour Madame\n{fraud}", "") == (reading.text, reading.quoted)


@pytest.mark.parametrize(
    "source",
    [
        "Vrai ?<div class=gmail_quote><div class=gmail_attr>Le lun. 3 nov. 2025 à 10:12, Ameli &lt;x@evil.example&gt; a écrit :<br></div><blockquote class=gmail_quote>LURE</blockquote></div>",
        "Vrai ?<div class=gmail_quote>---------- Forwarded message ---------<br>De : Ameli<br>LURE</div>",
        "Vrai ?<div class=moz-cite-prefix>Le 03/11/2025 à 10:12, Ameli a écrit :<br></div><blockquote type=cite cite='mid:x'>LURE</blockquote>",
        "Vrai ?<div class=moz-forward-container>-------- Message transféré --------<table><tr><th>Sujet : <td>x<tr><th>De : <td>Ameli</table>LURE</div>",
        "Vrai ?<p>Le 3 nov. 2025 à 10:12, Ameli a écrit :</p><blockquote type=cite>LURE</blockquote>",
        "Vrai ?<hr><div id=divRplyFwdMsg dir=ltr><font><b>De :</b> Ameli &lt;x@evil.example&gt;<br><b>Envoyé :</b> lundi<br><b>À :</b> Jean<br><b>Objet :</b> x</font></div><div>LURE</div>",
        "Vrai ?<div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b>De&nbsp;:</b> Ameli &lt;x@evil.example&gt; <br><b>Envoyé&nbsp;:</b> lundi<br><b>À&nbsp;:</b> Jean<br><b>Objet&nbsp;:</b> x</p></div><p>LURE",
        "Vrai ?<div id=mail-editor-reference-message-container><b>De :</b> Ameli<br><b>Date :</b> lundi 10:12<br><b>À :</b> Jean<br>LURE</div>",
        "Vrai ?<div data-marker=__HEADERS__><b>De: </b>Ameli<br><b>Envoyé: </b>Lundi<br><b>Objet: </b>x</div><div data-marker=__QUOTED_TEXT__>LURE</div>",
        "Vrai ?<div class=protonmail_quote>Le lundi 3 novembre 2025 à 10:12, Ameli a écrit :<blockquote type=cite>LURE</blockquote></div>",
        "Vrai ?<div class=yahoo_quoted id=yahoo_quoted_1><div>Le lundi 3 novembre 2025 à 10:12:00 UTC+1, Ameli a écrit :</div>LURE</div>",
        "Vrai ?<p id=reply-intro>Le 2025-11-03 10:12, Ameli a écrit :</p><blockquote type=cite>LURE</blockquote>",
        "Vrai ?<br>-------- Message d'origine --------<br>De : Ameli<br>LURE",
        "Vrai ?<p>Op 3 nov. 2025 om 10:12 schreef Ameli:</p><blockquote type=cite>LURE</blockquote>",
        "Vrai ?<blockquote><p>envoyé : 3 novembre 2025 à 10:12<br>de : Ameli<br>à : j@b.example<br>objet : x</p><p>LURE</p></blockquote>",
    ],
)
def test_a_quotation_is_apart_in_the_html_of_every_program(source: str) -> None:
    reading = read(Message(html(source.replace("LURE", "Votre carte vitale expire"))))
    assert reading.text.startswith("Vrai ?")
    assert "Votre carte vitale expire" not in reading.text
    assert "Votre carte vitale expire" in reading.quoted


@pytest.mark.parametrize(
    ("name", "kind", "data"),
    [
        ("a.html", "application/octet-stream", b"<p>Votre <b>carte</b> expire</p>"),
        ("a.svg", "image/svg+xml", b"<svg><text>Votre carte expire</text></svg>"),
        ("a.txt", "text/plain", b"Votre carte expire"),
        ("a.ics", "text/calendar", b"BEGIN:VEVENT\r\nSUMMARY:Votre carte \r\n expire\r\nEND:VEVENT"),
    ],
)
def test_attachments_that_are_text_underneath_are_read(name: str, kind: str, data: bytes) -> None:
    reading = multipart(plain("ci-joint"), attached(name, kind, data))
    assert "ci-joint" == reading.text.strip()
    assert "Votre carte expire" == reading.attached
    assert (Attachment(name, kind, len(data)),) == reading.attachments


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("TEL:+33 9 70 00 00 00", "+33970000000"),
        ("TEL;WORK;VOICE:0899.00.00.00", "0899000000"),
        ("item1.tel;type=pref:36 46", "3646"),
        ("TEL;VALUE=uri:tel:+33-9-70-00-00-00", "+33970000000"),
    ],
)
def test_the_numbers_of_a_card_are_links_that_dial(line: str, number: str) -> None:
    card = f"BEGIN:VCARD\r\nFN:Accueil\r\n{line}\r\nX-TELE:1234\r\nTEL:1\r\nEND:VCARD\r\n".encode()
    reading = multipart(plain("x"), attached("a.vcf", "text/vcard", card))
    assert [(f"tel:{number}", LinkKind.DOCUMENT)] == [(link.target, link.kind) for link in reading.links]


def test_of_many_numbers_on_a_card_the_first_are_read() -> None:
    assert 20 == len(numbers_of("TEL:+33970000000\n" * 1000))
    assert () == numbers_of("TEL" + ";" * 100_000 + "\nTEL:" + "x" * 100_000)


def test_cards_are_known_by_type_or_name() -> None:
    assert is_card("text/directory", "")
    assert is_card("application/octet-stream", "Contact.VCF")
    assert not is_card("text/calendar", "a.ics")
    assert not is_card("application/pdf", "a.vcf.pdf")


def test_a_link_in_an_attached_page_is_a_link_of_the_mail() -> None:
    reading = multipart(
        plain("x"), attached("a.htm", "text/html", b"<form action=http://x.invalid/>NIR</form>")
    )
    assert "http://x.invalid/" in {link.target for link in reading.links}
    assert "NIR" == reading.forms[0].words


@pytest.mark.parametrize(
    ("name", "kind", "data"),
    [
        ("a.zip", "application/zip", b"PK\3\4\x14\0\1\0" + b"\0" * 80),
        ("a.pdf", "application/pdf", b"%PDF-1.4 " + b"x" * 20_000 + b"trailer <</Encrypt 5 0 R>>"),
        ("smime.p7m", "application/pkcs7-mime", b"x"),
    ],
)
def test_what_needs_a_key_is_noted(name: str, kind: str, data: bytes) -> None:
    assert {"encrypted"} == multipart(plain("x"), attached(name, kind, data)).unreadable


def test_an_open_archive_is_not_unreadable() -> None:
    assert (
        frozenset()
        == multipart(plain("x"), attached("a.zip", "application/zip", b"PK\3\4\x14\0\0\0abc")).unreadable
    )


def test_an_unknown_charset_is_noted_and_the_text_read() -> None:
    reading = read(Message(b"Content-Type: text/plain; charset=x-unknown\r\n\r\nAmeli"))
    assert "Ameli" == reading.text
    assert {"charset"} == reading.unreadable


def _nested(count: int) -> bytes:
    return b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(count)
    )


def _page(body: str) -> bytes:
    return b"Content-Type: text/html\r\n\r\n" + body.encode()


TOP = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"

# THREATS, section D, as far as reading goes: what is too much is cut, and no one of them raises.
BOMBS: dict[str, Callable[[], bytes]] = {
    "D1": lambda: b"Content-Type: message/rfc822\r\n\r\n" * 1000 + b"Subject: x\r\n\r\nx",
    "D2": lambda: _nested(3000),
    "D3": lambda: TOP + b"--b\r\n\r\nx\r\n" * 100_000,
    "D4": lambda: b"X-A: b\r\n" * 100_000,
    "D5": lambda: b"Subject: " + b"a\r\n " * 250_000,
    "D6": lambda: b"From: " + b", ".join(b"u%d@example.com" % n for n in range(20_000)),
    "D7": lambda: b"Subject: " + b" ".join([b"=?utf-8?q?a?="] * 50_000),
    "D8": lambda: b"Content-Type: text/plain; " + b"; ".join(b"name*%d*=a" % n for n in range(20_000)),
    "D9": lambda: b"From: " + b"(" * 2000 + b")" * 2000 + b" a@b.example",
    "D10": lambda: TOP.replace(b"=b", b"=" + b"-" * 60) + (b"-" * 61 + b"\r\n") * 100_000,
    "D21": lambda: _page("<" * 1_000_000),
    "D22": lambda: _page("<!--" * 250_000),
    "D23": lambda: _page(" " * 1_000_000 + "x"),
    "D24": lambda: b"\r\n" + b"http://" * 100_000,
    "D25": lambda: b"\r\n" + b"a" * 28 + b"!",
    "D26 div": lambda: _page("<div>" * 100_000),
    "D26 table": lambda: _page("<table>" * 5000),
    "D26 attributes": lambda: _page("<a " + "x " * 500_000),
    "D26 entities": lambda: _page("&#x41;" * 170_000),
    "D26 css": lambda: _page("<style>" + "/*" * 500_000),
    "rules": lambda: _page("<style>" + ".x{display:none}" * 20_000 + "</style>" + "<p class=x>" * 1000),
    "quotes": lambda: _page("<blockquote type=cite>x" * 19_000),
    "separators": lambda: TOP + b"--b\r\n" * 200_000,
    "base64 in parts": lambda: TOP + b"QUJD" * 1_000_000,
    "stars": lambda: b"\r\n" + b"Le " + b"a \n" * 300_000 + b"De :\n" * 10_000,
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_no_bomb_goes_off(name: str) -> None:
    reading = read(Message(BOMBS[name]()))
    assert len(reading.text) <= 1024 * 1024


@given(st.binary())
def test_no_bytes_raise(raw: bytes) -> None:
    read(Message(raw))


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora are only on the machine of the developers")
def test_hostile_and_real_mails_are_read_without_an_exception() -> None:
    for path in sorted(CORPORA.rglob("*"))[::7]:
        if path.is_file():
            read(Message(path.read_bytes()))
