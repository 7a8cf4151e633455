"""Who may use the review page, and who did what on it? `vigimel admin ...` and `vigimel audit ...`.

Raises ConfigError and TryLater, which `app` turns into a line and an exit status.
"""

import getpass
import sys
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

from milter.cli.opened import opened
from milter.cli.terminal import fail, json_line, say, shown, typist, warn
from milter.cli.texts import TEXTS
from milter.config import Config
from milter.quarantine.journal import Deed, Entry, Journal, plain
from milter.quarantine.transactions import Transactions
from milter.review.accounts import Accounts, Role
from milter.speech.words import speaker


class People:
    """Accounts and journal, as the admin at the command line sees them."""

    def __init__(self, config: Config, transactions: Transactions, *, as_json: bool) -> None:
        """Use `open_people`."""
        self._accounts = Accounts(transactions)
        self._journal = Journal(transactions)
        self._text = TEXTS[config.policy.language]
        self._speak = speaker(config.policy.language)
        self._as_json = as_json

    async def add(self, name: str, role: Role) -> int:
        """Make an account with the password that is typed."""
        return await self._do(
            self._accounts.add(name, self._typed(name), role), Deed.ACCOUNT_ADDED, f"{name} ({role.value})"
        )

    async def set_password(self, name: str) -> int:
        """Give an account the password that is typed."""
        return await self._do(self._accounts.set_password(name, self._typed(name)), Deed.PASSWORD_SET, name)

    async def remove(self, name: str) -> int:
        """Remove an account."""
        return await self._do(self._accounts.remove(name), Deed.ACCOUNT_REMOVED, name)

    async def list_all(self) -> int:
        """Write one line an account."""
        for one in await self._accounts.all():
            if self._as_json:
                created = one.created.isoformat()
                say(json_line({"name": one.name, "role": one.role.value, "created": created}))
            else:
                say(f"{shown(one.name)}  {one.role.value}  {one.created:%Y-%m-%d}")
        return 0

    async def show_journal(self, limit: int) -> int:
        """Write the newest lines of the journal, the oldest of them first."""
        for entry in reversed(await self._journal.newest(limit)):
            say(json_line({**plain(entry), "hash": entry.hash}) if self._as_json else _line(entry))
        return 0

    async def verify_journal(self) -> int:
        """Say whether the journal is whole; 1 where it is not."""
        broken = await self._journal.first_broken()
        if broken is None:
            say(self._text["journal_whole"])
            return 0
        warn(self._text["journal_broken"].format(id=broken))
        return 1

    def _typed(self, name: str) -> str:
        """From a pipe its first line, from a terminal twice the same."""
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\r\n")
        first = getpass.getpass(self._text["password"].format(name=shown(name)))
        if first != getpass.getpass(self._text["password_again"]):
            fail(1, self._text["passwords_differ"])
        return first

    async def _do(self, work: Awaitable[None], deed: Deed, detail: str) -> int:
        try:
            await work
        except ValueError as error:
            warn(shown(str(error)))
            return 1
        await self._journal.note(typist(), deed, detail=detail)
        say(self._text["account_done"].format(deed=self._speak(deed.value), name=shown(detail)))
        return 0


@asynccontextmanager
async def open_people(config: Config, *, as_json: bool) -> AsyncIterator[People | None]:
    """The accounts of a configuration; None, and a line that says so, where there is no file yet."""
    async with opened(config) as store:
        yield None if store is None else People(config, store.transactions, as_json=as_json)


def _line(entry: Entry) -> str:
    mail = f" {entry.mail_id}" if entry.mail_id is not None else ""
    detail = f" {entry.detail}" if entry.detail else ""
    return shown(f"{entry.at:%Y-%m-%d %H:%M:%S} {entry.who or '?'} {entry.deed.value}{mail}{detail}")
