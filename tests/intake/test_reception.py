import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.errors import Reply
from milter.intake.reception import (
    MAX_LINE,
    NOT_LINES,
    TOO_LARGE,
    TOO_LONG_A_LINE,
    Reception,
)
from milter.intake.replies import TOO_LARGE_A_HEADER
from tests.smuggling.vectors import FORBIDDEN, INSIDE


def received(
    wire: bytes,
    *,
    step: int = 65536,
    max_size: int = 10_000_000,
    max_header_size: int | None = None,
    normalize: bool = False,
) -> tuple[bytes | Reply, bytes]:
    reception = Reception(max_size, max_header_size, normalize=normalize)
    for start in range(0, len(wire), step):
        rest = reception.feed(wire[start : start + step])
        if rest is not None:
            return reception.mail(), rest + wire[start + step :]
    raise AssertionError("the end was not seen")


def stuffed(raw: bytes) -> bytes:
    return re.sub(rb"(?m)^\.", b"..", raw) + b".\r\n"


@pytest.mark.parametrize("step", [1, 2, 3, 5, 65536])
def test_the_end_is_found_wherever_the_segments_are_cut(step: int) -> None:
    raw = b"Subject: x\r\n\r\nhello\r\n"

    assert (raw, b"QUIT\r\n") == received(raw + b".\r\nQUIT\r\n", step=step)


def test_a_mail_of_nothing_is_a_mail() -> None:
    assert (b"", b"") == received(b".\r\n")


def test_stuffed_dots_lose_one_dot_in_every_line() -> None:
    raw = b".\r\n..\r\n.x\r\n\r\n.\r\n"

    assert (raw, b"") == received(stuffed(raw))


@given(
    st.lists(st.sampled_from([b".", b"\r\n", b"x", b".\r\n", b"\r\n.", b"ab"]), max_size=40),
    st.integers(1, 9),
)
def test_what_was_stuffed_comes_out_as_it_was(pieces: list[bytes], step: int) -> None:
    raw = b"".join(pieces) + b"\r\n"

    assert (raw, b"NOOP\r\n") == received(stuffed(raw) + b"NOOP\r\n", step=step)


@pytest.mark.parametrize("injected", [INSIDE[name] for name in FORBIDDEN], ids=FORBIDDEN)
def test_nothing_but_crlf_dot_crlf_ends_a_mail(injected: bytes) -> None:
    wire = b"Subject: outer\r\n\r\nhello" + injected + b"MAIL FROM:<smuggled@evil.example>\r\n.\r\nQUIT\r\n"

    assert (NOT_LINES, b"QUIT\r\n") == received(wire)


def test_a_stuffed_dot_alone_in_its_line_stays_in_the_mail() -> None:
    assert (b"hello\r\n.\r\nx\r\n", b"") == received(b"hello\r\n..\r\nx\r\n.\r\n")


@given(st.binary(max_size=300), st.integers(1, 50))
def test_no_bare_cr_lf_or_nul_comes_out_of_anything(noise: bytes, step: int) -> None:
    mail, _ = received(noise + b"\r\n.\r\n", step=step)

    assert isinstance(mail, Reply) or not re.search(rb"(?<!\r)\n|\r(?!\n)|\x00", mail)


def test_a_mail_over_the_size_is_read_to_its_real_end() -> None:
    wire = b"x" * 5000 + b"\r\n" + b"\n.\r\n" * 100 + b"y\r\n.\r\nNOOP\r\n"

    assert (TOO_LARGE, b"NOOP\r\n") == received(wire, max_size=1000, step=7)


def test_a_mail_over_the_size_is_not_kept() -> None:
    reception = Reception(1000)
    for _ in range(1000):
        reception.feed(b"x" * 1000)

    assert len(reception._kept) < 3000


@pytest.mark.parametrize(("size", "fits"), [(1000, True), (1001, False)])
def test_the_size_limit_is_for_the_mail_without_its_added_dots(size: int, fits: bool) -> None:
    raw = b".\r\n" * 330 + b"x" * (size - 992) + b"\r\n"

    mail, _ = received(stuffed(raw), max_size=1000, step=7)

    assert (raw if fits else TOO_LARGE) == mail


@pytest.mark.parametrize("length", [998, 1000, 1001, 2049, 65_536, MAX_LINE])
def test_long_lines_stay_as_they_are(length: int) -> None:
    raw = b"Subject: x\r\n\r\n" + b"a" * length + b"\r\nend\r\n"

    assert (raw, b"") == received(stuffed(raw))


@pytest.mark.parametrize(
    "raw", [b"a" * (MAX_LINE + 1) + b"\r\n", b"x\r\n" * 9 + b"a" * (MAX_LINE + 1) + b"\r\nz\r\n"]
)
def test_a_line_over_one_mebibyte_is_refused(raw: bytes) -> None:
    assert (TOO_LONG_A_LINE, b"") == received(stuffed(raw))


@pytest.mark.parametrize(("size", "fits"), [(999, True), (1000, True), (1001, False)])
@pytest.mark.parametrize("body", [b"\r\nbody\r\n", b"\r\n", b""])
def test_a_header_over_its_size_is_refused(size: int, fits: bool, body: bytes) -> None:
    header = b"Subject: x\r\nX-Long: " + b"a" * (size - 22) + b"\r\n"
    assert size == len(header)

    assert (header + body if fits else TOO_LARGE_A_HEADER) == received(
        stuffed(header + body), max_header_size=1000
    )[0]


def test_a_mail_without_a_header_has_none_that_is_too_large() -> None:
    raw = b"\r\n" + b"a" * 5000 + b"\r\n"

    assert raw == received(stuffed(raw), max_header_size=1000)[0]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"a\nb\rc\r\nd\r\r\ne\n\r\r\n", b"a\r\nb\r\nc\r\nd\r\n\r\ne\r\n\r\n\r\n"),
        (b"a\n.\nQUIT\r\n", b"a\r\n.\r\nQUIT\r\n"),
        (b"a\n.\r\nQUIT\r\n", b"a\r\n.\r\nQUIT\r\n"),
        (b"a\n..\nb\r\n", b"a\r\n..\r\nb\r\n"),
    ],
)
def test_line_ends_are_put_right_where_the_operator_wants_it(raw: bytes, expected: bytes) -> None:
    assert (expected, b"") == received(raw + b".\r\n", normalize=True)


def test_a_nul_is_refused_all_the_same() -> None:
    assert (NOT_LINES, b"") == received(b"a\nb\0\r\n.\r\n", normalize=True)


def test_line_ends_that_are_put_right_count() -> None:
    assert (TOO_LARGE, b"") == received(b"\n" * 600 + b"\r\n.\r\n", max_size=1000, normalize=True)


@given(st.binary(max_size=300), st.integers(1, 50))
def test_what_was_put_right_is_lines_of_text_or_refused(noise: bytes, step: int) -> None:
    mail, _ = received(noise + b"\r\n.\r\n", step=step, normalize=True)

    assert isinstance(mail, Reply) == (b"\0" in noise.partition(b"\r\n.\r\n")[0])
    assert isinstance(mail, Reply) or not re.search(rb"(?<!\r)\n|\r(?!\n)|\x00", mail)
