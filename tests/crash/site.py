"""A gateway that may be killed in all ways, between senders and a next hop that keep journals."""

import contextlib
import itertools
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from milter.quarantine.raw import unpack
from tests.conftest import ROOT
from tests.crash.downstream import Downstream, Hop, Maildir
from tests.crash.journal import Journal
from tests.crash.mails import name_of
from tests.crash.points import FailPoint, Fate, Way
from tests.crash.sender import Mail, MilterSender, Sender
from tests.dns_server import DnsServer
from tests.serving import Gateway, eventually, offspring, running

_CONFIG = """\
[state]
directory = "."
[service]
workers = 3
[review]
listen = []
[smtp]
listen = ["127.0.0.1:{port}"]
[next_hop]
url = "{url}"
[milter]
listen = [{milter}]
[dns]
nameservers = ["{nameserver}"]
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of some mails: how many were acknowledged, how often they arrived, which never did."""

    acknowledged: int
    delivered: int
    held: int
    lost: tuple[str, ...]
    duplicates: int


class Site:
    """The three of them, in a directory. On the way `milter` the sender is the server that delivers."""

    def __init__(self, directory: Path, way: Way = "smtp") -> None:
        self.way = way
        self.directory = directory
        self.config = directory / "vigimel.toml"
        self.armed = directory / "armed"
        self.armed.mkdir()
        self.acknowledged = Journal(directory / "acknowledged")
        self.downstream = Downstream(directory / "delivered", "lmtp" if way == "lmtp" else "smtp")
        self.hop: Hop = Maildir(directory / "maildir") if way == "maildir" else self.downstream
        self._milter = directory / "milter.sock"
        self.dns = DnsServer()
        self.starts = 0
        self._names = (f"m{number}" for number in itertools.count(1))
        self._process: subprocess.Popen[str] | None = None
        self._gateway: Gateway | None = None
        self.port = 0

    def __enter__(self) -> Self:
        self.downstream.__enter__()
        self.dns.__enter__()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self.dns.__exit__()
        self.downstream.__exit__()
        self.acknowledged.close()

    def name(self) -> str:
        """A name that no other mail has."""
        return next(self._names)

    def sender(self, mails: Iterator[Mail] | list[Mail]) -> Sender:
        """One that is at work."""
        sender: Sender
        if self.way == "milter":
            sender = MilterSender(self._milter, self.downstream.journal, self.acknowledged, mails)
        else:
            sender = Sender(lambda: self.port, self.acknowledged, mails)
        sender.start()
        return sender

    # The gateway.

    def command(self, *arguments: str | Path) -> list[str]:
        """The command line of `vigimel`, with fail points."""
        entry = [sys.executable, "-m", "tests.crash.armed", str(self.armed)]
        return [*entry, *map(str, arguments), "--config", str(self.config)]

    def start(self) -> None:
        """Start it, on the port that it had before."""
        self.config.write_text(
            _CONFIG.format(
                port=self.port,
                url=self.hop.url,
                milter=f'"unix:{self._milter}"' if self.way == "milter" else "",
                nameserver=self.dns.address,
            )
        )
        self._close()
        log = self.directory / "log"
        with log.open("a") as standard_error:
            self._process = subprocess.Popen(
                self.command("serve"),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=standard_error,
                text=True,
                cwd=ROOT,
                start_new_session=True,
            )
        self._gateway = Gateway(self._process, log)
        self.port = self._gateway.address.port
        self.starts += 1

    @property
    def gateway(self) -> Gateway:
        """The one that runs."""
        assert self._gateway is not None
        return self._gateway

    def kill(self) -> None:
        """All of it at once, as a loss of power does."""
        process = self.gateway.process
        # Whoever was waited for has no group any more, and his number may be somebody else's.
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(60)
        self._close()
        self.see_that_nothing_is_left()

    def kill_watcher(self) -> None:
        """Only the one that watches: the others end what they have begun."""
        self.gateway.process.kill()
        self.gateway.process.wait(60)
        self._close()
        self.see_that_nothing_is_left()

    def see_that_nothing_is_left(self) -> None:
        """No process of a gateway that has ended lives on, nor what has been forked for it."""
        eventually(lambda: not running(str(self.config)), f"left over: {running(str(self.config))}")

    def _close(self) -> None:
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()

    def kill_one(self, chance: random.Random) -> None:
        """One of its processes, a worker more often than not, or a child that reads a file."""
        readers = self.gateway.pids("reader")[:1]
        children = [child for reader in readers for child in offspring(reader)]
        pids = self.gateway.pids("worker") + self.gateway.pids("keeper")[:1] + readers + children[:1]
        with contextlib.suppress(ProcessLookupError, IndexError):
            os.kill(chance.choice(pids), signal.SIGKILL)

    # The fail points.

    def arm(self, point: FailPoint, fate: Fate) -> None:
        """The next process that comes there fails so."""
        half = self.armed / "half"
        half.write_text(fate)
        half.rename(self.armed / point.file)

    def is_armed(self, point: FailPoint) -> bool:
        """False once it has failed."""
        return (self.armed / point.file).exists()

    def wait_for_failure(self, point: FailPoint, fate: Fate) -> None:
        """Wait until it has; start the gateway again where it is no more."""
        eventually(lambda: not self.is_armed(point), f"nobody came to {point.name!r}")
        if fate == "gateway":
            self.gateway.process.wait(60)
            self.kill()
            self.start()

    # The account.

    def outcome(self, names: set[str]) -> Outcome:
        """Reconcile the journals and the quarantine for these mails, once nobody sends any more."""
        self.hop.settle()
        delivered = Counter(name for name in self.hop.names() if name in names)
        held = Counter(name for name in self.held_names() if name in names)
        acknowledged = [name for name in self.acknowledged.names() if name in names]
        arrived = delivered + held
        return Outcome(
            acknowledged=len(acknowledged),
            delivered=delivered.total(),
            held=held.total(),
            lost=tuple(name for name in acknowledged if not arrived[name]),
            duplicates=sum(count - 1 for count in arrived.values()),
        )

    def held_names(self) -> Iterator[str]:
        """The names of the mails in the quarantine, each as often as it is there, if it is whole."""
        for _, name in self.held():
            yield name

    def held(self) -> list[tuple[int, str]]:
        """The number and name of each mail that was put into the quarantine and is whole there."""
        query = "SELECT id, zstd, size, sha256 FROM held_mail JOIN raw_mail ON id = mail_id ORDER BY id"
        with contextlib.closing(sqlite3.connect(self.directory / "quarantine.db")) as database:
            rows = database.execute(query).fetchall()
        named = ((number, name_of(unpack(*row))) for number, *row in rows)
        return [(number, name) for number, name in named if name is not None]
