"""What do we keep of a person, and shall it go? The command `vigimel quarantine person`."""

from milter.cli.opened import opened
from milter.cli.terminal import json_line, say, short, table, typist
from milter.cli.texts import TEXTS
from milter.config import Config
from milter.quarantine.held import Held
from milter.quarantine.person import Known, erase, look_up


async def person(config: Config, address: str, *, erase_it: bool, as_json: bool) -> int:
    """Write what names the address, one line a mail; with `erase_it`, forget it. 1 where there is none."""
    text = TEXTS[config.policy.language]
    async with opened(config) as store:
        if store is None:
            return 1
        if erase_it:
            found = await erase(store.transactions, address, typist())
        else:
            found = await look_up(store.transactions, address, typist())
    if as_json:
        held = [
            {"id": one.id, "state": one.state.value, "received": one.received.isoformat()}
            for one in found.held
        ]
        counts = {"traced": len(found.traced), **_others(found)}
        say(json_line({"address": address, "erased": erase_it, "held": held, **counts}))
    else:
        if found.held:
            say("\n".join(table([text["person_head"].split("|"), *map(_row, found.held)])))
        said = text["person_erased" if erase_it else "person_known"]
        say(said.format(held=len(found.held), traced=len(found.traced)))
        if any(_others(found).values()):
            say(text["person_others"].format(**_others(found)))
    return 0 if found.has_any else 1


def _others(found: Known) -> dict[str, int]:
    """How much beside mails and rows of the trace."""
    asked = sum(map(len, found.asked))
    return {"rules": len(found.rules), "copies": len(found.copies), "asked": asked, "noted": found.noted}


def _row(mail: Held) -> list[str]:
    envelope = mail.envelope
    return [
        str(mail.id),
        f"{mail.received:%Y-%m-%d %H:%M}",
        mail.state.value,
        short(envelope.reverse_path or "<>", 36),
        short(", ".join(envelope.forward_paths), 60),
    ]
