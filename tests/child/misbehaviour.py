"""A child that does what it is told, whatever that is: what a hostile file may make of a real one."""

import mmap
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from milter.child.worker import Work


def begin(held: object) -> Work:
    """Ready, unless the origin holds that it is to die first."""
    if isinstance(held, mmap.mmap):
        held[:1] = b"x"
    if held == "stillborn":
        os._exit(3)

    def work(options: dict[str, Any], content: bytes, tell: Callable[[Any], None]) -> None:
        tell({"so far": len(content), "pid": os.getpid(), "seconds": options["seconds"]})
        DEEDS[options["deed"]](tell)

    return work


def _hang(_: Callable[[Any], None]) -> None:
    while True:
        time.sleep(60)


def _spin(_: Callable[[Any], None]) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    while True:
        pass


def _hang_with_a_child_of_its_own(tell: Callable[[Any], None]) -> None:
    own = os.fork()
    if own == 0:
        time.sleep(60)
    tell({"own": own})
    _hang(tell)


def _hide(_: Callable[[Any], None]) -> None:
    """Where whoever kills its group does not find it."""
    with suppress(OSError):
        os.setpgid(0, os.getpgid(os.getppid()))
    _hang(_)


def _print_garbage(_: Callable[[Any], None]) -> None:
    for fd in range(3, 12):
        with suppress(OSError):
            os.write(fd, b"\xff" * 64)
    _hang(_)


DEEDS: dict[str, Callable[[Callable[[Any], None]], None]] = {
    "done": lambda _: None,
    "hang": _hang,
    "spin": _spin,
    "hide": _hide,
    "fork": _hang_with_a_child_of_its_own,
    "exit": lambda _: os._exit(0),
    "kill itself": lambda _: os.kill(os.getpid(), signal.SIGKILL),
    "garbage": _print_garbage,
    "take 10 GB": lambda tell: tell({"length": len(bytearray(10 * 1024**3))}),
    "raise": lambda tell: tell(DEEDS["missing"]),
    "print": lambda _: print("what a library prints", flush=True),  # noqa: T201 a library may
    "half surrogate": lambda tell: tell("\ud800"),
    "too much": lambda tell: tell("x" * 8_000_000),
    "deep": lambda tell: tell(_nested(5000)),
    "a list": lambda tell: tell([1, 2]),
    "write a file": lambda tell: tell(_wrote_a_file()),
    "descriptors": lambda tell: tell(len(list(Path("/proc/self/fd").iterdir())) - 1),
    "memory runs out": lambda tell: tell(int(Path("/proc/self/oom_score_adj").read_text())),
    "environment": lambda tell: tell(sorted(os.environ)),
}


def _nested(depth: int) -> Any:
    value: Any = []
    for _ in range(min(depth, 900)):
        value = [value]
    return value


def _wrote_a_file() -> bool:
    path = Path(f"/tmp/vigimel-child-{os.getpid()}")
    with suppress(OSError):
        return path.write_bytes(b"x") == 1
    path.unlink(missing_ok=True)
    return False
