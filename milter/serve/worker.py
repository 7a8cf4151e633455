"""What does a worker do? It takes mail until it is told to stop, and ends what is under way."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from milter import maillog
from milter.gate import Gate
from milter.intake.listen import Sockets
from milter.intake.milter import MilterIntake
from milter.intake.smtp import SmtpIntake
from milter.log.lines import configure_log
from milter.mail.envelope import Envelope
from milter.mail.message import Message
from milter.meter.signs import DRAINING, READY
from milter.precedent.precedents import Precedents
from milter.quarantine.seal import is_sealed, secret_of
from milter.serve.parts import Boards, Parts, opened
from milter.serve.tables import make_tables
from milter.trace.writer import TraceWriter
from milter.workers.line import Line, Order


class Intake(Protocol):
    """A way in."""

    async def stop(self, grace: float, *, others_take_over: bool) -> None:
        """Take no new mail, end those under way for at most `grace` seconds."""


async def work(parts: Parts, sockets: Mapping[str, Sockets], boards: Boards, line: Line, number: int) -> None:
    """What a worker does: it takes mail."""
    config = parts.config
    configure_log(config.log.level, config.log.format)
    boards.table.use(number)
    await make_tables(config.quarantine.place, line.at_length)
    async with opened(config) as store:
        notes = TraceWriter(store.transactions, config.trace.recipients, maillog.trace_failed)
        precedents = Precedents(store.transactions, maillog.precedents_failed)
        gate = Gate(
            parts.judge,
            store,
            config.policy,
            config.authserv_id,
            config.hostname,
            notes=notes if config.trace.keep_days else None,
            precedents=precedents,
            is_ours=partial(_is_ours, await secret_of(store.transactions)),
        )
        smtp = SmtpIntake(
            gate, parts.next_hop, config.smtp, config.hostname, boards.smtp.row(number), parts.tls
        )
        milter = MilterIntake(gate, config.milter, config.smtp.max_message_size, boards.milter.row(number))
        await precedents.start()
        await smtp.start(sockets.get("smtp", ()), sockets.get("proxied", ()))
        await milter.start(sockets.get("milter", ()))
        notes.start()
        READY.set(1)
        line.ready()
        await _until_stopped(line, (smtp, milter), config.smtp.drain_time)
        await notes.close()
        await precedents.close()
    await parts.next_hop.close()
    parts.judge.close()


def _is_ours(key: bytes, message: Message, envelope: Envelope) -> bool:
    return is_sealed(key, message, envelope.forward_paths, datetime.now(UTC))


async def _until_stopped(line: Line, intakes: Sequence[Intake], drain_time: float) -> None:
    order = await line.order()
    READY.set(0)
    DRAINING.set(1)
    stopping = asyncio.create_task(_stop(intakes, drain_time, others_take_over=order is Order.RETIRE))
    while not await done_before_cut(line, stopping):
        stopping.cancel()
        await asyncio.wait([stopping])
        stopping = asyncio.create_task(_stop(intakes, 0, others_take_over=True))
    await stopping


async def _stop(intakes: Sequence[Intake], grace: float, *, others_take_over: bool) -> None:
    stops = (intake.stop(grace, others_take_over=others_take_over) for intake in intakes)
    await asyncio.gather(*stops)


async def done_before_cut(line: Line, work: asyncio.Task[None]) -> bool:
    """Wait for the work, or for the order to cut it short; True when the work has ended."""
    while not work.done():
        order = asyncio.create_task(line.order())
        await asyncio.wait((work, order), return_when=asyncio.FIRST_COMPLETED)
        if order.done() and order.result() is Order.CUT:
            return work.done()
        order.cancel()
    return True
