"""What waits in the quarantine, and what is to become of it? The commands `vigimel quarantine ...`.

Raises ConfigError and TryLater, which `app` turns into a line and an exit status.
"""

import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from milter.cli.opened import may_open, opened
from milter.cli.terminal import at_most, json_line, row, say, short, shown, shown_lines, table, typist, warn
from milter.cli.texts import TEXTS
from milter.config import Config
from milter.errors import TryLater
from milter.precedent.allow import allow, basis_for
from milter.precedent.rule import NoRule, Seen
from milter.quarantine.deeds import attempt
from milter.quarantine.held import Held, State
from milter.quarantine.journal import Deed, Journal
from milter.quarantine.listing import Wanted
from milter.quarantine.release import Released, noted, release
from milter.quarantine.store import Store
from milter.relay.next_hop import NextHop
from milter.serve import build_next_hop
from milter.speech.words import speaker


class Quarantine:
    """The quarantine of a configuration, as the admin sees it."""

    def __init__(self, config: Config, store: Store, *, as_json: bool) -> None:
        """Use `open_quarantine`."""
        self._config = config
        self._store = store
        self._journal = Journal(store.transactions)
        self._as_json = as_json
        self._text = TEXTS[config.policy.language]

    async def list_mails(self, wanted: Wanted, limit: int) -> int:
        """Write one line a mail, newest first."""
        mails = at_most(limit, await self._store.list(wanted, limit + 1), self._text["more"])
        if self._as_json:
            for mail in mails:
                say(json_line(_plain(mail)))
        elif mails:
            say("\n".join(table([self._text["head"].split("|"), *map(_row, mails)])))
        else:
            say(self._text["empty" if wanted == Wanted(State.HELD) else "no_such_mail"])
        return 0

    async def show(self, number: int, why: str, *, raw: bool) -> int:
        """Write what is known of a mail, or its bytes, for who may see them."""
        mail = await self._store.get(number)
        if mail is None:
            return self._no_item(number)
        if not await may_open(self._config, self._journal, number, why):
            return 1
        await self._journal.note(typist(), Deed.DOWNLOADED if raw else Deed.LOOKED, number)
        if not raw:
            say(json_line(_plain(mail)) if self._as_json else "\n".join(self._card(mail)))
            return 0
        try:
            content = await self._store.raw(number)
        except LookupError:
            warn(self._text["no_bytes"].format(id=number, state=mail.state.value))
            return 1
        if sys.stdout.isatty():
            say(shown_lines(content.decode("utf-8", "backslashreplace")))
        else:
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        return 0

    async def release(self, numbers: Sequence[int], to: tuple[str, ...] | None) -> int:
        """Pass the mails on; 0 when each reached all its recipients."""
        hop = build_next_hop(self._config)
        return max([await self._release(hop, number, to) for number in numbers], default=0)

    async def allow(self, numbers: Sequence[int], reason: str, until: datetime | None) -> int:
        """Pass the mails on and allow their authors; 0 when both was done for each."""
        hop = build_next_hop(self._config)
        until = until or datetime.now(UTC) + timedelta(days=self._config.quarantine.rule_days)
        return max([await self._allow(hop, number, reason, until) for number in numbers], default=0)

    async def _allow(self, hop: NextHop, number: int, reason: str, until: datetime) -> int:
        """Nothing is released where no rule can be made; what was released before may have one."""
        mail = await self._store.get(number)
        if mail is None:
            return self._no_item(number)
        made: int | NoRule | Seen = basis_for(mail, reason, until)
        if isinstance(made, Seen):
            if mail.state is not State.RELEASED and (status := await self._release(hop, number, None)):
                return status
            made = await allow(self._store.transactions, mail, who=typist(), reason=reason, until=until)
        if isinstance(made, NoRule):
            why = speaker(self._config.policy.language)(made.value)
            warn(self._text["not_allowed"].format(id=number, why=why))
            return 1
        if self._as_json:
            say(json_line({"id": number, "rule": made, "until": until.isoformat()}))
        else:
            say(self._text["allowed"].format(rule=made, id=number, until=f"{until:%Y-%m-%d}"))
        return 0

    async def _release(self, hop: NextHop, number: int, to: tuple[str, ...] | None) -> int:
        outcome = await release(self._store, hop, number, to, note=noted(typist()))
        if outcome.cause and not outcome.elsewhere:
            raise TryLater(outcome.cause)
        return self._released(outcome)

    async def delete(self, numbers: Sequence[int]) -> int:
        """Delete the mails; 0 when each was held."""
        return max([await self._decide(number, Deed.DELETED) for number in numbers], default=0)

    async def confirm(self, numbers: Sequence[int]) -> int:
        """Say that the mails are frauds; 0 when each was held."""
        return max([await self._decide(number, Deed.CONFIRMED) for number in numbers], default=0)

    async def undo(self, numbers: Sequence[int]) -> int:
        """Let the mails wait again; 0 when each was confirmed, or deleted and still there."""
        return max([await self._decide(number, Deed.UNDONE) for number in numbers], default=0)

    async def _decide(self, number: int, deed: Deed) -> int:
        """Decide on one, and say what became of it."""
        done = await attempt(self._store, number, deed, typist())
        mail = await self._store.get(number)
        if mail is None:
            return self._no_item(number)
        if self._as_json:
            say(json_line({"id": number, "state": mail.state.value, deed.value: done}))
        else:
            key, until = deed.value if done else f"not_{deed.value}", mail.changed + self._store.grace
            if key == "deleted" and self._store.grace:
                key = "deleted_until"
            sentence = self._text[key].format(
                id=number, state=mail.state.value, until=f"{until:%Y-%m-%d %H:%M} UTC"
            )
            (say if done else warn)(sentence)
        return 0 if done else 1

    def _released(self, outcome: Released) -> int:
        if outcome.state is None:
            return self._no_item(outcome.id)
        if self._as_json:
            refused = [{"recipient": r.recipient, "reply": str(r.reply)} for r in outcome.refused]
            say(
                json_line(
                    {
                        "id": outcome.id,
                        "state": outcome.state.value,
                        "delivered": outcome.delivered,
                        "refused": refused,
                        "elsewhere": outcome.elsewhere,
                    }
                )
            )
            return 0 if outcome.is_done else 1
        for recipient in outcome.delivered:
            say(self._text["released"].format(id=outcome.id, recipient=shown(recipient)))
        for r in outcome.refused:
            reply = shown(str(r.reply))
            warn(self._text["refused"].format(id=outcome.id, recipient=shown(r.recipient), reply=reply))
        if outcome.elsewhere:
            warn(self._text["elsewhere"].format(id=outcome.id))
        elif not outcome.delivered and not outcome.refused:
            warn(self._text["not_released"].format(id=outcome.id, state=outcome.state.value))
        return 0 if outcome.is_done else 1

    def _no_item(self, number: int) -> int:
        warn(self._text["no_item"].format(id=number))
        return 1

    def _card(self, mail: Held) -> list[str]:
        text = self._text
        rows = (
            (text["state"], f"{mail.state.value} ({mail.changed:%Y-%m-%d %H:%M} UTC)"),
            (text["received"], f"{mail.received:%Y-%m-%d %H:%M:%S} UTC"),
            (text["client"], f"{mail.envelope.client_address} ({mail.envelope.helo})"),
            (text["from"], f"<{mail.envelope.reverse_path}>"),
            (text["to"], ", ".join(mail.envelope.forward_paths)),
            (text["author"], mail.author),
            (text["subject"], mail.subject),
            (text["size"], f"{mail.size} {text['bytes']}"),
            (text["finding"], mail.finding.value),
            (text["reason"], mail.reason),
        )
        width = max(len(label) for label, _ in rows)
        return [row(label, value, width) for label, value in rows]


@asynccontextmanager
async def open_quarantine(config: Config, *, as_json: bool) -> AsyncIterator[Quarantine | None]:
    """The quarantine; None, and a line that says so, where there is no file yet."""
    async with opened(config) as store:
        yield None if store is None else Quarantine(config, store, as_json=as_json)


def _plain(mail: Held) -> dict[str, Any]:
    return {
        "id": mail.id,
        "state": mail.state.value,
        "changed": mail.changed.isoformat(),
        "received": mail.received.isoformat(),
        "finding": mail.finding.value,
        "brand": mail.brand or None,
        "reason": mail.reason,
        "client_address": mail.envelope.client_address,
        "helo": mail.envelope.helo,
        "reverse_path": mail.envelope.reverse_path,
        "forward_paths": mail.envelope.forward_paths,
        "delivered": mail.delivered,
        "author": mail.author,
        "author_address": mail.author_address,
        "subject": mail.subject,
        "message_id": mail.message_id,
        "size": mail.size,
        "sha256": mail.sha256,
        "grounds": json.loads(mail.report),
    }


def _row(mail: Held) -> list[str]:
    author = mail.author or mail.envelope.reverse_path or "<>"
    return [
        str(mail.id),
        f"{mail.received:%Y-%m-%d %H:%M}",
        mail.state.value,
        mail.finding.value,
        short(author, 28),
        short(mail.subject, 60),
    ]
