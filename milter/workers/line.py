"""What does a process hear from the one that watches it, and what does it tell him?

One socket pair a process: single letters down (orders), lines up (words). Its end is news too: a process
whose watcher was killed takes nothing new, ends what it has begun, and ends.
"""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Iterator
from enum import Enum

from milter.meter.signs import BEAT

# A process that is well says so as often; the watcher waits many times as long.
BEAT_SECONDS = 1.0
# A process that could not say so for as long is ended by the kernel, whether or not anybody watches. Longer
# than a watcher waits, who also says in the log what he does.
ALONE_SECONDS = 60


class Order(Enum):
    """What the watcher wants of a process."""

    RETIRE = b"r"  # others take over: take nothing new, end what was begun, end
    STOP = b"s"  # the service ends: the same, and tell whoever comes to come again
    CUT = b"c"  # end now


class Word(Enum):
    """What a process says of itself, one line each."""

    READY = "ready"
    BEAT = "beat"
    LONG = "long"  # the same; and the start takes as long as it takes
    PROBLEM = "problem"  # followed by a sentence for the operator


class Line:
    """The process's end of the line. SIGTERM is an order to retire: whoever sent it, somebody follows."""

    def __init__(self, wire: socket.socket) -> None:
        """Hear and tell from now on; needs a running loop."""
        self._wire = wire
        self._orders: asyncio.Queue[Order] = asyncio.Queue()
        self._sign = Word.BEAT
        self._loop = asyncio.get_running_loop()
        wire.setblocking(False)
        self._loop.add_reader(wire, self._hear)
        self._loop.add_signal_handler(signal.SIGTERM, self._orders.put_nowait, Order.RETIRE)
        # The task begins when the loop next turns; what is done until then may hang, too.
        signal.alarm(ALONE_SECONDS)
        self._beating = self._loop.create_task(self._beat())

    def ready(self) -> None:
        """Say that the work can begin."""
        BEAT.now()
        tell(self._wire, Word.READY)

    @contextlib.contextmanager
    def at_length(self) -> Iterator[None]:
        """As long as the context lasts the watcher waits for the start, however long that is."""
        self._sign = Word.LONG
        tell(self._wire, Word.LONG)
        try:
            yield
        finally:
            self._sign = Word.BEAT

    async def order(self) -> Order:
        """The next order."""
        return await self._orders.get()

    def close(self) -> None:
        """Neither hear nor tell any more."""
        self._beating.cancel()
        signal.alarm(0)
        self._loop.remove_reader(self._wire)

    def _hear(self) -> None:
        try:
            heard = self._wire.recv(64)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            heard = b""
        if not heard:
            # Nobody watches any more: as if others took over, because somebody will start them.
            self._loop.remove_reader(self._wire)
            self._orders.put_nowait(Order.RETIRE)
        for letter in heard:
            self._orders.put_nowait(Order(bytes((letter,))))

    async def _beat(self) -> None:
        while True:
            # Nobody handles SIGALRM, so it ends a process that hangs in the middle of anything.
            signal.alarm(ALONE_SECONDS)
            await asyncio.sleep(BEAT_SECONDS)
            tell(self._wire, self._sign)
            BEAT.now()


def tell(wire: socket.socket, word: Word, sentence: str = "") -> None:
    """Say a word, where anybody listens."""
    line = f"{word.value} {' '.join(sentence.split())}"
    with contextlib.suppress(OSError):
        wire.send(line.encode("utf-8", "backslashreplace") + b"\n")
