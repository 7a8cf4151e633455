"""Does a reader end in time, and is what it gives bounded text?"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

WATCHDOG = 5.0  # seconds of CPU
MAX_TEXT = 1024 * 1024


class TooLongError(BaseException):
    """A reader took more than the watchdog allows."""


@contextmanager
def watched(seconds: float = WATCHDOG) -> Iterator[None]:
    """Raises TooLongError out of what takes more CPU than that; in the main thread only."""

    def stop(*_: object) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def fit(text: str, most: int = 2 * MAX_TEXT) -> None:
    """The text is no longer than that, and can be written as UTF-8."""
    assert len(text) <= most
    text.encode("utf-8")
