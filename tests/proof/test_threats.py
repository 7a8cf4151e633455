"""THREATS 3.1, 3.3, A48 to A53, each really signed, through the whole judge; and the honest ways of a mail.

The attacker has what attackers have: a genuine mail that was signed and sent to him, a domain with a key of
his own, a server, and every header field he likes.
"""

import asyncio
from collections.abc import Iterator

import pytest

from milter.action.fields import forged
from milter.config import Config, load, shipped
from milter.config.options import ProofConfig
from milter.judge import Judge, build_judge
from milter.mail.envelope import Envelope
from milter.mail.message import Message
from milter.proof.dns import Resolver
from milter.proof.proof import Method, Result
from milter.verdict.reason import reason
from milter.verdict.verdict import Finding, Verdict
from tests.dns_server import DnsServer
from tests.proof.asking import RECORDS
from tests.proof.sealing import sealed
from tests.proof.signing import FIELDS, MAIL, signed

LURE = b"Renseignez votre RIB sur https://remboursement.example/rib pour etre rembourse.\r\n"
FORGED = MAIL.replace(b"Un paiement  a ete effectue. \t\r\n", LURE)
FROM_EVIL = FORGED.replace(b"<noreply@info.ameli.fr>", b"<noreply@evil.example>")
EVERYTHING = ":".join((*FIELDS, *FIELDS))
# What the admin trusts here is not what the attacker has.
TRUST = ProofConfig(trusted_sealers=("forwarder.example",), trusted_authserv_ids=("mx.town.example",))

ALIAS = (
    b"Received: from out.ameli.example by alias.example with ESMTP; Mon, 5 Jan 2026 08:00:02 +0100\r\n"
    b"Delivered-To: ancien@alias.example\r\nX-Original-To: ancien@alias.example\r\n"
)
LIST = b"_______________________________________________\r\nListe des adherents\r\n"


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with DnsServer(zone=None, records=RECORDS) as server:
        yield build_judge(shipped_with_trust(), Resolver([server.address], timeout=60.0))


def shipped_with_trust() -> Config:
    return load(shipped(), to_serve=False).model_copy(update={"proof": TRUST})


def verdict(judge: Judge, mail: bytes, envelope: Envelope | None = None) -> Verdict:
    return asyncio.run(judge.judge(Message(mail), envelope))


CARRIED_OVER = {
    "A3 a NUL in the selector": signed(FORGED, s="evil.example.\x00.any"),
    "A4 a bracket in the domain": signed(FORGED, d="info.ameli.fr(.evil.example"),
    "A4 a quote in the domain": signed(FORGED, d='info.ameli.fr".evil.example'),
    "A6 two From, the signed one below": FROM_EVIL[: FROM_EVIL.index(b"\r\n") + 2] + signed(),
    "A6 two From, the signed one above": signed().replace(b"\r\nTo:", b"\r\nFrom: x@evil.example\r\nTo:", 1),
    "A14 a replay with another subject": signed(h="from").replace(b"Information de paiement", b"Votre RIB"),
    "A15 a second subject above": b"Subject: Votre RIB\r\n" + signed(),
    "A15 a second subject above, over-signed": b"Subject: Votre RIB\r\n" + signed(h=EVERYTHING),
    "A16 a part after the signed length": b'Content-Type: multipart/mixed; boundary="BAD"\r\n'
    + signed(h="from:to:subject:date:mime-version", l="40")
    + b"--BAD\r\nContent-Type: text/html\r\n\r\n"
    + LURE,
    "A16 a text after the signed length": signed(l="40") + LURE,
    "another content type above": b"Content-Type: text/html\r\n" + signed(),
    "another MIME version above": b"MIME-Version: 1.0\r\n" + signed(),
    "another date above": b"Date: Thu, 1 Oct 2026 08:00:00 +0200\r\n" + signed(),
    "another reader above": b"To: victime@mairie.example\r\n" + signed(),
    "a subject that goes on after a lone CR": signed().replace(b"\r\nDate:", b"\rVotre RIB\r\nDate:"),
    "a line below the subject that is no field": signed().replace(b"\r\nDate:", b"\r\nVotre RIB\r\nDate:"),
    "a NUL behind the subject": signed().replace(b"Subject:", b"\0Subject: Votre RIB\r\nSubject:", 1),
    "a near Subject above": b"Subject : Votre RIB\r\n" + signed(),
    "an expired signature": signed(t="1577836800", x="1577923200"),
    "signed in the future": signed(t="4102444800"),
    "signed with SHA-1": signed(a="rsa-sha1"),
    "signed by the lookalike itself": signed(FORGED, d="evil.example"),
    "signed by a domain below the attacker's": signed(FORGED, d="info.ameli.fr.evil.example"),
    "signed by the whole of France": signed(FORGED, d="fr"),
    "the signature of another mail": signed()[: signed().index(MAIL)] + FORGED,
}


@pytest.mark.parametrize("mail", CARRIED_OVER.values(), ids=CARRIED_OVER)
def test_no_signature_is_carried_over_to_other_words(judge: Judge, mail: bytes) -> None:
    found = verdict(judge, mail)

    assert found.finding in {Finding.IMPERSONATION, Finding.SUSPECT}
    assert found.proof
    assert not found.proof.aligned


SAYS_SO = {
    "A48 results in our own name": b"Authentication-Results: gw.b.example; dkim=pass header.d=ameli.fr;"
    b" dmarc=pass header.from=ameli.fr\r\n" + signed(FROM_EVIL, d="evil.example"),
    "A48 results in nobody's name": b"Authentication-Results: dkim=pass header.d=info.ameli.fr\r\n" + FORGED,
    "A48 results of a server in front, below a stranger's": b"Received: from a.example by b.example; x\r\n"
    b"Authentication-Results: mx.town.example; dkim=pass header.d=info.ameli.fr\r\n" + signed() + LURE,
    "A48 results of a server in front, with no signature": b"Authentication-Results: mx.town.example;"
    b" dkim=pass header.d=info.ameli.fr\r\n" + FORGED,
    "A53 a chain sealed by the attacker": sealed(signed() + LURE, "evil.example"),
    "A53 a chain in the name of one who is trusted": sealed(signed() + LURE, "evil.example").replace(
        b"d=evil.example", b"d=forwarder.example"
    ),
    "A53 a chain of one who is trusted, sealed again": sealed(sealed(signed()) + LURE, "evil.example"),
    "A53 a chain of one who is trusted, and other words": sealed(signed()) + LURE,
    "A53 results with no seal": b"ARC-Authentication-Results: i=1; forwarder.example; dkim=pass"
    b" header.d=info.ameli.fr\r\n" + signed() + LURE,
}  # fmt: skip


@pytest.mark.parametrize("mail", SAYS_SO.values(), ids=SAYS_SO)
def test_nobody_proves_a_mail_by_saying_that_it_is_proven(judge: Judge, mail: bytes) -> None:
    found = verdict(judge, mail)

    assert Finding.IMPERSONATION is found.finding
    assert found.proof
    assert found.proof.attested is None


def test_forged_results_in_our_name_are_taken_out() -> None:
    message = Message(SAYS_SO["A48 results in our own name"])

    assert ["Authentication-Results"] == [field.name for field in forged(message, "gw.b.example")]


@pytest.mark.parametrize(
    ("helo", "reverse_path"),
    [
        ("evil.example", "any@notexist.ameli.fr"),
        ("evil.example", "bounce@evil.example"),
        ("info.ameli.fr", ""),
    ],
)
def test_an_spf_pass_never_proves(helo: str, reverse_path: str) -> None:
    """A1, and a forwarder's own MAIL FROM: the pass belongs to whoever has it."""
    records = dict(RECORDS) | {
        "evil.example": {"TXT": ["v=spf1 +all"]}, "info.ameli.fr": {"TXT": ["v=spf1 +all"]},
    }  # fmt: skip
    envelope = Envelope("198.51.100.9", helo, reverse_path, ("v@b.example",))
    with DnsServer(zone=None, records=records) as server:
        found = verdict(build_judge(shipped_with_trust(), Resolver([server.address])), FORGED, envelope)

    assert Finding.IMPERSONATION is found.finding


@pytest.mark.parametrize("reverse_path", ["bounce@info.ameli.fr", "SRS0=x=y=info.ameli.fr=b@alias.example"])
def test_a_mail_that_an_alias_forwards_is_proven_though_spf_fails(judge: Judge, reverse_path: str) -> None:
    envelope = Envelope("203.0.113.7", "alias.example", reverse_path, ("v@b.example",))
    found = verdict(judge, ALIAS + signed(), envelope)

    assert found.finding in {Finding.GENUINE, Finding.GENUINE_UNLISTED}
    assert found.proof
    assert not [r for r in found.proof.results if r.method is Method.SPF and r.result is Result.PASS]


@pytest.mark.parametrize(
    "mail",
    [
        signed() + LIST,
        signed().replace(b"Subject: ", b"Subject: [adherents] "),
        signed().replace(b"text/plain; charset=utf-8", b"text/plain; charset=utf-8; format=flowed"),
    ],
    ids=["footer", "subject", "content type"],
)
def test_a_mail_that_a_list_changed_is_not_proven_unless_a_trusted_sealer_saw_it(
    judge: Judge, mail: bytes
) -> None:
    assert Finding.IMPERSONATION is verdict(judge, mail).finding
    assert Finding.IMPERSONATION is verdict(judge, sealed(mail, "list.example")).finding

    trusted = verdict(judge, sealed(mail))
    assert Finding.GENUINE_UNLISTED is trusted.finding
    assert "forwarder.example, à qui vous faites confiance, l'a reçu signé par info.ameli.fr" in reason(
        trusted
    )
    assert "forwarder.example, whom you trust, received it signed by info" in reason(trusted, "en")
