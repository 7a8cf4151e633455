"""The whole proof: bounded in time, and clear about what was not asked."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milter.mail.domain import Domain
from milter.mail.envelope import Envelope
from milter.mail.message import Message
from milter.mail.reading import Mailbox
from milter.proof.dns import DnsAway, Resolver
from milter.proof.proof import AuthResult, Method, Proof, Result, Standing
from milter.proof.prove import Prover
from tests.dns_server import DnsServer
from tests.proof.sealing import sealed
from tests.proof.signing import KEY_NAME, MAIL, record, signed

AUTHOR = Mailbox("Votre Assurance Maladie", "noreply@info.ameli.fr")
ENVELOPE = Envelope("198.51.100.9", "mail.evil.example", "x@info.ameli.fr", ("v@b.example",))
RECORDS = {KEY_NAME: {"TXT": [record().decode()]}, "_dmarc.ameli.fr": {"TXT": ["v=DMARC1; p=reject"]}}


def owns(domain: Domain) -> bool:
    return domain.is_within(Domain("ameli.fr"))


def prove(mail: bytes, server: DnsServer, *, envelope: Envelope | None = None) -> Proof:
    patience = 0.3 if server.mode == "dead" else 60.0
    prover = Prover(Resolver([server.address], timeout=patience), 60.0)
    return asyncio.run(prover.prove(Message(mail), AUTHOR, envelope))


def test_without_an_envelope_spf_is_not_asked() -> None:
    with DnsServer(zone=None, records=RECORDS) as server:
        found = prove(signed(), server)

        assert [Method.DKIM, Method.DMARC] == [one.method for one in found.results]
        assert [f"TXT {KEY_NAME}"] == [name for name in server.questions if "_dmarc" not in name]
    assert Standing.PROVEN is found.standing(owns)


def test_a_mail_without_signature_says_so() -> None:
    with DnsServer(zone=None, records=RECORDS) as server:
        dkim, dmarc = prove(MAIL, server).results

    assert AuthResult(Method.DKIM, Result.NONE, None) == dkim
    assert (Result.FAIL, "p=reject, SPF was not tested") == (dmarc.result, dmarc.reason)


def test_with_an_envelope_there_are_spf_and_dmarc_too() -> None:
    with DnsServer(zone=None, records=RECORDS) as server:
        found = prove(signed(), server, envelope=ENVELOPE)

    assert [Method.DKIM, Method.SPF, Method.DMARC] == [one.method for one in found.results]
    assert [Result.PASS, Result.NONE, Result.PASS] == [one.result for one in found.results]


@pytest.mark.parametrize("mode", ["dead", "servfail"])
def test_dns_dead_leaves_a_mail_of_the_brand_undecided_only_with_a_signature_of_the_brand(mode: str) -> None:
    with DnsServer(zone=None) as server:
        server.mode = mode  # type: ignore[assignment]  # one of the modes

        assert Standing.UNKNOWN is prove(signed(), server, envelope=ENVELOPE).standing(owns)
        assert Standing.UNPROVEN is prove(MAIL, server, envelope=ENVELOPE).standing(owns)
        assert Standing.UNPROVEN is prove(signed(d="evil.example"), server).standing(owns)


def test_a_name_that_never_answers_costs_the_time_limit_and_no_more() -> None:
    with DnsServer(zone=None, records=RECORDS) as server:
        server.silent.add(KEY_NAME)
        prover = Prover(Resolver([server.address], timeout=60.0), seconds=0.3)
        found = asyncio.run(asyncio.wait_for(prover.prove(Message(signed()), AUTHOR, ENVELOPE), timeout=59.0))

    assert Result.TEMPERROR is found.results[0].result


# Nine terms that each name ten hosts that exist: what RFC 7208 section 4.6.4 lets a record cost.
MANY_NAMES = {"many.example": {"TXT": ["v=spf1 " + " ".join(f"mx:m{n}.many.example" for n in range(9))]}} | {
    f"m{n}.many.example": {"MX": [f"10 h{n}x{m}.many.example." for m in range(10)]} for n in range(9)
}
MANY_NAMES |= {f"h{n}x{m}.many.example": {"A": ["192.0.2.1"]} for n in range(9) for m in range(10)}


def test_a_mail_made_to_cost_look_ups_costs_no_more_than_a_hundred() -> None:
    """Signatures of many domains, an SPF record without end, a chain, an author of many labels."""
    records = dict(RECORDS) | MANY_NAMES
    mail = b"".join(signed(d=f"{n}.many.example").partition(MAIL)[0] for n in range(40)) + signed()
    for n in range(10):
        mail = sealed(mail, "list.example", seal={"s": f"k{n}"})
    author = Mailbox("", "x@" + "a." * 60 + "info.ameli.fr")
    envelope = Envelope("198.51.100.9", "m.many.example", "x@many.example", ("v@b.example",))
    with DnsServer(zone=None, records=records) as server:
        prover = Prover(Resolver([server.address], timeout=60.0), 60.0, sealers=("list.example",))
        found = asyncio.run(prover.prove(Message(mail + b"x"), author, envelope))

        assert 60 < len(server.questions) <= 100
    assert found.results


def test_when_the_look_ups_are_used_up_the_signature_was_asked_for_first() -> None:
    """Whoever floods us with names does not turn a proven mail into one we know nothing of."""
    records = dict(RECORDS) | MANY_NAMES
    envelope = Envelope("198.51.100.9", "m.many.example", "x@many.example", ("v@b.example",))
    with DnsServer(zone=None, records=records) as server:
        assert Standing.PROVEN is prove(signed(), server, envelope=envelope).standing(owns)


async def test_what_is_beyond_the_look_ups_of_a_mail_is_away() -> None:
    with DnsServer(zone=None, records=RECORDS) as server:
        asking = Resolver([server.address]).for_a_mail(5.0, 2)
        await asking.txt(KEY_NAME)
        await asking.txt(KEY_NAME)
        with pytest.raises(DnsAway):
            await asking.txt(KEY_NAME)


def test_a_large_mail_is_proven_as_a_small_one() -> None:
    mail = MAIL + b"Une ligne de plus.\r\n" * 30_000
    with DnsServer(zone=None, records=RECORDS) as server:
        assert Standing.PROVEN is prove(signed(mail), server).standing(owns)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_mail_and_no_envelope_raises(data: st.DataObject) -> None:
    mail = bytearray(signed())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(mail)))
        mail[place : place + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=20))
    texts = st.text(max_size=40)
    envelope = Envelope(data.draw(texts), data.draw(texts), data.draw(texts), ())
    author = Mailbox("", data.draw(st.one_of(texts, st.just("a@info.ameli.fr"))))

    with DnsServer(zone=None, records=RECORDS) as server:
        prover = Prover(Resolver([server.address], timeout=0.3), 2.0)
        found = asyncio.run(prover.prove(Message(bytes(mail)), author, envelope))

    assert found.results
