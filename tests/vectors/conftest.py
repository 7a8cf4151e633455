"""The shipped judge, with the test zone as its DNS."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from milter.config.load import load, shipped
from milter.judge import build_judge
from milter.mail.envelope import Envelope
from milter.mail.message import Message
from milter.proof.dns import Resolver
from milter.verdict.verdict import Verdict
from tests.dns_server import DnsServer

Judged = Callable[..., Verdict]


@pytest.fixture(scope="session")
def judged() -> Iterator[Judged]:
    """Judges the bytes of a mail, with an envelope if wanted."""
    with DnsServer() as dns, asyncio.Runner() as runner:
        judge = build_judge(load(shipped(), to_serve=False), Resolver([dns.address], timeout=60.0))

        def judge_bytes(raw: bytes, envelope: Envelope | None = None) -> Verdict:
            return runner.run(judge.judge(Message(raw), envelope))

        yield judge_bytes
