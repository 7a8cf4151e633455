"""Where is work done that blocks? In a few threads; who waits too long for a free one is told so.

Raises TimeoutError when no thread was free in time, OSError once it is closed; then nothing was done.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class Lane:
    """So many threads, begun as they are needed. To wait for one costs nothing, and is fair."""

    def __init__(self, threads: int, patience: float) -> None:
        """None runs yet. `patience` is the longest wait for one to be free, in seconds."""
        self._free = asyncio.Semaphore(threads)
        self._threads = ThreadPoolExecutor(threads, "database")
        self._patience = patience
        self._is_closed = False

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns. To be cancelled does not end it."""
        async with asyncio.timeout(self._patience):
            await self._free.acquire()
        try:
            if self._is_closed:
                raise OSError("the database is closed")
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._free.release()

    def close(self) -> None:
        """End the threads, once they have done what they were given."""
        self._is_closed = True
        self._threads.shutdown()
