"""A private Sendmail, unpacked from Debian's package: its own configuration, queue and ports, on loopback.

The package conflicts with that of Postfix, so `.ci/install-packages` unpacks it without installing it.
"""

import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

from tests.conftest import ROOT
from tests.end_to_end.postfix import free_port

UNPACKED = ROOT / ".cache" / "sendmail"
PROGRAM = UNPACKED / "usr" / "libexec" / "sendmail" / "sendmail"

# Everything goes on to one mail server; of the rest of a mail system it has nothing.
_CONFIG = """\
include(`{unpacked}/usr/share/sendmail/cf/m4/cf.m4')dnl
OSTYPE(`linux')dnl
define(`confDOMAIN_NAME', `sendmail.example')dnl
define(`QUEUE_DIR', `{directory}/queue')dnl
define(`STATUS_FILE', `')dnl
define(`confPID_FILE', `{directory}/pid')dnl
define(`ALIAS_FILE', `')dnl
define(`HELP_FILE', `')dnl
define(`confDONT_BLAME_SENDMAIL', `GroupWritableDirPathSafe')dnl
define(`confDELIVERY_MODE', `interactive')dnl
define(`confTO_IDENT', `0s')dnl
define(`confDEF_USER_ID', `0:0')dnl
define(`confDONT_PROBE_INTERFACES', `True')dnl
define(`SMART_HOST', `esmtp:[127.0.0.1]')dnl
define(`ESMTP_MAILER_ARGS', `TCP $h {behind}')dnl
FEATURE(`nocanonify')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`promiscuous_relay')dnl
FEATURE(`no_default_msa')dnl
DAEMON_OPTIONS(`Name=MTA, Addr=127.0.0.1, Port={port}')dnl
DAEMON_OPTIONS(`Name=again, Addr=127.0.0.1, Port={again}, InputMailFilters=')dnl
INPUT_MAIL_FILTER(`vigimel', `S={milter}, F=T, T=C:5s;S:10s;R:10s;E:1m')dnl
MAILER(`smtp')dnl
"""


class Sendmail:
    """A running instance; `again` is the port of the entrance without milter."""

    def __init__(self, milter: str, behind: int) -> None:
        self._directory = Path(tempfile.mkdtemp(prefix="vigimel-sendmail-"))
        self.port = free_port()
        self.again = free_port()
        self.log = self._directory / "traffic"
        (self._directory / "queue").mkdir(mode=0o700)
        source = _CONFIG.format(
            unpacked=UNPACKED,
            directory=self._directory,
            behind=behind,
            port=self.port,
            again=self.again,
            milter=milter,
        )
        made = subprocess.run(
            ["m4"], input=source.encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
        )
        self._config = self._directory / "sendmail.cf"
        self._config.write_bytes(made.stdout)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        # A host name without a dot costs it a minute at start, so it gets one of its own.
        script = f"hostname sendmail.example && exec {PROGRAM} -C {self._config} -bD -X {self.log}"
        self._process = subprocess.Popen(["unshare", "--uts", "sh", "-c", script])
        end = time.monotonic() + 120
        while not _answers(self.port):
            if self._process.poll() is not None or time.monotonic() > end:
                raise AssertionError("Sendmail did not start")
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(120)
        shutil.rmtree(self._directory, ignore_errors=True)

    def quarantined(self) -> list[str]:
        """The reasons of the mails that it holds."""
        files = (self._directory / "queue").glob("hf*")
        return [
            line[1:] for file in files for line in file.read_text("latin-1").splitlines() if line[:1] == "q"
        ]


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=60):
            return True
    except OSError:
        return False
