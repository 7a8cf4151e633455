"""How many files may the gateway open that runs here? The shell of an admin has a limit of its own.

Raises nothing: where there is no `/proc`, or what is looked for ends meanwhile, nothing is known.
"""

import os
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")


def open_files_of_service(proc: Path = _PROC) -> int | None:
    """The least hard limit of the gateways of this user that run (`vigimel serve`); None where none does."""
    ours = dict(_ours(proc))
    # Their children have the same words; those that open files have a limit of their own.
    heads = (limit for parent, limit in ours.values() if parent not in ours)
    return min(heads, default=None)


def _ours(proc: Path) -> Iterator[tuple[int, tuple[int, int]]]:
    """The number of each process, that of its parent, and its limit."""
    for process in proc.glob("[0-9]*"):
        try:
            status = (process / "status").read_text("utf-8")
            if _serves(process) and _number(status, "Uid:", 2) == os.geteuid():
                limits = (process / "limits").read_text("ascii")
                yield int(process.name), (_number(status, "PPid:", 1), _number(limits, "Max open files", 4))
        except (OSError, ValueError, IndexError):
            # It has ended, is closed to us, or is another program.
            continue


def _serves(process: Path) -> bool:
    # As in `python /opt/vigimel/bin/vigimel serve` and `python -m milter serve`.
    words = (process / "cmdline").read_bytes().split(b"\0")
    return words[words.index(b"serve", 1) - 1].rpartition(b"/")[2] in {b"vigimel", b"milter"}


def _number(text: str, beginning: str, at: int) -> int:
    """The word of the line that begins so, as a number."""
    return int(next((line for line in text.splitlines() if line.startswith(beginning)), "").split()[at])
