"""Who a client is said to be, by whom we believe."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.intake.client import Client, Identity, plain_address
from milter.intake.commands import Refuse

PEER = Client("127.0.0.1", 40000)


def identity() -> Identity:
    return Identity(PEER, may_name=True)


def test_xclient_says_whose_connection_it_is() -> None:
    one = identity()
    one.xclient("NAME=mx.client.example ADDR=192.0.2.7 PORT=4711 PROTO=SMTP HELO=client.example LOGIN=anne")

    assert Client("192.0.2.7", 4711, "mx.client.example", "client.example", False, "anne") == one.client


def test_several_commands_add_up() -> None:
    one = identity()
    one.xforward("NAME=mx.client.example ADDR=192.0.2.7 PORT=4711")
    one.xforward("PROTO=ESMTP HELO=client.example IDENT=4bXyz SOURCE=REMOTE")

    assert Client("192.0.2.7", 4711, "mx.client.example", "client.example", True) == one.client


def test_xforward_is_for_one_mail_and_xclient_for_the_connection() -> None:
    one = identity()
    one.xclient("ADDR=192.0.2.7")
    one.xforward("ADDR=192.0.2.8")
    during = one.client.address
    one.mail_ended()
    after = one.client.address
    one.forget()

    assert ["192.0.2.8", "192.0.2.7", PEER] == [during, after, one.client]


@pytest.mark.parametrize("say", [Identity.xclient, Identity.xforward])
def test_what_was_known_of_the_one_before_does_not_hold_for_the_next(say: object) -> None:
    one = Identity(Client("127.0.0.1", 40000, "proxy.example"), may_name=True)
    say(one, "ADDR=192.0.2.7")  # type: ignore[operator] # one of the two methods

    assert ("192.0.2.7", 0, "") == (one.client.address, one.client.port, one.client.name)


def test_an_address_that_is_not_known_is_nobodys() -> None:
    one = identity()
    one.xforward("NAME=[UNAVAILABLE] ADDR=[UNAVAILABLE] PORT=[unavailable] HELO=[TEMPUNAVAIL]")

    assert Client("", 0, "", "") == one.client


@pytest.mark.parametrize(
    ("given_address", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("IPV6:2001:DB8:0::7", "2001:db8::7"),
        ("ipv6:2001:db8::7", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("IPV6:::ffff:192.0.2.7", "192.0.2.7"),
        ("IPV6:fe80::1%eth0", "fe80::1"),
    ],
)
def test_an_address_is_written_in_one_way(given_address: str, expected: str) -> None:
    one = identity()
    one.xclient(f"ADDR={given_address}")

    assert expected == one.client.address


def test_xtext_is_read() -> None:
    one = identity()
    one.xclient("HELO=+C3+A9+20+3D+2Bx LOGIN=é+2B")

    assert ("é =+x", "é+") == (one.client.helo, one.client.login)


def test_a_strange_helo_is_no_reason_to_refuse_the_mail_of_a_server_in_front() -> None:
    one = identity()
    one.xforward("HELO=a+00+0D+0Ab+FF")

    assert "a???b\ufffd" == one.client.helo


@pytest.mark.parametrize(
    "argument",
    [
        "",
        "ADDR",
        "ADDR=",
        "=192.0.2.7",
        "ADDR=192.0.2.256",
        "ADDR=192.0.2.7 ADDR=192.0.2.8",
        "ADDR=192.0.2.0/24",
        "ADDR=client.example",
        "PORT=65536",
        "PORT=-1",
        "PORT=0x19",
        "PORT=٣",
        "NAME=a+0Ab",
        "NAME=a+20b",
        "NAME=é.example",
        "LOGIN=a+0Db",
        "LOGIN=a+",
        "LOGIN=a+4",
        "LOGIN=a+GG",
        "LOGIN=a=b",
        "PROTO=E+20SMTP",
        "SOURCE=LOCAL",
        "COLOUR=red",
        "LOGIN=" + "a" * 1025,
    ],
)
def test_what_is_malformed_changes_nothing(argument: str) -> None:
    one = identity()
    with pytest.raises(Refuse) as refused:
        one.xclient(argument)

    assert (501, PEER) == (refused.value.answer.code, one.client)


VALUE = r"([ -~]{0,9}|\+[0-9A-F]{2}|IPV6:[0-9a-f:.]{2,20}|[0-9.]{7,15})"
NOISE = st.text(max_size=60) | st.from_regex(
    rf"((NAME|ADDR|PORT|PROTO|HELO|LOGIN|IDENT|SOURCE)={VALUE} ?){{1,4}}", fullmatch=True
)


@given(st.lists(st.tuples(st.booleans(), NOISE), max_size=5))
def test_any_attributes_are_read_or_refused(said: list[tuple[bool, str]]) -> None:
    one = identity()
    for is_xclient, argument in said:
        with contextlib.suppress(Refuse):
            (one.xclient if is_xclient else one.xforward)(argument)
        client = one.client
        assert not client.address or client.address == plain_address(client.address)
        assert 0 <= client.port < 65536
        assert client.name.isprintable()
        assert (client.helo or "").isprintable()
        assert client.login.isprintable()
