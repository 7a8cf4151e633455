"""What each DKIM signature is worth: a pass that could be carried over to other words is none."""

import asyncio
import base64
import hashlib
import time
from dataclasses import replace

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from dkim.canonicalization import Relaxed, Simple
from hypothesis import given, settings
from hypothesis import strategies as st

from milter.mail.domain import Domain
from milter.mail.message import Field, Message
from milter.mail.reading import Mailbox
from milter.proof.dkim import SignedMail, canonical_body, read_signatures, verify
from milter.proof.dns import Resolver
from milter.proof.proof import AuthResult, Method, Proof, Result
from milter.proof.prove import Prover
from milter.proof.signature import read_key, read_signature
from tests.dns_server import ZONE, DnsServer, Mode, Records, key_record
from tests.sign import sign

DOMAIN = "info.ameli.fr"
KEY = ZONE / "keys" / f"{DOMAIN}.pem"
KEY_NAME = f"test2026._domainkey.{DOMAIN}"
AUTHOR = Mailbox("Votre Assurance Maladie", f"assurance-maladie@{DOMAIN}")
PLAIN = (
    b"From: Votre Assurance Maladie <assurance-maladie@info.ameli.fr>\r\nTo: v@b.example\r\n"
    b"Subject: Information de paiement\r\nDate: Tue, 24 Nov 2026 08:00:00 +0100\r\n"
    b"Message-ID: <1@info.ameli.fr>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n"
    b"Bonjour,\r\n\r\nVous avez un message.  \r\n\r\n\r\n"
)
SIGNED = sign(PLAIN, DOMAIN, "test2026")


def prove(raw: bytes, mode: Mode = "answers", records: Records | None = None) -> Proof:
    """The proof of a mail whose author is the published one."""
    with DnsServer(records=records) as dns:
        dns.mode = mode
        prover = Prover(Resolver([dns.address], timeout=0.5 if mode == "dead" else 60.0))
        return asyncio.run(prover.prove(Message(raw), AUTHOR, None))


def dkim_result(raw: bytes, mode: Mode = "answers", records: Records | None = None) -> AuthResult:
    """The one DKIM result."""
    return next(r for r in prove(raw, mode, records).results if r.method is Method.DKIM)


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
def test_dns_away_is_a_temperror_only_for_what_could_have_passed(mode: Mode) -> None:
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
        ("h=sha1; ", "sha"),
    ],
)
def test_a_key_that_is_not_for_this_use_is_no_pass(record: str, reason: str) -> None:
    """RFC 6376 section 3.6.1."""
    text = key_record(KEY).replace("k=rsa;", f"k=rsa; {record}")
    found = dkim_result(SIGNED, records={KEY_NAME: {"TXT": [text]}})

    assert Result.POLICY is found.result
    assert reason in found.reason


def test_an_expired_signature_is_no_pass() -> None:
    """x= in the past: the mark of a replay. dkimpy signs none, so we sign the field ourselves."""
    past = int(time.time()) - 86400
    fields = [b"From", b"To", b"Subject", b"Date", b"MIME-Version", b"Content-Type"]
    signed = _signed_with_expiry(fields, past)

    assert (Result.POLICY, "expired") == (dkim_result(signed).result, dkim_result(signed).reason)


def _signed_with_expiry(fields: list[bytes], expires: int) -> bytes:
    """The plain mail with a signature whose x= is signed, too."""
    key = load_pem_private_key(KEY.read_bytes(), None)
    assert isinstance(key, RSAPrivateKey)
    body_hash = base64.b64encode(hashlib.sha256(canonical_body(Message(PLAIN).body, relaxed=True)).digest())
    value = b"v=1; a=rsa-sha256; c=relaxed/relaxed; d=%s; s=test2026; x=%d; h=%s; bh=%s; b=" % (
        DOMAIN.encode(),
        expires,
        b":".join(fields),
        body_hash,
    )
    unsigned = Message(b"DKIM-Signature: " + value + b"\r\n" + PLAIN)
    found = read_signature(Message(b"DKIM-Signature: " + value + b"YWE=\r\n\r\n").fields[0])
    assert not isinstance(found, AuthResult)
    digest = SignedMail(unsigned).digest(replace(found, field=unsigned.fields[0]))
    signature = key.sign(digest, PKCS1v15(), Prehashed(SHA256()))
    return b"DKIM-Signature: " + value + base64.b64encode(signature) + b"\r\n" + PLAIN


def test_no_more_than_five_signatures_are_evaluated_and_the_aligned_ones_first() -> None:
    """Thousands of signatures cost neither time nor look-ups, and hide no good one."""
    bad = b"DKIM-Signature: v=1; a=rsa-sha256; d=x%d.example; s=a; h=from; bh=YWE=; b=YWE=\r\n"
    proof = prove(b"".join(bad % i for i in range(40)) + SIGNED)

    assert len([r for r in proof.results if r.method is Method.DKIM]) <= 6
    assert frozenset({Domain(DOMAIN)}) == proof.aligned


def test_dkimpy_agrees_with_our_verdict_on_good_and_bad_mail() -> None:
    """An independent reading of RFC 6376."""
    text = key_record(KEY).encode()
    for raw in (SIGNED, SIGNED.replace(b"Bonjour", b"Bonsoir"), SIGNED.replace(b"To: v@", b"To: w@")):
        theirs = dkim.verify(raw, dnsfunc=lambda name, timeout=5: text)  # noqa: ARG005 their signature
        assert theirs == (dkim_result(raw).result is Result.PASS)


@given(st.binary(max_size=400))
def test_canonical_bodies_are_those_of_dkimpy(body: bytes) -> None:
    """Over bodies in lines that end in CRLF, the only ones there are after SMTP."""
    lines = body.replace(b"\r", b"").replace(b"\n", b"\r\n") + b"\r\n"

    assert Relaxed.canonicalize_body(lines) == canonical_body(lines, relaxed=True)
    assert Simple.canonicalize_body(lines) == canonical_body(lines, relaxed=False)


@settings(max_examples=400)
@given(
    st.one_of(
        st.binary(max_size=300), st.from_regex(rb"v=1; a=rsa-sha256; [a-z=;: \d]{0,80}", fullmatch=True)
    )
)
def test_no_signature_field_and_no_key_record_raises(value: bytes) -> None:
    """Both are a stranger's bytes."""
    field = Message(b"DKIM-Signature: " + value.replace(b"\n", b"") + b"\r\n\r\n").fields
    for one in field:
        assert isinstance(one, Field)
        read_signature(one)
    read_key(value)
    message = Message(b"DKIM-Signature: " + value + b"\r\n\r\nx")
    verify(SignedMail(message), read_signatures(message, None), {})
