"""The gateway as an admin runs it: `vigimel serve` in a process of its own."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

from tests.conftest import ROOT
from tests.end_to_end.postfix import free_port

_CONFIG = """\
[state]
directory = "{directory}"
[review]
listen = []
[smtp]
listen = ["127.0.0.1:{port}"]
hostname = "gw.example"
{smtp}
[next_hop]
url = "{next_hop}"
{hop}
[dns]
nameservers = ["{nameserver}"]
timeout = 2.0
[judge]
brands = "{shipped}/brands"
asks = "{shipped}/asks"
"""


class Gateway:
    """A running gateway; its log and its quarantine are in `directory`."""

    def __init__(
        self, directory: Path, next_hop: str, nameserver: str, more: str = "", smtp: str = "", hop: str = ""
    ) -> None:
        """`smtp` and `hop` are further options of these sections, `more` further sections."""
        self.port = free_port()
        self.directory = directory
        self.config = directory / "vigimel.toml"
        self.log = directory / "log"
        text = _CONFIG.format(
            directory=directory,
            port=self.port,
            smtp=smtp,
            next_hop=next_hop,
            hop=hop,
            nameserver=nameserver,
            shipped=ROOT / "config",
        )
        self.config.write_text(text + more)
        self._listeners = (text + more).count('\nlisten = ["')
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "milter", "serve", "--config", str(self.config)]
        with self.log.open("wb") as log:
            # A group of its own: it is several processes, and a test may want to stop them all at once.
            self._process = subprocess.Popen(
                command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )
        end = time.monotonic() + 120
        while self.log.read_bytes().count(b"event=listening") < self._listeners:
            if self._process.poll() is not None or time.monotonic() > end:
                raise AssertionError(self.log.read_text())
            time.sleep(0.05)
        return self

    def freeze(self) -> None:
        """No process of it does anything more, and all are there."""
        self._signal(signal.SIGSTOP)

    def kill(self) -> None:
        """As a crash of the machine would, with all its processes."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait(120)

    def _signal(self, number: signal.Signals) -> None:
        # Whoever was waited for has no group any more, and his number may be somebody else's.
        if self._process is not None and self._process.returncode is None:
            os.killpg(self._process.pid, number)

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(120)
