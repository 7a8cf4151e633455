"""Which processes does a configuration need, and what do they listen on? Planned, and planned anew."""

import os
import resource
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from milter import maillog
from milter.child.origin import Origin
from milter.config import Config
from milter.config.address import HostPort
from milter.config.milter_socket import UnixPath
from milter.intake.board import ROWS
from milter.intake.listen import (
    Listeners,
    Sockets,
    address_of,
    wanted_by,
)
from milter.intake.milter import shown
from milter.log.lines import configure_log
from milter.serve.parts import Boards, Parts, open_files_of, prepare, workers_of
from milter.serve.reader import read_files
from milter.serve.worker import work
from milter.workers.allocator import spare_memory
from milter.workers.crew import Plan
from milter.workers.forked import Role
from milter.workers.line import Line
from milter.workers.systemd import Notify, passed_sockets
from milter.workers.watch import Watch

_Addresses = Sequence[HostPort | UnixPath]
# Where mail comes in by SMTP and by the milter, where the review page is, and where the figures are.
Announce = Callable[[Config, _Addresses, Sequence[str], _Addresses, _Addresses], None]


def serve(path: Path, begin: Callable[[Config], None], announce: Announce) -> None:
    """Take mail until SIGTERM or SIGINT, then end what is under way; a second signal cuts that short.

    SIGHUP reads the configuration and its data again: sessions that begin have the new one, and where it is
    wrong the old one stays. `begin` is called once, when it was read for the first time, `announce` when mail
    can come in.
    """
    # A core is a file with mails in it; what is started here inherits that there is none.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    spare_memory()
    listeners = Listeners(passed_sockets(os.environ))
    Watch(_Gateway(path, listeners, begin, announce), Notify(os.environ)).run()


@dataclass(frozen=True, slots=True)
class _Planned:
    plan: Plan
    config: Config
    sockets: Mapping[str, Sockets]

    origin: Origin

    @property
    def all_sockets(self) -> Sockets:
        return tuple(bound for sockets in self.sockets.values() for bound in sockets)

    def sockets_of(self, role: Role) -> Sockets:
        """Those that a process of this role listens on."""
        if role.name == "reader":
            return ()
        kept = (*self.sockets.get("review", ()), *self.sockets.get("metrics", ()))
        return kept if role.name == "keeper" else tuple(s for s in self.all_sockets if s not in kept)

    def in_child(self, role: Role) -> None:
        """Close the end of the origin that a process of this role has no use for."""
        if role not in self.plan.roles:
            self.origin.close()
        elif role.name == "reader":
            self.origin.only_serves()
        else:
            self.origin.only_asks()


class _Gateway:
    """What is watched: the processes of the configuration in a file."""

    def __init__(
        self, path: Path, listeners: Listeners, begin: Callable[[Config], None], announce: Announce
    ) -> None:
        self._path = path
        self._listeners = listeners
        self._begin = begin
        self._announce: Announce | None = announce
        self._boards = Boards()
        # The last row: none of those who are watched has so high a number.
        self._boards.table.use(ROWS - 1)
        self._now: _Planned | None = None
        self._coming: _Planned | None = None

    def plan(self) -> Plan:
        """Read the configuration, open what it listens on."""
        parts = prepare(self._path)
        config = parts.config
        if self._now is None:
            self._begin(config)
        sockets = self._listeners.open(wanted_by(config))
        _allow_open_files(open_files_of(config))
        worker = Role("worker", partial(work, parts, sockets, self._boards))
        workers = [worker] * workers_of(config)
        keeper = Role("keeper", partial(_keep, parts, sockets, self._boards))
        reader = Role("reader", partial(read_files, parts, self._boards))
        plan = Plan((keeper, reader, *workers), config.smtp.drain_time)
        origin = parts.judge.lookout.origin
        origin.open()
        self._coming = _Planned(plan, config, sockets, origin)
        return plan

    def took_over(self, plan: Plan) -> None:  # noqa: ARG002 there is one that comes
        """The configuration that was read last is at work."""
        if self._coming is None:
            return
        if self._now is not None:
            # Those who leave can still ask; their reader ends with the last of them.
            self._now.origin.close()
        self._now, self._coming = self._coming, None
        self._listeners.keep(self._now.all_sockets)
        configure_log(self._now.config.log.level, self._now.config.log.format)
        sockets = self._now.sockets
        smtp = tuple(map(address_of, (*sockets.get("smtp", ()), *sockets.get("proxied", ()))))
        milter = tuple(map(shown, sockets.get("milter", ())))
        review = tuple(map(address_of, sockets.get("review", ())))
        metrics = tuple(map(address_of, sockets.get("metrics", ())))
        for address in (*smtp, *milter, *review, *metrics):
            maillog.listening(str(address))
        if self._announce is not None:
            self._announce(self._now.config, smtp, milter, review, metrics)
            self._announce = None

    def gave_up(self, plan: Plan) -> None:  # noqa: ARG002 there is one that comes
        """The configuration before stays at work."""
        if self._coming is not None:
            self._coming.origin.close()
        self._coming = None
        self._listeners.keep(self._now.all_sockets if self._now else ())

    def in_child(self, role: Role) -> None:
        """Close what this process does not listen on: where nobody accepts, nobody must wait."""
        kept: Sockets = ()
        for planned in filter(None, (self._now, self._coming)):
            planned.in_child(role)
            if role in planned.plan.roles:
                kept = planned.sockets_of(role)
        self._listeners.keep_here(kept)

    def ended(self, number: int) -> None:
        """Forget the connections of a process that has ended."""
        self._boards.forget(number)

    def closing(self) -> None:
        """The workers alone listen now, to say that the service ends."""
        self._listeners.keep(())
        for planned in filter(None, (self._now, self._coming)):
            planned.origin.close()


async def _keep(
    parts: Parts, sockets: Mapping[str, Sockets], boards: Boards, line: Line, number: int
) -> None:
    # Loaded by the one process that needs it, and what writes reports and letters with it.
    from milter.serve.keeper import keep

    await keep(parts, sockets, boards, line, number)


def _allow_open_files(wanted: int) -> None:
    """As many as the connections need, where the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
