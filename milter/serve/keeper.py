"""What must be done once, however many workers there are? Retention, reports, the pages."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from milter import maillog
from milter.config import Config
from milter.digest.post import DigestPost
from milter.gate import guarded
from milter.intake.listen import Sockets
from milter.log.lines import configure_log
from milter.precedent.orders import Orders
from milter.precedent.rules import Rules
from milter.quarantine import retention
from milter.quarantine.campaigns import Campaigns
from milter.quarantine.requests import Requests
from milter.quarantine.seal import secret_of
from milter.quarantine.store import Store
from milter.quarantine.told import ToldMails
from milter.report.post import Post
from milter.serve import night
from milter.serve.parts import Boards, Parts, opened, workers_of
from milter.serve.tables import make_tables
from milter.trace.find import Traces
from milter.workers.line import Line, Order

_SOON = 10.0
_MINUTE = 60.0
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


async def keep(parts: Parts, sockets: Mapping[str, Sockets], boards: Boards, line: Line, number: int) -> None:
    """What the keeper does: what must be done once, however many workers there are."""
    config = parts.config
    configure_log(config.log.level, config.log.format)
    boards.table.use(number)
    await make_tables(config.quarantine.place, line.at_length)
    async with (
        opened(config) as store,
        _watched(parts, store, boards, sockets.get("metrics", ())) as see_out,
    ):
        key = await secret_of(store.transactions)
        async with _reviewed(parts, store, key, sockets.get("review", ())):
            digests = DigestPost(store, parts.next_hop, config, key, parts.names)
            post = Post(store, parts.next_hop, config, parts.judge.lookout.brands, key)
            duties = [
                asyncio.create_task(_every(_MINUTE, lambda: post.send_due(datetime.now(UTC)))),
                asyncio.create_task(_every(_MINUTE, lambda: digests.work(datetime.now(UTC)))),
                asyncio.create_task(_every(_DAY, lambda: _expire(store, config))),
                asyncio.create_task(_every(5 * _MINUTE, lambda: _purge(store))),
                asyncio.create_task(
                    _every(5 * _MINUTE, lambda: night.tidy(store.transactions, datetime.now(UTC)))
                ),
                asyncio.create_task(_every(_HOUR, lambda: _make_room(store, config))),
                asyncio.create_task(_every(_DAY, lambda: _find_campaigns(store))),
                asyncio.create_task(_every(_SOON, lambda: _carry_out(store))),
                asyncio.create_task(_every(5 * _MINUTE, lambda: _recover(store))),
            ]
            line.ready()
            order = await line.order()
            for duty in duties:
                duty.cancel()
            await asyncio.gather(*duties, return_exceptions=True)
        if order is Order.STOP:
            await see_out(line)


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

    health = Health(boards.table, workers_of(parts.config), store, parts.next_hop)
    ways = {"smtp": boards.smtp, "milter": boards.milter}
    async with answering(Watched(health, installed(), parts.judge.lookout.brands, ways), sockets):
        yield lambda line: see_them_out(line, health, parts.config.smtp.drain_time)


async def _go_at_once(_: Line) -> None:
    """Nobody asks whether we drain."""


@contextlib.asynccontextmanager
async def _reviewed(parts: Parts, store: Store, key: bytes, sockets: Sockets) -> AsyncIterator[None]:
    """The review page answers as long as the context lasts."""
    if not sockets:
        yield
        return
    # Loaded by the one process that needs it.
    from milter.digest.asking import Asking
    from milter.report.telling import Teller
    from milter.review.app import build_app
    from milter.review.elsewhere import Elsewhere
    from milter.review.review import build_review, readers
    from milter.review.server import served

    config = parts.config
    origin = parts.judge.lookout.origin
    teller = Teller.of(config, store, parts.next_hop, parts.names, origin)
    asking = Asking.of(config, store, key, parts.names)
    review = build_review(store, parts.next_hop, config.policy.language, config.review, teller, asking)
    review = replace(review, pool=readers(origin), sees=config.judge.vision == "auto")
    review = replace(review, quarantine=config.quarantine, trace_days=config.trace.keep_days)
    review = replace(review, elsewhere=Elsewhere.of(config, key), observes=config.policy.observe_only)
    async with served(build_app(review), sockets, config.review):
        yield
    review.pool.close()
    teller.pool.close()


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await guarded("quarantine", work(), lambda _: None)
        await asyncio.sleep(seconds)


async def _expire(store: Store, config: Config) -> None:
    now = datetime.now(UTC)
    if count := await retention.expire(store, now, config.quarantine.keep_days):
        maillog.expired(count)
    await Traces(store.transactions).expire(now, config.trace.keep_days)
    await ToldMails(store.transactions).expire(now)
    await Requests(store.transactions).expire(now - timedelta(days=config.quarantine.keep_days))
    await Rules(store.transactions).forget_ended(now)


async def _find_campaigns(store: Store) -> None:
    """Those of mail that was held by a version without campaigns; forget those that have no mail any more."""
    campaigns, last = Campaigns(store.transactions), 0
    while (filled := await campaigns.fill(last)) is not None:
        last = filled
    await Orders(store.transactions).forget_ended(datetime.now(UTC))
    await campaigns.forget()


async def _purge(store: Store) -> None:
    if count := await store.purge(datetime.now(UTC)):
        maillog.purged(count)


async def _carry_out(store: Store) -> None:
    if count := await Orders(store.transactions).carry_out(store, datetime.now(UTC)):
        maillog.orders_carried_out(count)


async def _make_room(store: Store, config: Config) -> None:
    if not (limit := config.quarantine.max_size):
        return
    emptied = await retention.make_room(store, limit)
    if emptied != retention.Emptied():
        maillog.made_room(emptied.decided, emptied.held)


async def _recover(store: Store) -> None:
    if count := await store.recover():
        maillog.recovered(count)
