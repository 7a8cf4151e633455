"""SPF over our own resolver: the right identity is tested, and nothing a zone says raises."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milter.mail.domain import Domain
from milter.mail.envelope import Envelope
from milter.proof.dns import Resolver
from milter.proof.proof import AuthResult, Method, Result
from milter.proof.spf import check_spf
from tests.dns_server import DnsServer

RECORDS = {
    "own.example": {"TXT": ["v=spf1 ip4:192.0.2.1 -all"]},
    "mx.example": {"TXT": ["v=spf1 mx -all"], "MX": ["10 a.example."]},
    "a.example": {"A": ["192.0.2.1"], "AAAA": ["2001:db8::1"]},
    "loop.example": {"TXT": ["v=spf1 include:loop.example -all"]},
    "odd.example": {"TXT": ["v=spf1 nonsense"]},
    "eight.example": {"TXT": ["v=spf1 ip4:192.0.2.1 a:é -all"]},
    "evil.example": {"TXT": ["v=spf1 +all"]},
}


def spf(reverse_path: str, helo: str = "helo.example", client: str = "192.0.2.1") -> AuthResult:
    envelope = Envelope(client, helo, reverse_path, ("v@b.example",))
    with DnsServer(zone=None, records=RECORDS) as server:
        return asyncio.run(check_spf(envelope, Resolver([server.address], timeout=60.0), 60.0))


@pytest.mark.parametrize(
    ("reverse_path", "client", "result"),
    [
        ("a@own.example", "192.0.2.1", Result.PASS),
        ("a@own.example", "IPv6:2001:db8::1", Result.FAIL),
        ("a@mx.example", "192.0.2.1", Result.PASS),
        ("a@mx.example", "2001:db8::1", Result.PASS),
        ("a@mx.example", "192.0.2.9", Result.FAIL),
        ("a@nobody.example", "192.0.2.1", Result.NONE),
        ("a@loop.example", "192.0.2.1", Result.PERMERROR),
        ("a@odd.example", "192.0.2.1", Result.PERMERROR),
        ("a@eight.example", "192.0.2.1", Result.PERMERROR),
    ],
)
def test_the_domain_of_mail_from_is_asked(reverse_path: str, client: str, result: Result) -> None:
    expected = AuthResult(Method.SPF, result, Domain.parse(reverse_path.partition("@")[2]))

    assert expected == spf(reverse_path, client=client)


def test_the_name_in_helo_is_asked_only_where_there_is_no_reverse_path() -> None:
    assert (Result.PASS, Domain("own.example")) == ((one := spf("", "own.example")).result, one.domain)


def test_a_pass_of_the_name_in_helo_says_nothing_about_a_mail_from_without_record() -> None:
    """THREATS A1: alignment must come from the identity that passed."""
    found = spf("any@nobody.example", "evil.example")

    assert (Result.NONE, Domain("nobody.example")) == (found.result, found.domain)


@pytest.mark.parametrize(
    ("reverse_path", "helo", "client"),
    [
        ("", "[192.0.2.1]", "192.0.2.1"),
        ("", "localhost", "192.0.2.1"),
        ("a@(own.example", "own.example", "192.0.2.1"),
        ("a@own.example\x00", "own.example", "192.0.2.1"),
        ("a@own.example", "own.example", "unknown"),
        ("a@own.example", "own.example", "127.0.0.1"),
    ],
)
def test_what_cannot_be_tested_has_no_result(reverse_path: str, helo: str, client: str) -> None:
    assert Result.NONE is spf(reverse_path, helo, client).result


def test_dns_away_is_a_temporary_error() -> None:
    with DnsServer(zone=None) as server:
        server.mode = "dead"
        envelope = Envelope("192.0.2.1", "h.example", "a@own.example", ())
        found = asyncio.run(check_spf(envelope, Resolver([server.address], timeout=0.2), 1.0))

    assert Result.TEMPERROR is found.result


@settings(max_examples=40, deadline=None)
@given(
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60),
    st.text(max_size=30),
)
def test_no_policy_and_no_local_part_raises(policy: str, local_part: str) -> None:
    records = {"own.example": {"TXT": [f"v=spf1 {policy}"]}}
    envelope = Envelope("192.0.2.1", local_part, f"{local_part}@own.example", ())
    with DnsServer(zone=None, records=records) as server:
        found = asyncio.run(check_spf(envelope, Resolver([server.address], timeout=0.2), 1.0))

    assert Method.SPF is found.method
