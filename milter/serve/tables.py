"""Who makes and upgrades the tables of the quarantine? A process of its own, before one that stays opens it.

What only that needs takes thirteen megabytes, which a worker would keep until its end.
"""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from time import monotonic
from typing import NoReturn

from milter import maillog
from milter.child.limits import die_with_parent
from milter.quarantine.migrations.upgrade import HEAD
from milter.quarantine.transactions import BUSY_TIMEOUT, open_database


async def make_tables(place: Path | str, at_length: Callable[[], AbstractContextManager[None]]) -> None:
    """See that they are there. What cannot be done is not told here: whoever opens the quarantine is told.

    In the context that `at_length` gives older tables are upgraded, however long that takes: a start that
    was broken off for that would begin anew, for ever.
    """
    heard, says = os.pipe()
    if (pid := os.fork()) == 0:
        _make(place, says)
    os.close(says)
    with open(heard, "rb", buffering=0) as pipe:  # noqa: ASYNC230, PTH123 a pipe
        # Nothing where it ends with nothing to upgrade.
        is_long = await asyncio.to_thread(pipe.read, 1)
    if is_long:
        with at_length():
            await asyncio.to_thread(os.waitpid, pid, 0)
    else:
        await asyncio.to_thread(os.waitpid, pid, 0)


def _make(place: Path | str, says: int) -> NoReturn:
    """The life of the process; it never comes back into the code of the one that waits for it."""
    begun = []

    def begins(version: str) -> None:
        begun.append(monotonic())
        maillog.upgrading_tables(version, HEAD)
        os.write(says, b".")

    try:
        # The event loop of that one must hear of no signal that reaches this one.
        signal.set_wakeup_fd(-1)
        die_with_parent()
        open_database(place, BUSY_TIMEOUT, begins).engine.dispose()
        if begun:
            maillog.upgraded_tables(HEAD, round(monotonic() - begun[-1]))
    finally:
        os._exit(0)
