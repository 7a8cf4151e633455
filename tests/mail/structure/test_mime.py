# ruff: noqa: E501  one line a trick, as in the catalogue of threats
import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.coding.transfer import decode_base64, decode_quoted_printable, decode_uu
from milter.mail.message import Message
from milter.mail.read import read
from milter.mail.structure.mime import walk
from tests.mail.vectors import MARKER, PAYLOAD, encodings, mail, structures

# Legal, or the same to every reader: nothing to flag (M10, M16, M41, M63, M80, M85, M86, M87).
PLAIN = {10, 16, 41, 63, 80, 85, 86, 87}


@pytest.mark.parametrize(
    ("number", "raw"),
    [*enumerate(structures(), 1)],
    ids=lambda value: value if isinstance(value, int) else "",
)
def test_no_trick_of_structure_hides_the_lure(number: int, raw: bytes) -> None:
    reading = read(Message(raw))
    # A mail in base64 (M83) is one that is attached, as every other.
    shown = reading.text + reading.attached + reading.quoted
    assert MARKER in shown
    assert "carte vitale" in shown
    assert (number in PLAIN) == (not reading.ambiguous)


@pytest.mark.parametrize("raw", encodings(), ids=[f"E{number}" for number in range(1, 21)])
def test_no_trick_of_encoding_hides_the_lure(raw: bytes) -> None:
    reading = read(Message(raw))
    assert MARKER in reading.text
    assert "http://x.invalid/" in {link.target for link in reading.links}


def test_a_clean_mail_is_not_ambiguous() -> None:
    reading = read(Message(mail(b"--B1\r\nContent-Type: text/html\r\n\r\n" + PAYLOAD + b"\r\n")))
    assert frozenset() == reading.ambiguous
    assert 1 == reading.text.count(MARKER)


def test_a_mail_attached_is_nested_and_one_that_is_the_body_is_not() -> None:
    inner = b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nhello\r\n"
    alone = walk(Message(b"From: a@b.example\r\n" + inner))
    assert [False, False] == [part.nested for part in alone.parts]
    attached = walk(Message(mail(b"--B1\r\n" + inner)))
    assert [("text/plain", False), ("message/rfc822", True), ("text/plain", True)] == [
        (part.content_type, part.nested) for part in attached.parts
    ]


def test_the_size_of_a_part_is_known_without_decoding() -> None:
    data = bytes(range(256)) * 5
    body = base64.encodebytes(data).replace(b"\n", b"\r\n")
    part = b"--B1\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body
    assert len(data) == walk(Message(mail(part))).parts[1].size


def test_limits_of_depth_and_number_are_noted() -> None:
    deep = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(3000)
    )
    assert "depth" in walk(Message(deep)).unreadable
    many = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 100_000
    structure = walk(Message(many))
    assert "parts" in structure.unreadable
    assert len(structure.parts) <= 1000


def test_uuencoded_files_come_with_their_names() -> None:
    assert (("a.txt", b"Cat"),) == decode_uu(b"begin 644 a.txt\n#0V%T\n`\nend\n")


def test_a_mail_in_base64_is_one_that_is_attached_and_no_text_of_its_sender() -> None:
    """It is not allowed (RFC 2046 section 5.2.1), and read by some; its header is shown by none as text."""
    inner = b"From: CPAM <avis@cpam-lille.example>\nSubject: Avis\nContent-Type: text/html\n\n<p>Votre carte"
    raw = (
        b'Subject: TR\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nJe te transmets.\r\n--b\r\n'
        b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(inner)
        + b"--b--\r\n"
    )

    reading = read(Message(raw))

    assert reading.text == "Je te transmets."
    assert "Votre carte" in reading.quoted
    assert "encoding" in reading.ambiguous


@given(st.binary())
def test_base64_is_read_back_and_nothing_raises(data: bytes) -> None:
    assert (data, False) == decode_base64(base64.encodebytes(data))
    decode_base64(data)
    decode_quoted_printable(data)
    decode_uu(b"begin 644 x\n" + data)


@given(
    st.lists(
        st.sampled_from(
            [b"--b", b"--b--", b"\r\n", b"\n", b"\r", b"Content-Type: ", b"multipart/mixed; boundary=b", b"text/html", b"x",
             b"Content-Transfer-Encoding: base64", b"message/rfc822", b" ", b"QW1l", b"\0", b"boundary=", b";", b"*0="]
        ),
        max_size=60,
    )
)  # fmt: skip
def test_no_structure_raises(pieces: list[bytes]) -> None:
    read(Message(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"".join(pieces)))
