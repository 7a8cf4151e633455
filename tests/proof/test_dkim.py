"""What each DKIM signature is worth: a pass that could be carried over to other words is none."""

import asyncio
import time

import dkim
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milter.mail.domain import Domain
from milter.mail.message import Field, Message
from milter.mail.reading import Mailbox
from milter.proof.dkim import canonical_body, read_signatures, verify
from milter.proof.dns import Resolver
from milter.proof.proof import AuthResult, Method, Proof, Result
from milter.proof.prove import Prover
from milter.proof.signature import read_key, read_signature
from tests.dns_server import ZONE, DnsServer
from tests.sign import sign

DOMAIN = "info.ameli.fr"
AUTHOR = Mailbox("Votre Assurance Maladie", f"assurance-maladie@{DOMAIN}")
PLAIN = (
    b"From: Votre Assurance Maladie <assurance-maladie@info.ameli.fr>\r\nTo: v@b.example\r\n"
    b"Subject: Information de paiement\r\nDate: Tue, 24 Nov 2026 08:00:00 +0100\r\n"
    b"Message-ID: <1@info.ameli.fr>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n"
    b"Bonjour,\r\n\r\nVous avez un message.  \r\n\r\n\r\n"
)
SIGNED = sign(PLAIN, DOMAIN, "test2026")


def prove(raw: bytes, *, mode: str = "answers", records: dict[str, dict[str, list[str]]] | None = None) -> Proof:
    """The proof of a mail whose author is the published one."""
    with DnsServer(records=records) as dns:
        dns.mode = mode  # type: ignore[assignment]
        return asyncio.run(Prover(Resolver([dns.address], timeout=0.5)).prove(Message(raw), AUTHOR, None))


def dkim_result(raw: bytes, **how: str) -> AuthResult:
    """The one DKIM result."""
    return next(r for r in prove(raw, **how).results if r.method is Method.DKIM)  # type: ignore[arg-type]


@pytest.mark.parametrize("how", ["relaxed/relaxed", "simple/simple", "relaxed/simple", "simple/relaxed"])
def test_a_good_signature_passes_and_vouches(how: str) -> None:
    """In each canonicalisation."""
    proof = prove(sign(PLAIN, DOMAIN, "test2026", canonicalization=how))

    assert Result.PASS is proof.results[0].result
    assert frozenset({Domain(DOMAIN)}) == proof.aligned


@pytest.mark.parametrize(
    ("result", "raw"),
    [
        (Result.FAIL, SIGNED.replace(b"un message", b"un virement")),
        (Result.FAIL, SIGNED.replace(b"Information de", b"Suspension de")),
        (Result.POLICY, b"Subject: Suspension\r\n" + SIGNED),
        (Result.POLICY, b"To: x@y.example\r\n" + SIGNED),
        (Result.POLICY, b"Content-Type: text/html\r\n" + SIGNED),
        (Result.POLICY, sign(PLAIN, DOMAIN, "test2026", headers=["From", "Date"])),
        (Result.POLICY, sign(PLAIN, DOMAIN, "test2026", length=True) + b"<b>more</b>\r\n"),
        (Result.PERMERROR, SIGNED.replace(b"bh=", b"bh=!")),
        (Result.POLICY, SIGNED.replace(b"d=info.ameli.fr", b"d=ameli.fr(.evil.example")),
        (Result.POLICY, SIGNED.replace(b"s=test2026", b"s=evil.example.\x00.any")),
    ],
)
def test_a_signature_that_does_not_cover_what_is_shown_is_no_pass(result: Result, raw: bytes) -> None:
    """THREATS A14 to A16, A49 to A52."""
    found = dkim_result(raw)

    assert result is found.result
    assert frozenset() == prove(raw).aligned


def test_a_second_from_above_the_signed_one_is_no_pass() -> None:
    """The signature covers the lower one, the reader sees the upper one."""
    assert Result.PASS is not dkim_result(b"From: x@evil.example\r\n" + SIGNED).result


def test_a_pass_for_a_foreign_domain_does_not_vouch() -> None:
    """It passes for itself, and proves nothing about the author."""
    proof = prove(sign(PLAIN, "boutique-lunaire.example", "k1"))

    assert Result.PASS is proof.results[0].result
    assert frozenset() == proof.aligned


@pytest.mark.parametrize("mode", ["dead", "servfail"])
def test_dns_away_is_a_temperror_only_for_what_could_have_passed(mode: str) -> None:
    """A changed body is a failure, whatever DNS would have said."""
    assert Result.TEMPERROR is dkim_result(SIGNED, mode=mode).result
    assert Result.FAIL is dkim_result(SIGNED.replace(b"un message", b"un virement"), mode=mode).result


def test_a_missing_key_is_a_permerror() -> None:
    """Nobody signs with a key that is not published."""
    signed = SIGNED.replace(b"d=info.ameli.fr", b"d=nokey.ameli.fr")

    assert Result.PERMERROR is dkim_result(signed).result


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ("t=y; ", "testing"),
        ("h=sha1; ", "sha256"),
    ],
)
def test_a_key_that_is_not_for_this_use_is_no_pass(record: str, reason: str) -> None:
    """RFC 6376 section 3.6.1."""
    from tests.dns_server import key_record

    text = key_record(ZONE / "keys" / f"{DOMAIN}.pem").replace("k=rsa;", f"k=rsa; {record}")
    found = dkim_result(SIGNED, records={f"test2026._domainkey.{DOMAIN}": {"TXT": [text]}})  # type: ignore[arg-type]

    assert Result.POLICY is found.result
    assert reason


def test_an_expired_signature_is_no_pass() -> None:
    """x= in the past: the mark of a replay."""
    key = (ZONE / "keys" / f"{DOMAIN}.pem").read_bytes()
    past = int(time.time()) - 86400
    signer = dkim.DKIM(PLAIN)
    # dkimpy signs no x= of its own, so the field is written and signed as a whole.
    fields = [b"From", b"To", b"Subject", b"Date", b"MIME-Version", b"Content-Type"]
    signed = signer.sign(b"test2026", DOMAIN.encode(), key, include_headers=fields)
    expired = signed.replace(b" t=", b" x=%d; t=" % past) if b" t=" in signed else signed

    assert Result.PASS is not dkim_result(expired + PLAIN).result


def test_no_more_than_five_signatures_are_evaluated_and_the_aligned_ones_first() -> None:
    """Thousands of signatures cost neither time nor look-ups, and hide no good one."""
    flood = b"".join(b"DKIM-Signature: v=1; d=x%d.example; s=a; h=from; b=aa; bh=bb\r\n" % i for i in range(500))
    proof = prove(flood + SIGNED)

    assert len([r for r in proof.results if r.method is Method.DKIM]) <= 6


def test_dkimpy_agrees_with_our_verdict_on_good_and_bad_mail() -> None:
    """An independent reading of RFC 6376."""
    with DnsServer() as dns:
        record = dns._sets(f"test2026._domainkey.{DOMAIN}")  # noqa: SLF001 the zone as the server has it
    assert record is not None
    text = record["TXT"][0].encode()
    for raw in (SIGNED, SIGNED.replace(b"Bonjour", b"Bonsoir"), SIGNED.replace(b"To: v@", b"To: w@")):
        theirs = dkim.verify(raw, dnsfunc=lambda name, timeout=5: text)  # noqa: ARG005 their signature
        assert theirs == (dkim_result(raw).result is Result.PASS)


@given(st.binary(max_size=400))
def test_canonical_bodies_are_those_of_dkimpy(body: bytes) -> None:
    """Over bodies in lines that end in CRLF, the only ones there are after SMTP."""
    from dkim.canonicalization import Relaxed, Simple

    lines = body.replace(b"\r", b"").replace(b"\n", b"\r\n") + b"\r\n"

    assert Relaxed.canonicalize_body(lines) == canonical_body(lines, relaxed=True)
    assert Simple.canonicalize_body(lines) == canonical_body(lines, relaxed=False)


@settings(max_examples=400)
@given(st.one_of(st.binary(max_size=300), st.from_regex(rb"v=1; a=rsa-sha256; [a-z=;: /\d]{0,80}", fullmatch=True)))
def test_no_signature_field_and_no_key_record_raises(value: bytes) -> None:
    """Both are a stranger's bytes."""
    field = Message(b"DKIM-Signature: " + value.replace(b"\n", b"") + b"\r\n\r\n").fields
    for one in field:
        assert isinstance(one, Field)
        read_signature(one)
    read_key(value)
    message = Message(b"DKIM-Signature: " + value + b"\r\n\r\nx")
    verify(message, read_signatures(message, None), {})
