"""THREATS C, M and E: the letter under a charset, a type or an encoding that is odd or wrong, but shown."""
# ruff: noqa: E501  one line a trick

import base64
import html
import quopri
import re
from collections.abc import Callable

from tests.mail.vectors import TOP, encodings, structures
from tests.vectors.charsets import SPELLED
from tests.vectors.letter import Letter, multipart, part, posted
from tests.vectors.lure import entities
from tests.vectors.trick import Trick, Where

_PIXEL = b"GIF89a\1\0\1\0\0\0\0;"
_CODE = re.compile(rb"((?:=..){20})")


def _charset(name: str) -> Trick:
    """In that charset, and so declared."""

    def mail(letter: Letter) -> bytes:
        content = letter.html().encode(SPELLED[name], "xmlcharrefreplace")
        return posted(letter, part(content, f"text/html; charset={name}"))

    return Trick(f"charset {name}", mail, "C")


def _declared(name: str, codec: str = "utf-8") -> Trick:
    """In the one charset, and declared as the other."""

    def mail(letter: Letter) -> bytes:
        content = letter.html().encode(codec, "xmlcharrefreplace")
        return posted(letter, part(content, f"text/html; charset={name}"))

    return Trick(f"{codec} declared as {name}", mail, "C")


def _quoted(letter: Letter, coded: bytes) -> bytes:
    head = b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return posted(letter, head + coded)


def _quoted_as_needed(letter: Letter) -> bytes:
    return _quoted(letter, quopri.encodestring(letter.html().encode()).replace(b"\n", b"\r\n"))


def _quoted_all(letter: Letter) -> bytes:
    coded = b"".join(b"=%02X" % octet for octet in letter.html().encode())
    return _quoted(letter, _CODE.sub(rb"\1=\r\n", coded))


def _base64_in_short_lines(letter: Letter) -> bytes:
    coded = base64.b64encode(letter.html().encode())
    lines = b"\r\n".join(coded[at : at + 6] for at in range(0, len(coded), 6))
    head = b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return posted(letter, head + lines + b"\r\n")


def _twice_escaped(text: str) -> str:
    return html.escape("".join(f"&#{ord(one)};" if ord(one) > 127 else one for one in text))


def _one_of(name: str, section: str, vectors: Callable[[bytes], list[bytes]]) -> Trick:
    """Each letter in one of them: they are many, and tested one by one with a letter of their own."""

    def mail(letter: Letter) -> bytes:
        made = letter.chance(name).choice(vectors(entities(letter.html()).encode()))
        return posted(letter, made.removeprefix(TOP))

    return Trick(name, mail, section)


CODED = (
    _one_of("a structure that is read in two ways", "M", structures),
    _one_of("base64 or quoted-printable that is broken", "E", encodings),
    *(_charset(name) for name in ("utf-7", "utf-16", "utf-16le", "utf-32", "utf-8-sig", "cp037", "hz", "iso-2022-jp")),
    _declared("utf-8", "cp1252"),
    *(_declared(name) for name in ("iso-8859-1", "us-ascii", "x-unknown", "unknown-8bit", "iso-8859-8-i")),
    Trick("no content type", lambda letter: posted(letter, b"\r\n" + letter.html().encode()), "M81"),
    Trick("HTML declared as plain text", lambda letter: posted(
        letter, part(letter.html(), "text/plain; charset=utf-8")), "M82"),
    Trick("HTML declared as octets", lambda letter: posted(letter, part(letter.html(), "application/octet-stream")), "M80", Where.FILE),
    Trick("references escaped twice", lambda letter: posted(letter, letter.html(_twice_escaped))),
    Trick("quoted-printable where needed", _quoted_as_needed, "E"),
    Trick("quoted-printable all through", _quoted_all, "E"),
    Trick("base64 of six signs a line", _base64_in_short_lines, "E1"),
    Trick("beside a picture", lambda letter: posted(letter, multipart(
        "related", part(letter.html()), part(_PIXEL, "image/gif", "Content-ID: <x>"))), "M87"),
)  # fmt: skip
