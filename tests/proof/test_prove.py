"""SPF and DMARC over a real DNS server, and their place beside DKIM."""

import asyncio

import pytest

from milter.mail.domain import Domain
from milter.mail.envelope import Envelope
from milter.mail.message import Message
from milter.mail.reading import Mailbox
from milter.proof.dns import DnsAway, Resolver
from milter.proof.proof import Method, Proof, Result, Standing
from milter.proof.prove import Prover
from tests.dns_server import DnsServer
from tests.proof.test_dkim import AUTHOR, PLAIN, SIGNED


def prove(raw: bytes, client: str, reverse_path: str, author: Mailbox | None = AUTHOR) -> Proof:
    """The proof of a mail that this client brought."""
    envelope = Envelope(client, "mail.evil.example", reverse_path, ("v@b.example",))
    with DnsServer() as dns:
        prover = Prover(Resolver([dns.address], timeout=60.0))
        return asyncio.run(prover.prove(Message(raw), author, envelope))


def results(proof: Proof) -> dict[Method, Result]:
    """The last result of each method."""
    return {one.method: one.result for one in proof.results}


def owns(domain: Domain) -> bool:
    """As the shipped brand does."""
    return domain.is_within(Domain("ameli.fr"))


@pytest.mark.parametrize(
    ("client", "expected"),
    [("192.0.2.10", Result.PASS), ("203.0.113.9", Result.FAIL), ("nonsense", Result.NONE)],
)
def test_spf_is_that_of_the_client(client: str, expected: Result) -> None:
    """RFC 7208 over the product's own resolver."""
    assert expected == results(prove(PLAIN, client, "bounce@info.ameli.fr"))[Method.SPF]


def test_an_spf_pass_never_proves() -> None:
    """It passes on shared hosts; only a signature of the owner proves."""
    proof = prove(PLAIN, "192.0.2.10", "bounce@info.ameli.fr")

    assert Result.PASS == results(proof)[Method.DMARC]
    assert Standing.UNPROVEN is proof.standing(owns)


def test_an_aligned_signature_proves_whoever_forwarded_it() -> None:
    """A forwarder's SPF failure changes nothing."""
    proof = prove(SIGNED, "203.0.113.9", "srs0=x@forwarder.example")

    assert Standing.PROVEN is proof.standing(owns)


def test_without_one_usable_author_nothing_vouches() -> None:
    """Two From fields, or none: any reading of the mail could be the false one."""
    assert Standing.UNPROVEN is prove(SIGNED, "192.0.2.10", "", None).standing(owns)


def test_the_policy_is_found_up_the_tree() -> None:
    """RFC 9989 section 4.10: info.ameli.fr publishes none, ameli.fr does."""
    found = next(one for one in prove(PLAIN, "203.0.113.9", "").results if one.method is Method.DMARC)

    assert (Result.FAIL, "p=reject") == (found.result, found.reason)


def test_a_resolver_remembers_answers_and_raises_only_when_dns_is_away() -> None:
    """One question a name, while its time lasts."""

    async def ask() -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
        resolver = Resolver([dns.address], timeout=60.0)
        first = await resolver.txt("_dmarc.ameli.fr")
        return first, await resolver.txt("_DMARC.ameli.fr.")

    with DnsServer() as dns:
        first, second = asyncio.run(ask())
        asked = len(dns.questions)
        dns.mode = "dead"
        with pytest.raises(DnsAway):
            asyncio.run(Resolver([dns.address], timeout=0.3).txt("other.example"))

    assert (b"v=DMARC1; p=reject",) == first == second
    assert 1 == asked


def test_a_name_that_cannot_exist_has_no_records() -> None:
    """Names come from senders."""
    assert () == asyncio.run(Resolver(["127.0.0.1:1"], timeout=0.2).txt("a" * 300 + ".example"))
