"""The same mail gets the same verdict through the proxy, the milter and the command line."""

from milter.config import NextHopConfig, PolicyConfig, SmtpConfig
from milter.config.load import load, shipped
from milter.gate import Gate
from milter.intake.board import Board
from milter.intake.listen import Listeners, wanted_by_smtp
from milter.intake.smtp import SmtpIntake
from milter.judge import build_judge
from milter.mail.message import Message
from milter.proof.dns import Resolver
from milter.relay.next_hop import next_hop
from tests.cases import Case, read_cases
from tests.dns_server import DnsServer
from tests.intake.client import Client
from tests.intake.hop import Hop
from tests.intake.milters import NoStore, listening, port
from tests.intake.mta import Mta, edited


def is_told_alike(raw: bytes) -> bool:
    """False of what the proxy refuses before it is judged, and of a header with a line that is no field:
    there Postfix begins the body, and its milters are told of another mail.
    """
    clean = raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r") and b"\0" not in raw
    header = raw.partition(b"\r\n\r\n")[0]
    return clean and all(b":" in line or line[:1] in b" \t" for line in header.split(b"\r\n"))


# Some of each kind and theme.
CASES = [case for case in read_cases()[::12] if is_told_alike(case.raw)]


def finding(raw: bytes) -> str:
    field = Message(raw).first("x-vigimel-finding")
    return field.value.strip().decode() if field else ""


async def through_smtp(client: Client, hop: Hop, case: Case) -> str:
    stuffed = case.raw.replace(b"\r\n.", b"\r\n..")
    stuffed += b"" if stuffed.endswith(b"\r\n") else b"\r\n"
    reply = await client.mail(stuffed)
    assert reply.startswith("250"), reply
    return finding(hop.mails[-1])


async def test_the_same_mail_gets_the_same_verdict_on_every_way() -> None:
    hop = await Hop().start()
    with DnsServer() as dns:
        judge = build_judge(load(shipped(), to_serve=False), Resolver([dns.address], timeout=60.0))
        onward = next_hop(NextHopConfig(url=f"smtp://127.0.0.1:{hop.port}"), "gw.example")
        gate = Gate(judge, NoStore(), PolicyConfig(observe_only=True), "gw.example", "gw.example")
        config = SmtpConfig(listen=("127.0.0.1:0",))
        proxy = SmtpIntake(gate, onward, config, "gw.example", Board().row(0))
        await proxy.start(Listeners().open(wanted_by_smtp(config))["smtp"])
        async with listening(judge, policy={"observe_only": True}, max_size=25 * 2**20) as milter:
            mta = await Mta.ready(port(milter))
            client = await Client.connect(proxy.addresses[0].port)
            await client.say("EHLO client.example")
            different = []
            for case in CASES:
                direct = (await judge.judge(Message(case.raw), None)).finding.value
                by_milter = finding(edited(case.raw, (await mta.mail(case.raw)).frames))
                by_smtp = await through_smtp(client, hop, case)
                if not direct == by_milter == by_smtp:
                    different.append((case.name, direct, by_milter, by_smtp))
        await proxy.stop(0)
        hop.stop()

    assert len(CASES) > 50
    assert [] == different
