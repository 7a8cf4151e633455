"""What is a process to the one that watches it? Forked here, told what to do, listened to, killed.

Forked, not started anew: it works with the configuration that was found good, whatever stands in the files
when it must be started again, and it shares with the others the memory of what was read. That asks of the
watcher to have no threads and no event loop.
"""

import asyncio
import contextlib
import gc
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from milter import maillog
from milter.errors import ConfigError
from milter.workers.line import Line, Order, Word, tell
from milter.workers.loop import new_event_loop

# sysexits.h: the configuration is wrong; a fault of our own.
_CONFIG, _SOFTWARE = 78, 70
# A process that has read a stranger's bytes may say anything.
_LONGEST_LINE = 4096
_MOST_PROBLEMS = 100
# Objects made and not given back yet. With the 700 of Python itself a worker looks for garbage once in a
# dozen mails, through connections that are open and mails under way; with many more, what waits takes memory.
COLLECT_AFTER = 3_000


@dataclass(frozen=True, slots=True)
class Role:
    """What a process is for. `run` gets its line and its number: of two that live, no two have the same."""

    name: str
    run: Callable[[Line, int], Awaitable[None]]


class Forked:
    """One process."""

    def __init__(self, role: Role, number: int, in_child: Callable[[], None]) -> None:
        """Fork it. `in_child` puts away what belongs to the watcher only. OSError where there is no room."""
        self.role = role
        self.number = number
        self.is_ready = False
        self.is_at_length = False
        self.problems: list[str] = []
        self.started = self.heard = time.monotonic()
        self.kill_at: float | None = None
        self._rest = b""
        self.wire, theirs = socket.socketpair()
        try:
            self.pid = _fork()
        except OSError:
            self.wire.close()
            theirs.close()
            raise
        if self.pid == 0:
            self.wire.close()
            _become(role, number, theirs, in_child)
        theirs.close()
        self.wire.setblocking(False)

    def hear(self) -> bool:
        """Take in what it has said; False once it can say no more."""
        try:
            heard = self.wire.recv(_LONGEST_LINE)
        except (BlockingIOError, InterruptedError):
            return True
        except OSError:
            return False
        *lines, self._rest = (self._rest + heard)[-_LONGEST_LINE:].split(b"\n")
        for line in lines:
            self._take(line.decode("utf-8", "replace"))
        return bool(heard)

    def order(self, order: Order, kill_at: float | None = None) -> None:
        """Tell it what to do; whoever has not ended at `kill_at` (monotonic) is killed."""
        if kill_at is not None:
            self.kill_at = kill_at
        with contextlib.suppress(OSError):
            self.wire.send(order.value)

    def kill(self) -> None:
        """End it at once."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def ended(self) -> str | None:
        """How it has ended; None while it lives."""
        try:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
        except ChildProcessError:
            return "status unknown"
        if pid == 0:
            return None
        code = os.waitstatus_to_exitcode(status)
        return f"signal {-code}" if code < 0 else f"status {code}"

    def _take(self, line: str) -> None:
        self.heard = time.monotonic()
        word, _, sentence = line.partition(" ")
        self.is_at_length = word == Word.LONG.value
        if word == Word.READY.value:
            self.is_ready = True
        elif word == Word.PROBLEM.value and len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(sentence)


def _fork() -> int:
    """Fork, with all that was read so far out of reach of the garbage collector, in both processes: it would
    look through the whole lexicon time and again, and write into each page that the processes share.

    No collection here, for the same reason: it would take from those who were forked before us the pages that
    they share with the watcher. It collects once, before the first (`watch`).
    """
    gc.freeze()
    return os.fork()


def _become(role: Role, number: int, wire: socket.socket, in_child: Callable[[], None]) -> NoReturn:
    """The life of a process; it never comes back into the code of its watcher."""
    status = _SOFTWARE
    try:
        signal.set_wakeup_fd(-1)
        for name in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(name, signal.SIG_DFL)
        # Ctrl-C and the end of a terminal reach the whole group; the watcher alone answers them.
        for name in (signal.SIGINT, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)
        in_child()
        gc.set_threshold(COLLECT_AFTER)
        _show_in_ps(f"vigimel-{role.name}")
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(_live(role, number, wire))
        status = 0
    except ConfigError as error:
        for problem in error.problems:
            tell(wire, Word.PROBLEM, problem)
        status = _CONFIG
    except BaseException as error:  # noqa: BLE001 a fork must not unwind the stack of its watcher
        maillog.crashed("-", error)
    finally:
        os._exit(status)


def _show_in_ps(name: str) -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/comm").write_text(name, "ascii")


async def _live(role: Role, number: int, wire: socket.socket) -> None:
    line = Line(wire)
    try:
        await role.run(line, number)
    finally:
        line.close()
