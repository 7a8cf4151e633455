"""What was decided before that this mail falls under? A small picture of the database, read off the hot path.

A mail never waits for it. The picture is read anew every few seconds, so that what an admin decides or takes
back holds everywhere within that time; when a rule ends is looked at with each mail. Where the database is
away the last picture holds for a minute, long enough for its restart, and then none: what an admin may have
taken back meanwhile must not let mail pass for long, and nothing is lost without it (a mail that is then to
be held cannot be, either, and waits with its sender).
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic

from milter.campaign.traits import traits_of
from milter.errors import TryLater
from milter.mail.message import Message
from milter.precedent.rule import Letter, Rule, seen_in
from milter.precedent.rules import Rules, Use
from milter.quarantine.transactions import Transactions
from milter.verdict.verdict import Allowance, Finding, Verdict

# Seconds between two readings, and how long one may be believed.
EVERY = 5.0
BELIEVED = 60.0

_MAY_PASS = frozenset({Finding.SUSPECT, Finding.IMPERSONATION})


class Precedents:
    """What was decided, as it was when it was last read. `failed` hears, once, why it cannot be
    read any more."""

    def __init__(
        self,
        transactions: Transactions,
        failed: Callable[[str], None],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Nothing is known yet."""
        self._rules = Rules(transactions)
        self._failed = failed
        self._clock = clock
        self._by_address: Mapping[str, tuple[Rule, ...]] = {}
        self._read_at = float("-inf")
        self._used: dict[int, Use] = {}
        self._is_away = False
        self._ends = asyncio.Event()
        self._work: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Read it once, and begin to read it anew."""
        await self.refresh()
        self._work = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Count what was not counted yet, if the database takes it now."""
        self._ends.set()
        if self._work is not None:
            await self._work
        await self.refresh()

    def overrule(self, message: Message, verdict: Verdict) -> Verdict:
        """The verdict as what was decided before has it. Never waits, never raises."""
        if verdict.finding not in _MAY_PASS or self._clock() - self._read_at > BELIEVED:
            return verdict
        # Most gateways have no rule at all.
        seen = seen_in(message, verdict) if self._by_address else None
        if seen is None:
            return verdict
        now = datetime.now(UTC)
        for rule in self._by_address.get(seen.address, ()):
            if rule.covers(seen, now) and _is_copy(message, rule.letter):
                self._used[rule.id] = Use(self._times(rule.id) + 1, now)
                allowance = Allowance(rule.id, seen.address, rule.until)
                return replace(verdict, finding=Finding.ALLOWED, allowance=allowance)
        return verdict

    async def refresh(self) -> None:
        """Read it now, and count the uses."""
        try:
            await self._count()
            found = await self._rules.live(datetime.now(UTC))
        except TryLater as error:
            if not self._is_away:
                self._failed(str(error))
            self._is_away = True
            return
        by_address = defaultdict(list)
        for rule in found:
            by_address[rule.seen.address].append(rule)
        self._by_address = {address: tuple(rules) for address, rules in by_address.items()}
        self._read_at, self._is_away = self._clock(), False

    async def _run(self) -> None:
        while not self._ends.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ends.wait(), EVERY)
            await self.refresh()

    async def _count(self) -> None:
        used, self._used = self._used, {}
        if not used:
            return
        try:
            await self._rules.count(used)
        except TryLater:
            # Those of the meantime are the later ones.
            for rule_id, use in used.items():
                since = self._used.get(rule_id, Use(0, use.last))
                self._used[rule_id] = Use(use.times + since.times, since.last)
            raise

    def _times(self, rule_id: int) -> int:
        return self._used[rule_id].times if rule_id in self._used else 0


def _is_copy(message: Message, letter: Letter | None) -> bool:
    """True where a rule is for any letter, or this mail is a copy of the one that it is for."""
    return letter is None or letter.has_copy(traits_of(message.raw, ()))
