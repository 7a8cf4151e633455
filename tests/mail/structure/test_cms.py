import base64
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.glimpse import look
from milter.mail.message import Message
from milter.mail.read import read
from milter.mail.structure.cms import is_entity, unwrap
from milter.mail.structure.mime import walk
from tests.fuzz.watch import watched

ROOM = 1_000_000
SIGNED, COMPRESSED, ENVELOPED = (
    bytes.fromhex(one) for one in ("2a864886f70d010702", "2a864886f70d0109100109", "2a864886f70d010703")
)
DATA = bytes.fromhex("2a864886f70d010701")
TEXT = b"Content-Type: text/plain\r\n\r\nVotre carte Vitale expire.\r\n"

Wrap = Callable[[int, bytes], bytes]


def der(tag: int, content: bytes) -> bytes:
    """The element with its length, in as many octets as needed."""
    size = len(content)
    if size < 128:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 128 + len(octets))) + octets + content


def ber(tag: int, content: bytes) -> bytes:
    """The element without a length, as who does not know the end writes it; strings in pieces."""
    if tag == 0x04:
        pieces = b"".join(der(4, content[at : at + 7]) for at in range(0, len(content), 7))
        return b"\x24\x80" + pieces + b"\0\0"
    return bytes((tag, 0x80)) + content + b"\0\0" if tag & 0x20 else der(tag, content)


def wrapped(content: bytes, kind: bytes = SIGNED, wrap: Wrap = der) -> bytes:
    """A ContentInfo of that kind, round the content."""
    octets = wrap(0xA0, wrap(0x04, content)) if content else b""
    within = wrap(0x30, der(0x06, DATA) + octets)
    algorithms = wrap(0x31, wrap(0x30, der(0x06, DATA)))
    whole = wrap(0x30, der(2, b"\1") + algorithms + within + wrap(0x31, b""))
    return wrap(0x30, der(0x06, kind) + wrap(0xA0, whole))


def mail(data: bytes, kind: str = "application/pkcs7-mime; name=smime.p7m", head: bytes = b"") -> Message:
    """A mail that is nothing but this."""
    fields = f"Subject: Courrier\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return Message(head + fields.encode() + base64.encodebytes(data))


@pytest.mark.parametrize("wrap", [der, ber])
@pytest.mark.parametrize("length", [1, 60, 127, 128, 300, 70_000])
def test_what_is_signed_is_unwrapped(wrap: Wrap, length: int) -> None:
    content = bytes(range(1, 251)) * (length // 250 + 1)
    assert (content[:length], False) == unwrap(wrapped(content[:length], wrap=wrap), ROOM)


def test_what_is_compressed_is_unwrapped() -> None:
    data = wrapped(zlib.compress(TEXT * 9), COMPRESSED)
    assert (TEXT * 9, False) == unwrap(data, ROOM)
    assert ((TEXT * 9)[:100], True) == unwrap(data, 100)


def test_what_grows_is_cut_at_the_limit() -> None:
    bomb = wrapped(zlib.compress(bytes(50_000_000)), COMPRESSED)
    with watched():
        assert (bytes(ROOM), True) == unwrap(bomb, ROOM)


def test_pieces_of_pieces_are_put_together() -> None:
    inner = b"\x24\x80" + der(4, b"b") + der(0x24, der(4, b"c") + der(4, b"d")) + b"\0\0"
    string = b"\x24\x80" + der(4, b"a") + inner + der(4, b"e") + b"\0\0"
    within = der(0x30, der(0x06, DATA) + b"\xa0\x80" + string + b"\0\0")
    data = der(0x30, der(0x06, SIGNED) + der(0xA0, der(0x30, der(2, b"\1") + der(0x31, b"") + within)))
    assert (b"abcde", False) == unwrap(data, ROOM)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x",
        wrapped(TEXT, ENVELOPED),
        wrapped(b""),
        wrapped(b"no zlib", COMPRESSED),
        wrapped(TEXT).replace(b"\x30", b"\x3f", 1),
        b"\x30\x80\x06\x80" + wrapped(TEXT)[4:],
        b"\x30\x85\0\0\0\0\x20" + wrapped(TEXT),
    ],
)
def test_what_cannot_be_read_stays_closed(data: bytes) -> None:
    assert unwrap(data, ROOM) is None


def test_what_is_cut_off_is_read_as_far_as_it_goes() -> None:
    for wrap in (der, ber):
        cut = unwrap(wrapped(TEXT * 20, wrap=wrap)[:200], ROOM)
        assert cut is not None
        assert TEXT[:50] == cut[0][:50]


@given(st.binary(max_size=300), st.integers(0, 200), st.binary(max_size=4))
def test_no_octets_break_it(data: bytes, at: int, change: bytes) -> None:
    """Nothing that was changed in it makes more of it than there is."""
    whole = wrapped(data, wrap=ber if at % 2 else der)
    broken = whole[:at] + change + whole[at + len(change) :]
    found = unwrap(broken, ROOM)
    assert found is None or len(found[0]) <= len(broken)


@pytest.mark.parametrize(
    "element", [b"\x30\x80", b"\x24\x80", b"\x04\0", b"\0\0", b"\xa0\x84\xff\xff\xff\xff"]
)
def test_a_flood_of_elements_is_left_in_time(element: bytes) -> None:
    head = wrapped(b"x", wrap=ber).partition(b"\x24\x80")[0]
    for before in (b"", head, head + b"\x24\x80"):
        with watched():
            unwrap(before + element * 500_000, ROOM)
    assert unwrap(head + b"\x24\x80" + der(4, b"a") * 250_000, ROOM) is None


@pytest.mark.parametrize("wrap", [der, ber])
@pytest.mark.parametrize(
    "kind",
    [
        "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
        "application/x-pkcs7-mime",
        "application/octet-stream; name=smime.p7m",
    ],
)
def test_a_signed_mail_is_read_as_what_it_shows(wrap: Wrap, kind: str) -> None:
    html = TEXT.replace(b"plain", b"html").replace(b"Vitale", b"<a href=https://x.invalid/>Vitale</a>")
    message = mail(wrapped(html, wrap=wrap), kind)
    reading = read(message)
    assert "Votre carte Vitale expire." == reading.text.strip()
    assert ["https://x.invalid/"] == [link.target for link in reading.links]
    assert frozenset() == reading.unreadable
    assert () == reading.attachments
    glimpse = look(message)
    assert glimpse.sure
    assert any("votre carte vitale expire" in view for view in glimpse.views)


def test_signed_in_compressed_in_signed_is_read() -> None:
    head = b"Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    data = TEXT
    for kind in (SIGNED, COMPRESSED, SIGNED):
        packed = zlib.compress(data) if kind == COMPRESSED else data
        data = head + base64.encodebytes(wrapped(packed, kind))
    assert "Votre carte Vitale expire." == read(Message(data)).text.strip()


def test_what_is_enclosed_without_end_is_left() -> None:
    head = b"Content-Type: application/pkcs7-mime\r\n\r\n"
    data = TEXT
    for _ in range(60):
        data = head + wrapped(data)
    with watched():
        assert "depth" in walk(Message(data)).unreadable


def test_a_mail_that_only_its_reader_can_open_is_encrypted() -> None:
    reading = read(mail(wrapped(TEXT, ENVELOPED)))
    assert {"encrypted"} == reading.unreadable
    assert "" == reading.text


def test_a_subject_that_is_signed_with_it_is_shown_where_it_is_another_one() -> None:
    fields = b"Subject: Courrier\r\nFrom: Assurance Maladie <a@b.invalid>\r\n"
    reading = read(mail(wrapped(fields + TEXT)))
    assert "Assurance Maladie <a@b.invalid>" in reading.text
    assert "Courrier" not in reading.text


@pytest.mark.parametrize("content", [b"%PDF-1.7 ...", b"PK\3\4\x14\0abc", b"<?xml version='1.0'?>", b"{}"])
def test_a_file_that_is_signed_is_no_text_of_the_mail(content: bytes) -> None:
    reading = read(mail(wrapped(content), "application/pkcs7-mime; name=offre.pdf.p7m"))
    assert "" == reading.text
    assert {"encrypted"} == reading.unreadable


def test_a_text_without_fields_is_a_text() -> None:
    assert is_entity(b"Madame, Monsieur,\r\n")
    assert is_entity(b"\r\nBonjour")
    assert is_entity(TEXT)
    assert not is_entity(b"")
