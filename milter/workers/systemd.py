"""What does systemd tell us, and what do we tell it? Sockets it opened, readiness, the watchdog.

sd_listen_fds(3), sd_notify(3). Without systemd nothing is told and nothing is there. Raises ConfigError for
what it hands over that is no listening socket.
"""

import contextlib
import os
import socket
import time
from collections.abc import MutableMapping

from milter.errors import ConfigError

_FIRST = 3
_LONGEST_WAIT = 1.0  # seconds, for one message


def passed_sockets(environment: MutableMapping[str, str]) -> list[socket.socket]:
    """The listening sockets that were handed over (LISTEN_FDS); the variables are taken away."""
    pid, count = environment.pop("LISTEN_PID", ""), environment.pop("LISTEN_FDS", "")
    environment.pop("LISTEN_FDNAMES", None)
    if pid != str(os.getpid()) or not count.isdecimal():
        return []
    return [_listening(descriptor) for descriptor in range(_FIRST, _FIRST + int(count))]


def _listening(descriptor: int) -> socket.socket:
    try:
        found = socket.socket(fileno=descriptor)
        if found.type is socket.SOCK_STREAM and found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            found.set_inheritable(False)
            found.setblocking(False)
            return found
        found.detach()
    except OSError:
        pass
    raise ConfigError([f"descriptor {descriptor}, from systemd: not a stream socket that listens"])


class Notify:
    """Tells the service manager how we are; nothing where there is none."""

    def __init__(self, environment: MutableMapping[str, str]) -> None:
        """Read NOTIFY_SOCKET and WATCHDOG_USEC, and take them away: only this process may speak."""
        address = environment.pop("NOTIFY_SOCKET", "")
        # A name in the abstract namespace is written with @ for its NUL.
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self.watchdog_seconds = _watchdog(environment)
        self._next_beat = self._next_word = 0.0

    def ready(self) -> None:
        """Mail can come in, or comes in as before."""
        self._tell("READY=1")

    def starting(self, seconds: float, now: float) -> None:
        """The start goes on, and says so again within these seconds, twice, however long it has taken."""
        if now >= self._next_word:
            self._next_word = now + seconds / 2
            self._tell(f"EXTEND_TIMEOUT_USEC={seconds * 1e6:.0f}")

    def reloading(self) -> None:
        """The configuration is read again; `ready` ends it."""
        self._tell(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """The service ends."""
        self._tell("STOPPING=1")

    def alive(self, now: float) -> None:
        """Keep the watchdog quiet, twice in its time."""
        if self.watchdog_seconds is not None and now >= self._next_beat:
            self._next_beat = now + self.watchdog_seconds / 2
            self._tell("WATCHDOG=1")

    def _tell(self, message: str) -> None:
        if not self._address:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
            # Whoever does not listen must not stop the service.
            wire.settimeout(_LONGEST_WAIT)
            wire.sendto(message.encode("ascii"), self._address)


def _watchdog(environment: MutableMapping[str, str]) -> float | None:
    micro, pid = environment.pop("WATCHDOG_USEC", ""), environment.pop("WATCHDOG_PID", "")
    if not micro.isdecimal() or int(micro) == 0 or pid not in {"", str(os.getpid())}:
        return None
    return int(micro) / 1e6
