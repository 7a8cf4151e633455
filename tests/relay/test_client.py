import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.envelope import Envelope
from milter.relay.client import commands

EVERYTHING = "NAME ADDR PORT PROTO HELO LOGIN DESTADDR SOURCE IDENT"


def test_what_is_known_is_told_where_it_is_asked_for() -> None:
    client = Envelope(
        "192.0.2.1", "client.example", "", (), client_name="mx.example", client_port=40_000, login="marie"
    )
    assert (
        b"XCLIENT PROTO=ESMTP HELO=client.example\r\n",
        b"XCLIENT LOGIN=marie\r\n",
        b"XCLIENT NAME=mx.example ADDR=192.0.2.1 PORT=40000\r\n",
    ) == commands("XCLIENT", client, EVERYTHING)
    assert (b"XFORWARD ADDR=192.0.2.1\r\n",) == commands("XFORWARD", client, "addr source")
    assert () == commands("XFORWARD", client, "SOURCE")


def test_what_is_not_known_is_unavailable_and_nothing_can_be_broken_by_the_client() -> None:
    client = Envelope("2001:db8::1", "he lo\r\nRSET=", "", (), client_name="no name", esmtp=False)
    assert (
        b"XFORWARD PROTO=SMTP HELO=he+20lo+0D+0ARSET+3D\r\n",
        b"XFORWARD LOGIN=[UNAVAILABLE]\r\n",
        b"XFORWARD NAME=[UNAVAILABLE] ADDR=IPV6:2001:db8::1 PORT=[UNAVAILABLE]\r\n",
    ) == commands("XFORWARD", client, EVERYTHING)
    long = Envelope("unknown", "é" * 200, "", ())
    assert (b"XFORWARD HELO=[UNAVAILABLE]\r\n", b"XFORWARD ADDR=[UNAVAILABLE]\r\n") == commands(
        "XFORWARD", long, "HELO ADDR"
    )


@pytest.mark.parametrize("verb", ["XFORWARD", "XCLIENT"])
@given(words=st.tuples(*[st.text(max_size=300)] * 4))
def test_whatever_a_client_says_each_command_is_one_short_line(
    verb: str, words: tuple[str, str, str, str]
) -> None:
    address, helo, name, login = words
    client = Envelope(address, helo, "", (), client_name=name, login=login)
    for line in commands(verb, client, EVERYTHING):
        assert line.endswith(b"\r\n")
        assert len(line) <= 512
        assert all(0x20 <= octet < 0x7F for octet in line[:-2])
