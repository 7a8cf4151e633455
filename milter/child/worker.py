"""What does a child do? It takes limits on itself, gets ready, and works on one request after the other.

The function of its target gets what the origin holds and gives back a `Work`. A fault of ours ends the child;
the parent hears the place of it, never its words, which may be a stranger's.
"""

import importlib
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from milter.child.limits import (
    Limits,
    allow_cpu,
    be_first_to_go,
    close_all_but,
    die_with,
    forget_shared_memory,
    take,
)
from milter.child.wire import MAX_REQUEST, BrokenFrameError, decode, encode, receive, send

# (options, content, tell): `tell` says what is known so far; the last word counts.
Work = Callable[[dict[str, Any], bytes, Callable[[Any], None]], None]
Begin = Callable[[Any], Work]

# Nothing of the gateway's environment goes on to what a child starts: no secret that may stand there.
_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"}


def loaded(target: str) -> Begin:
    """The function that a target (`module:function`) names. Raises what its module raises."""
    module, _, name = target.partition(":")
    begin: Begin = getattr(importlib.import_module(module), name)
    return begin


def live(begin: Begin, held: Any, wire: int, origin: int) -> None:
    """Serve until the parent closes its end of the wire; in a process that the origin has just forked."""
    try:
        _part_from_origin(wire, origin)
        take(Limits())
        work = begin(held)
        send(wire, encode({"ready": True}))
        while True:
            options = decode(receive(wire, MAX_REQUEST))
            content = receive(wire, MAX_REQUEST)
            allow_cpu(options["seconds"])
            work(options, content, lambda value: send(wire, encode({"value": value})))
            send(wire, encode({"done": True}))
    except BrokenFrameError:
        return
    except BaseException as error:  # noqa: BLE001 whatever it is, the parent hears where
        send(wire, encode({"failed": f"{type(error).__name__} {_place(error.__traceback__)}"}))


def _part_from_origin(wire: int, origin: int) -> None:
    """Be nobody's but the parent's: no signal, no descriptor, no memory that others write or read."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    # A group of its own: the signals of a terminal pass by, and all of it can be killed at once. In a session
    # of its own it cannot leave the group.
    os.setsid()
    die_with(origin)
    close_all_but(0, 1, 2, wire)
    _silence()
    os.chdir("/")
    with suppress(OSError):
        Path("/proc/self/comm").write_text("vigimel-child", "ascii")
    be_first_to_go()
    os.environ.clear()
    os.environ.update(_ENVIRONMENT)
    forget_shared_memory()


def _silence() -> None:
    """What a library prints must not stand in the log."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nothing, fd)
    os.close(nothing)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 as long as it lives
    sys.stdout = sys.stderr = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def _place(trace: TracebackType | None) -> str:
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else ""
