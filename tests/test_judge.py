"""What is asked of a mail, and in which order? The questions themselves are tested in their own rooms."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from milter.config.load import load, shipped
from milter.judge import Judge, build_judge
from milter.look.far import Lookout
from milter.look.sight import Sight
from milter.mail.envelope import Envelope
from milter.mail.message import Message
from milter.mail.reading import Mailbox
from milter.proof.dns import Resolver
from milter.proof.proof import Proof
from milter.verdict.verdict import Finding
from tests.dns_server import DnsServer
from tests.proof.asking import RECORDS
from tests.proof.signing import MAIL, signed


class NotingLookout(Lookout):
    """Notes which mails are read."""

    def __init__(self, looker: object, pool: object) -> None:
        super().__init__(looker, pool)  # type: ignore[arg-type]
        self.looked: list[bytes] = []

    async def look(self, message: Message) -> Sight:
        self.looked.append(message.raw)
        return await super().look(message)


@dataclass
class Noting:
    """A judge whose look and proof note what they are asked."""

    judge: Judge
    lookout: NotingLookout
    proven: list[bytes] = field(default_factory=list)


@pytest.fixture
def noting() -> Iterator[Noting]:
    with DnsServer(zone=None, records=RECORDS) as server:
        real = build_judge(load(shipped(), to_serve=False), Resolver([server.address], timeout=60.0))
        lookout = NotingLookout(real.lookout._looker, real.lookout._pool)
        proven: list[bytes] = []

        async def prove(message: Message, author: Mailbox | None, envelope: Envelope | None) -> Proof:
            proven.append(message.raw)
            return await real.prove(message, author, envelope)

        yield Noting(Judge(lookout, prove), lookout, proven)
        real.close()


def test_what_the_organisation_proves_to_have_written_is_not_read(noting: Noting) -> None:
    """Its newsletters are long, and its letters bring files that a child would open."""
    raw = signed()
    verdict = asyncio.run(noting.judge.judge(Message(raw), None))

    assert verdict.finding in {Finding.GENUINE, Finding.GENUINE_UNLISTED}
    assert verdict.claim is not None
    assert verdict.claim.evidence
    assert not noting.lookout.looked
    assert noting.proven == [raw]


def test_a_forged_address_of_the_organisation_is_read_and_asked_for_its_proof_once(noting: Noting) -> None:
    verdict = asyncio.run(noting.judge.judge(Message(MAIL), None))

    assert verdict.finding is Finding.IMPERSONATION
    assert noting.lookout.looked == [MAIL]
    assert noting.proven == [MAIL]


@pytest.mark.parametrize("author", [b"x@evil.example", b"noreply@ameli.fr.evil.example"])
def test_nobody_else_is_asked_for_a_proof_before_he_claims_anything(noting: Noting, author: bytes) -> None:
    raw = b"From: Club <%s>\r\nSubject: Sortie\r\n\r\nRendez-vous samedi.\r\n" % author
    asyncio.run(noting.judge.judge(Message(raw), None))

    assert noting.lookout.looked == [raw]
    assert bool(noting.proven) is (b"ameli" in author)


def test_two_authors_are_no_proof_of_one(noting: Noting) -> None:
    raw = signed().replace(b"\r\nTo:", b"\r\nFrom: x@evil.example\r\nTo:", 1)
    verdict = asyncio.run(noting.judge.judge(Message(raw), None))

    assert verdict.finding is Finding.IMPERSONATION
    assert noting.lookout.looked == [raw]
