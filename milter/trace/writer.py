"""How do rows get to the database, when the mail must not wait for them? Noted at once, written in batches.

A mail is never late, refused or lost because of its row: where the database is slow or away, rows wait here,
and where too many wait, the oldest are given up, counted and logged.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from functools import partial

from sqlalchemy import Connection, insert

from milter.errors import TryLater
from milter.quarantine.rows import folded
from milter.quarantine.schema import trace
from milter.quarantine.transactions import Transactions
from milter.trace import tally
from milter.trace.traced import Recipients, Traced, for_privacy

# Seconds between two batches; what a crash may cost is not more than this.
PAUSE = 1.0
MAX_WAITING = 20_000
# Rows of one transaction; SQLite takes some thousands of values in one statement, and others wait for it.
_BATCH = 500
# Seconds after which another failure is logged again.
_QUIET = 60.0


class TraceWriter:
    """What waits to be written. `failed` hears why it could not be, and how many rows were given up."""

    def __init__(
        self, transactions: Transactions, recipients: Recipients, failed: Callable[[str, int], None]
    ) -> None:
        """Nothing waits yet."""
        self._transactions = transactions
        self._recipients = recipients
        self._failed = failed
        self._waiting: deque[Traced] = deque()
        self._given_up = 0
        self._logged_at = float("-inf")
        self._ends = asyncio.Event()
        self._work: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write."""
        self._work = asyncio.get_running_loop().create_task(self._run())

    def note(self, row: Traced) -> None:
        """Remember to write it. Never waits, never raises."""
        self._waiting.append(row)
        self._give_up_oldest()

    async def close(self) -> None:
        """Write what waits, if the database takes it now."""
        self._ends.set()
        if self._work is not None:
            await self._work
        await self._flush()
        if self._waiting or self._given_up:
            self._failed("the gateway ends", self._given_up + len(self._waiting))

    async def _run(self) -> None:
        while not self._ends.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ends.wait(), PAUSE)
            await self._flush()

    async def _flush(self) -> None:
        """Write batch by batch. A batch that is not written waits again."""
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
            rows = [for_privacy(row, self._recipients) for row in batch]
            try:
                await self._transactions.write(partial(write_rows, rows))
            except TryLater as error:
                self._waiting.extendleft(reversed(batch))
                self._give_up_oldest()
                self._tell(str(error))
                return

    def _give_up_oldest(self) -> None:
        while len(self._waiting) > MAX_WAITING:
            self._waiting.popleft()
            self._given_up += 1

    def _tell(self, why: str) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._logged_at >= _QUIET:
            self._logged_at = now
            self._failed(why, self._given_up)
            self._given_up = 0


def write_rows(rows: list[Traced], connection: Connection) -> None:
    """Write them, and count them."""
    connection.execute(insert(trace), [_values(row) for row in rows])
    tally.add(connection, tally.tallied(rows))


def _values(row: Traced) -> dict[str, object]:
    values: dict[str, object] = row._asdict()
    searched = (row.mail_id, row.message_id, row.reverse_path, row.author_address, *row.recipients)
    return values | {
        "recipients": [*row.recipients],
        "asks": [*row.asks],
        "words": folded("\n".join((*searched, row.client_address))),
    }
