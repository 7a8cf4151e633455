"""How is it all put together, started and stopped? The only composer.

Three kinds of processes: one watches (`milter.workers.watch`), the workers take mail, and the keeper does
what must be done once, however many workers there are. They share listening sockets, the counts of
connections and the quarantine, nothing else. Raises ConfigError before mail comes in, with every problem;
nothing after that.
"""

import asyncio
import contextlib
import os
import resource
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from milter import maillog
from milter.config import Config, SmtpConfig, load
from milter.config.address import HostPort
from milter.config.certificate import server_context
from milter.config.milter_socket import UnixPath
from milter.gate import Gate, guarded
from milter.intake.board import ROWS, Board
from milter.intake.listen import (
    Listeners,
    Sockets,
    address_of,
    wanted_by_metrics,
    wanted_by_milter,
    wanted_by_review,
    wanted_by_smtp,
)
from milter.intake.milter import MilterIntake, shown
from milter.intake.smtp import SmtpIntake
from milter.judge import Judge, build_judge
from milter.mail.envelope import Envelope
from milter.mail.message import Message
from milter.meter.signs import DRAINING, READY
from milter.meter.table import Table
from milter.proof.dns import Resolver
from milter.quarantine import retention
from milter.quarantine.seal import is_sealed, secret_of
from milter.quarantine.store import RECOVER_AFTER, Store
from milter.relay import idle
from milter.relay.next_hop import NextHop, next_hop
from milter.report.post import Post
from milter.trace.find import Traces
from milter.trace.writer import TraceWriter
from milter.workers.crew import Plan
from milter.workers.forked import Role
from milter.workers.line import Line, Order
from milter.workers.systemd import Notify, passed_sockets
from milter.workers.watch import Watch

_Addresses = Sequence[HostPort | UnixPath]
# Where mail comes in by SMTP and by the milter, where the review page is, and where the figures are.
Announce = Callable[[Config, _Addresses, Sequence[str], _Addresses, _Addresses], None]

_MINUTE = 60.0
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
# Of a worker beside its connections: the quarantine, children, what libraries open.
_OPEN_FILES = 256


class Intake(Protocol):
    """A way in."""

    async def stop(self, grace: float, *, others_take_over: bool) -> None:
        """Take no new mail, end those under way for at most `grace` seconds."""


@dataclass(frozen=True, slots=True)
class Boards:
    """What all processes share: who has how many connections, of each way in, and what was counted."""

    smtp: Board = field(default_factory=Board)
    milter: Board = field(default_factory=Board)
    table: Table = field(default_factory=lambda: Table(ROWS))

    def forget(self, number: int) -> None:
        """The process of this number has ended."""
        for one in (self.smtp, self.milter, self.table):
            one.wipe(number)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a configuration comes to before anything is opened."""

    config: Config
    judge: Judge
    next_hop: NextHop
    tls: ssl.SSLContext | None = None


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
    """The next hop of this configuration, for who has a mail now and then."""
    return next_hop(config.next_hop, config.hostname)


def _build(config: Config) -> Parts:
    hop = next_hop(config.next_hop, config.hostname, idle.SECONDS, maillog.next_hop_failed)
    return Parts(config, _judge(config), hop, _tls(config.smtp))


def _tls(config: SmtpConfig) -> ssl.SSLContext | None:
    # What is wrong with it is among the problems of the configuration already, with its line.
    with contextlib.suppress(ValueError):
        return server_context(config.certificate, config.key) if config.certificate else None
    return None


def _judge(config: Config, nameservers: tuple[str, ...] = ()) -> Judge:
    resolver = Resolver(nameservers or config.dns.nameservers, config.dns.timeout)
    return build_judge(config, resolver, note=maillog.child_died)


def _workers(config: Config) -> int:
    return config.service.workers or len(os.sched_getaffinity(0))


def serve(path: Path, begin: Callable[[Config], None], announce: Announce) -> None:
    """Take mail until SIGTERM or SIGINT, then end what is under way; a second signal cuts that short.

    SIGHUP reads the configuration and its data again: sessions that begin have the new one, and where it is
    wrong the old one stays. `begin` is called once, when it was read for the first time, `announce` when mail
    can come in.
    """
    listeners = Listeners(passed_sockets(os.environ))
    Watch(_Gateway(path, listeners, begin, announce), Notify(os.environ)).run()


@dataclass(frozen=True, slots=True)
class _Planned:
    plan: Plan
    config: Config
    sockets: Mapping[str, Sockets]

    @property
    def all_sockets(self) -> Sockets:
        return tuple(bound for sockets in self.sockets.values() for bound in sockets)

    def sockets_of(self, role: Role) -> Sockets:
        """Those that a process of this role listens on."""
        kept = (*self.sockets.get("review", ()), *self.sockets.get("metrics", ()))
        return kept if role.name == "keeper" else tuple(s for s in self.all_sockets if s not in kept)


class _Gateway:
    """What is watched: the processes of the configuration in a file."""

    def __init__(
        self, path: Path, listeners: Listeners, begin: Callable[[Config], None], announce: Announce
    ) -> None:
        self._path = path
        self._listeners = listeners
        self._begin = begin
        self._announce: Announce | None = announce
        self._boards = Boards()
        # The last row: none of those who are watched has so high a number.
        self._boards.table.use(ROWS - 1)
        self._now: _Planned | None = None
        self._coming: _Planned | None = None

    def plan(self) -> Plan:
        """Read the configuration, open what it listens on."""
        parts = prepare(self._path)
        config = parts.config
        if self._now is None:
            self._begin(config)
        mail = (*wanted_by_smtp(config.smtp), *wanted_by_milter(config.milter))
        pages = (*wanted_by_review(config.review), *wanted_by_metrics(config.metrics))
        sockets = self._listeners.open([*mail, *pages])
        _allow_open_files(_OPEN_FILES + 2 * config.smtp.max_connections + config.milter.max_connections)
        worker = Role("worker", partial(_work, parts, sockets, self._boards))
        workers = [worker] * _workers(config)
        keeper = Role("keeper", partial(_keep, parts, sockets, self._boards))
        plan = Plan((keeper, *workers), config.smtp.drain_time)
        self._coming = _Planned(plan, config, sockets)
        return plan

    def took_over(self, plan: Plan) -> None:  # noqa: ARG002 there is one that comes
        """The configuration that was read last is at work."""
        if self._coming is None:
            return
        self._now, self._coming = self._coming, None
        self._listeners.keep(self._now.all_sockets)
        maillog.configure(self._now.config.log.level, self._now.config.log.format)
        sockets = self._now.sockets
        smtp = tuple(map(address_of, (*sockets.get("smtp", ()), *sockets.get("proxied", ()))))
        milter = tuple(map(shown, sockets.get("milter", ())))
        review = tuple(map(address_of, sockets.get("review", ())))
        metrics = tuple(map(address_of, sockets.get("metrics", ())))
        for address in (*smtp, *milter, *review, *metrics):
            maillog.listening(str(address))
        if self._announce is not None:
            self._announce(self._now.config, smtp, milter, review, metrics)
            self._announce = None

    def gave_up(self, plan: Plan) -> None:  # noqa: ARG002 there is one that comes
        """The configuration before stays at work."""
        self._coming = None
        self._listeners.keep(self._now.all_sockets if self._now else ())

    def in_child(self, role: Role) -> None:
        """Close what this process does not listen on: where nobody accepts, nobody must wait."""
        for planned in filter(None, (self._now, self._coming)):
            if role in planned.plan.roles:
                self._listeners.keep_here(planned.sockets_of(role))
                return
        self._listeners.keep_here(())

    def ended(self, number: int) -> None:
        """Forget the connections of a process that has ended."""
        self._boards.forget(number)

    def closing(self) -> None:
        """The workers alone listen now, to say that the service ends."""
        self._listeners.keep(())


async def _work(
    parts: Parts, sockets: Mapping[str, Sockets], boards: Boards, line: Line, number: int
) -> None:
    """What a worker does: it takes mail."""
    config = parts.config
    maillog.configure(config.log.level, config.log.format)
    boards.table.use(number)
    async with _opened(config) as store:
        notes = TraceWriter(store.transactions, config.trace.recipients, maillog.trace_failed)
        gate = Gate(
            parts.judge,
            store,
            config.policy,
            config.authserv_id,
            config.hostname,
            notes=notes if config.trace.keep_days else None,
            is_ours=partial(_is_ours, await secret_of(store.transactions)),
        )
        smtp = SmtpIntake(
            gate, parts.next_hop, config.smtp, config.hostname, boards.smtp.row(number), parts.tls
        )
        milter = MilterIntake(gate, config.milter, config.smtp.max_message_size, boards.milter.row(number))
        await smtp.start(sockets.get("smtp", ()), sockets.get("proxied", ()))
        await milter.start(sockets.get("milter", ()))
        notes.start()
        READY.set(1)
        line.ready()
        await _until_stopped(line, (smtp, milter), config.smtp.drain_time)
        await notes.close()
    await parts.next_hop.close()
    parts.judge.close()


async def _keep(
    parts: Parts, sockets: Mapping[str, Sockets], boards: Boards, line: Line, number: int
) -> None:
    """What the keeper does: what must be done once, however many workers there are."""
    config = parts.config
    maillog.configure(config.log.level, config.log.format)
    boards.table.use(number)
    async with (
        _opened(config) as store,
        _watched(parts, store, boards, sockets.get("metrics", ())) as see_out,
    ):
        async with _reviewed(parts, store, sockets.get("review", ())):
            key = await secret_of(store.transactions)
            post = Post(store, parts.next_hop, config, parts.judge.look.brands, key)
            duties = [
                asyncio.create_task(_every(_MINUTE, lambda: post.send_due(datetime.now(UTC)))),
                asyncio.create_task(_every(_DAY, lambda: _expire(store, config))),
                asyncio.create_task(_every(_HOUR, lambda: _make_room(store, config))),
                asyncio.create_task(_every(RECOVER_AFTER.total_seconds(), lambda: _recover(store))),
            ]
            line.ready()
            order = await line.order()
            for duty in duties:
                duty.cancel()
            await asyncio.gather(*duties, return_exceptions=True)
        if order is Order.STOP:
            await see_out(line)


def _is_ours(key: bytes, message: Message, envelope: Envelope) -> bool:
    return is_sealed(key, message, envelope.forward_paths, datetime.now(UTC))


@contextlib.asynccontextmanager
async def _watched(
    parts: Parts, store: Store, boards: Boards, sockets: Sockets
) -> AsyncIterator[Callable[[Line], Awaitable[None]]]:
    """Whoever watches us is answered as long as the context lasts; gives what to do while workers drain."""
    if not sockets:
        yield _go_at_once
        return
    # Loaded by the one process that needs it.
    from milter.metrics.answering import answering, installed, see_them_out
    from milter.metrics.health import Health
    from milter.metrics.page import Watched

    health = Health(boards.table, _workers(parts.config), store, parts.next_hop)
    ways = {"smtp": boards.smtp, "milter": boards.milter}
    async with answering(Watched(health, installed(), parts.judge.look.brands, ways), sockets):
        yield lambda line: see_them_out(line, health, parts.config.smtp.drain_time)


async def _go_at_once(_: Line) -> None:
    """Nobody asks whether we drain."""


@contextlib.asynccontextmanager
async def _reviewed(parts: Parts, store: Store, sockets: Sockets) -> AsyncIterator[None]:
    """The review page answers as long as the context lasts."""
    if not sockets:
        yield
        return
    # Loaded by the one process that needs it.
    from milter.report.telling import Teller
    from milter.review.app import build_app
    from milter.review.review import build_review
    from milter.review.server import served

    teller = Teller.of(parts.config, store, parts.next_hop)
    review = build_review(store, parts.next_hop, parts.config.policy.language, parts.config.review, teller)
    async with served(build_app(review), sockets, parts.config.review):
        yield
    review.pool.close()


@contextlib.asynccontextmanager
async def _opened(config: Config) -> AsyncIterator[Store]:
    store = await Store.open(config.quarantine.place)
    try:
        yield store
    finally:
        await store.close()


async def _until_stopped(line: Line, intakes: Sequence[Intake], drain_time: float) -> None:
    order = await line.order()
    READY.set(0)
    DRAINING.set(1)
    stopping = asyncio.create_task(_stop(intakes, drain_time, others_take_over=order is Order.RETIRE))
    while not await _done_before_cut(line, stopping):
        stopping.cancel()
        await asyncio.wait([stopping])
        stopping = asyncio.create_task(_stop(intakes, 0, others_take_over=True))
    await stopping


async def _stop(intakes: Sequence[Intake], grace: float, *, others_take_over: bool) -> None:
    stops = (intake.stop(grace, others_take_over=others_take_over) for intake in intakes)
    await asyncio.gather(*stops)


async def _done_before_cut(line: Line, work: asyncio.Task[None]) -> bool:
    """Wait for the work, or for the order to cut it short; True when the work has ended."""
    while not work.done():
        order = asyncio.create_task(line.order())
        await asyncio.wait((work, order), return_when=asyncio.FIRST_COMPLETED)
        if order.done() and order.result() is Order.CUT:
            return work.done()
        order.cancel()
    return True


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await guarded("quarantine", work(), lambda _: None)
        await asyncio.sleep(seconds)


async def _expire(store: Store, config: Config) -> None:
    now = datetime.now(UTC)
    if count := await retention.expire(store, now, config.quarantine.keep_days):
        maillog.expired(count)
    await Traces(store.transactions).expire(now, config.trace.keep_days)
    await store.transactions.tidy()


async def _make_room(store: Store, config: Config) -> None:
    if not (limit := config.quarantine.max_size):
        return
    emptied = await retention.make_room(store, limit)
    if emptied != retention.Emptied():
        maillog.made_room(emptied.decided, emptied.held)


async def _recover(store: Store) -> None:
    if count := await store.recover(datetime.now(UTC)):
        maillog.recovered(count)


def _allow_open_files(wanted: int) -> None:
    """As many as the connections need, where the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
