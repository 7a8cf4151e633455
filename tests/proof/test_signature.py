"""Each DKIM signature gets its due: what counts, what does not count, and why."""

import time

import dkim
import pytest

from milter.mail.domain import Domain
from milter.mail.message import Message
from milter.proof.dkim import SignedMail, canonical_body, read_signatures, verify
from milter.proof.proof import AuthResult, Method, Result
from tests.proof.signing import FIELDS, MAIL, record, results, signed

# The example of RFC 8463 appendix A.3, signed twice.
RFC_8463 = b"""\
DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
"""
RFC_8463_RSA = (
    b"v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6"
    b"Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6l"
    b"HvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"
)
RFC_8463_KEYS = {
    "brisbane._domainkey.football.example.com": (
        b"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    ),
    "test._domainkey.football.example.com": (RFC_8463_RSA,),
}
# A key of 512 bits, made with openssl: the libraries here refuse to make one.
SHORT_KEY_PEM = b"""\
-----BEGIN RSA PRIVATE KEY-----
MIIBOgIBAAJBAKlMwRXfC38yPhEU0ewUWClM6nDP9FhnDmylv+bLA8Ccyd2CRFj8
tJtt0SrVF7uDarVCo9ojiozM4jOZpjDIpdcCAwEAAQJAJDJg5gg2MQ/Q7V4CM/N1
lf738P7FQ1FlaB1YFkQ5nSiPcssK3NSI3UdsxPqJDl0NG0FzZgbJTI0gHYc7mqo+
IQIhANnyAMM8JDGVVGNHxVg0ZLCAFIplBuSlYMUDHn7Vd7u9AiEAxtxVL/73ijnD
AtEraIvCN65M5AueAyqcoIoEKJB8FyMCIGLI7xGPC/Sxc8uAN3GwZccedrD387Tl
RMRnkoX4qcmdAiAbBIRuaO2o0gA0ucZ0Bcj1V7EKqqllNLzi8t1txXOWkQIhAL0y
hcoPT4lNsf9gWdtpyhCBOt9V3LchX2TXguvCaK0D
-----END RSA PRIVATE KEY-----
"""
SHORT_KEY_RECORD = (
    b"v=DKIM1; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKlMwRXfC38yPhEU0ewUWClM6nDP9FhnDmylv+bLA8Ccyd2C"
    b"RFj8tJtt0SrVF7uDarVCo9ojiozM4jOZpjDIpdcCAwEAAQ=="
)


def only(mail: bytes, *records: bytes) -> tuple[Result, str]:
    (one,) = results(mail, *(records or (record(),)))
    return one.result, one.reason


def test_the_examples_of_rfc_8463_pass_with_ed25519_and_with_rsa() -> None:
    message = Message(RFC_8463.replace(b"\n", b"\r\n"))

    found = verify(SignedMail(message), read_signatures(message, None), RFC_8463_KEYS)

    assert [(Result.PASS, "brisbane"), (Result.PASS, "test")] == [(r.result, r.selector) for r in found]


def test_a_file_with_bare_line_feeds_verifies_like_the_mail_it_was() -> None:
    message = Message(RFC_8463)

    found = verify(SignedMail(message), read_signatures(message, None), RFC_8463_KEYS)

    assert [Result.PASS, Result.PASS] == [r.result for r in found]


def test_a_signature_over_everything_passes() -> None:
    (one,) = results(signed(), record())

    assert AuthResult(Method.DKIM, Result.PASS, Domain("info.ameli.fr"), "s1") == one


def test_a_changed_word_in_the_body_is_a_failure() -> None:
    assert (Result.FAIL, "body was changed") == only(signed().replace(b"paiement  a", b"paiement n'a pas"))


def test_a_changed_subject_is_a_failure() -> None:
    assert (Result.FAIL, "header was changed") == only(signed().replace(b"Information", b"Suspension"))


def test_white_space_may_change_under_relaxed_canonicalisation() -> None:
    assert (Result.PASS, "") == only(signed().replace(b"paiement  a", b"paiement \t a") + b"\r\n \r\n")


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_that_is_not_signed_makes_a_pass_not_count(name: str) -> None:
    signed_names = ":".join(field for field in FIELDS if field != name)

    assert (Result.POLICY, f"{name} is not signed") == only(signed(h=signed_names))


@pytest.mark.parametrize("name", FIELDS)
def test_a_second_field_above_the_signed_one_makes_a_pass_not_count(name: str) -> None:
    mail = name.encode().title() + b": Votre carte Vitale\r\n" + signed()

    assert (Result.POLICY, f"{name} stands there more often than signed") == only(mail)


@pytest.mark.parametrize("near", [b"Subject : x", b" Subject: x", b"Subj\xffect: x"])
def test_a_near_name_above_the_signed_field_makes_a_pass_not_count(near: bytes) -> None:
    result, _ = only(near + b"\r\n" + signed())

    assert result is Result.POLICY


def test_a_field_signed_once_more_than_it_stands_there_cannot_be_added_to() -> None:
    mail = signed(h=":".join((*FIELDS, "subject")))

    assert (Result.PASS, "") == only(mail)
    assert (Result.FAIL, "header was changed") == only(b"Subject: Votre carte Vitale\r\n" + mail)


def test_two_subjects_that_are_both_signed_count() -> None:
    assert (Result.PASS, "") == only(signed(b"Subject: un\r\n" + MAIL, h=":".join((*FIELDS, "subject"))))


def test_l_shorter_than_the_body_does_not_count() -> None:
    mail = signed(l="8") + b"<h1>Renseignez votre RIB</h1>\r\n"

    assert (Result.POLICY, "l= leaves the end of the body unsigned") == only(mail)


def test_l_over_the_whole_body_counts_until_something_is_added() -> None:
    whole = len(canonical_body(MAIL.partition(b"\r\n\r\n")[2], relaxed=True))
    mail = signed(l=str(whole))

    assert (Result.PASS, "") == only(mail)
    assert Result.POLICY is only(mail + b"Renseignez votre RIB\r\n")[0]


def test_l_longer_than_the_body_is_an_error() -> None:
    assert (Result.PERMERROR, "l= is longer than the body") == only(signed(l="9999"))


def test_an_expired_signature_does_not_count() -> None:
    now = int(time.time())

    assert (Result.POLICY, "expired") == only(signed(x=str(now - 3600)))
    assert (Result.PASS, "") == only(signed(x=str(now + 3600)))
    assert (Result.PASS, "") == only(signed(x=str(now - 60))), "clocks differ"


def test_rsa_sha1_does_not_count() -> None:
    assert (Result.POLICY, "rsa-sha1") == only(signed(a="rsa-sha1"))


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"t": "y"}, "key is in testing"),
        ({"t": "s:y"}, "key is in testing"),
        ({"h": "sha1"}, "key is not for sha256"),
    ],
)
def test_what_the_key_record_restricts_does_not_count(tags: dict[str, str], reason: str) -> None:
    assert (Result.POLICY, reason) == only(signed(), record(**tags))


def test_a_key_for_the_domain_itself_does_not_count_for_an_identity_below() -> None:
    mail = signed(i="@lettre.info.ameli.fr")

    assert (Result.POLICY, "key is not for subdomains") == only(mail, record(t="s"))
    assert (Result.PASS, "") == only(mail, record())
    assert (Result.PASS, "") == only(signed(i="nom@info.ameli.fr"), record(t="s"))


def test_a_key_below_1024_bits_does_not_count() -> None:
    signer = dkim.DKIM(MAIL)
    names = [name.encode() for name in FIELDS]
    field = signer.sign(b"s1", b"info.ameli.fr", SHORT_KEY_PEM, include_headers=names)

    assert (Result.POLICY, "key of 512 bits") == only(field + MAIL, SHORT_KEY_RECORD)


def test_a_signature_from_the_future_counts_when_its_time_has_come() -> None:
    now = int(time.time())

    assert (Result.POLICY, "signed in the future") == only(signed(t=str(now + 7200)))
    assert (Result.PASS, "") == only(signed(t=str(now + 60), x=str(now + 7200)))


@pytest.mark.parametrize("tags", [{"t": "200", "x": "100"}, {"t": "soon"}, {"x": "-1"}, {"t": ""}])
def test_times_that_make_no_sense_are_an_error(tags: dict[str, str]) -> None:
    assert Result.PERMERROR is only(signed(**tags))[0]


@pytest.mark.parametrize(
    ("field", "junk"),
    [(b"Subject", b"\0"), (b"Date", b"Votre RIB\r\n"), (b"To", b"X: y\rSubject: z\r\n")],
)
def test_a_header_that_can_be_read_in_two_ways_is_not_believed(field: bytes, junk: bytes) -> None:
    mail = signed().replace(b"\r\n" + field, b"\r\n" + junk + field, 1)

    assert Result.PASS is not only(mail)[0]
