"""THREATS D: mails that are small to send and large to read. D1 to D26, those that are mails."""
# ruff: noqa: E501  one line a trick, as in the catalogue

import base64
import gzip
import itertools
import struct
import zlib
from collections.abc import Callable

from tests.attachment.made import zipped
from tests.vectors.files import docx_of, pdf_of, png_of
from tests.vectors.lure import FRAUD

_TOP = b"From: Assurance Maladie <x@evil.example>\r\nTo: v@b.example\r\nSubject: Votre dossier\r\nMIME-Version: 1.0\r\n"
_LURE = FRAUD.text.encode()
_WISH = b"Un conseiller attend votre appel pour regler la situation avec vous.\r\n\r\n"
_KIB, _MIB = 1024, 1024 * 1024


def _html(content: bytes) -> bytes:
    return _TOP + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + FRAUD.html.encode() + content


def _plain(content: bytes) -> bytes:
    return _TOP + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + _LURE + content


def file_mail(name: str, content: bytes, kind: bytes = b"application/octet-stream") -> bytes:
    """The lure, and that file."""
    return b"".join((
        _TOP, b"Content-Type: multipart/mixed; boundary=B1\r\n\r\n--B1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n", _LURE,
        b"\r\n--B1\r\nContent-Type: ", kind, b"\r\nContent-Disposition: attachment; filename=\"", name.encode(),
        b"\"\r\nContent-Transfer-Encoding: base64\r\n\r\n", base64.encodebytes(content).replace(b"\n", b"\r\n"), b"--B1--\r\n",
    ))  # fmt: skip


def pdf_drawing(what: bytes, times: int) -> bytes:
    """A PDF whose page draws the same so many times."""
    return pdf_of(zlib.compress(what * times, 9), "/FlateDecode")


def _nested_messages() -> bytes:
    return _TOP + b"Content-Type: message/rfc822\r\n\r\n" * 1000 + b"Subject: x\r\n\r\n" + _LURE


def _nested_multiparts() -> bytes:
    levels = (b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(3000))
    return _TOP + b"".join(levels) + b"\r\n" + _LURE


def _parts() -> bytes:
    return _TOP + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 100_000


def _continued_parameters() -> bytes:
    return (
        _TOP
        + b"Content-Type: text/plain; "
        + b"; ".join(b"name*%d*=a" % n for n in range(20_000))
        + b"\r\n\r\n"
        + _LURE
    )


def _boundary_of_dashes() -> bytes:
    return (
        _TOP
        + b"Content-Type: multipart/mixed; boundary="
        + b"-" * 60
        + b"\r\n\r\n"
        + (b"-" * 61 + b"\r\n") * 100_000
    )


def _zip_in_zip() -> bytes:
    inner = zipped({"a.txt": _LURE})
    for depth in range(6):
        inner = zipped({f"{depth}-{copy}.zip": inner for copy in range(6)})
    return inner


def _overlapping_zip() -> bytes:
    """One compressed member of 10 MiB that 2000 entries of the directory share (Fifield, 2019)."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packed.compress(b"\0" * (10 * _MIB)) + packed.flush()
    sizes = struct.pack("<III", zlib.crc32(b"\0" * (10 * _MIB)), len(data), 10 * _MIB)
    local = b"PK\3\4" + struct.pack("<HHHHH", 20, 0, 8, 0, 0) + sizes + struct.pack("<HH", 5, 0) + b"a.txt"
    entries = b"".join(
        b"PK\1\2"
        + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 0)
        + sizes
        + struct.pack("<HHHHHII", 5, 0, 0, 0, 0, 0, 0)
        + b"a.txt"
        for _ in range(2000)
    )
    return local + data + entries + _directory_end(2000, len(entries), len(local + data))


def _many_names() -> bytes:
    """Entries without content, as many as a mail of 10 MB holds; the count wraps at 65536."""
    entry = b"PK\1\2" + bytes(24) + struct.pack("<H", 1) + bytes(16) + b"x"
    entries = entry * (10 * _MIB // len(entry))
    return entries + _directory_end(len(entries) // len(entry), len(entries), 0)


def _directory_end(count: int, size: int, start: int) -> bytes:
    return b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, min(count, 0xFFFF), min(count, 0xFFFF), size, start, 0)


def _bad_names() -> bytes:
    names = (
        "../../x.html",
        "C:\\x.html",
        "a\0.html",
        "/etc/passwd",
        "CON",
        "n" * 65_000 + ".html",
        "\u202elmth.x",
    )
    return zipped(dict.fromkeys(names, FRAUD.html.encode()))


def _pdf_filters() -> bytes:
    stream = b" " * 1000
    for _ in range(100):
        stream = zlib.compress(stream)
    return pdf_of(stream, f"[{'/FlateDecode' * 100}]")


def _pdf_cycle() -> bytes:
    return b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def _pdf_objects() -> bytes:
    return pdf_of(b"BT (x) Tj ET", "[]", "".join(f"{n} 0 obj<<>>endobj\n" for n in range(5, 400_000)))


def _laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY l0 "ha">{entities}<!ENTITY f SYSTEM "file:///etc/passwd">]><d>&l9;&f;</d>'.encode()


def _colours() -> bytes:
    """Each letter in a colour and on a ground of its own."""
    shades = ((n % 18 * 4, n // 18 % 18 * 4, n // 324 * 4 % 72) for n in range(3600))
    return b"".join(
        b"<i style=color:rgb(%d,%d,%d);background:rgb(%d,%d,%d)>a" % (r, g, b, r + 150, g + 120, b + 120)
        for r, g, b in shades
    )


def _rules(selector: bytes) -> bytes:
    return (
        b"<style>"
        + (selector + b"{display:none}") * 250
        + b"</style>"
        + b"<div class=a>" * 300
        + b"<p class=a>x" * 3000
    )


def _address_fields() -> bytes:
    names = (b"From", b"Sender", b"Resent-From", b"Reply-To")
    return b"".join(name + b": " + b"," * 64_000 + b"\r\n" for name in names for _ in range(20)) + _plain(b"")


def _long_names() -> bytes:
    """Three From fields of eight authors each, whose names are 950 words that nobody has seen."""
    words = map(
        "".join,
        itertools.cycle(itertools.product("bcdfg", "aeiou", "klmnp", "aeiou", "rstvz", "aeiou", "bcdfg")),
    )
    names = (" ".join(itertools.islice(words, 950)) for _ in range(24))
    boxes = [f'"{name}" <p{number}@evil.example>' for number, name in enumerate(names)]
    fields = (f"From: {', '.join(boxes[at : at + 8])}\r\n" for at in range(0, 24, 8))
    return "".join(fields).encode() + _plain(b"mot " * 40_000)


def _alternatives() -> bytes:
    head = _TOP + b"Content-Type: multipart/alternative; boundary=b\r\n\r\n"
    words = (b" ".join(b"w%dx%d" % (part, word) for word in range(24)) for part in range(950))
    parts = b"".join(
        b"--b\r\nContent-Type: text/html\r\n\r\n" + some + b"\r\n" for some in (FRAUD.html.encode(), *words)
    )
    return head + parts + b"--b--\r\n"


# Built when wanted: some are large.
EXHAUSTION: dict[str, tuple[str, Callable[[], bytes]]] = {
    "D1": ("1000 mails in each other", _nested_messages),
    "D2": ("3000 multiparts in each other", _nested_multiparts),
    "D3": ("100,000 parts", _parts),
    "D4": ("100,000 header fields", lambda: b"X-A: b\r\n" * 100_000 + _plain(b"")),
    "D5": ("Subject folded 250,000 times", lambda: b"Subject: " + b"a\r\n " * 250_000 + b"\r\n" + _plain(b"")),
    "D6": ("20,000 recipients", lambda: b"To: " + b", ".join(b"u%d@example.com" % n for n in range(20_000)) + b"\r\n" + _plain(b"")),
    "D6-from": ("20,000 authors", lambda: b"From: " + b", ".join(b"u%d@example.com" % n for n in range(20_000)) + b"\r\n" + _plain(b"")),
    "D7": ("50,000 encoded words", lambda: b"Subject: " + b" ".join([b"=?utf-8?q?a?="] * 50_000) + b"\r\n" + _plain(b"")),
    "D8": ("20,000 pieces of a parameter", _continued_parameters),
    "D9": ("2000 comments in each other", lambda: _plain(b"").replace(b"From: ", b"From: " + b"(" * 2000 + b")" * 2000 + b" ")),
    "D10": ("boundary of dashes, 100,000 lines", _boundary_of_dashes),
    "D11": ("ZIP of 50 MiB of zeros", lambda: file_mail("a.zip", zipped({"a.txt": b"\0" * (50 * _MIB)}))),
    "D12": ("ZIP in ZIP, six deep and wide", lambda: file_mail("a.zip", _zip_in_zip())),
    "D13": ("ZIP of 2000 overlapping entries", lambda: file_mail("a.zip", _overlapping_zip())),
    "D14": ("ZIP of 220,000 names", lambda: file_mail("a.zip", _many_names())),
    "D15": ("ZIP with names of paths", lambda: file_mail("a.zip", _bad_names())),
    "D16": ("PDF, 100 MiB in 102 KB", lambda: file_mail("a.pdf", pdf_of(zlib.compress(b" " * (100 * _MIB), 9), "/FlateDecode"))),
    "D16-text": ("PDF of 600,000 texts on a page", lambda: file_mail("a.pdf", pdf_drawing(b"BT /F1 9 Tf (carte) Tj ET ", 600_000))),
    "D16-paths": ("PDF of 4,000,000 lines in 160 KB", lambda: file_mail("a.pdf", pdf_drawing(b"0 0 m 9 9 l S ", 4_000_000))),
    "D17-cycle": ("PDF, pages in a circle", lambda: file_mail("a.pdf", _pdf_cycle())),
    "D17-objects": ("PDF of 400,000 objects", lambda: file_mail("a.pdf", _pdf_objects())),
    "D17-filters": ("PDF, 100 filters", lambda: file_mail("a.pdf", _pdf_filters())),
    "D18": ("DOCX with a billion laughs", lambda: file_mail("a.docx", docx_of(_laughs()))),
    "D18-large": ("DOCX of 50 MiB of text", lambda: file_mail("a.docx", docx_of(b"<d>" + b"<p>a</p>" * (50 * _MIB // 8) + b"</d>"))),
    "D19": ("PNG of 50,000 by 50,000", lambda: file_mail("a.png", png_of(50_000, 50_000), b"image/png")),
    "D20-gzip": ("gzip of 50 MiB", lambda: file_mail("a.gz", gzip.compress(b"\0" * (50 * _MIB)))),
    "D20-svgz": ("SVG in gzip, 50 MiB", lambda: file_mail("a.svgz", gzip.compress(b"<svg>" + b"<a/>" * (50 * _MIB // 4)), b"image/svg+xml")),
    "D21": ("a million <", lambda: _html(b"<" * 1_000_000)),
    "D22": ("250,000 comments begun", lambda: _html(b"<!--" * 250_000)),
    "D23": ("a million blanks", lambda: _plain(b" " * 1_000_000 + b"x")),
    "D23-subject": ("60,000 blanks in the Subject", lambda: b"Subject: " + b" " * 60_000 + b"x\r\n" + _plain(b"")),
    "D24": ("100,000 times http://", lambda: _plain(b"http://" * 100_000)),
    "D25": ("a word that backtracks, 30,000 times", lambda: _plain((b"a" * 28 + b"! ") * 30_000)),
    "D26-div": ("100,000 divs in each other", lambda: _html(b"<div>" * 100_000)),
    "D26-table": ("5000 tables in each other", lambda: _html(b"<table>" * 5000)),
    "D26-attributes": ("1 MB of attributes", lambda: _html(b"<a " + b"b='c' " * 170_000)),
    "D26-entities": ("1 MB of entities", lambda: _html(b"&#x41;" * 170_000)),
    "D26-css": ("1 MB of CSS comments", lambda: _html(b"<style>" + b"/*x*/" * 200_000 + b"</style>")),
    "D26-rules": ("30,000 CSS rules, 5000 elements", lambda: _html(b"<style>" + b"".join(b".c%d>p:not(.x){display:none}" % n for n in range(30_000)) + b"</style>" + b"<p class='c1 c2'>a" * 5000)),
    "D26-colours": ("3600 colours on 3600 grounds", lambda: _html(_colours())),
    "D26-nth": ("250 CSS rules that count neighbours", lambda: _html(_rules(b"p:nth-child(2n+1):not(:nth-last-child(3n))~p~p~p~p"))),
    "D26-all": ("250 CSS rules for 3300 elements", lambda: _html(_rules(b"*~*~*"))),
    "D26-media": ("17,000 conditions of a style", lambda: _html(b"<style>@media " + b"(min-width:1px) and " * 17_000 + b"{p{display:none}}</style>")),
    "D26-url": ("65,000 addresses of a style begun", lambda: _html(b"<style>/**/" + b"url(" * 65_000 + b"</style>")),
    "D26-base": ("8000 links below a long base", lambda: _html(b"<base href='http://x.example/" + b"a/" * 2000 + b"'>" + b"<a href=../a>m</a>" * 8000)),
    "D26-svg": ("500 links in each other", lambda: _html(b"<svg>" + b"<a href=http://x.example/a>" * 500 + b"<text>" + b"mot " * 55_000)),
    "D-uu": ("17,000 files of uuencode begun", lambda: _TOP + b"\r\n" + _LURE + b"\r\n" + b"begin 644 a\r\n" * 17_000),
    "D-rtf": ("100,000 groups of RTF, shown 40,000 times", lambda: _TOP + b"Content-Type: text/rtf\r\n\r\n{\\rtf " + _LURE + b"\\par " + b"{" * 100_000 + b"\\v0" * 40_000 + b" x"),
    "D-fields": ("80 address fields of 64,000 commas", _address_fields),
    "D-names": ("24 authors with names of 950 words", _long_names),
    "D-alternatives": ("950 alternatives, no word twice", _alternatives),
    "D-words": ("10 MB of the words of a fraud", lambda: _plain(_LURE * (10 * _MIB // len(_LURE)))),
    "D-wishes": ("15,000 wishes for a call that no phrase has", lambda: _TOP + b"\r\n" + _WISH * 15_000),
    "D-slips": ("3 MB of misspelt words", lambda: _plain(b"nummero maladdie assurrance " * 110_000)),
    "D-apart": ("1 MB of words letter by letter", lambda: _plain(b"v o t r e c a r t e v i t a l e " * 33_000)),
    "D-cells": ("a letter a cell, 1 MB", lambda: _html(b"<table><tr>" + b"<td>a" * 200_000)),
    "D-25MB": ("base64 of 25 MB", lambda: file_mail("a.bin", bytes(range(256)) * (25 * _MIB * 3 // 4 // 256))),
}  # fmt: skip
