"""DMARC: which record speaks for a domain, which policy it names, and what is aligned (RFC 9989)."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.domain import Domain
from milter.proof.dmarc import check_dmarc, read_record
from milter.proof.dns import DnsAway, Resolver
from milter.proof.proof import AuthResult, Method, Result
from tests.dns_server import DnsServer, Mode

ORG = {"_dmarc.org.example": {"TXT": ["v=DMARC1; p=reject; sp=quarantine; np=none"]}}
SUFFIX = {
    "_dmarc.suffix.example": {"TXT": ["v=DMARC1; psd=y; p=reject"]},
    "_dmarc.a.suffix.example": {"TXT": ["v=DMARC1; p=none"]},
}


def dkim_pass(domain: str) -> AuthResult:
    return AuthResult(Method.DKIM, Result.PASS, Domain(domain), "s")


def spf_pass(domain: str) -> AuthResult:
    return AuthResult(Method.SPF, Result.PASS, Domain(domain))


def dmarc(
    author: str, *results: AuthResult, records: dict[str, dict[str, list[str]]], mode: Mode = "answers"
) -> tuple[Result, str]:
    with DnsServer(zone=None, records=records) as server:
        server.mode = mode
        resolver = Resolver([server.address], timeout=0.3 if mode == "dead" else 60.0)
        found = asyncio.run(check_dmarc(Domain(author), results, resolver))
    return found.result, found.reason


def test_without_a_record_there_is_no_result() -> None:
    assert (Result.NONE, "") == dmarc("org.example", dkim_pass("org.example"), records={})


@pytest.mark.parametrize(
    ("signing", "result"),
    [
        ("org.example", Result.PASS),
        ("news.org.example", Result.PASS),
        ("evil.example", Result.FAIL),
        ("evil-org.example", Result.FAIL),
    ],
)
def test_a_signature_of_the_same_organization_is_aligned(signing: str, result: Result) -> None:
    assert (result, "p=reject") == dmarc("org.example", dkim_pass(signing), records=ORG)


def test_an_aligned_spf_pass_counts_as_well() -> None:
    assert (Result.PASS, "p=reject") == dmarc("org.example", spf_pass("bounce.org.example"), records=ORG)


def test_what_is_no_pass_does_not_count() -> None:
    weak = AuthResult(Method.DKIM, Result.POLICY, Domain("org.example"), "s", "l=")

    assert Result.FAIL is dmarc("org.example", weak, records=ORG)[0]


@pytest.mark.parametrize(
    ("tag", "one"), [("adkim", dkim_pass("m.org.example")), ("aspf", spf_pass("m.org.example"))]
)
def test_strict_alignment_wants_the_very_domain(tag: str, one: AuthResult) -> None:
    records = {"_dmarc.org.example": {"TXT": [f"v=DMARC1; p=reject; {tag}=s"]}}

    assert Result.FAIL is dmarc("org.example", one, records=records)[0]
    assert Result.PASS is dmarc("m.org.example", one, records=records)[0]


def test_below_the_record_sp_is_the_policy_and_np_where_the_domain_does_not_exist() -> None:
    exists = {"news.org.example": {"MX": ["10 mx.org.example."]}}

    assert "p=quarantine" == dmarc("news.org.example", records=ORG | exists)[1]
    assert "p=none" == dmarc("notexist.org.example", records=ORG)[1]


def test_a_public_suffix_that_says_so_is_nobodys_organization() -> None:
    assert Result.FAIL is dmarc("a.suffix.example", dkim_pass("b.suffix.example"), records=SUFFIX)[0]
    assert Result.PASS is dmarc("a.suffix.example", dkim_pass("m.a.suffix.example"), records=SUFFIX)[0]


def test_the_suffix_speaks_for_a_domain_below_it_that_has_no_record() -> None:
    assert (Result.FAIL, "p=reject") == dmarc("c.suffix.example", records=SUFFIX)


def test_psd_n_begins_an_organization_of_its_own() -> None:
    records = ORG | {"_dmarc.own.org.example": {"TXT": ["v=DMARC1; psd=n; p=none"]}}

    assert Result.FAIL is dmarc("own.org.example", dkim_pass("org.example"), records=records)[0]
    assert Result.FAIL is dmarc("org.example", dkim_pass("own.org.example"), records=records)[0]


def test_psd_at_the_author_domain_ends_the_walk_there() -> None:
    """RFC 9989 section 4.10 step 2: a suffix that sends mail itself is its own organization."""
    records = {
        "_dmarc.shops.city.example": {"TXT": ["v=DMARC1; psd=y; p=quarantine"]},
        "_dmarc.city.example": {"TXT": ["v=DMARC1; p=reject"]},
    }

    assert (Result.FAIL, "p=quarantine") == dmarc(
        "shops.city.example", dkim_pass("m.city.example"), records=records
    )
    assert Result.PASS is dmarc("shops.city.example", dkim_pass("shops.city.example"), records=records)[0]


def test_the_record_with_the_fewest_labels_is_the_organizations_the_authors_own_the_policy() -> None:
    records = ORG | {"_dmarc.news.org.example": {"TXT": ["v=DMARC1; p=none"]}}

    assert (Result.PASS, "p=none") == dmarc("news.org.example", dkim_pass("m.org.example"), records=records)


def test_a_policy_in_testing_says_so() -> None:
    records = {"_dmarc.org.example": {"TXT": ["v=DMARC1; p=reject; t=y"]}}

    assert (Result.FAIL, "p=reject, t=y") == dmarc("org.example", records=records)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("v=DMARC1; p=refuse", (Result.NONE, "")),
        ("v=DMARC1; p=reject; sp=refuse", (Result.NONE, "")),
        ("v=DMARC1; p=reject; np=refuse; rua=nowhere", (Result.NONE, "")),
        ("v=DMARC1; p=refuse; rua=mailto:r@org.example", (Result.FAIL, "p=none")),
        ("v=DMARC1; p=reject; sp=refuse; rua=mailto:r@org.example", (Result.FAIL, "p=none")),
        ("v=DMARC1; rua=mailto:r@org.example", (Result.FAIL, "p=none")),
        ("v=DMARC1; pct=0; p=reject", (Result.FAIL, "p=reject")),
    ],
)
def test_a_policy_that_is_none_of_the_three_asks_for_nothing(
    record: str, expected: tuple[Result, str]
) -> None:
    """RFC 9989 sections 4.7 and 4.10.1; pct= is gone since RFC 7489."""
    assert expected == dmarc("org.example", records={"_dmarc.org.example": {"TXT": [record]}})


def test_where_an_error_is_in_the_way_a_failure_is_not_certain() -> None:
    """RFC 9989 section 5.3; an error of somebody who is not aligned excuses nothing."""
    away = AuthResult(Method.DKIM, Result.TEMPERROR, Domain("news.org.example"), "s")
    elsewhere = AuthResult(Method.DKIM, Result.TEMPERROR, Domain("evil.example"), "s")

    assert (Result.TEMPERROR, "p=reject") == dmarc("org.example", away, records=ORG)
    assert (Result.PASS, "p=reject") == dmarc("org.example", away, dkim_pass("org.example"), records=ORG)
    assert (Result.FAIL, "p=reject") == dmarc("org.example", elsewhere, records=ORG)


def test_a_top_level_domain_without_psd_is_no_organization() -> None:
    records = {"_dmarc.example": {"TXT": ["v=DMARC1; p=reject"]}}

    assert (Result.NONE, "") == dmarc("org.example", dkim_pass("evil.example"), records=records)


def test_a_name_of_many_labels_costs_eight_questions() -> None:
    with DnsServer(zone=None, records=ORG) as server:
        name = Domain("a." * 100 + "org.example")
        found = asyncio.run(check_dmarc(name, [], Resolver([server.address])))

    assert Result.FAIL is found.result
    assert 8 == sum(question.startswith("TXT") for question in server.questions)


def test_dns_away_is_said() -> None:
    with pytest.raises(DnsAway):
        dmarc("org.example", records=ORG, mode="servfail")


@pytest.mark.parametrize(
    "texts",
    [
        (),
        (b"v=spf1 -all",),
        (b"v=DMARC1; p=none", b"v=DMARC1; p=reject"),
        (b"v=DMARC10; p=none",),
        (b"p=none; v=DMARC1",),
    ],
)
def test_no_record_or_two_are_none(texts: tuple[bytes, ...]) -> None:
    assert read_record("a.example", texts) is None


def test_faults_and_unknown_tags_do_not_spoil_a_record() -> None:
    record = read_record("a.example", [b"v=DMARC1 ;; P = Reject ; odd ; x==\xff", b"other"])

    assert record is not None
    assert "reject" == record.tag("p")


@given(
    st.lists(st.one_of(st.binary(max_size=60), st.binary(max_size=60).map(b"v=DMARC1;".__add__)), max_size=3)
)
def test_no_record_raises(texts: list[bytes]) -> None:
    record = read_record("a.example", texts)

    assert record is None or record.tag("p")
