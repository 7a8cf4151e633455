"""Ask for the proof of one mail of the brand, with every key of the tests published."""

import asyncio

from milter.mail.domain import Domain
from milter.mail.envelope import Envelope
from milter.mail.message import Message
from milter.mail.reading import Mailbox
from milter.proof.dns import Resolver
from milter.proof.proof import Method, Proof, Result, Standing
from milter.proof.prove import Prover
from tests.dns_server import DnsServer
from tests.proof.signing import KEY_NAME, record

AUTHOR = Mailbox("Votre Assurance Maladie", "noreply@info.ameli.fr")
SEALERS = ("forwarder.example", "list.example", "evil.example")
RECORDS = {
    KEY_NAME: {"TXT": [record().decode()]},
    "s1._domainkey.evil.example": {"TXT": [record().decode()]},
    "_dmarc.ameli.fr": {"TXT": ["v=DMARC1; p=reject"]},
    "ameli.fr": {"TXT": ["v=spf1 ip4:192.0.2.1 -all"]},
    "weak._domainkey.forwarder.example": {"TXT": [record(t="y").decode()]},
    **{f"arc._domainkey.{sealer}": {"TXT": [record().decode()]} for sealer in SEALERS},
}


def ask(
    mail: bytes,
    *,
    sealers: tuple[str, ...] = (),
    authserv_ids: tuple[str, ...] = (),
    envelope: Envelope | None = None,
    silent: tuple[str, ...] = (),
) -> tuple[Proof, list[str]]:
    """The proof, and the questions it took."""
    with DnsServer(zone=None, records=RECORDS) as server:
        server.silent |= set(silent)
        resolver = Resolver([server.address], timeout=1.0 if silent else 60.0)
        prover = Prover(resolver, 60.0, sealers=sealers, authserv_ids=authserv_ids)
        return asyncio.run(prover.prove(Message(mail), AUTHOR, envelope)), server.questions


def standing(proof: Proof) -> Standing:
    """How a claim to be the Assurance Maladie stands."""
    return proof.standing(lambda domain: domain.is_within(Domain("ameli.fr")))


def result(proof: Proof, method: Method) -> tuple[Result, str] | None:
    """The first result of that method and its reason."""
    return next(((one.result, one.reason) for one in proof.results if one.method is method), None)
