"""Signatures and keys that somebody made to mislead, to break, or to cost us: no exception, never a pass."""

import dkim
import pytest
from dkim.canonicalization import Relaxed, Simple
from hypothesis import given, settings
from hypothesis import strategies as st

from milter.mail.domain import Domain
from milter.mail.message import Message
from milter.proof.dkim import SignedMail, canonical_body, read_signatures, verify
from milter.proof.proof import Result
from tests.proof.signing import KEY_NAME, MAIL, record, results, signed

ED25519_RECORD = b"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="


def only(mail: bytes, *records: bytes) -> tuple[Result, str]:
    (one,) = results(mail, *(records or (record(),)))
    return one.result, one.reason


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        ((), "no key"),
        ((b"v=DKIM1; p=",), "no usable key"),
        ((b"v=spf1 -all",), "no usable key"),
        ((b"v=DKIM1; k=rsa; p=AAAA",), "no usable key"),
        ((record(s="tlsrpt"),), "no usable key"),
        ((ED25519_RECORD,), "no usable key"),
    ],
)
def test_without_a_usable_key_it_is_an_error(records: tuple[bytes, ...], reason: str) -> None:
    (one,) = results(signed(), *records)

    assert (Result.PERMERROR, reason) == (one.result, one.reason)


def test_a_key_beside_other_txt_records_is_found() -> None:
    assert (Result.PASS, "") == only(signed(), b"v=spf1 -all", record())


def test_dns_away_is_a_temporary_error_for_a_signature_that_could_have_counted() -> None:
    message = Message(signed())

    (one,) = verify(SignedMail(message), read_signatures(message, None), {KEY_NAME: None})

    assert (Result.TEMPERROR, Domain("info.ameli.fr")) == (one.result, one.domain)


@pytest.mark.parametrize(
    "mail",
    [
        signed() + b"ajout\r\n",
        signed(h="from"),
        signed(a="rsa-sha1"),
        signed(l="8"),
        signed(x="1000000000"),
        b"Subject: ajout\r\n" + signed(),
    ],
    ids=["changed", "from only", "sha1", "l=", "expired", "second subject"],
)
def test_dns_away_excuses_no_signature_that_could_not_have_counted(mail: bytes) -> None:
    message = Message(mail)

    (one,) = verify(SignedMail(message), read_signatures(message, None), {KEY_NAME: None})

    assert one.result in {Result.FAIL, Result.POLICY}


@pytest.mark.parametrize(
    "tags",
    [
        {"d": "ameli.fr(.evil.example"},
        {"d": 'ameli.fr".evil.example'},
        {"d": "ameli.fr'.evil.example"},
        {"d": "am\x00eli.fr"},
        {"d": "améli.fr"},
        {"s": "evil.example.\x00.any"},
        {"s": "a b"},
        {"s": ""},
        {"s": "a..b"},
    ],
)
def test_a_domain_or_selector_that_is_no_host_name_is_never_asked_for(tags: dict[str, str]) -> None:
    (one,) = results(signed(**tags), record())

    assert (Result.POLICY, None, "") == (one.result, one.domain, one.selector)


@pytest.mark.parametrize(
    "field",
    [
        b"DKIM-Signature: ",
        b"DKIM-Signature: v=1",
        b"DKIM-Signature: v=1; v=1; d=a.fr; s=s",
        b"DKIM-Signature: v=2; a=rsa-sha256; d=a.fr; s=s; h=from; bh=AAAA; b=AAAA",
        b"DKIM-Signature: v=1; a=rsa-md5; d=a.fr; s=s; h=from; bh=AAAA; b=AAAA",
        b"DKIM-Signature: v=1; a=rsa-sha256; d=a.fr; s=s; h=from; bh=AAAA; b=AAAA; i=@b.fr",
        b"DKIM-Signature: v=1; a=rsa-sha256; d=a.fr; s=s; h=from; bh=AAAA; b=AAAA; i=a.fr",
        b"DKIM-Signature: v=1; a=rsa-sha256; d=a.fr; s=s; h=from; bh=A; b=AAAA",
        b"DKIM-Signature: v=1; a=rsa-sha256; c=odd/odd; d=a.fr; s=s; h=from; bh=AAAA; b=AAAA",
        b"DKIM-Signature: v=1; a=rsa-sha256; d=fr; s=s; h=from; bh=AAAA; b=AAAA",
        b"DKIM-Signature: v=1; a=rsa-sha256; d=a.fr; s=s; h=from; bh=AAAA; b=AAAA; t=" + b"9" * 5000,
        b"DKIM-Signature: v=1; a=rsa-sha256; d=a.fr; s=s; bh=AAAA; b=AAAA; h=" + b"x:" * 500 + b"from",
        b"DKIM-Signature: " + b"\r\n b" * 4000,
    ],
)
def test_a_malformed_signature_is_an_error_not_an_exception(field: bytes) -> None:
    (one,) = results(field + b"\r\n" + MAIL, record())

    assert Result.PERMERROR is one.result


def test_a_mail_without_a_signature_has_no_result() -> None:
    assert () == results(MAIL, record())


def test_of_many_signatures_five_are_evaluated_those_of_the_author_first() -> None:
    other = b"".join(signed(d=f"evil{n}.example").partition(MAIL)[0] for n in range(20))

    found = results(other + signed(), record())

    assert 6 == len(found)
    assert (Result.PASS, Domain("info.ameli.fr")) == (found[0].result, found[0].domain)
    assert (Result.POLICY, "too many, 16 left out") == (found[-1].result, found[-1].reason)


def test_a_body_over_the_limit_is_not_hashed() -> None:
    assert (Result.POLICY, "body too large to verify") == only(signed() + b"x" * (25 * 1024 * 1024))


_WORDS = st.lists(
    st.sampled_from([b"a", b" ", b"\t", b"\r\n", b"\r", b"b ", b"\r\n\r\n", b"  \r\n"]), max_size=40
)


@given(_WORDS)
def test_the_canonical_bodies_are_those_of_dkimpy(words: list[bytes]) -> None:
    body = b"".join(words) + b"\r\n"

    assert Relaxed.canonicalize_body(body) == canonical_body(body, relaxed=True)
    assert Simple.canonicalize_body(body) == canonical_body(body, relaxed=False)


@settings(max_examples=300)
@given(st.data())
def test_what_passes_here_passes_dkimpy_too(data: st.DataObject) -> None:
    """Stock dkimpy as the oracle: we may be stricter, never more lenient."""
    mail = bytearray(signed())
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.integers(0, len(mail)))
        cut = data.draw(st.integers(0, 3))
        mail[place : place + cut] = data.draw(
            st.sampled_from(
                [b"", b" ", b"\r\n", b"\n", b";", b"=", b"\x00", b"From: x\r\n", b"\r\n x", b"A: b\r\n"]
            )
        )
    # A mail that came over SMTP ends in CRLF; dkimpy reads an unfinished last line in its own way.
    raw = bytes(mail) if mail.endswith(b"\r\n") else bytes(mail) + b"\r\n"

    # White space before a colon is left out in relaxed form (RFC 6376 section 3.4.2); dkimpy keeps it.
    strict = "near_name" not in Message(raw).defects
    if strict and any(one.result is Result.PASS for one in results(raw, record())):
        assert dkim.DKIM(raw).verify(dnsfunc=lambda *_, **__: record())


@settings(max_examples=300)
@given(st.binary(max_size=300), st.binary(max_size=200))
def test_no_signature_value_and_no_key_record_raises(value: bytes, key_record: bytes) -> None:
    tags = b"v=1; a=rsa-sha256; c=relaxed; d=a.fr; s=s; h=from; bh=AAAA; b=AAAA; "

    for field in (value, tags + value, tags.replace(b"AAAA", value)):
        for one in results(b"DKIM-Signature: " + field + b"\r\n" + MAIL, key_record, record()):
            assert Result.PASS is not one.result


@settings(max_examples=200)
@given(st.text(alphabet="vkpsthng=;: \tyDKIM1rsaed25519*email\x00", max_size=80))
def test_no_key_record_made_of_its_own_words_raises(text: str) -> None:
    for one in results(signed(), text.encode() + b"; " + record()):
        assert one.result in Result
