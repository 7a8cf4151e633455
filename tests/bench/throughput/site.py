"""Who takes part? Each peer with all that it needs, started once, on fixed ports of a network of its own.

The network is a namespace with nothing but loopback; its DNS is an unbound that knows the senders of the
mails and denies everything else at once, so that nobody waits for look-ups.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.bench.throughput.accounts import Account
from tests.bench.throughput.mails import ADDRESSES, HOP_DOMAIN
from tests.cli.command import VIGIMEL
from tests.conftest import ROOT
from tests.end_to_end.postfix import Postfix

PROGRAMS = ("unshare", "ip", "mount", "unbound", "smtp-sink", "postfix", "rspamd")
SINK = 2600
_QUEUES = ("maildrop", "incoming", "active", "deferred")
_START_SECONDS = 60.0
_POSTFIX = f"""\
relay_domains = {HOP_DOMAIN}
relay_recipient_maps =
relay_transport = smtp:[127.0.0.1]:{SINK}
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions =
smtpd_client_connection_count_limit = 0
in_flow_delay = 0
milter_default_action = tempfail
"""
_ENTRANCE = "127.0.0.1:{port} inet n - n - - smtpd -o smtpd_milters={milter}"
_UNBOUND = """\
server:
  directory: "{directory}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  verbosity: 0
  module-config: "iterator"
  local-zone: "." static
{records}
remote-control:
  control-enable: no
"""
_RSPAMD = {
    "worker-normal.inc": 'bind_socket = "127.0.0.1:11333"; count = 2;',
    "worker-controller.inc": 'bind_socket = "127.0.0.1:11334"; password = "bench";',
    "worker-proxy.inc": (
        'bind_socket = "{socket} mode=0666 owner=_rspamd"; milter = yes; count = 2; '
        'upstream "local" {{ default = yes; self_scan = yes; }}'
    ),
}
_VIGIMEL = """\
[state]
directory = "{directory}"
[service]
workers = {workers}
[review]
listen = []
[smtp]
listen = ["127.0.0.1:{port}"]
hostname = "gw.example"
trusted_clients = ["203.0.113.0/24"]
[milter]
listen = [{milter}]
socket_mode = "0666"
[next_hop]
url = "smtp://127.0.0.1:{sink}"
[dns]
nameservers = ["127.0.0.1"]
[judge]
brands = "{shipped}/brands"
asks = "{shipped}/asks"
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """Where it takes mail, and what its work costs."""

    name: str
    port: int
    account: Account
    queue: Path | None = None

    def queued(self) -> bool:
        """Has it taken mails that have not arrived yet?"""
        places = (self.queue / name for name in _QUEUES) if self.queue else ()
        return any(files for place in places for _, _, files in os.walk(place))


class Site:
    """Everything that runs, until the end."""

    def __init__(self, directory: Path) -> None:
        """Nothing runs yet. Programs that drop root must be able to enter the directory."""
        self._directory = directory
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def network(self, zone: Sequence[str]) -> None:
        """The addresses of the senders, and the DNS."""
        for command in ("link set lo up", *(f"addr add {address}/32 dev lo" for address in ADDRESSES)):
            subprocess.run(["ip", *command.split()], check=True)
        resolv = self._directory / "resolv.conf"
        resolv.write_text("nameserver 127.0.0.1\n")
        subprocess.run(["mount", "--bind", str(resolv), "/etc/resolv.conf"], check=True)
        config = self._directory / "unbound.conf"
        records = "\n".join(f"  local-data: '{record}'" for record in zone)
        config.write_text(_UNBOUND.format(directory=self._directory, records=records))
        self._start("dns", [["unbound", "-d", "-c", str(config)]], 53)

    def sink(self) -> Peer:
        """Who throws all mail away: the limit of what a sender can send."""
        command = ["smtp-sink", "-u", "nobody", f"127.0.0.1:{SINK}", "1024"]
        return Peer("limit: sender to smtp-sink", SINK, self._start("sink", [command], SINK))

    def null_relay(self, name: str, kind: str, port: int, processes: int) -> Peer:
        """A relay in Python that looks at nothing."""
        command = [sys.executable, "-m", "tests.bench.throughput.null_relay", kind, str(port), str(SINK)]
        return Peer(name, port, self._start(kind, [command] * processes, port))

    def vigimel(self, name: str, port: int, workers: int, milter: str = "") -> Peer:
        """The gateway itself."""
        directory = self._directory / f"vigimel-{port}"
        directory.mkdir()
        config = directory / "vigimel.toml"
        config.write_text(
            _VIGIMEL.format(
                directory=directory,
                workers=workers,
                port=port,
                milter=f'"{milter}"' if milter else "",
                sink=SINK,
                shipped=ROOT / "config",
            )
        )
        command = [*VIGIMEL, "serve", "--config", str(config)]
        return Peer(name, port, self._start(f"vigimel-{port}", [command], port))

    def postfix(self, entrances: dict[str, tuple[int, str]], filters: dict[str, Account]) -> list[Peer]:
        """One Postfix with an entrance for each milter; what the milter takes is on its account."""
        lines = [_ENTRANCE.format(port=port, milter=milter) for port, milter in entrances.values()]
        server = Postfix("bench", _POSTFIX, "\n".join(lines))
        account = self._open("postfix")
        with account.entered():
            self._stack.enter_context(server)
        queue = server._directory / "queue"
        return [
            Peer(name, port, account.with_(filters.get(name)), queue) for name, (port, _) in entrances.items()
        ]

    def rspamd(self) -> tuple[str, Account]:
        """As it comes, with two processes; the address of its milter. Waits until its rules are compiled."""
        directory = self._directory / "rspamd"
        milter = directory / "milter.sock"
        for part in ("local.d", "db", "run", "log"):
            (directory / part).mkdir(parents=True)
        for name, text in _RSPAMD.items():
            (directory / "local.d" / name).write_text(text.format(socket=milter) + "\n")
        for path in (directory, *directory.iterdir()):
            shutil.chown(path, "_rspamd", "_rspamd")
        places = {"LOCAL_CONFDIR": "", "DBDIR": "db", "RUNDIR": "run", "LOGDIR": "log"}
        variables = [f"--var={name}={directory / place}" for name, place in places.items()]
        command = ["rspamd", "-f", "-u", "_rspamd", "-g", "_rspamd", *variables]
        account = self._start("rspamd", [command], 11333)
        account.wait_until_idle()
        return f"unix:{milter}", account

    def _open(self, name: str) -> Account:
        account = Account(name)
        self._stack.callback(account.close)
        return account

    def _start(self, name: str, commands: Sequence[Sequence[str]], port: int) -> Account:
        account = self._open(name)
        log = self._stack.enter_context((self._directory / f"{name}.log").open("wb"))
        for command in commands:
            with account.entered():
                process = subprocess.Popen(
                    command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=_environment()
                )
            self._stack.callback(_end, process)
        _wait_for(port, Path(log.name))
        return account


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8"}


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
    process.kill()
    process.wait()


def _wait_for(port: int, log: Path) -> None:
    until = time.monotonic() + _START_SECONDS
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if time.monotonic() > until:
            raise SystemExit(f"nobody listens on port {port}:\n{log.read_text('utf-8', 'replace')[-2000:]}")
        time.sleep(0.1)
