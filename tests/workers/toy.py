"""A service of processes that misbehave as told, watched with short times.

    python -m tests.workers.toy HOW SECONDS

It kills who does not answer for so many seconds. Its configuration is wrong when it is read again.
"""

import asyncio
import contextlib
import ctypes
import os
import sys
import time

import milter.workers.line
from milter.errors import ConfigError
from milter.log.lines import configure_log
from milter.workers.crew import Plan
from milter.workers.forked import Role
from milter.workers.line import Line
from milter.workers.systemd import Notify
from milter.workers.watch import Watch
from milter.workers.watched import StartError, Times

# From linux/prctl.h.
_PR_SET_CHILD_SUBREAPER = 36


async def well(line: Line, _: int) -> None:
    """Work until told to end."""
    line.ready()
    await line.order()


async def hangs_when_told(line: Line, _: int) -> None:
    """Stop answering when the file is there; take it away, so that the next one is well."""
    line.ready()
    while not os.path.exists("hang"):  # noqa: ASYNC240, PTH110 a look at a file of the test
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(line.order(), 0.05)
            return
    os.unlink("hang")  # noqa: PTH108 the same
    time.sleep(3600)  # noqa: ASYNC251 that is the fault


async def dies_at_once(line: Line, _: int) -> None:
    """Begin, and end at once."""
    line.ready()
    await asyncio.sleep(0.05)
    os._exit(3)


async def dies_at_start(_line: Line, _: int) -> None:
    """Never begin."""
    raise RuntimeError


async def cannot_start(_line: Line, _: int) -> None:
    """Say what the operator must put right."""
    raise ConfigError(["the disk is full of\nletters"])


async def never_ready(_line: Line, _: int) -> None:
    """Neither begin nor end."""
    await asyncio.sleep(3600)


async def long_at_start(line: Line, _: int) -> None:
    """Begin late, and say so."""
    with line.at_length():
        await asyncio.sleep(7)
    line.ready()
    await line.order()


async def leaves_one_behind(line: Line, _: int) -> None:
    """Start somebody who starts another, and ends."""
    if (pid := os.fork()) == 0:
        if os.fork() == 0:
            with open("left", "w", encoding="ascii") as file:  # noqa: ASYNC230, PTH123 in another process
                file.write(f"{os.getpid()}\n")
        os._exit(0)
    os.waitpid(pid, 0)  # noqa: ASYNC222 it ends at once
    line.ready()
    await line.order()


async def never_ends(line: Line, _: int) -> None:
    """Hear no order."""
    line.ready()
    await asyncio.sleep(3600)


class Toy:
    """A keeper that is well, and one worker."""

    def __init__(self, how: str) -> None:
        self._has_begun = False
        self._roles = (Role("keeper", well), Role("worker", globals()[how]))

    def plan(self) -> Plan:
        if self._has_begun:
            raise ConfigError(["wrong"])
        self._has_begun = True
        return Plan(self._roles, 1.0)

    def took_over(self, _plan: Plan) -> None:
        print("at work", flush=True)  # noqa: T201 the test waits for it

    def gave_up(self, _plan: Plan) -> None:
        pass

    def in_child(self, _role: Role) -> None:
        pass

    def ended(self, number: int) -> None:
        assert number in {0, 1}

    def closing(self) -> None:
        pass


if __name__ == "__main__":
    configure_log("info")
    # As the first process of a container: what others leave behind is its own.
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    milter.workers.line.ALONE_SECONDS = 8
    times = Times(late=2.0, hung=float(sys.argv[2]), margin=2.0, start=4.0)
    try:
        Watch(Toy(sys.argv[1]), Notify(os.environ), times).run()
    except ConfigError as error:
        sys.exit(f"ConfigError {error.problems}")
    except StartError:
        sys.exit("StartError")
