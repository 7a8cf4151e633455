"""How is a line of the log written? As key=value or as JSON, on standard error.

Raises nothing: a log that cannot be written must not turn an accepted mail into a refused one.
"""

import contextlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

# A stranger chooses how long his HELO or his address is; a line of the log stays readable.
_LONGEST = 256


class Outside(str):
    """Text that somebody else wrote, cut to what a line bears."""

    __slots__ = ()


_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}


@dataclass(slots=True)
class _Form:
    """How lines are written in this process."""

    least: int = _LEVELS["info"]
    as_json: bool = False


_form = _Form()


def configure_log(level: str, form: str = "text") -> None:
    """Write lines from `level` on ("debug", "info", "warning", "error"; "critical": none) to standard error,
    as `form` says: "text" (key=value) or "json" (an object a line)."""
    _form.least, _form.as_json = _LEVELS[level], form == "json"


def write(level: str, event: str, values: Mapping[str, Any]) -> None:
    """Write one line to standard error, if its level is written; values of None are left out.

    Written here and not by a library: two lines a mail were a tenth of what a mail costs.
    """
    if _LEVELS[level] < _form.least:
        return
    now = datetime.now(UTC).isoformat(timespec="microseconds").removesuffix("+00:00")
    line = {"timestamp": f"{now}Z", "level": level, "event": event, **values}
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"{_as_json(line) if _form.as_json else _as_text(line)}\n")
        sys.stderr.flush()


def _as_text(line: Mapping[str, Any]) -> str:
    """What comes from outside as a repr, so that it is one word and has no control character."""
    # A list: `join` makes one of a generator first.
    words = [
        f"{key}={value!r}" if isinstance(value, Outside) else f"{key}={value}"
        for key, value in line.items()
        if value is not None
    ]
    return " ".join(words)


def _as_json(line: Mapping[str, Any]) -> str:
    """JSON escapes what is no ASCII, control and bidi characters among them."""
    return json.dumps({key: value for key, value in line.items() if value is not None}, ensure_ascii=True)


def outside(text: str) -> str:
    """Text from outside, cut to what a line bears; as text it is written with repr."""
    return Outside(text[:_LONGEST])


def where(error: BaseException) -> str:
    """File, line and function of the twelve innermost frames, the innermost first; no value of any."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}:{code.co_qualname}")
        trace = trace.tb_next
    return " < ".join(reversed(frames[-12:]))
