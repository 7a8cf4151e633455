"""What may a child take of the machine? Set by the child on itself, before it sees a stranger's byte."""

import ctypes
import math
import mmap
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

# From linux/prctl.h, see the man page of prctl.
_PR_SET_PDEATHSIG = 1
# From asm-generic/mman-common.h.
_MAP_FIXED = 0x10
# From proc(5): counts as much as all memory there is, so that whoever has more goes after it nevertheless.
_DISPENSABLE = "1000"
_UNLIMITED = resource.RLIM_INFINITY


@dataclass(frozen=True, slots=True)
class Limits:
    """Octets of address space beside what it begins with, open files. Nothing is written to files."""

    more_address_space: int = 640 * 1024 * 1024
    open_files: int = 64


def take(limits: Limits) -> None:
    """Hold this process, and whatever it starts, to the limits."""
    _lower(resource.RLIMIT_AS, address_space() + limits.more_address_space)
    _lower(resource.RLIMIT_NOFILE, limits.open_files)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_CORE, 0)


@contextmanager
def no_more_than(address_space: int) -> Iterator[None]:
    """Within it, this process gets no more than so many octets of address space in all."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(
        resource.RLIMIT_AS, (address_space if soft == _UNLIMITED else min(address_space, soft), hard)
    )
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def be_first_to_go() -> None:
    """Where the machine has no memory left, this process is killed before those that take and keep mail."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_DISPENSABLE, "ascii")


def die_with_parent() -> None:
    """Be killed when the thread that started this process is no more: at work, nobody sees a pipe close."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def die_with(parent: int) -> None:
    """The same, in a process that this parent has forked, also where it has ended meanwhile."""
    die_with_parent()
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def close_all_but(*kept: int) -> None:
    """Close every other descriptor: after a fork, what others have opened."""
    for fd in [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]:
        if fd not in kept:
            with suppress(OSError):
                os.close(fd)


def forget_shared_memory() -> None:
    """Put zeros of our own where this process could write into memory of others: after a fork, what it counts
    in. It stays mapped, for whoever still counts."""
    remap = ctypes.CDLL(None, use_errno=True).mmap
    remap.restype = ctypes.c_void_p
    remap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, *(ctypes.c_int,) * 3, ctypes.c_long)
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _MAP_FIXED
    for line in Path("/proc/self/maps").read_text("utf-8", "replace").splitlines():
        where, permissions, *_ = line.split(" ", 2)
        if permissions.startswith("rw") and permissions.endswith("s"):
            start, end = (int(one, 16) for one in where.split("-"))
            if remap(start, end - start, mmap.PROT_READ | mmap.PROT_WRITE, flags, -1, 0) != start:
                raise OSError(ctypes.get_errno(), "shared memory stays")


def address_space() -> int:
    """What this process has of it now."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * mmap.PAGESIZE


def allow_cpu(seconds: float) -> None:
    """From now on so many seconds of CPU, then the kernel kills: for the case that nobody else does."""
    used = sum(os.times()[:2])
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = math.ceil(used + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (wanted if hard == _UNLIMITED else min(wanted, hard), hard))


def _lower(which: int, wanted: int) -> None:
    _, hard = resource.getrlimit(which)
    value = wanted if hard == _UNLIMITED else min(wanted, hard)
    resource.setrlimit(which, (value, value))
