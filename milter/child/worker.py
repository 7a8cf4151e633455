"""What does a child do? It takes limits on itself, gets ready, and works on one request after the other.

    python -m milter.child.worker MODULE:FUNCTION ARGUMENT

The function gets the argument (JSON) and gives back a `Work`. A fault of ours ends the child; the parent
hears the place of it, never its words, which may be a stranger's.
"""

import importlib
import os
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any

from milter.child.limits import Limits, allow_cpu, die_with_parent, take
from milter.child.wire import MAX_REQUEST, BrokenFrameError, decode, encode, receive, send

# (options, content, tell): `tell` says what is known so far; the last word counts.
Work = Callable[[dict[str, Any], bytes, Callable[[Any], None]], None]


def main() -> None:
    """Serve until the parent closes its end."""
    target, argument = sys.argv[1:3]
    requests, replies = os.dup(0), os.dup(1)
    _silence()
    sys.excepthook = lambda *raised: _say_where(replies, *raised)
    die_with_parent()
    take(Limits())
    module, _, name = target.partition(":")
    work: Work = getattr(importlib.import_module(module), name)(decode(argument.encode()))
    send(replies, encode({"ready": True}))
    while True:
        try:
            options = decode(receive(requests, MAX_REQUEST))
            content = receive(requests, MAX_REQUEST)
        except BrokenFrameError:
            return
        allow_cpu(options["seconds"])
        work(options, content, lambda value: send(replies, encode({"value": value})))
        send(replies, encode({"done": True}))


def _silence() -> None:
    """What a library prints must not stand among the frames."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nothing, fd)
    os.close(nothing)


def _say_where(
    replies: int, kind: type[BaseException], _: BaseException, trace: TracebackType | None
) -> None:
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else ""
    send(replies, encode({"failed": f"{kind.__name__} {place}"}))


if __name__ == "__main__":
    main()
