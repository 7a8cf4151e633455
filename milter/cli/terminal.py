"""What may be shown on a terminal? Text from outside, without what a terminal would obey.

Pure, but for `say`, `warn`, `at_most` and `fail`, which write. ESC, other controls and bidi marks of a
sender must neither move the cursor nor turn a line around.
"""

import contextlib
import json
import os
import sys
import textwrap
from collections.abc import Sequence
from typing import Any, NoReturn, TypeVar

from milter.config.problem import user
from milter.quarantine.journal import AT_COMMAND_LINE
from milter.speech.blanks import unbroken
from milter.speech.show import is_seen

# sysexits.h EX_CONFIG: systemd's RestartPreventExitStatus= can tell it from a crash.
EX_CONFIG = 78

_LINE = 110

T = TypeVar("T")


def typist() -> str:
    """Who typed the command, as the journal names him."""
    return f"{user()} {AT_COMMAND_LINE}"


def shown(text: str) -> str:
    """The text on one line, with every character that is not seen written as an escape."""
    return "".join(map(_escaped, " ".join(text.split())))


def shown_lines(text: str) -> str:
    """The same, line by line; tabs stay."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join("".join(c if c == "\t" else _escaped(c) for c in line) for line in lines)


def row(label: str, value: str, width: int) -> str:
    """`  label  value` with the value shown, and wrapped under itself where it is long."""
    indent = f"  {label:<{width}}  "
    text = unbroken(shown(value))
    lines = textwrap.wrap(text, _LINE - len(indent), break_long_words=False, break_on_hyphens=False)
    return (indent + f"\n{' ' * len(indent)}".join(lines)).replace("\u00a0", " ")


def short(text: str, width: int) -> str:
    """The text shown on one line, cut to a width."""
    text = shown(text)
    return text if len(text) <= width else text[: width - 1] + "…"


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows as lines, in columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(f"{c:<{w}}" for c, w in zip(row, widths, strict=True)).rstrip() for row in rows]


def json_line(value: Any) -> str:
    """The value as one line of JSON, readable, and with the same characters escaped."""
    return "".join(_json_escaped(c) for c in json.dumps(value, ensure_ascii=False))


def say(text: str) -> None:
    """Write a line to standard output; end quietly when nobody reads it any more."""
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still in the buffer must not be tried again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)


def warn(text: str) -> None:
    """Write a line to standard error."""
    with contextlib.suppress(OSError):
        sys.stderr.write(f"vigimel: {text}\n")
        sys.stderr.flush()


def at_most(limit: int, found: Sequence[T], more: str) -> Sequence[T]:
    """The first of what was found, and on standard error that there is more: nobody may take them for all.
    One more than are shown must have been looked for."""
    if len(found) > limit:
        warn(more.format(limit=limit))
    return found[:limit]


def fail(status: int, *texts: str) -> NoReturn:
    """Write the lines to standard error and end with this status."""
    for text in texts:
        warn(text)
    sys.exit(status)


def _escaped(character: str) -> str:
    if is_seen(character):
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escaped(character: str) -> str:
    return character if is_seen(character) else json.dumps(character)[1:-1]
