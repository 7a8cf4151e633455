"""How many files may the gateway open that runs here? The shell of an admin has a limit of its own.

Raises nothing: where there is no `/proc`, or what is looked for ends meanwhile, nothing is known.
"""

import os
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")


def open_files_of_service(proc: Path = _PROC) -> int | None:
    """The least hard limit of the gateways of this user that run (`vigimel serve`); None where none does."""
    return min(_limits(proc), default=None)


def _limits(proc: Path) -> Iterator[int]:
    for process in proc.glob("[0-9]*"):
        try:
            if _is_ours(process):
                yield _hard_limit((process / "limits").read_text("ascii"))
        except (OSError, ValueError, IndexError):
            # It has ended, is closed to us, or is another program.
            continue


def _is_ours(process: Path) -> bool:
    """Is it a supervisor, or one of its children, run by the same user as we?"""
    words = (process / "cmdline").read_bytes().split(b"\0")
    # As in `python /opt/vigimel/bin/vigimel serve` and `python -m milter serve`.
    at = words.index(b"serve", 1)
    if words[at - 1].rpartition(b"/")[2] not in {b"vigimel", b"milter"}:
        return False
    status = (process / "status").read_text("utf-8")
    # The file of a process that leaves no core is root's, so its owner says nothing.
    return int(_line(status, "Uid:").split()[2]) == os.geteuid()


def _hard_limit(limits: str) -> int:
    return int(_line(limits, "Max open files").split()[4])


def _line(text: str, beginning: str) -> str:
    return next((line for line in text.splitlines() if line.startswith(beginning)), "")
