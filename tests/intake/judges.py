"""Judges that answer what a test wants, and a quarantine that is full."""

import asyncio
from dataclasses import dataclass, field

from milter.errors import TryLater
from milter.mail.envelope import Envelope
from milter.mail.message import Message
from milter.quarantine.held import HeldMail
from milter.verdict.verdict import Finding, Verdict


@dataclass
class FixedJudge:
    """Believes the same of every mail."""

    finding: Finding = Finding.UNRELATED

    async def judge(self, _message: Message, _envelope: Envelope | None) -> Verdict:
        return Verdict(self.finding)


@dataclass
class NotingJudge:
    """Believes nothing of any mail, and keeps what it was told of its way."""

    envelopes: list[Envelope | None] = field(default_factory=list)

    async def judge(self, _message: Message, envelope: Envelope | None) -> Verdict:
        self.envelopes.append(envelope)
        return Verdict(Finding.UNRELATED)

    @property
    def clients(self) -> list[tuple[str, int, str, str, str]]:
        return [
            (one.client_address, one.client_port, one.client_name, one.helo, one.login)
            for one in self.envelopes
            if one is not None
        ]


@dataclass
class WaitingJudge:
    """Has to be told to go on; says when it was asked."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def judge(self, _message: Message, _envelope: Envelope | None) -> Verdict:
        self.asked.set()
        await self.go_on.wait()
        return Verdict(Finding.UNRELATED)


@dataclass
class RaisingJudge:
    """Has a fault of its own."""

    error: Exception = field(default_factory=lambda: RuntimeError("db path /var/lib/secret"))

    async def judge(self, _message: Message, _envelope: Envelope | None) -> Verdict:
        raise self.error


class FullStore:
    """A quarantine whose disk is full."""

    async def hold(self, _mail: HeldMail) -> int:
        raise TryLater("quarantine: database or disk is full: /var/lib/secret")
