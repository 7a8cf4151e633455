"""What does the work of a peer cost? CPU seconds of all its processes, those that have ended too.

By control groups (version 1 or 2), which only root can make; where there are none, costs are not known.
"""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

_V1, _V2 = Path("/sys/fs/cgroup/cpuacct"), Path("/sys/fs/cgroup")
_ROOM = f"vigimel-bench-{os.getpid()}"


class Account:
    """The processes that were started while it was entered, and what these have started."""

    def __init__(self, name: str) -> None:
        """A new group, with nobody in it."""
        self._others: tuple[Account, ...] = ()
        base = _V1 if _V1.is_dir() else _V2
        self._group: Path | None = base / f"{_ROOM}-{name}"
        try:
            self._group.mkdir()
        except OSError:
            self._group = None

    def with_(self, other: "Account | None") -> "Account":
        """Both as one."""
        both = Account.__new__(Account)
        both._group = self._group
        both._others = () if other is None else (other,)
        return both

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Who is started now belongs to it: this process goes in, and comes out again."""
        if self._group is None:
            yield
            return
        (self._group / "cgroup.procs").write_text(str(os.getpid()))
        try:
            yield
        finally:
            (self._group.parent / "cgroup.procs").write_text(str(os.getpid()))

    def seconds(self) -> float:
        """CPU time so far."""
        own = 0.0
        if self._group is not None:
            if (self._group / "cpuacct.usage").exists():
                own = int((self._group / "cpuacct.usage").read_text()) / 1e9
            else:
                own = int((self._group / "cpu.stat").read_text().split()[1]) / 1e6
        return own + sum(other.seconds() for other in self._others)

    def wait_until_idle(self) -> None:
        """Wait until it does nothing for a second."""
        before = -1.0
        while self.seconds() - before > 0.05:
            before = self.seconds()
            time.sleep(1.0)

    def close(self) -> None:
        """Take the group away, once nobody is in it."""
        if self._group is not None:
            with contextlib.suppress(OSError):
                self._group.rmdir()
