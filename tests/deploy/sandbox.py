"""A process under the system call filter of a unit, where no systemd runs: `python sandbox.py UNIT COMMAND`.

The names are those that systemd knows, expanded by systemd-analyze and loaded by libseccomp.
"""

import ctypes
import errno
import os
import subprocess
import sys
from pathlib import Path

_ALLOW, _DENY = 0x7FFF0000, 0x00050000 | errno.EPERM
_PR_SET_NO_NEW_PRIVS, _PR_SET_MDWE, _REFUSE_EXEC_GAIN = 38, 65, 1


def allowed(unit: Path) -> set[str]:
    """Every system call that the lines SystemCallFilter= of a unit leave."""
    names = expanded("@default")
    for line in unit.read_text("utf-8").splitlines():
        key, _, value = line.partition("=")
        if key == "SystemCallFilter":
            wanted = {call for word in value.removeprefix("~").split() for call in expanded(word)}
            names = names - wanted if value.startswith("~") else names | wanted
    return names


def expanded(word: str) -> set[str]:
    """The calls of a set such as @system-service; a call is itself."""
    if not word.startswith("@"):
        return {word}
    command = ["systemd-analyze", "syscall-filter", word]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    lines = [line.strip() for line in said.splitlines()[1:]]
    return {call for line in lines if line and not line.startswith("#") for call in expanded(line)}


def confine(names: set[str]) -> None:
    """From now on, this process and its children may make these calls only, and write no code."""
    libc, library = ctypes.CDLL(None, use_errno=True), ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "PR_SET_NO_NEW_PRIVS")
    # Kernels before 6.3 do not know it.
    libc.prctl(_PR_SET_MDWE, _REFUSE_EXEC_GAIN, 0, 0, 0)
    rules = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(_DENY)))
    for name in names:
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            library.seccomp_rule_add(rules, ctypes.c_uint32(_ALLOW), number, 0)
    if library.seccomp_load(rules):
        raise OSError("seccomp_load")


if __name__ == "__main__":
    confine(allowed(Path(sys.argv[1])))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 the command of the test
