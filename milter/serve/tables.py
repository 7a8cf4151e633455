"""Who makes and upgrades the tables of the quarantine? A process of its own, before one that stays opens it.

What only that needs takes thirteen megabytes, which a worker would keep until its end.
"""

import asyncio
import os
import signal
from pathlib import Path
from typing import NoReturn

from milter.child.limits import die_with_parent
from milter.quarantine.transactions import open_database


async def make_tables(place: Path | str) -> None:
    """See that they are there. What cannot be done is not told here: whoever opens the quarantine is told."""
    if (pid := os.fork()) == 0:
        _make(place)
    await asyncio.to_thread(os.waitpid, pid, 0)


def _make(place: Path | str) -> NoReturn:
    """The life of the process; it never comes back into the code of the one that waits for it."""
    try:
        # The event loop of that one must hear of no signal that reaches this one.
        signal.set_wakeup_fd(-1)
        die_with_parent()
        open_database(place).engine.dispose()
    finally:
        os._exit(0)
