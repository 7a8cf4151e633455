"""`vigimel serve` as an admin runs it, and the processes that it is made of."""

import contextlib
import os
import re
import signal
import smtplib
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from milter.config.address import HostPort
from tests.cli.command import VIGIMEL


def configured(
    *,
    workers: int = 2,
    smtp: str = "",
    next_hop: str = "",
    nameserver: str = "127.0.0.1:9",
    more: str = "",
) -> str:
    """The text of a configuration for `serving`: everything beside its file, SMTP on a free port, no page.

    `smtp` are more lines of that section, `more` are sections after the last one, which is [dns]. Without a
    next hop mail goes into the Maildir of the state directory; without a nameserver there is none.
    """
    hop = f'[next_hop]\nurl = "{next_hop}"\n' if next_hop else ""
    return f"""\
[state]
directory = "."
[service]
workers = {workers}
[review]
listen = []
[smtp]
listen = ["127.0.0.1:0"]
{smtp}
{hop}
[dns]
nameservers = ["{nameserver}"]
{more}
"""


CONFIG = configured(more="timeout = 0.2")


class Gateway:
    """A running `vigimel serve`."""

    def __init__(self, process: "subprocess.Popen[str]", log: Path) -> None:
        """Wait until it says where it listens."""
        self.process = process
        self._log = log
        assert process.stdout
        self.said = [process.stdout.readline()]
        while self.said[-1] and not self.said[-1].startswith(("Arrêter", "Stop")):
            self.said.append(process.stdout.readline())
        found = re.search(r"127\.0\.0\.1:\d+", "".join(self.said))
        assert found, self.log
        self.address = HostPort.parse(found[0])

    @property
    def log(self) -> str:
        """What it has written to standard error."""
        return self._log.read_text()

    def smtp(self, source: str = "127.0.0.1") -> smtplib.SMTP:
        """A connection to it."""
        return smtplib.SMTP(self.address.host, self.address.port, timeout=60, source_address=(source, 0))

    def knock(self) -> str:
        """The greeting that a new client hears."""
        with socket.create_connection((self.address.host, self.address.port), timeout=60) as client:
            return client.makefile().readline()

    def pids(self, role: str) -> list[int]:
        """The processes of a role: `worker`, `keeper`, `reader`."""
        return [pid for pid in children(self.process.pid) if name_of(pid) == f"vigimel-{role}"]

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Its exit status, and what it wrote to standard error."""
        self.process.send_signal(number)
        return self.process.wait(timeout=120), self.log


@contextlib.contextmanager
def serving(
    config: Path,
    *,
    environment: dict[str, str] | None = None,
    before_exec: Callable[[], None] | None = None,
    opened: socket.socket | None = None,
) -> Iterator[Gateway]:
    """Start it, and never leave it behind. `opened` is handed over as systemd does."""
    log = config.parent / "log"
    command = [*VIGIMEL, "serve", "--config", str(config)]
    if opened is not None:
        # Descriptor 3, in the process that the variable names.
        script = f'exec 3<&{opened.fileno()}; LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"'
        command = ["bash", "-c", script, "bash", *command]
    with (
        log.open("w") as standard_error,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=standard_error,
            text=True,
            env={**os.environ, **(environment or {})},
            preexec_fn=before_exec,  # noqa: PLW1509 nothing in the tests runs threads that fork
            pass_fds=() if opened is None else (opened.fileno(),),
        ) as process,
    ):
        try:
            yield Gateway(process, log)
        finally:
            process.kill()


def children(pid: int) -> list[int]:
    """The living children of a process, whichever of its threads has started them."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, task.read_text().split())
    # The kernel lists those who have ended until somebody has asked how.
    return [child for child in found if lives(child)]


def offspring(pid: int) -> list[int]:
    """All that a process has started, and what these have."""
    return [each for child in children(pid) for each in (child, *offspring(child))]


def running(word: str) -> list[int]:
    """The living processes with this word on their command line, and those that they have forked."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if word.encode() in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
    return [pid for pid in found if lives(pid)]


def name_of(pid: int) -> str:
    """What `ps` shows; empty for a process that is no more."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""


def lives(pid: int) -> bool:
    """False once it has ended, though nobody may have asked how."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    return False


def eventually(holds: Callable[[], bool], what: str = "") -> None:
    """Wait until it holds; the limit is there to end a test that is wrong."""
    until = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < until, what
        time.sleep(0.02)
