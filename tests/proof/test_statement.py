"""Authentication-Results of others: whose are believed, and what is read in them (RFC 8601)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.domain import Domain
from milter.mail.message import Message
from milter.proof.authres import build
from milter.proof.proof import AuthResult, Method, Proof, Result, Standing
from milter.proof.statement import Statement, read_sealed_statement, read_statement, trusted_statements
from tests.proof.asking import ask, standing
from tests.proof.signing import MAIL, relaxed_body, signed

FRONT = "mx.town.example"
SAYS = b"Authentication-Results: mx.town.example; dkim=pass header.d=info.ameli.fr header.s=s1\r\n"
OWN_HOP = (
    b"Received: from a.example (a.example [192.0.2.1]) by mx.town.example (Postfix) with ESMTP id 1; now\r\n"
)
STRANGER = b"Received: from b.example by a.example with ESMTP id 2; now\r\n"
# The server in front put a banner into the body after it had verified the signature.
CHANGED = signed() + b"Message externe\r\n"


def of(mail: bytes, *authserv_ids: str) -> Standing:
    return standing(ask(mail, authserv_ids=authserv_ids)[0])


def test_by_default_nobody_is_believed() -> None:
    assert Standing.UNPROVEN is of(SAYS + CHANGED)


@pytest.mark.parametrize("head", [SAYS, SAYS + OWN_HOP, OWN_HOP + SAYS, SAYS + OWN_HOP + STRANGER])
def test_a_listed_server_is_believed_above_and_below_its_own_received(head: bytes) -> None:
    proof, _ = ask(head + CHANGED, authserv_ids=("MX.town.example.",))

    assert Standing.PROVEN is standing(proof)
    assert proof.attested
    assert FRONT == proof.attested.by


@pytest.mark.parametrize(
    "head",
    [
        STRANGER + SAYS,
        OWN_HOP + STRANGER + SAYS,
        OWN_HOP + OWN_HOP + SAYS,
        SAYS.replace(b"mx.town.example", b"mx.evil.example"),
        SAYS.replace(b"mx.town.example", b"mx.town.example.evil.example"),
        SAYS.replace(b"mx.town.example;", b"mx.evil.example mx.town.example;"),
        SAYS.replace(b"mx.town.example;", b"(mx.town.example;"),
        SAYS.replace(b"Results:", b"Results :"),
        SAYS.replace(b"dkim=pass", b"dkim=fail"),
        SAYS.replace(b"info.ameli.fr", b"evil.example"),
        SAYS.replace(b"header.d=", b"header.d=evil.example header.d="),
        SAYS.replace(b"header.d=info.ameli.fr", b"header.d=ameli.fr(.evil.example"),
        SAYS.replace(b"header.d=", b"header.from="),
        OWN_HOP.replace(b"by mx.town", b"by a.example (by mx.town").replace(b" (Postfix)", b")") + SAYS,
    ],
)
def test_what_a_stranger_may_have_written_is_not_believed(head: bytes) -> None:
    assert Standing.UNPROVEN is of(head + CHANGED, FRONT)


@pytest.mark.parametrize(
    "mail",
    [
        MAIL,
        signed(h="from") + b"x\r\n",
        signed(l="8"),
        signed(l="8") + b"x\r\n",
        b"Subject: Remboursement\r\n" + CHANGED,
        signed(s="nobody") + b"x\r\n",
        signed(d="evil.example") + b"x\r\n",
    ],
    ids=["none", "from only", "l=", "l= and changed", "second subject", "no key", "foreign"],
)
def test_a_word_makes_no_weak_signature_strong(mail: bytes) -> None:
    assert Standing.UNPROVEN is of(SAYS + mail, FRONT)


def test_no_word_counts_for_a_signature_with_a_length() -> None:
    """Were it right, somebody could still add to the body; what was cut off we cannot know."""
    whole = str(len(relaxed_body(MAIL.partition(b"\r\n\r\n")[2])))
    changed = signed(l=whole).replace(b"Bonjour", b"Bonsoir")

    assert Standing.UNPROVEN is of(SAYS + changed, FRONT)
    assert Standing.PROVEN is of(SAYS + signed().replace(b"Bonjour", b"Bonsoir"), FRONT)


def test_a_word_about_somebody_else_is_none() -> None:
    says = SAYS.replace(b"info.ameli.fr", b"evil.example")

    assert ask(says + signed(d="evil.example") + b"x\r\n", authserv_ids=(FRONT,))[0].attested is None


def test_where_our_own_look_up_fails_the_server_in_front_is_believed() -> None:
    proof, _ = ask(SAYS + signed(), authserv_ids=(FRONT,), silent=("s1._domainkey.info.ameli.fr",))

    assert Standing.PROVEN is standing(proof)


@pytest.mark.parametrize(
    ("value", "signed_by"),
    [
        (b" mx.a.example; dkim=pass header.d=b.example", {"b.example"}),
        (b" mx.a.example 1; dkim=pass header.i=@m.b.example header.s=x header.b=Ab+/=", {"m.b.example"}),
        (b" mx.a.example;\r\n\tdkim=pass (2048-bit key; x) header.d=B.Example;\r\n spf=pass", {"b.example"}),
        (b' "mx.a.example" ; dkim = pass reason="ok; dkim=pass" header.d = "b.example"', {"b.example"}),
        (b" mx.a.example; dkim/1=pass header.d=b.example; dkim=pass header.d=c.fr", {"b.example", "c.fr"}),
        (b" mx.a.example; dkim=pass header.i=user@b.example (x\\)y) header.d=b.example", {"b.example"}),
        (b" mx.a.example; none", set()),
        (b" mx.a.example; dkim=pass", set()),
        (b" mx.a.example; dkim=pass header.d=b_c.example", set()),
        (b" mx.a.example; dkim=pass header.d=localhost", set()),
        (b" mx.a.example; xdkim=pass header.d=b.example; dkim-atps=pass header.d=b.example", set()),
        (b" mx.a.example; dkim=pass x=header.d=b.example", set()),
    ],
)  # fmt: skip
def test_what_real_servers_write_is_read(value: bytes, signed_by: set[str]) -> None:
    assert Statement("mx.a.example", frozenset(map(Domain, signed_by))) == read_statement(value)


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b" dkim=pass header.d=b.example",
        b" spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=a.example; dkim=pass header.d=b.example",
        b" mx.a.example 2; dkim=pass header.d=b.example",
        b" mx.a.example (; dkim=pass header.d=b.example",
        b' mx.a.example; dkim=pass "; header.d=b.example',
        b" mx.a.example; dkim=pass ) header.d=c.example ( header.d=b.example",
        b" mx.a.example); dkim=pass header.d=b.example",
        b" mx.a\x00.example; dkim=pass header.d=b.example",
        " mx.a\u200b.example; dkim=pass header.d=b.example".encode(),
        b" mx.a.example; dkim=pass header.d=b.example" + b" " * 9000,
    ],
)
def test_what_is_not_plain_is_not_read(value: bytes) -> None:
    assert read_statement(value) is None


def test_what_we_write_ourselves_can_be_read() -> None:
    results = (
        AuthResult(Method.DKIM, Result.POLICY, Domain("ameli.fr"), "s1", 'l= "short" (x)'),
        AuthResult(Method.DKIM, Result.PASS, Domain("info.ameli.fr"), "s1"),
    )

    assert Statement("gw.b.example", frozenset({Domain("info.ameli.fr")})) == read_statement(
        build("gw.b.example", Proof(None, results))
    )


@given(
    st.one_of(st.binary(max_size=300), st.text('dkim=pas;()"\\ \theader.xyz', max_size=200).map(str.encode))
)
def test_no_value_raises(value: bytes) -> None:
    for one in (value, b" mx.a.example; " + value, b"i=1; mx.a.example; " + value):
        read_statement(one)
        read_sealed_statement(one)
    fields = (
        b"Received: "
        + value.replace(b"\n", b"")
        + b"\r\nAuthentication-Results: "
        + value.replace(b"\n", b"")
    )
    tuple(trusted_statements(Message(fields + b"\r\n\r\nx"), frozenset({"mx.a.example"})))


def test_a_value_full_of_brackets_is_read_in_linear_time() -> None:
    for piece in (b"(", b"()", b'"', b"\\", b"=", b" =", b" ", b"by ", b"a."):
        read_statement(b"mx.a.example; dkim=pass " + piece * (8000 // len(piece)))
