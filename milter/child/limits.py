"""What may a child take of the machine? Set by the child on itself, before it sees a stranger's byte."""

import ctypes
import math
import os
import resource
import signal
from dataclasses import dataclass

# From linux/prctl.h, see the man page of prctl.
_PR_SET_PDEATHSIG = 1
_UNLIMITED = resource.RLIM_INFINITY


@dataclass(frozen=True, slots=True)
class Limits:
    """Octets of address space, open files. Nothing is written to files."""

    address_space: int = 768 * 1024 * 1024
    open_files: int = 64


def take(limits: Limits) -> None:
    """Hold this process, and whatever it starts, to the limits."""
    _lower(resource.RLIMIT_AS, limits.address_space)
    _lower(resource.RLIMIT_NOFILE, limits.open_files)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_CORE, 0)


def die_with_parent() -> None:
    """Be killed when the thread that started this process is no more: at work, nobody sees a pipe close."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


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
