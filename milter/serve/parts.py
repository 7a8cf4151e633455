"""What does a configuration come to before anything is opened, and what do all processes share?"""

import contextlib
import os
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from milter import maillog
from milter.brand.names import Names
from milter.config import Config, SmtpConfig, load
from milter.config.certificate import server_context
from milter.intake.board import ROWS, Board
from milter.judge import Judge, build_judge
from milter.meter.table import Table
from milter.proof.dns import Resolver
from milter.quarantine import postgresql
from milter.quarantine.store import Store
from milter.relay import idle
from milter.relay.next_hop import NextHop, next_hop

# Of a worker beside its connections: the quarantine, children, what libraries open.
_OPEN_FILES = 256


@dataclass(frozen=True, slots=True)
class Boards:
    """What all processes share: who has how many connections, of each way in, and what was counted."""

    smtp: Board = field(default_factory=Board)
    milter: Board = field(default_factory=Board)
    table: Table = field(default_factory=lambda: Table(ROWS))

    def forget(self, number: int) -> None:
        """The process of this number has ended."""
        for one in (self.smtp, self.milter, self.table):
            one.wipe(number)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a configuration comes to before anything is opened."""

    config: Config
    judge: Judge
    next_hop: NextHop
    tls: ssl.SSLContext | None = None

    @property
    def names(self) -> Names:
        """What the organisations are called that can be impersonated."""
        return Names(self.judge.lookout.brands)


def prepare(path: Path) -> Parts:
    """All that is needed to serve; ConfigError with every problem of the configuration and its data."""
    built: list[Parts] = []
    load(path, examine=lambda config: built.append(_build(config)))
    return built[0]


def prepare_judge(
    path: Path, nameservers: tuple[str, ...] = (), brands: Path | None = None
) -> tuple[Config, Judge]:
    """All that is needed to judge as this configuration does; what is given comes before its own.

    Its children come from a process that is forked now, while nothing else runs and no mail was seen.
    """
    built: list[tuple[Config, Judge]] = []

    def build(config: Config) -> None:
        if brands:
            with_facts = config.judge.model_copy(update={"brands": brands.resolve()})
            config = config.model_copy(update={"judge": with_facts})
        built.append((config, _judge(config, nameservers)))

    load(path, to_serve=False, examine=build)
    _, judge = built[0]
    judge.lookout.origin.start()
    return built[0]


def build_next_hop(config: Config) -> NextHop:
    """The next hop of this configuration, for who has a mail now and then."""
    return next_hop(config.next_hop, config.hostname)


def _build(config: Config) -> Parts:
    if config.quarantine.url:
        postgresql.check(config.quarantine.url)
    hop = next_hop(config.next_hop, config.hostname, idle.SECONDS, maillog.next_hop_failed)
    return Parts(config, _judge(config), hop, _tls(config.smtp))


def _tls(config: SmtpConfig) -> ssl.SSLContext | None:
    # What is wrong with it is among the problems of the configuration already, with its line.
    with contextlib.suppress(ValueError):
        return server_context(config.certificate, config.key) if config.certificate else None
    return None


def _judge(config: Config, nameservers: tuple[str, ...] = ()) -> Judge:
    resolver = Resolver(nameservers or config.dns.nameservers, config.dns.timeout)
    return build_judge(config, resolver, note=maillog.child_died)


def workers_of(config: Config) -> int:
    """How many processes take mail."""
    return config.service.workers or len(os.sched_getaffinity(0))


def open_files_of(config: Config) -> int:
    """How many files each process may have open: a session has its client and a next hop."""
    return _OPEN_FILES + 2 * config.smtp.max_connections + config.milter.max_connections


@contextlib.asynccontextmanager
async def opened(config: Config) -> AsyncIterator[Store]:
    """The quarantine, as long as the context lasts."""
    store = await Store.open(config.quarantine.place, grace=config.quarantine.grace)
    try:
        yield store
    finally:
        await store.close()
