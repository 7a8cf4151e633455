"""How do a parent and its child talk? Frames over pipes: four octets of length, then so many octets.

Pure, but for `receive` and `send`, which block. What comes from the child is JSON and nothing else: a
child that has read a stranger's bytes may have been taken over by them, and must not run code in its parent.
"""

import json
import os
import select
import time
from typing import Any

# What a parent reads of one frame; a verdict's grounds are far smaller.
MAX_REPLY = 4 * 1024 * 1024
# What a child reads of one frame: the largest mail, and its header.
MAX_REQUEST = 256 * 1024 * 1024
_CHUNK = 1024 * 1024


class BrokenFrameError(Exception):
    """The other end has gone, or what it says is no frame."""


class LateError(Exception):
    """The other end was not heard, or did not listen, in time."""


def send(fd: int, payload: bytes, until: float = float("inf")) -> None:
    """Write a frame before the moment `until` (`time.monotonic`). Raises BrokenFrameError, LateError."""
    view = memoryview(len(payload).to_bytes(4, "big") + payload)
    while view:
        _wait(fd, select.POLLOUT, until)
        try:
            view = view[os.write(fd, view[:_CHUNK]) :]
        except BlockingIOError:
            continue
        except OSError as error:
            raise BrokenFrameError from error


def receive(fd: int, limit: int, until: float = float("inf")) -> bytes:
    """The next frame. Raises BrokenFrameError, LateError."""
    size = int.from_bytes(_read(fd, 4, until), "big")
    if size > limit:
        raise BrokenFrameError
    return _read(fd, size, until)


def _read(fd: int, size: int, until: float) -> bytes:
    data = bytearray()
    while len(data) < size:
        _wait(fd, select.POLLIN, until)
        try:
            piece = os.read(fd, min(_CHUNK, size - len(data)))
        except OSError as error:
            raise BrokenFrameError from error
        if not piece:
            raise BrokenFrameError
        data += piece
    return bytes(data)


def _wait(fd: int, for_what: int, until: float) -> None:
    """Until the pipe is ready. A child waits without end; its parent does not."""
    left = until - time.monotonic()
    poll = select.poll()
    poll.register(fd, for_what)
    if left <= 0 or not poll.poll(None if left == float("inf") else left * 1000):
        raise LateError


def encode(value: Any) -> bytes:
    """The value as JSON."""
    return json.dumps(value).encode("ascii")


def decode(payload: bytes) -> Any:
    """What the JSON stands for, with nothing in it that cannot be written again. Raises BrokenFrameError."""
    try:
        # Half surrogates may be escaped in JSON, and no codec writes them.
        return _clean(json.loads(payload))
    except (ValueError, RecursionError) as error:
        raise BrokenFrameError from error


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_clean(one) for one in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(one) for key, one in value.items()}
    return value
