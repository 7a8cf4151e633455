"""The milter on a free port of loopback."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from milter.config import MilterConfig, PolicyConfig
from milter.decision import AsksQuestions, Holds
from milter.gate import Gate
from milter.intake.board import Board
from milter.intake.listen import Listeners, wanted_by_milter
from milter.intake.milter import MilterIntake
from milter.mail.envelope import Envelope
from milter.mail.message import Message
from milter.quarantine.held import HeldMail
from milter.verdict.verdict import Finding, Verdict

ONE_MEBIBYTE = 1024 * 1024


@dataclass
class NotingJudge:
    """Believes the same of every mail, and notes what it was asked about."""

    finding: Finding = Finding.UNRELATED
    mails: list[bytes] = field(default_factory=list)
    envelopes: list[Envelope | None] = field(default_factory=list)

    async def judge(self, message: Message, envelope: Envelope | None) -> Verdict:
        self.mails.append(message.raw)
        self.envelopes.append(envelope)
        await asyncio.sleep(0)
        return Verdict(self.finding)


class NoStore:
    """A quarantine that nothing may reach."""

    async def hold(self, _mail: HeldMail) -> int:
        raise AssertionError("nothing was to be held here")


def port(intake: MilterIntake) -> int:
    return int(intake.addresses[0].rpartition(":")[2])


@contextlib.asynccontextmanager
async def listening(
    judge: AsksQuestions,
    store: Holds | None = None,
    *,
    policy: dict[str, Any] | None = None,
    max_size: int = ONE_MEBIBYTE,
    **options: Any,
) -> AsyncIterator[MilterIntake]:
    """The milter, until the test is over."""
    config = MilterConfig(**({"listen": ("inet:127.0.0.1:0",)} | options))
    gate = Gate(judge, store or NoStore(), PolicyConfig(**(policy or {})), "gw.example", "gw.example")
    intake = MilterIntake(gate, config, max_size, Board().row(0))
    listeners = Listeners()
    await intake.start(listeners.open(wanted_by_milter(config))["milter"])
    try:
        yield intake
    finally:
        await intake.stop(0)
        listeners.keep(())
