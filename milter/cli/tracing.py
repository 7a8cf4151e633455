"""What became of this message? The command `vigimel trace`."""

from datetime import datetime
from typing import Any

from milter.cli.opened import opened
from milter.cli.terminal import at_most, json_line, say, short, table, typist
from milter.cli.texts import TEXTS
from milter.config import Config
from milter.quarantine.journal import Deed, Journal
from milter.trace.find import Found, Sought, Traces
from milter.verdict.verdict import Finding


async def show(
    config: Config, words: str, finding: Finding | None, since: datetime | None, limit: int, *, as_json: bool
) -> int:
    """Write one line a mail, the newest first; 1 where there is none. The journal notes the search."""
    text = TEXTS[config.policy.language]
    async with opened(config) as store:
        if store is None:
            return 1
        all_of_them = await Traces(store.transactions).find(Sought(words, finding, since), limit + 1)
        found = at_most(limit, all_of_them, text["more"])
        # As the page notes it: what was searched for may be a person, and is not kept.
        await Journal(store.transactions).note(typist(), Deed.TRACED, detail=str(len(found)))
    if as_json:
        for one in found:
            say(json_line(_plain(one)))
    elif found:
        say("\n".join(table([text["trace_head"].split("|"), *map(_row, found)])))
    else:
        say(text["no_such_mail"])
    return 0 if found else 1


def _plain(found: Found) -> dict[str, Any]:
    return {"id": found.id, **found.mail._asdict(), "at": found.mail.at.isoformat()}


def _row(found: Found) -> list[str]:
    mail = found.mail
    return [
        f"{mail.at:%Y-%m-%d %H:%M:%S}",
        mail.mail_id,
        "-" if mail.held_id is None else str(mail.held_id),
        mail.finding or "-",
        mail.action or "-",
        short(mail.reverse_path or "<>", 36),
        short(", ".join(mail.recipients), 36),
        short(mail.reply, 48),
    ]
