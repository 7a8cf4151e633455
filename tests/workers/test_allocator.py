"""What is given back to the C library goes back to the system, whichever thread had it."""

import platform
import subprocess
import sys

import pytest

_HEAPS = """\
import ctypes, sys, threading
from milter.workers.allocator import spare_memory
c = ctypes.CDLL(None)
if sys.argv[1] == "spare":
    assert spare_memory()
c.malloc.restype, c.fopen.restype = ctypes.c_void_p, ctypes.c_void_p
together = threading.Barrier(8)
def take():
    together.wait()
    assert c.malloc(1000)
    together.wait()
threads = [threading.Thread(target=take) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
stream = ctypes.c_void_p(c.fopen(b"/dev/stdout", b"w"))
c.malloc_info(0, stream)
c.fclose(stream)
"""


def _heaps(how: str) -> int:
    """How many heaps a process has in which eight threads have taken memory."""
    told = subprocess.run([sys.executable, "-c", _HEAPS, how], check=True, capture_output=True, text=True)
    return told.stdout.count("<heap nr=")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the GNU C library alone has these heaps")
def test_all_threads_share_one_heap() -> None:
    assert (1, True) == (_heaps("spare"), _heaps("as usual") > 1)
