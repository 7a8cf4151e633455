"""Where may a process die, or fail? The fail points of THREATS R1, by the names of functions of the product.

The product knows nothing of them: `install` wraps the functions, in a process that a test has started for it
(`tests.crash.armed`), and a function that is no longer there is an error at once.
"""

import contextlib
import functools
import importlib
import inspect
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn

# One process, as a fault of ours kills it; all of the gateway, as a loss of power does; an exception.
Fate = Literal["process", "gateway", "exception"]
Kind = Literal["ordinary", "fraud", "both", "release"]
# How mail comes in, and where it goes: by SMTP to an SMTP or LMTP server or into a Maildir, or through the
# milter of a server that keeps it.
Way = Literal["smtp", "lmtp", "maildir", "milter"]
WAYS: tuple[Way, ...] = ("smtp", "lmtp", "maildir", "milter")

# What the next hop of these tests says to a mail that it has in its journal.
KEPT = "Kept"
# Longer than all commands and than our own fields, so only the text of a mail is.
_LONG = 16 * 1024


def _always(*_: Any) -> bool:
    return True


def _is_text(_connection: Any, data: bytes) -> bool:
    return len(data) > _LONG


def _acknowledges(_session: Any, reply: Any) -> bool:
    """Is this our 250 to a mail? That of the next hop, or our own."""
    return bool(reply.code == 250 and reply.text.startswith((KEPT, "Ok ", "Delivered as ")))


@dataclass(frozen=True, slots=True)
class FailPoint:
    """Before or after a function, `module:name`, is called; `may_duplicate`: the mail is somewhere already,
    and its sender does not know (RFC 1047)."""

    name: str
    kind: Kind
    when: Literal["before", "after"]
    seam: str
    ways: tuple[Way, ...] = WAYS
    may_duplicate: bool = False
    only: Callable[..., bool] = _always

    @property
    def file(self) -> str:
        """What lies in the directory of the test while it is armed."""
        return self.name.replace(" ", "-")


_HOP = "milter.relay.smtp:SmtpSession."
_STORE = "milter.quarantine.store:Store."
_TRANSACTION = "milter.quarantine.transactions:_written"
_COMMIT = "sqlalchemy.engine.default:DefaultDialect.do_commit"
_ANSWER = "milter.intake.session:SmtpSession._answer"
_MAILDIR = "milter.relay.maildir:"
_MILTER = "milter.intake.milter_connection:MilterConnection."

_BY_SMTP: tuple[Way, ...] = ("smtp", "lmtp", "maildir")
_TO_A_SERVER: tuple[Way, ...] = ("smtp", "lmtp")
_TO_A_DIRECTORY: tuple[Way, ...] = ("maildir",)
_BY_MILTER: tuple[Way, ...] = ("milter",)

POINTS = (
    FailPoint("after the final dot", "both", "after", "milter.intake.reception:Reception.mail", _BY_SMTP),
    FailPoint("after the last event", "both", "before", _MILTER + "_decide", _BY_MILTER),
    FailPoint("after the scan", "both", "after", "milter.judge:Judge.judge"),
    FailPoint("before the insert", "fraud", "before", _TRANSACTION),
    FailPoint("before the commit", "fraud", "before", _COMMIT),
    FailPoint("after the commit", "fraud", "after", _COMMIT, may_duplicate=True),
    FailPoint("after the 354 of the next hop", "ordinary", "before", _HOP + "_content", _TO_A_SERVER),
    FailPoint(
        "in the middle of the mail to the next hop",
        "ordinary",
        "after",
        "milter.relay.connection:Connection.send",
        _TO_A_SERVER,
        only=_is_text,
    ),
    FailPoint(
        "before the dot to the next hop", "ordinary", "before", "milter.relay.wire:Stuffer.end", _TO_A_SERVER
    ),
    FailPoint(
        "after the dot to the next hop",
        "ordinary",
        "after",
        _HOP + "_send_content",
        _TO_A_SERVER,
        may_duplicate=True,
    ),
    FailPoint(
        "after the 250 of the next hop", "ordinary", "after", _HOP + "data", _TO_A_SERVER, may_duplicate=True
    ),
    FailPoint("before the file is written", "ordinary", "before", _MAILDIR + "_write", _TO_A_DIRECTORY),
    FailPoint("before the file has its name", "ordinary", "after", _MAILDIR + "_write", _TO_A_DIRECTORY),
    FailPoint(
        "after the file has its name",
        "ordinary",
        "before",
        _MAILDIR + "sync",
        _TO_A_DIRECTORY,
        may_duplicate=True,
    ),
    FailPoint(
        "after the name is on the disk",
        "ordinary",
        "after",
        _MAILDIR + "_deliver",
        _TO_A_DIRECTORY,
        may_duplicate=True,
    ),
    FailPoint("before our 250", "both", "before", _ANSWER, _BY_SMTP, may_duplicate=True, only=_acknowledges),
    FailPoint("after our 250", "both", "after", _ANSWER, _BY_SMTP, only=_acknowledges),
    FailPoint("before our answer", "both", "after", _MILTER + "_decide", _BY_MILTER, may_duplicate=True),
    FailPoint("after our answer", "both", "after", _MILTER + "_finish", _BY_MILTER),
    FailPoint("release begun", "release", "after", _STORE + "begin_release", _TO_A_SERVER),
    FailPoint("release before the dot", "release", "before", "milter.relay.wire:Stuffer.end", _TO_A_SERVER),
    FailPoint(
        "release before the 250", "release", "after", _HOP + "_send_content", _TO_A_SERVER, may_duplicate=True
    ),
    FailPoint("release after the 250", "release", "after", _HOP + "data", _TO_A_SERVER, may_duplicate=True),
    FailPoint("release before it is marked", "release", "before", _STORE + "end_release", _TO_A_SERVER),
    FailPoint("release after it is marked", "release", "after", _STORE + "end_release", _TO_A_SERVER),
)


def points(way: Way) -> tuple[FailPoint, ...]:
    """Those that a mail passes on this way."""
    return tuple(point for point in POINTS if way in point.ways)


class Failure(RuntimeError):
    """A fault of ours, with words that no stranger may read."""

    def __init__(self) -> None:
        super().__init__("database /var/lib/secret.db is on fire")


def install(directory: Path) -> None:
    """Wrap every function; AttributeError where one is no longer there."""
    for point in POINTS:
        module, _, path = point.seam.partition(":")
        *outer, name = path.split(".")
        owner = functools.reduce(getattr, outer, importlib.import_module(module))
        setattr(owner, name, _wrapped(getattr(owner, name), point, directory / point.file))


def _wrapped(original: Callable[..., Any], point: FailPoint, armed: Path) -> Callable[..., Any]:
    before = point.when == "before"

    @functools.wraps(original)
    def call(*arguments: Any, **named: Any) -> Any:
        if before and point.only(*arguments):
            _fail(armed)
        result = original(*arguments, **named)
        if not before and point.only(*arguments):
            _fail(armed)
        return result

    @functools.wraps(original)
    async def wait(*arguments: Any, **named: Any) -> Any:
        if before and point.only(*arguments):
            _fail(armed)
        result = await original(*arguments, **named)
        if not before and point.only(*arguments):
            _fail(armed)
        return result

    return wait if inspect.iscoroutinefunction(original) else call


def _fail(armed: Path) -> None:
    """Fail as the file says, where there is one; of several processes, one finds it."""
    mine = armed.with_suffix(f".{os.getpid()}")
    with contextlib.suppress(FileNotFoundError):
        armed.rename(mine)
        fate = mine.read_text()
        mine.unlink()
        _meet(fate)


def _meet(fate: str) -> NoReturn:
    if fate == "exception":
        raise Failure
    if fate == "gateway":
        # It leads a group of its own.
        os.killpg(os.getpgid(0), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("a killed process goes on")
