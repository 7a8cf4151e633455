"""What comes of asking one child? Has it forked, asks it, and has it killed with all that it has started.

Blocks: called in a thread. What a child does, dies of or says raises nothing but at its start.
"""

import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from milter.child.origin import Origin
from milter.child.wire import MAX_REPLY, BrokenFrameError, LateError, decode, encode, receive, send

_START_SECONDS = 20.0
# More than it takes to give back what a child has of the memory.
_END_SECONDS = 20.0


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

    def __init__(self, origin: Origin, target: str) -> None:
        """Have it forked and wait until it is ready. Raises StartError."""
        self.asked = 0
        self._status = ""
        try:
            self._wire, self._line = origin.beget(target)
        except OSError as error:
            raise StartError(error.strerror or str(error)) from error
        # A child that does not listen must not keep us writing.
        self._wire.setblocking(False)
        try:
            first = self._hear(time.monotonic() + _START_SECONDS)
        except LateError:
            # Nor would its origin say how it ended: that stands still, or the machine does.
            self._let_go()
            raise StartError(f"not ready after {_START_SECONDS:g} s") from None
        if first is None or first.get("ready") is not True:
            self.kill()
            raise StartError(self._why(first))

    @property
    def is_alive(self) -> bool:
        """False once it has ended by itself, or by somebody else's hand."""
        try:
            # Nothing comes from one that is not asked.
            self._wire.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            pass
        return False

    def ask(self, options: Mapping[str, Any], content: bytes, seconds: float) -> Outcome:
        """What it says within so many seconds; killed where it needs more, or says what is no frame."""
        self.asked += 1
        until = time.monotonic() + seconds
        value: Any = None
        try:
            send(self._wire.fileno(), encode({**options, "seconds": seconds}), until)
            send(self._wire.fileno(), content, until)
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
        with suppress(OSError):
            self._line.shutdown(socket.SHUT_WR)
            self._line.settimeout(_END_SECONDS)
            self._status = self._line.recv(100).decode("ascii", "replace")
        self._let_go()

    def _let_go(self) -> None:
        """Its origin ends it when it comes to that."""
        self._line.close()
        self._wire.close()

    def _hear(self, until: float) -> dict[str, Any] | None:
        """The next thing it says; None where that is nothing that a child of ours says."""
        try:
            heard = decode(receive(self._wire.fileno(), MAX_REPLY, until))
        except BrokenFrameError:
            return None
        return heard if isinstance(heard, dict) else None

    def _why(self, heard: dict[str, Any] | None) -> str:
        if heard is not None and isinstance(heard.get("failed"), str):
            return str(heard["failed"])[:200]
        return self._status or "its origin is gone"
