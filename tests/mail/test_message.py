import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.message import Message

HEADER_BYTES = st.lists(
    st.sampled_from([b"\r\n", b"\n", b"\r", b" ", b"\t", b":", b"From", b"Subject: x", b"\0", b"\xff", b"a"])
).map(b"".join)


def test_a_plain_mail_gives_its_fields_and_body() -> None:
    message = Message(b"From: a@b.example\r\nSubject: one\r\n two\r\n\r\nbody\r\n")
    assert ["from", "subject"] == [field.key for field in message.fields]
    assert b" one two" == message.all("subject")[0].value
    assert b"body\r\n" == message.body
    assert frozenset() == message.defects


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"])
def test_every_line_end_is_read(end: bytes) -> None:
    message = Message(end.join([b"From: a", b"To: b", b" c", b"", b"body"]))
    assert [("from", b" a"), ("to", b" b c")] == [(field.key, field.value) for field in message.fields]
    assert b"body" == message.body


def test_each_field_stands_where_it_says() -> None:
    raw = b"A: 1\r\nB: 2\r\n 3\r\nC: 4\n\r\nbody"
    for field in Message(raw).fields:
        assert field.raw == raw[field.start : field.end]


@pytest.mark.parametrize(
    ("raw", "defect"),
    [
        (b" From: <x@y.example>\r\n\r\n", "leading_space"),
        (b"From : <x@y.example>\r\n\r\n", "near_name"),
        (b"From\r\n : <x@y.example>\r\n\r\n", "near_name"),
        (b"From\xff: <x@y.example>\r\n\r\n", "near_name"),
        (b"\0From: <x@y.example>\r\n\r\n", "near_name"),
    ],
)
def test_a_near_name_counts_as_the_field_and_says_so(raw: bytes, defect: str) -> None:
    message = Message(raw)
    field = message.first("from")
    assert field is not None
    assert not field.plain
    assert defect in message.defects


def test_the_line_that_mbox_files_put_first_is_no_defect() -> None:
    message = Message(b"From x@y.example Mon Sep 12 10:11:12 2022\nFrom: a\n\n")
    assert 1 == len(message.all("from"))
    assert frozenset() == message.defects


def test_liberties_with_line_ends_are_noted() -> None:
    assert "bare_cr" in Message(b"A: 1\rB: 2\r\n\r\n").defects
    assert "mixed_line_ends" in Message(b"A: 1\nB: 2\r\n\r\n").defects
    assert "blank_continuation" in Message(b"A: 1\r\n \r\n 2\r\n\r\n").defects
    assert "not_a_field" in Message(b"A: 1\r\nno field\r\n\r\n").defects
    assert "no_body" in Message(b"A: 1").defects


def test_cr_cr_lf_ends_one_line_and_not_the_header() -> None:
    message = Message(b"From: <x@evil.example>\r\r\nFrom: <admin@ameli.fr>\r\n\r\nbody")
    assert 2 == len(message.all("from"))


def test_a_flood_of_fields_is_cut_but_hides_no_author() -> None:
    message = Message(b"X: y\r\n" * 3000 + b"From: a@b.example\r\n\r\n")
    assert 1001 == len(message.fields)
    assert message.first("from") is not None
    assert "fields" in message.defects


def test_a_header_without_end_is_cut() -> None:
    message = Message(b"X-A: b\r\n" * 100_000)
    assert "header_size" in message.defects
    assert message.raw == message.raw[: message.body_start] + message.body


@pytest.mark.parametrize(
    "flood",
    [
        b"X-A: b\r\n" * 100_000,
        b"Subject: " + b"a\r\n " * 250_000 + b"\r\n",
        b"To: " + b"u@b.example, " * 60_000 + b"\r\n",
        b"X-A: " + b"a" * 400_000 + b"\r\n",
        b"Subject: a\r\n" * 5000,
        b"subject: a\r\n" * 100_000,
    ],
)
def test_nothing_before_the_author_is_long_enough_to_hide_him_or_the_body(flood: bytes) -> None:
    message = Message(flood + b"X-B: c\r\nfrom: a@b.example\r\n (c)\r\n\r\nbody")
    assert [b" a@b.example (c)"] == [field.value for field in message.all("from")]
    assert b"body" == message.body


def test_the_author_across_the_limit_is_whole() -> None:
    for spare in range(12):
        flood = b"X: " + b"a" * (256 * 1024 - 5 - spare) + b"\r\n"
        message = Message(flood + b"From: a@b.example\r\nX-B: c\r\n\r\nbody")
        assert [b" a@b.example"] == [field.value for field in message.all("from")]


def test_a_field_over_its_limit_is_cut() -> None:
    message = Message(b"Subject: " + b"a\r\n " * 50_000 + b"\r\n\r\n")
    assert "field_size" in message.defects
    assert 65536 >= len(message.fields[0].value)


@given(st.one_of(st.binary(), HEADER_BYTES))
def test_no_bytes_raise_and_none_are_lost(raw: bytes) -> None:
    message = Message(raw)
    assert raw == message.raw[: message.body_start] + message.body
    end = 0
    for field in message.fields:
        assert end <= field.start <= field.end <= message.body_start
        assert field.raw == raw[field.start : field.end]
        end = field.end
