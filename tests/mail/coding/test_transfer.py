import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.coding.transfer import decode_quoted_printable, decode_uu


@pytest.mark.parametrize(
    ("coded", "data"),
    [
        (b"a=\r\nb\r\nc", b"ab\r\nc"),
        (b"a= \r\nb\r\n", b"ab\r\n"),
        (b"a=\t\r\nb\r\n", b"ab\r\n"),
        (b"a=\nb\r\n", b"ab\r\n"),
        (b"a=\nb\n", b"ab\n"),
        (b"a=\rb", b"ab"),
        (b"=4=\r\n1=", b"A"),
        (b"=C3=A9 = =3", "é = =3".encode()),
        (b"a= ", b"a= "),
    ],
)
def test_every_soft_line_break_is_undone(coded: bytes, data: bytes) -> None:
    assert data == decode_quoted_printable(coded)


def test_a_file_of_uuencode_ends_where_it_says_or_where_the_next_begins() -> None:
    coded = (
        b"begin 644 a\r\n#0V%T\r\nend\r\nbegin 644 b\r\n#0V%T\r\n"
        + b"begin 644 c\r\n" * 50
        + b"#0V%T\r\nend\r\n"
    )

    files = decode_uu(coded)
    assert [("a", b"Cat"), ("b", b"Cat"), ("c", b"")] == list(files[:3])
    assert ("c", b"Cat") == files[-1]


@given(st.binary())
def test_what_is_written_as_the_standard_says_comes_back(data: bytes) -> None:
    data = data.replace(b"\r", b"").replace(b"\n", b"\r\n")
    lines = quopri.encodestring(data.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    assert data == decode_quoted_printable(lines)


@given(st.lists(st.sampled_from([b"=", b" ", b"\t", b"\r", b"\n", b"4", b"1", b"x"])))
def test_no_bytes_raise(pieces: list[bytes]) -> None:
    decode_quoted_printable(b"".join(pieces))
