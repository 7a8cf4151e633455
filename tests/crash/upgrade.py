"""Is mail lost while a gateway with mail in its quarantine is upgraded? `make try-upgrade OLD=commit`.

    python -m tests.crash.upgrade [--old COMMIT] [--mails N]

The gateway of that commit (without one: the last before the newest revision of the tables), in an environment
of its own, takes mail. Then it is stopped, and ours is started over the same database with the same
configuration, while senders go on; with PostgreSQL once more with both at work at once, as nodes are upgraded
one after the other. Exit status 1 where a mail was lost or refused for good.
"""

import argparse
import asyncio
import itertools
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from milter.quarantine.listing import ALL
from milter.quarantine.store import Store
from tests.conftest import ROOT
from tests.crash.downstream import Maildir
from tests.crash.journal import Journal
from tests.crash.mails import fraud, name_of, ordinary
from tests.crash.sender import Mail, Sender
from tests.end_to_end.postfix import free_port
from tests.quarantine import postgresql
from tests.serving import Gateway, eventually

_SENDERS = 4
_VERSIONS = "milter/quarantine/migrations/versions"
_CONFIG = """\
[state]
directory = "{directory}"
[service]
workers = 2
[review]
listen = []
[smtp]
listen = ["127.0.0.1:{port}"]
[next_hop]
url = "{hop}"
[dns]
nameservers = ["127.0.0.1:9"]
timeout = 0.2
[quarantine]
{place}
"""


class Old:
    """The checkout of an older commit, with an environment of its own."""

    def __init__(self, commit: str, directory: Path) -> None:
        _git("worktree", "add", "--quiet", "--detach", directory, commit)
        self.directory = directory
        self.python = directory / ".venv" / "bin" / "python"
        install = [str(self.python), "-m", "pip", "install", "--require-hashes"]
        install += ["-r", "requirements-postgresql.txt"]
        for command in (["make", ".venv/run.stamp"], install):
            done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(done.stdout + done.stderr)

    def forget(self) -> None:
        """Remove it."""
        _git("worktree", "remove", "--force", self.directory)


class Site:
    """A database and a Maildir, in a directory, and gateways of two versions over them."""

    def __init__(self, directory: Path, url: str, old: Old) -> None:
        self.directory = directory
        self._url = url
        self._old = old
        self.hop = Maildir(directory / "maildir")
        self.acknowledged = Journal(directory / "acknowledged")
        self.names: set[str] = set()
        self.gateways: list[Gateway] = []
        self._numbers = itertools.count(1)

    def start(self, python: Path, port: int) -> Gateway:
        """A gateway of the version that this Python runs."""
        config = self.directory / f"{port}.toml"
        place = f'url = "{self._url}"' if self._url else f'path = "{self.directory}/quarantine.db"'
        config.write_text(
            _CONFIG.format(directory=self.directory, port=port, hop=self.hop.url, place=place), "utf-8"
        )
        log = self.directory / "log"
        where = self._old.directory if python == self._old.python else ROOT
        with log.open("a") as said:
            process = subprocess.Popen(
                [python, "-m", "milter", "serve", "--config", str(config)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
                cwd=where,
            )
        self.gateways.append(Gateway(process, log))
        return self.gateways[-1]

    def sender(self, port: int) -> Sender:
        """One that sends to this port; every other mail is a fraud."""
        sender = Sender(lambda: port, self.acknowledged, self._mails())
        sender.start()
        return sender

    def _mails(self) -> Iterator[Mail]:
        for number in self._numbers:
            name = f"m{number}"
            self.names.add(name)
            yield name, fraud(name) if number % 2 else ordinary(name)

    async def held(self) -> list[str]:
        """The names of the mails in the quarantine, read by our code."""
        store = await Store.open(self._url or self.directory / "quarantine.db")
        try:
            mails = await store.list(ALL, limit=100_000)
            return [name for mail in mails if (name := name_of(await store.raw(mail.id)))]
        finally:
            await store.close()


def one_after_the_other(site: Site, old: Path, mails: int) -> list[Sender]:
    """The service is stopped, upgraded and started."""
    port = free_port()
    before = site.start(old, port)
    senders = [site.sender(port) for _ in range(_SENDERS)]
    _wait_for_more(senders, mails)
    assert 0 == before.stop()[0], before.log[-2000:]
    site.start(Path(sys.executable), port)
    _wait_for_more(senders, mails)
    return senders


def side_by_side(site: Site, old: Path, mails: int) -> list[Sender]:
    """Two nodes with one database: the second is of the new version while the first still works."""
    ports = free_port(), free_port()
    before = [site.start(old, port) for port in ports]
    senders = [[site.sender(port) for _ in range(_SENDERS // 2)] for port in ports]
    _wait_for_more(senders[0] + senders[1], mails)
    assert 0 == before[1].stop()[0], before[1].log[-2000:]
    site.start(Path(sys.executable), ports[1])
    # What the old node says meanwhile is its own affair, so long as it is no lie.
    _wait_for_more(senders[1], mails)
    assert 0 == before[0].stop()[0], before[0].log[-2000:]
    site.start(Path(sys.executable), ports[0])
    _wait_for_more(senders[0], mails)
    return senders[0] + senders[1]


def _wait_for_more(senders: list[Sender], mails: int) -> None:
    begun = sum(sender.acknowledged for sender in senders)
    eventually(lambda: sum(sender.acknowledged for sender in senders) >= begun + mails, "nothing comes in")


def account(what: str, site: Site, senders: list[Sender]) -> bool:
    """End the senders and say what became of all that they sent; True where all is well."""
    for sender in senders:
        sender.stops = True
    for sender in senders:
        sender.join(120)
    for gateway in site.gateways:
        if gateway.process.poll() is None:
            gateway.stop()
    held = Counter(asyncio.run(site.held()))
    arrived = held + Counter(site.hop.names())
    acknowledged = site.acknowledged.names()
    lost = [name for name in acknowledged if not arrived[name]]
    heard = Counter(said[:3] for sender in senders for said in sender.temporary + sender.permanent)
    twice = sum(count - 1 for count in arrived.values())
    figures = f"{len(acknowledged):>14}{held.total():>8}{len(lost):>8}{twice:>8}"
    print(f"{what:<44}{figures}   {dict(heard)}", flush=True)
    return not lost and not any(sender.permanent for sender in senders)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--old", default="")
    parser.add_argument("--mails", type=int, default=100)
    chosen = parser.parse_args()
    commit = chosen.old or f"{_git('log', '--diff-filter=A', '-1', '--format=%H', '--', _VERSIONS)}^"
    print(f"from {_git('log', '-1', '--format=%h %cs %s', commit)}")
    print(f"{'':<44}{'acknowledged':>14}{'held':>8}{'lost':>8}{'twice':>8}   heard", flush=True)
    with tempfile.TemporaryDirectory(prefix="vigimel-upgrade-") as directory:
        old = Old(commit, Path(directory) / "old")
        try:
            with postgresql.running() as server:
                results = [*_tried(old, server, Path(directory), chosen.mails)]
        finally:
            old.forget()
    return int(not all(results))


def _tried(old: Old, server: postgresql.Server, directory: Path, mails: int) -> Iterator[bool]:
    ways: list[tuple[str, str, Callable[[Site, Path, int], list[Sender]]]] = [
        ("SQLite, stopped and started", "", one_after_the_other),
        ("PostgreSQL, stopped and started", "one", one_after_the_other),
        ("PostgreSQL, node by node", "two", side_by_side),
    ]
    for what, name, way in ways:
        place = directory / (name or "sqlite")
        place.mkdir()
        if name:
            server.sql(f"CREATE DATABASE {name}")
        site = Site(place, server.url(name) if name else "", old)
        yield account(what, site, way(site, old.python, mails))


def _git(*words: str | Path) -> str:
    done = subprocess.run(["git", *map(str, words)], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
