"""Is all well? What an answer of /healthz and /readyz stands on. Raises nothing.

Well: enough processes live to do the work. Ready: mail that comes in now comes to an end, because a worker
takes it, the quarantine answers, and so does a next hop. What is asked of others is asked at most once in
some seconds, however often somebody asks us.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from milter.errors import TryLater
from milter.meter.signs import BEAT, DRAINING, HOP_ANSWERED, HOP_FAILED, READY
from milter.meter.table import Table
from milter.quarantine.campaigns import Campaigns
from milter.quarantine.held import State
from milter.quarantine.requests import Requests
from milter.quarantine.size import Size, sizes
from milter.quarantine.store import Store
from milter.relay.next_hop import NextHop
from milter.trace.find import Traces

# Seconds. As long as the process that watches them finds a worker well without a word.
_LATE = 10.0
# How old an answer may be before we ask again ourselves.
FRESH = 5.0
# A month of the trace is not counted each time that somebody asks.
_TRACE_HOLDS = 300.0
_DAY = timedelta(days=1)
# Longer than a prober waits, shorter than a next hop may take for a mail.
_PATIENCE = 4.0


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that must be so, and how it is."""

    name: str
    is_well: bool
    says: str


@dataclass(frozen=True, slots=True)
class Workers:
    """How many processes take mail, of how many, and how many only end what they have begun."""

    ready: int
    wanted: int
    draining: int

    def part(self) -> Part:
        """Well while one of them takes mail: it does the work of all until they are started again."""
        return Part("workers", self.ready > 0, f"{self.ready} of {self.wanted} take mail")


@dataclass(slots=True)
class Health:
    """What is known of the gateway."""

    table: Table
    wanted: int
    store: Store
    next_hop: NextHop
    is_draining: bool = False
    _quarantine: Mapping[State, Size] | None = None
    # Of recipients, that nobody has answered.
    requests: int = 0
    # Letters of which mail waits, and how many mails of the one of which most do.
    campaigns: tuple[int, int] = (0, 0)
    # Domains of a brand that have always proven themselves, and lately not once.
    stopped_proving: tuple[str, ...] = ()
    _traced: float = field(default=float("-inf"))
    _asked: float = field(default=float("-inf"))
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    def workers(self) -> Workers:
        """Those that live and say so."""
        now = time.monotonic()
        rows = tuple(self.table.columns(READY, DRAINING, BEAT))
        ready = sum(bool(takes) and now - beat < _LATE for takes, _, beat in rows)
        return Workers(ready, self.wanted, sum(bool(drains) for _, drains, _ in rows))

    async def healthy(self) -> tuple[Part, ...]:
        """Does the service live?"""
        if self.is_draining:
            return (Part("workers", True, f"{self.workers().draining} end what they have begun"),)
        return (self.workers().part(),)

    async def ready(self) -> tuple[Part, ...]:
        """Can it take a mail to its end?"""
        await self.look()
        return (
            Part("service", not self.is_draining, "stops" if self.is_draining else "runs"),
            self.workers().part(),
            Part("quarantine", self._quarantine is not None, _answers(self._quarantine is not None)),
            Part("next_hop", self.hop_answers(), _answers(self.hop_answers())),
        )

    def hop_answers(self) -> bool:
        """True where the last thing that any process heard of a next hop was an answer."""
        answered, failed = (max(self.table.column(stamp.start)) for stamp in (HOP_ANSWERED, HOP_FAILED))
        return answered > failed

    @property
    def quarantine(self) -> Mapping[State, Size] | None:
        """How much waits; None where the database did not answer."""
        return self._quarantine

    async def look(self) -> None:
        """Ask those who were not heard of lately."""
        async with self._asking:
            now = time.monotonic()
            if now - self._asked < FRESH:
                return
            await asyncio.gather(_within(self._ask_store), _within(self._ask_next_hop))
            self._asked = time.monotonic()

    async def _ask_store(self) -> None:
        self._quarantine = None
        self._quarantine = await sizes(self.store.transactions)
        self.requests = await Requests(self.store.transactions).waiting()
        self.campaigns = await Campaigns(self.store.transactions).waiting()
        if time.monotonic() - self._traced >= _TRACE_HOLDS:
            now = datetime.now(UTC)
            self.stopped_proving = await Traces(self.store.transactions).stopped_proving(now - _DAY, now)
            self._traced = time.monotonic()

    async def _ask_next_hop(self) -> None:
        heard = max(self.table.column(HOP_ANSWERED.start))
        if self.hop_answers() and time.monotonic() - heard < FRESH:
            return
        began = time.monotonic()
        HOP_FAILED.set(began)
        session = await self.next_hop.open()
        HOP_ANSWERED.now()
        await session.close()


async def _within(work: Callable[[], Awaitable[None]]) -> None:
    """Do it, but not for longer than who asks us waits."""
    try:
        async with asyncio.timeout(_PATIENCE):
            await work()
    except (TryLater, TimeoutError, OSError):
        pass


def _answers(does: bool, /) -> str:
    return "answers" if does else "does not answer"
