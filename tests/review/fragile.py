"""A child that a mail kills: what a hole in a parser may make of the one that shows mails."""

import os
import time
from collections.abc import Callable
from typing import Any

from milter.child.worker import Work


def begin(_: object) -> Work:
    """Ready at once; the mail says what becomes of it."""

    def work(_: dict[str, Any], content: bytes, tell: Callable[[Any], None]) -> None:
        tell({"fields": [["X-First", "told before"]]})
        deeds: dict[bytes, Callable[[], object]] = {
            b"dies": os.abort,
            b"raises": lambda: os.environ["NOTHING"],
            b"hangs": lambda: time.sleep(3600),
            b"takes all memory": lambda: bytearray(10 * 1024**3),
        }
        deeds[content]()

    return work
