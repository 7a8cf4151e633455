"""Where is listened? Sockets opened once, by the process that watches the others, and kept by their address.

An address that is kept when the configuration is read again keeps its socket, and what waits in it. One
that systemd has opened is used for the address it is bound to. Raises ConfigError with every problem.
"""

import contextlib
import errno
import os
import shutil
import socket
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from milter.config import Config, MetricsConfig, MilterConfig, ReviewConfig, SmtpConfig
from milter.config.address import HostPort
from milter.config.milter_socket import UnixPath, parse_socket
from milter.config.problem import user
from milter.errors import ConfigError

# A burst of clients waits in the kernel rather than being turned away.
_BACKLOG = 1024

Sockets = tuple[socket.socket, ...]
# Of SMTP, with a PROXY header in front of it, of mail servers that ask us.
Way = Literal["smtp", "proxied", "milter", "review", "metrics"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """An address to listen on; `way` says for what, `mode` and `group` are of a Unix socket."""

    way: "Way"
    text: str
    address: HostPort | UnixPath
    mode: int = 0o600
    group: str = ""

    @property
    def option(self) -> str:
        """Where it stands in the configuration."""
        return "[smtp] proxy_listen" if self.way == "proxied" else f"[{self.way}] listen"


def wanted_by_smtp(config: SmtpConfig) -> list[Wanted]:
    """Where SMTP comes in."""
    return [
        *(Wanted("smtp", text, HostPort.parse(text)) for text in config.listen),
        *(Wanted("proxied", text, HostPort.parse(text)) for text in config.proxy_listen),
    ]


def wanted_by_milter(config: MilterConfig) -> list[Wanted]:
    """Where mail servers ask."""
    mode = int(config.socket_mode, 8)
    return [Wanted("milter", text, parse_socket(text), mode, config.socket_group) for text in config.listen]


def wanted_by_review(config: ReviewConfig) -> list[Wanted]:
    """Where browsers come in."""
    return [Wanted("review", text, HostPort.parse(text)) for text in config.listen]


def wanted_by_metrics(config: MetricsConfig) -> list[Wanted]:
    """Where those come in who watch us."""
    return [Wanted("metrics", text, HostPort.parse(text)) for text in config.listen]


def wanted_by(config: Config) -> list[Wanted]:
    """Everywhere where this gateway listens."""
    return [
        *wanted_by_smtp(config.smtp),
        *wanted_by_milter(config.milter),
        *wanted_by_review(config.review),
        *wanted_by_metrics(config.metrics),
    ]


class Listeners:
    """Open listening sockets."""

    def __init__(self, passed: Sequence[socket.socket] = ()) -> None:
        """`passed` are those that systemd has opened."""
        self._passed = tuple(passed)
        self._open: dict[Wanted, Sockets] = {}
        self._all = [*passed]
        self._paths: dict[socket.socket, tuple[Path, int]] = {}

    def open(self, wanted: Iterable[Wanted]) -> dict[str, Sockets]:
        """The sockets of these addresses, by way; those of others stay open until `keep`."""
        problems: list[str] = []
        found: dict[str, Sockets] = {}
        before = tuple(self._all)
        for one in wanted:
            try:
                if one not in self._open:
                    self._open[one] = self._listen(one)
                found[one.way] = (*found.get(one.way, ()), *self._open[one])
            except (OSError, LookupError) as error:
                why = getattr(error, "strerror", None) or str(error)
                if getattr(error, "errno", None) == errno.EADDRINUSE:
                    why += " (ss -lnp shows who has it)"
                problems.append(f"{one.option}: {one.text}: {why}")
        used = [bound for sockets in found.values() for bound in sockets]
        problems += [
            f"systemd has opened {address_of(passed)}, which no listen names"
            for passed in self._passed
            if passed not in used
        ]
        if problems:
            self.keep(before)
            raise ConfigError(problems)
        return found

    def keep(self, used: Sequence[socket.socket]) -> None:
        """Close all but these, and remove what they leave in the file system."""
        self._open = {one: sockets for one, sockets in self._open.items() if sockets[0] in used}
        for bound in self._all:
            if bound not in used:
                self._remove_path(bound)
                bound.close()
        self._all = [bound for bound in self._all if bound in used]

    def keep_here(self, used: Sequence[socket.socket]) -> None:
        """The same in this process alone, which is not the one that opened them."""
        self._paths = {}
        self.keep(used)

    def _listen(self, wanted: Wanted) -> Sockets:
        if isinstance(wanted.address, UnixPath):
            path = wanted.address.path
            return (self._handed_over(str(path)) or self._bind_path(path, wanted.mode, wanted.group),)
        host, port = wanted.address.host, wanted.address.port
        places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        bound: list[socket.socket] = []
        for family, _, _, _, place in dict.fromkeys(places):
            bound.append(self._handed_over(place) or _bind(family, place))
            self._all.append(bound[-1])
        return tuple(bound)

    def _handed_over(self, place: object) -> socket.socket | None:
        return next((passed for passed in self._passed if passed.getsockname() == place), None)

    def _bind_path(self, path: Path, mode: int, group: str) -> socket.socket:
        """A Unix socket that only those may use who are meant to, from its first moment on."""
        _remove_left_over(path)
        bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._all.append(bound)
        before = os.umask(0o177)
        try:
            bound.bind(str(path))
        finally:
            os.umask(before)
        self._paths[bound] = path, path.stat().st_ino
        if group:
            _give(path, group)
        path.chmod(mode)
        bound.listen(_BACKLOG)
        return bound

    def _remove_path(self, bound: socket.socket) -> None:
        path, inode = self._paths.pop(bound, (None, 0))
        if path is not None:
            # Not that of a gateway that was started in the meantime.
            with contextlib.suppress(OSError):
                if path.stat().st_ino == inode:
                    path.unlink()


def address_of(bound: socket.socket) -> HostPort | UnixPath:
    """Where a socket listens; a port 0 has become the one that was free."""
    name = bound.getsockname()
    if isinstance(name, tuple):
        return HostPort(str(name[0]), int(name[1]))
    return UnixPath(Path(os.fsdecode(name)))


def _bind(family: int, place: object) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        # What has ended waits in the kernel for late packets, and must not keep us from starting again.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind(place)  # type: ignore[arg-type] # as getaddrinfo wrote it
        bound.listen(_BACKLOG)
    except OSError:
        bound.close()
        raise
    return bound


def _give(path: Path, group: str) -> None:
    """Make it the group's; OSError, with what to do instead, where we may not, as in the unit of systemd."""
    try:
        shutil.chown(path, group=group)
    except OSError as error:
        advice = f"leave socket_group empty, and let its directory give it: chgrp {group}, chmod 2750"
        raise OSError(error.errno, f"{user()} may not give it to the group {group}; {advice}") from error


def _remove_left_over(path: Path) -> None:
    """Remove the socket of a gateway that did not end well; OSError when one still listens there."""
    with contextlib.suppress(FileNotFoundError):
        if stat.S_ISSOCK(path.stat().st_mode):
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
                probe.setblocking(False)
                # EAGAIN: so many wait for it that one more would have to wait.
                if probe.connect_ex(str(path)) in {0, errno.EAGAIN}:
                    raise OSError(errno.EADDRINUSE, "another process listens there")
            path.unlink()
