"""How do commands open the database of a gateway that may be running?"""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from milter.cli.terminal import typist, warn
from milter.cli.texts import TEXTS
from milter.config import Config
from milter.config.problem import user
from milter.errors import ConfigError
from milter.log.lines import configure_log
from milter.quarantine.journal import Journal
from milter.quarantine.migrations.upgrade import HEAD
from milter.quarantine.reasons import SHORTEST, give, has_reason
from milter.quarantine.store import Store


@asynccontextmanager
async def opened(config: Config) -> AsyncIterator[Store | None]:
    """The quarantine; None, and a line that says why, where there is no file yet or none for this user."""
    place = config.quarantine.place
    if trouble := trouble_of(place):
        warn(TEXTS[config.policy.language][trouble].format(path=place, user=user()))
        yield None
        return
    # Whoever types a command is told what it did; lines for the log of the gateway would stand between.
    configure_log("warning")
    store = await Store.open(place, grace=config.quarantine.grace, begins=upgraded_by_gateway(config))
    try:
        yield store
    finally:
        await store.close()


def upgraded_by_gateway(config: Config) -> Callable[[str], None]:
    """What no command does to older tables, with a ConfigError that says so: the gateway that still runs
    does not know the newer ones, and the way back is a copy that was made before."""

    def refuse(found: str) -> None:
        raise ConfigError([TEXTS[config.policy.language]["tables_older"].format(found=found, head=HEAD)])

    return refuse


def trouble_of(place: Path | str) -> str:
    """Which text tells why it cannot be opened; nothing where it can, or is no file."""
    try:
        # Opening would make the file, as whoever types the command, and the service could not write to it.
        if isinstance(place, str) or place.exists():
            return "" if isinstance(place, str) or os.access(place, os.R_OK | os.W_OK) else "closed"
    except PermissionError:
        return "closed"
    return "no_quarantine"


async def may_open(config: Config, journal: Journal, mail_id: int, why: str) -> bool:
    """True for who may read a mail: where the operator wants a reason, for who gives one, or has lately. A
    reason that is given is noted."""
    if why and await give(journal, mail_id, typist(), why):
        return True
    if not why and (not config.review.ask_reason or await has_reason(journal, mail_id, typist())):
        return True
    warn(TEXTS[config.policy.language]["no_reason"].format(shortest=SHORTEST))
    return False
