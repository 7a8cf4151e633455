"""Where do mail servers find us as their milter? Listens, and stops without losing what is under way.

Raises ConfigError when an address cannot be listened on.
"""

import asyncio
import contextlib
import errno
import os
import shutil
import socket
import stat
from pathlib import Path

from milter import maillog
from milter.config import MilterConfig
from milter.config.address import HostPort
from milter.config.milter_socket import UnixPath, parse_socket
from milter.errors import ConfigError
from milter.gate import Gate
from milter.intake.milter_connection import MilterConnection
from milter.intake.milter_service import MilterService

# Every process of a mail server has a connection of its own, and they may all begin at once.
_BACKLOG = 1024


class MilterIntake:
    """The milter: the mail server keeps the mail, we say what becomes of it."""

    def __init__(self, gate: Gate, config: MilterConfig, max_message_size: int) -> None:
        """Not listening yet."""
        self._service = MilterService(gate, config, max_message_size)
        self._servers: list[asyncio.Server] = []
        self._paths: list[tuple[Path, int]] = []

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where it listens, as Postfix would write it; a port 0 has become the one that was free."""
        return tuple(_shown(bound) for server in self._servers for bound in server.sockets)

    async def start(self) -> None:
        """Listen on every address of the config, or on none."""
        problems = []
        for text in self._service.config.listen:
            try:
                self._servers.append(await self._listen(parse_socket(text)))
            except (OSError, LookupError) as error:
                why = getattr(error, "strerror", None) or str(error)
                problems.append(f"[milter] listen: {text}: {why}")
        if problems:
            self._close()
            raise ConfigError(problems)
        for bound in self.addresses:
            maillog.listening(bound)

    async def stop(self, grace: float) -> None:
        """Take no new mail, end those under way for at most `grace` seconds, hang up.

        What was not ended was not answered: the mail server does what its milter_default_action says.
        """
        self._close()
        self._service.is_stopping = True
        if cut := await self._service.end(grace):
            maillog.milter_failed(f"{cut} connections cut, the service stops", "-")

    async def _listen(self, address: HostPort | UnixPath) -> asyncio.Server:
        loop = asyncio.get_running_loop()

        def connection() -> MilterConnection:
            return MilterConnection(self._service)

        if isinstance(address, HostPort):
            return await loop.create_server(connection, address.host, address.port, backlog=_BACKLOG)
        bound = self._bind(address.path)
        return await loop.create_unix_server(connection, sock=bound, backlog=_BACKLOG)

    def _bind(self, path: Path) -> socket.socket:
        """A Unix socket that only those may use who are meant to, from its first moment on."""
        _remove_left_over(path)
        bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            bound.bind(str(path))
        except OSError:
            bound.close()
            raise
        finally:
            os.umask(before)
        self._paths.append((path, path.stat().st_ino))
        if self._service.config.socket_group:
            shutil.chown(path, group=self._service.config.socket_group)
        path.chmod(int(self._service.config.socket_mode, 8))
        return bound

    def _close(self) -> None:
        for server in self._servers:
            server.close()
        for path, inode in self._paths:
            # Not that of a gateway that was started in the meantime.
            with contextlib.suppress(OSError):
                if path.stat().st_ino == inode:
                    path.unlink()
        self._paths = []


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


def _shown(bound: socket.socket) -> str:
    name = bound.getsockname()
    return f"unix:{name}" if isinstance(name, str) else f"inet:{HostPort(str(name[0]), int(name[1]))}"
