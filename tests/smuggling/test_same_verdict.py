"""The same octets get the same verdict by milter, proxy and judge alone (THREATS S1 to S14)."""

from collections.abc import Iterator

import pytest

from milter.config.load import load, shipped
from milter.judge import Judge, build_judge
from milter.mail.message import Message
from milter.proof.dns import Resolver
from tests.dns_server import DnsServer
from tests.intake.conftest import Start
from tests.intake.milters import listening, port
from tests.intake.mta import Mta, edited
from tests.smuggling.vectors import INSIDE, WITH_NUL

HEAD = b"From: Assurance Maladie <info@lune.example>\r\nTo: b@hop.example\r\nSubject: Votre remboursement\r\n"
FRAUD = (
    "Votre caisse d'Assurance Maladie vous informe qu'un remboursement de 214,70 euros vous attend.",
    "Veuillez renseigner votre RIB sur https://lune.example/rib pour le recevoir.",
    "L'Assurance Maladie",
)
# The lure before what looks like the end, behind it, and cut by it.
PLACES = {"before": 3, "behind": 0, "in the middle": 1}


def fraud(injected: bytes, place: int) -> bytes:
    lines = [line.encode() for line in FRAUD]
    before, after = b"\r\n".join(lines[:place]), b"\r\n".join(lines[place:])
    return HEAD + b"\r\n" + before + injected + after + b"\r\n"


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with DnsServer() as dns:
        judge = build_judge(load(shipped(), to_serve=False), Resolver([dns.address], timeout=60.0))
        yield judge
        judge.close()


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
async def test_what_looks_like_an_end_hides_nothing(start: Start, judge: Judge, place: int) -> None:
    lenient = await start(judge=judge, bare_newlines="normalize")
    client = await lenient.client()
    said = []
    async with listening(judge, policy={"observe_only": True}) as milter:
        mta = await Mta.ready(port(milter))
        for name, injected in INSIDE.items():
            raw = fraud(injected, place)
            alone = (await judge.judge(Message(raw), None)).finding.value
            told = edited(raw, (await mta.mail(raw)).frames)
            by_milter = Message(told).first("x-vigimel-finding")
            reply = await client.mail(raw.replace(b"\r\n.", b"\r\n.."))
            said.append((name, alone, by_milter and by_milter.value.strip().decode(), reply[:3]))

    assert [
        (name, "impersonation", "impersonation", "550" if name in WITH_NUL else "250") for name in INSIDE
    ] == said
    assert [] == lenient.hop.mails
