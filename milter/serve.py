"""How is it all put together, started and stopped? The only composer.

Raises ConfigError before it listens, with every problem; nothing once it listens.
"""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from milter import maillog
from milter.config import Config, load
from milter.errors import ConfigError
from milter.gate import Gate, guarded
from milter.intake.milter import MilterIntake
from milter.intake.smtp import SmtpIntake
from milter.judge import Judge, build_judge
from milter.proof.dns import Resolver
from milter.quarantine import retention
from milter.quarantine.store import RECOVER_AFTER, Store
from milter.relay.next_hop import NextHop, next_hop

_DAY = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Intakes:
    """The ways in; a way that listens nowhere is no way."""

    smtp: SmtpIntake
    milter: MilterIntake

    async def start(self) -> None:
        """Listen everywhere, or nowhere."""
        await self.smtp.start()
        try:
            await self.milter.start()
        except ConfigError:
            await self.smtp.stop(0)
            raise

    async def stop(self, grace: float) -> None:
        """Take no new mail, end those under way for at most `grace` seconds."""
        await asyncio.gather(self.smtp.stop(grace), self.milter.stop(grace))


@dataclass(frozen=True, slots=True)
class Parts:
    """What a configuration comes to before anything is opened."""

    config: Config
    judge: Judge
    next_hop: NextHop


def prepare(path: Path) -> Parts:
    """All that is needed to serve; ConfigError with every problem of the configuration and its data."""
    built: list[Parts] = []
    load(path, examine=lambda config: built.append(_build(config)))
    return built[0]


def prepare_judge(path: Path, nameservers: tuple[str, ...] = ()) -> tuple[Config, Judge]:
    """All that is needed to judge as this configuration does; nameservers given come before its own."""
    built: list[tuple[Config, Judge]] = []
    load(
        path,
        to_serve=False,
        examine=lambda config: built.append((config, _judge(config, nameservers))),
    )
    return built[0]


def build_next_hop(config: Config) -> NextHop:
    """The next hop of this configuration."""
    hop = config.next_hop
    return next_hop(
        hop.url, connect_timeout=hop.connect_timeout, timeout=hop.timeout, helo_name=config.hostname
    )


def _build(config: Config) -> Parts:
    return Parts(config, _judge(config), build_next_hop(config))


def _judge(config: Config, nameservers: tuple[str, ...] = ()) -> Judge:
    resolver = Resolver(nameservers or config.dns.nameservers, config.dns.timeout)
    return build_judge(config, resolver, note=maillog.child_died)


async def serve(parts: Parts, announce: Callable[[Intakes], None]) -> None:
    """Take mail until SIGTERM or SIGINT, then end what is under way; a second signal cuts that short.

    `announce` is called once, when mail can come in.
    """
    config = parts.config
    signals = _Signals()
    async with _running(parts) as intakes:
        announce(intakes)
        await signals.first()
        stopping = asyncio.ensure_future(intakes.stop(config.smtp.drain_time))
        if not await signals.second_before(stopping):
            stopping.cancel()
            await asyncio.wait([stopping])
            stopping = asyncio.ensure_future(intakes.stop(0))
        await stopping


@contextlib.asynccontextmanager
async def _running(parts: Parts) -> AsyncIterator[Intakes]:
    """Listening intakes, their quarantine open and kept."""
    config = parts.config
    store = await Store.open(config.quarantine.path)
    gate = Gate(parts.judge, store, config.policy, config.authserv_id, config.hostname)
    intakes = Intakes(
        SmtpIntake(gate, parts.next_hop, config.smtp, config.hostname),
        MilterIntake(gate, config.milter, config.smtp.max_message_size),
    )
    keeper: list[asyncio.Task[None]] = []
    try:
        await intakes.start()
        keeper += [
            asyncio.create_task(_every(_DAY, lambda: _expire(store, config.quarantine.keep_days))),
            asyncio.create_task(_every(RECOVER_AFTER.total_seconds(), lambda: _recover(store))),
        ]
        yield intakes
    finally:
        for task in keeper:
            task.cancel()
        await asyncio.gather(*keeper, return_exceptions=True)
        await store.close()
        parts.judge.close()


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await guarded("quarantine", work(), lambda _: None)
        await asyncio.sleep(seconds)


async def _expire(store: Store, days: int) -> None:
    if count := await retention.expire(store, datetime.now(UTC), days):
        maillog.expired(count)


async def _recover(store: Store) -> None:
    if count := await store.recover(datetime.now(UTC)):
        maillog.recovered(count)


class _Signals:
    """SIGTERM and SIGINT, counted."""

    def __init__(self) -> None:
        self._came: asyncio.Queue[None] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._came.put_nowait, None)

    async def first(self) -> None:
        """Wait for a signal."""
        await self._came.get()

    async def second_before(self, work: asyncio.Future[None]) -> bool:
        """Wait for the work or for one more signal; True when the work has ended."""
        another = asyncio.ensure_future(self._came.get())
        await asyncio.wait([work, another], return_when=asyncio.FIRST_COMPLETED)
        another.cancel()
        return work.done()
