from hypothesis import given
from hypothesis import strategies as st

from milter.mail.message import read_header
from milter.mail.structure.content import mime_header_at, mime_header_of

_PIECES = (
    b"Content-Type: text/html; charset=utf-8", b"Content-Type: image/png; name=a",
    b"content-type : text/plain",
    b"Content-Transfer-Encoding: base64", b"Content-Disposition: attachment; filename=b", b"Subject: x", b"x",
    b"\r\n", b"\r\n\r\n", b"\n", b"\n\n", b"\r", b" ", b"\0", b"y" * 400,
)  # fmt: skip


@given(st.lists(st.sampled_from(_PIECES), max_size=9), st.lists(st.sampled_from(_PIECES), max_size=9))
def test_a_header_that_is_known_says_what_it_says_where_it_stands(
    before: list[bytes], header: list[bytes]
) -> None:
    start = sum(map(len, before))
    source = b"".join((*before, *header, b"\r\n--end--\r\n\r\n"))
    end = start + sum(map(len, header))
    fields, body, defects = read_header(source, start, end)
    for _ in range(2):
        assert mime_header_at(source, start, end) == (mime_header_of(fields, defects), body)


def test_a_part_says_what_it_is() -> None:
    header = (
        b"Content-Type: text/html; charset=utf-8\r\nContent-Disposition: attachment; filename=b.html\r\n\r\n"
    )
    found, body = mime_header_at(b"--a\r\n" + header + b"<p>", 5, 5 + len(header) + 3)
    assert (found.content_type, found.charset, found.name, found.attached) == (
        "text/html",
        "utf-8",
        "b.html",
        True,
    )
    assert not found.ambiguous
    assert body == 5 + len(header)
