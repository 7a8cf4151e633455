# ruff: noqa: E501  one line a trick, as in the catalogue of threats
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.address import read_addresses, read_readers
from milter.mail.message import Message
from milter.mail.read import read
from milter.mail.reading import Mailbox

OFFICIAL = "admin@ameli.fr"

# THREATS, section A: each shows the official address to somebody, none is one plain author.
AMBIGUOUS = [
    b"From: <x@evil.example>\r\nFrom: <admin@ameli.fr>\r\n",
    b"From: <admin@ameli.fr>\r\nFrom: <x@evil.example>\r\n",
    b" From: <x@evil.example>\r\nFrom: <admin@ameli.fr>\r\n",
    b"From: <x@evil.example>\r\nFrom : <admin@ameli.fr>\r\n",
    b"From\r\n : <x@evil.example>\r\nFrom: <admin@ameli.fr>\r\n",
    b"From\r\n : <x@evil.example>\r\nSender: <admin@ameli.fr>\r\n",
    b"From\r\n : <x@evil.example>\r\nResent-From: <admin@ameli.fr>\r\n",
    b"Sender: <admin@ameli.fr>\r\n",
    b"   From: <x@evil.example>\r\nFrom:\r\nResent-From: <admin@ameli.fr>\r\n",
    b"From: <x@evil.example>, <admin@ameli.fr>\r\n",
    b"From: <x@evil.example>, <y@evil.example>\r\nSender: <admin@ameli.fr>\r\n",
    b"From: =?utf-8?B?PGFkbWluQGFtZWxpLmZyPg==?=,<x@evil.example>\r\n",
    b"From: =?utf-8?B?YWRtaW5AYW1lbGkuZnI=?=\r\n",
    b"From: <@evil.example,@any.com:admin@ameli.fr>\r\n",
    b"From: <admin@ameli.fr>\\,<x@evil.example>\r\n",
    b"From: admin@ameli.fr,<x@evil.example>\r\n",
    b"From: <x@evil.example>admin@ameli.fr\r\n",
    "From: admin@ameli.fr\u2000\r\n".encode(),
    "From: admin@\u202erf.ilema\u202d\r\n".encode(),
    b"From: <admin@ameli.fr\x00.evil.example>\r\n",
    b"From: <admin@ameli.fr}evil.example>\r\n",
    b"From:(comm\r\n ent),<@gmail.com:@b.com:admin@ameli.fr>(comm\r\n ent)\r\n",
    b" FrOM: <x@evil.example>\r\nFROM: <admin@ameli.fr>\r\n",
    b"From: CPAM:admin@ameli.fr;, <x@evil.example>\r\n",
    b'From: "admin@ameli.fr"@evil.example\r\n',
    b"From: admin@ameli.fr@evil.example\r\n",
    b"From: Ameli <admin@ameli.fr\r\n",
    b'From: "Ameli <admin@ameli.fr\r\n',
    b"From: <<admin@ameli.fr>>\r\n",
    b"From: x <admin@ame\xe2\x80\x8bli.fr>\r\n",
]

PLAIN = [
    (b"From: j@x.example", "", "j@x.example"),
    (b"From: <J@X.example>", "", "j@x.example"),
    (b'From: "Martin, Jean" <j@x.example>', "Martin, Jean", "j@x.example"),
    (b"From: Jean (bureau) <j@x.example>", "Jean (bureau)", "j@x.example"),
    (b"From: j@x.example (Jean)", "Jean", "j@x.example"),
    (b"From: j@x.example <j@x.example>", "j@x.example", "j@x.example"),
    (b'From: "a b"@x.example', "", '"a b"@x.example'),
    (b"From: =?utf-8?q?Am=C3=A9lie?= Martin <a@x.example>", "Amélie Martin", "a@x.example"),
    ("From: Amélie <a@x.example>".encode("cp1252"), "Amélie", "a@x.example"),
    (b"From: Dr. J. O'Neil [x] <j@x.example>", "Dr. J. O'Neil [x]", "j@x.example"),
    (b'From: "ne-pas-repondre@assurance-maladie.fr" <x@e.example>', "ne-pas-repondre@assurance-maladie.fr", "x@e.example"),
    (b"From: =?utf-8?q?Assurance_Maladie_=3Cn=40ameli=2Efr=3E?= <x@e.example>", "Assurance Maladie <n@ameli.fr>", "x@e.example"),
    (b"From: x@e.example (ameli@assurance-maladie.fr)", "ameli@assurance-maladie.fr", "x@e.example"),
    (b"From: =?utf-8?B?QW1lbGk?= <x@e.example>", "Ameli", "x@e.example"),
    (b"From: =?utf-8?B?YQ0KQmNjOiBldmlsQHg=?= <x@e.example>", "a  Bcc: evil@x", "x@e.example"),
    (b"From: Ameli <info@xn--meli-43d.fr>", "Ameli", "info@xn--meli-43d.fr"),
    (b"From: " + b"(" * 2000 + b")" * 2000 + b" x@e.example", "", "x@e.example"),
]  # fmt: skip


@pytest.mark.parametrize("header", AMBIGUOUS)
def test_every_view_of_a_twisted_author_is_found_and_flagged(header: bytes) -> None:
    found = read_addresses(Message(header + b"\r\nx"))
    assert OFFICIAL in {one.address for one in found.authors}
    assert "author" in found.ambiguous


@pytest.mark.parametrize(("header", "shown", "address"), PLAIN)
def test_a_plain_author_is_one_mailbox_and_not_ambiguous(header: bytes, shown: str, address: str) -> None:
    found = read_addresses(Message(header + b"\r\nSender: list@l.example\r\n\r\nx"))
    assert (Mailbox(shown, address),) == found.authors
    assert frozenset() == found.ambiguous


def test_letters_shown_backwards_are_read_as_shown() -> None:
    header = "From: \u202erf.ilema@\u202d@evil.example\r\n\r\n".encode()
    assert "@ameli.fr@evil.example" in {one.display_name for one in read_addresses(Message(header)).authors}


def test_several_answers_are_listed_in_order() -> None:
    found = read_addresses(
        Message(b"From: a@b.example\r\nReply-To: Ameli <c@d.example>, e@f.example\r\n\r\n")
    )
    assert (
        Mailbox("Ameli", "c@d.example", "Reply-To"),
        Mailbox("", "e@f.example", "Reply-To"),
    ) == found.reply_to
    assert frozenset() == found.ambiguous


def test_no_author_at_all_is_ambiguous() -> None:
    found = read_addresses(Message(b"Subject: x\r\n\r\n"))
    assert () == found.authors
    assert {"author"} == found.ambiguous


@pytest.mark.parametrize(
    "header",
    [b"From: " + b"," * 20_000, b"".join([b"From: " + b"," * 5000 + b"\r\n"] * 3), b"From: a@b.example\r\n" * 21, b"From: " + b"a@b.example, " * 300, b"Sender: " + b"x" * 10_000 + b"\r\n",
     b"From: " + b"(a)" * 5_000 + b"\r\nReply-To: " + b"(a)" * 5_000],
)  # fmt: skip
def test_what_is_too_much_to_read_of_the_address_fields_is_noted(header: bytes) -> None:
    assert "addresses" in read_addresses(Message(header + b"\r\n\r\n")).unreadable


def test_an_address_is_found_whatever_stands_before_it() -> None:
    found = read_addresses(Message(b"From: " + b"x" * 8000 + b"a@b.example@c.example\r\n\r\n")).authors
    assert "b.example@c.example" in {one.address for one in found}
    assert "x" * 63 + "a@b.example" in {one.address for one in found}


@given(
    st.lists(
        st.sampled_from(
            [b"<", b">", b"(", b")", b'"', b"\\", b",", b";", b":", b"@", b"a", b"b.fr", b" ", b"\0", b"=?utf-8?q?", b"?="]
        )
    )
)  # fmt: skip
def test_no_author_field_raises(pieces: list[bytes]) -> None:
    read_addresses(
        Message(b"From: " + b"".join(pieces) + b"\r\nReply-To: " + b"".join(pieces[::-1]) + b"\r\n\r\n")
    )


@given(st.binary())
def test_no_bytes_raise(value: bytes) -> None:
    for one in read_addresses(Message(b"From: " + value)).authors:
        assert one.address == one.address.lower()


def test_the_readers_are_those_of_to_and_cc() -> None:
    header = (
        b'To: "Ab, Use" <Abuse@Provider.example>, paul@x.example\r\n'
        b"Cc: list: a.b+c@y.example, paul@x.example;\r\nBcc: hidden@z.example\r\nFrom: f@w.example\r\n"
    )
    raw = Message(header + b"\r\nText\r\n")

    assert read(raw).readers == ("abuse@provider.example", "paul@x.example", "a.b+c@y.example")


@given(st.binary(max_size=300))
def test_any_octets_in_to_give_a_bounded_number_of_readers(octets: bytes) -> None:
    found = read_readers(Message(b"To: " + octets.replace(b"\n", b" ") + b"\r\n\r\n"))

    assert all("@" in one and len(one) <= 64 + 1 + 253 for one in found)
