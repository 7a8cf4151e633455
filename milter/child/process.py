"""What comes of asking one child? Starts it, asks it, and kills it with all that it has started.

Blocks: called in a thread. What a child does, dies of or says raises nothing but at its start.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from milter.child.wire import MAX_REPLY, BrokenFrameError, LateError, decode, encode, receive, send

_START_SECONDS = 20.0
_ROOT = Path(__file__).resolve().parents[2]
# Nothing of the parent's environment: a child needs no secret that may stand there.
_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONPATH": str(_ROOT),
    "PYTHONDONTWRITEBYTECODE": "1",
    "OMP_THREAD_LIMIT": "1",
}


class End(StrEnum):
    """How a request ended. The value is the word under which the reading notes what was not read."""

    DONE = "done"
    LATE = "time"
    DIED = "died"


class StartError(Exception):
    """The child did not come up: the machine or the installation is at fault, not a mail."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The last thing that the child told before the end (None: nothing), how it ended, and why."""

    value: Any
    end: End
    why: str = ""


class Child:
    """One child process, asked by one thread at a time."""

    def __init__(self, target: str, argument: Mapping[str, Any]) -> None:
        """Start it and wait until it is ready. Raises StartError."""
        self.asked = 0
        command = [sys.executable, "-s", "-m", "milter.child.worker", target, encode(argument).decode()]
        try:
            self._process = subprocess.Popen(  # noqa: S603 our own interpreter, our own module
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_ENVIRONMENT,
                cwd="/",
                # A group of its own: the signals of a terminal pass by, and all of it can be killed at once.
                start_new_session=True,
            )
        except OSError as error:
            raise StartError(error.strerror or str(error)) from error
        self._requests, self._replies = _pipes(self._process)
        first = self._hear(time.monotonic() + _START_SECONDS)
        if not isinstance(first, dict) or first.get("ready") is not True:
            self.kill()
            raise StartError(self._why(first))

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """False once it has ended by itself, or by somebody else's hand."""
        return self._process.poll() is None

    def ask(self, options: Mapping[str, Any], content: bytes, seconds: float) -> Outcome:
        """What it says within so many seconds; killed where it needs more, or says what is no frame."""
        self.asked += 1
        until = time.monotonic() + seconds
        value: Any = None
        try:
            send(self._requests, encode({**options, "seconds": seconds}), until)
            send(self._requests, content, until)
            while True:
                heard = self._hear(until)
                if heard is None or "failed" in heard:
                    break
                if heard.get("done") is True:
                    return Outcome(value, End.DONE)
                value = heard.get("value", value)
        except LateError:
            self.kill()
            return Outcome(value, End.LATE, f"not done after {seconds:g} s")
        except BrokenFrameError:
            heard = None
        self.kill()
        return Outcome(value, End.DIED, self._why(heard))

    def kill(self) -> None:
        """End it and all that it has started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _hear(self, until: float) -> dict[str, Any] | None:
        """The next thing it says; None where that is nothing that a child of ours says."""
        try:
            heard = decode(receive(self._replies, MAX_REPLY, until))
        except BrokenFrameError:
            return None
        return heard if isinstance(heard, dict) else None

    def _why(self, heard: dict[str, Any] | None) -> str:
        if heard is not None and isinstance(heard.get("failed"), str):
            return str(heard["failed"])[:200]
        status = self._process.poll()
        return f"signal {-status}" if status is not None and status < 0 else f"status {status}"


def _pipes(process: "subprocess.Popen[bytes]") -> tuple[int, int]:
    if process.stdin is None or process.stdout is None:
        raise StartError("no pipes")
    # A child that does not listen must not keep us writing.
    os.set_blocking(process.stdin.fileno(), False)
    return process.stdin.fileno(), process.stdout.fileno()
