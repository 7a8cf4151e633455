"""How is the quarantine kept for a bad day? The command `vigimel quarantine backup`."""

import sqlite3
from pathlib import Path

from milter.cli.opened import trouble_of
from milter.cli.terminal import fail, say
from milter.cli.texts import TEXTS
from milter.config import Config
from milter.config.problem import user
from milter.quarantine.backup import back_up


def backup(config: Config, copy: Path) -> None:
    """Copy the file of the quarantine; end with 1, and a line that says why, where that cannot be done.

    Its tables are left as they are: an upgrade wants the copy before it.
    """
    text, source = TEXTS[config.policy.language], config.quarantine.place
    if isinstance(source, str):
        fail(1, text["backup_elsewhere"])
    if trouble := trouble_of(source):
        fail(1, text[trouble].format(path=source, user=user()))
    try:
        if copy.exists() and copy.samefile(source):
            fail(1, text["backup_itself"].format(path=copy))
        size = back_up(source, copy)
    except (OSError, sqlite3.Error) as error:
        fail(1, text["backup_failed"].format(path=copy, why=getattr(error, "strerror", None) or error))
    say(text["backup_made"].format(path=copy, size=size))
