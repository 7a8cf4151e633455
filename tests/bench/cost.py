"""How much CPU and memory did this process and its children take so far?"""

import contextlib
import os
import resource
import time
from pathlib import Path

from tests.serving import offspring

_TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds() -> float:
    """Of this process, of those below it that were waited for, and of those that live (in hundredths)."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime + sum(map(_cpu_of, offspring(os.getpid())))


def _cpu_of(process: int) -> float:
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / _TICK
    return 0.0


def megabytes(key: str, process: int | str = "self") -> float:
    """One line of /proc/PID/status: `VmRSS`, or its peak `VmHWM`. Zero where the process is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith(key):
                return int(line.split()[1]) / 1024
    return 0.0


def proportional(process: int) -> float:
    """Megabytes of a process, pages that several have shared among them (PSS). Zero where it is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0
