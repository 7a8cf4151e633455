"""Who works on what may take too long? A few children, started when they are first needed.

Raises TryLater where no child can be started; nothing for anything that a child does. Ordinary mail
never comes here and costs nothing.
"""

import asyncio
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from milter.child.origin import Origin
from milter.child.process import Child, End, Outcome, StartError
from milter.errors import TryLater
from milter.meter.signs import AT_WORK, WAITING

# Two: one hostile mail does not keep all others waiting, and memory stays small.
_CHILDREN = 2
# What a library leaks, or what a stranger has left behind in a child, ends with it.
_REQUESTS_OF_ONE = 200

_NOTHING: Mapping[str, Any] = {}


@dataclass(slots=True)
class _Idle:
    """The children that wait for work."""

    children: list[Child] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    closed: bool = False

    def take(self) -> Child | None:
        """One that still lives: whoever killed it, no mail is to blame for that."""
        with self.lock:
            while self.children:
                child = self.children.pop()
                if child.is_alive:
                    return child
                child.kill()
            return None

    def give(self, child: Child) -> None:
        with self.lock:
            if not self.closed:
                self.children.append(child)
                return
        child.kill()

    def close(self) -> None:
        with self.lock:
            self.closed = True
            children, self.children = self.children, []
        for child in children:
            child.kill()


class Pool:
    """Asks children that `target` (`module:function`, see `worker.py`) makes ready."""

    def __init__(
        self,
        target: str,
        origin: Origin | None = None,
        *,
        children: int = _CHILDREN,
        note: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Nothing is started yet. `note` hears why a child died.

        Without an origin there is one for this pool alone; whoever gives one closes it.
        """
        self._target = target
        self.origin = Origin() if origin is None else origin
        self._is_own = origin is None
        self._note = note
        self._idle = _Idle()
        self._children = children
        self._asked = 0
        self._threads = ThreadPoolExecutor(children, thread_name_prefix="child")
        # At the end of the process, too: no child outlives its parent.
        self._close = weakref.finalize(self, _Idle.close, self._idle)

    async def ask(self, content: bytes, seconds: float, options: Mapping[str, Any] = _NOTHING) -> Outcome:
        """What a child makes of the content within so many seconds, the start of a new child among them.

        Counted from when a child is free: waits while all are at work. Raises TryLater.
        """
        loop = asyncio.get_running_loop()
        self._count(1)
        try:
            return await loop.run_in_executor(self._threads, self._ask, content, seconds, options)
        finally:
            self._count(-1)

    def close(self) -> None:
        """Kill those that wait for work; those at work end with it."""
        self._close()
        self._threads.shutdown(wait=False)
        if self._is_own:
            self.origin.close()

    def _count(self, change: int) -> None:
        self._asked += change
        WAITING.set(max(0, self._asked - self._children))
        AT_WORK.set(min(self._asked, self._children))

    def _ask(self, content: bytes, seconds: float, options: Mapping[str, Any]) -> Outcome:
        began = time.monotonic()
        child = self._idle.take() or self._start()
        # A slow start is the machine's fault: half of the time is the content's whatever happens.
        left = max(seconds / 2, seconds - (time.monotonic() - began))
        outcome = child.ask(options, content, left)
        if outcome.end is not End.DONE:
            self._note(outcome.why)
            self._replace()
        elif child.asked < _REQUESTS_OF_ONE:
            self._idle.give(child)
        else:
            child.kill()
        return outcome

    def _replace(self) -> None:
        """Start another in the meantime: the next mail shall not wait for it."""

        def replace() -> None:
            # Whoever asks next will hear of it.
            with suppress(TryLater):
                self._idle.give(self._start())

        with suppress(RuntimeError):  # closed meanwhile
            self._threads.submit(replace)

    def _start(self) -> Child:
        try:
            return Child(self.origin, self._target)
        except StartError as error:
            raise TryLater(f"no child process: {error}") from error
