"""Who may use the review page, and who did what on it? `vigimel admin ...` and `vigimel audit ...`.

Raises ConfigError and TryLater, which `app` turns into a line and an exit status.
"""

import getpass
import sys
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import datetime

from milter.cli.opened import opened
from milter.cli.terminal import fail, json_line, say, shown, typist, warn
from milter.cli.texts import TEXTS
from milter.config import Config
from milter.quarantine.journal import Deed, Entry, Journal, Line, plain
from milter.quarantine.transactions import Transactions
from milter.review.accounts import Accounts, Role
from milter.review.logins import Logins
from milter.review.passwords import Passwords, made_up
from milter.review.refusal import Refused, Why
from milter.speech.words import doer, speaker

_TIMES = ("password_until", "disabled", "last_login")


class People:
    """Accounts and journal, as the admin at the command line sees them."""

    def __init__(self, config: Config, transactions: Transactions, *, as_json: bool) -> None:
        """Use `open_people`."""
        passwords = Passwords()
        self._accounts, self._logins = Accounts(transactions, passwords), Logins(transactions, passwords)
        self._journal = Journal(transactions)
        self._language = config.policy.language
        self._text = TEXTS[self._language]
        self._speak = speaker(self._language)
        self._as_json = as_json

    async def add(self, name: str, role: Role, *, one_time: bool) -> int:
        """Make an account with the password that is typed, or with one that is made up."""
        password = made_up() if one_time else self._typed(name)
        line = self._line(Deed.ACCOUNT_ADDED, f"{name} ({role.value})")
        work = self._accounts.add(name, password, role, one_time=one_time, line=line)
        return await self._do(work, line, password if one_time else "")

    async def set_password(self, name: str, *, own: bool, one_time: bool) -> int:
        """Give an account the password that is typed, or one that is made up."""
        if own and not await self._knows_it(name):
            await self._journal.note(typist(), Deed.PASSWORD_NOT_CHANGED, detail=name)
            warn(self._speak(Why.OLD.value))
            return 1
        password = made_up() if one_time else self._typed(name)
        deed = Deed.PASSWORD_CHANGED if own else Deed.ONE_TIME_PASSWORD if one_time else Deed.PASSWORD_SET
        line = self._line(deed, name)
        work = self._accounts.set_password(name, password, one_time=one_time, line=line)
        return await self._do(work, line, password if one_time else "")

    async def set_role(self, name: str, role: Role) -> int:
        """Give an account another role."""
        line = self._line(Deed.ROLE_CHANGED, f"{name} ({role.value})")
        return await self._do(self._accounts.set_role(name, role, line), line)

    async def disable(self, name: str) -> int:
        """Let an account log in no more."""
        line = self._line(Deed.ACCOUNT_DISABLED, name)
        return await self._do(self._accounts.disable(name, line), line)

    async def enable(self, name: str) -> int:
        """Let an account log in again."""
        line = self._line(Deed.ACCOUNT_ENABLED, name)
        return await self._do(self._accounts.enable(name, line), line)

    async def log_out(self, name: str) -> int:
        """End the logins of an account."""
        if await self._accounts.named(name) is None:
            warn(f"{shown(name)}: {self._speak(Why.UNKNOWN.value)}")
            return 1
        ended = await self._logins.end(name, who=typist())
        return self._done(Deed.LOGINS_ENDED, f"{name}: {ended}")

    async def remove(self, name: str) -> int:
        """Remove an account."""
        line = self._line(Deed.ACCOUNT_REMOVED, name)
        return await self._do(self._accounts.remove(name, line), line)

    async def list_all(self) -> int:
        """Write one line an account."""
        waiting = await self._logins.waiting()
        for one in await self._accounts.all():
            if self._as_json:
                times = {key: _iso(getattr(one, key)) for key in ("created", *_TIMES)}
                said = {"name": one.name, "role": one.role.value, "kind": one.kind.value, **times}
                say(json_line({**said, "refused_until": _iso(waiting.get(one.name))}))
            else:
                disabled = f"  {self._speak('disabled')}" if one.disabled else ""
                say(f"{shown(one.name)}  {one.role.value}  {one.created:%Y-%m-%d}{disabled}")
        return 0

    async def show_journal(self, limit: int) -> int:
        """Write the newest lines of the journal, the oldest of them first."""
        for entry in reversed(await self._journal.newest(limit)):
            said = {**plain(entry), "hash": entry.hash}
            say(json_line(said) if self._as_json else _line(entry, self._language))
        return 0

    async def verify_journal(self) -> int:
        """Say whether the journal is whole; 1 where it is not."""
        broken = await self._journal.first_broken()
        if self._as_json:
            say(json_line({"whole": broken is None, "first_broken": broken}))
        elif broken is None:
            say(self._text["journal_whole"])
        else:
            warn(self._text["journal_broken"].format(id=broken))
        return 0 if broken is None else 1

    async def _knows_it(self, name: str) -> bool:
        """True where the password until now is typed."""
        if sys.stdin.isatty():
            old = getpass.getpass(self._text["password_old"].format(name=shown(name)))
        else:
            old = sys.stdin.readline().rstrip("\r\n")
        return await self._logins.knows(name, old, typist())

    def _typed(self, name: str) -> str:
        """From a pipe its first line, from a terminal twice the same."""
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\r\n")
        first = getpass.getpass(self._text["password"].format(name=shown(name)))
        if first != getpass.getpass(self._text["password_again"]):
            fail(1, self._text["passwords_differ"])
        return first

    @staticmethod
    def _line(deed: Deed, detail: str) -> Line:
        return Line(typist(), deed, detail=detail)

    async def _do(self, work: Awaitable[None], line: Line, made_up: str = "") -> int:
        try:
            await work
        except Refused as error:
            about = f"{shown(error.name)}: " if error.name else ""
            warn(about + self._speak(error.why.value))
            return 1
        return self._done(line.deed, line.detail, made_up)

    def _done(self, deed: Deed, detail: str, made_up: str = "") -> int:
        """Say it, with a password that was made up."""
        if self._as_json:
            say(json_line({"deed": deed.value, "detail": detail, "one_time_password": made_up or None}))
            return 0
        say(self._text["account_done"].format(deed=self._speak(deed.value), name=shown(detail)))
        if made_up:
            say(self._text["one_time"].format(password=made_up))
        return 0


@asynccontextmanager
async def open_people(config: Config, *, as_json: bool) -> AsyncIterator[People | None]:
    """The accounts of a configuration; None, and a line that says so, where there is no file yet."""
    async with opened(config) as store:
        yield None if store is None else People(config, store.transactions, as_json=as_json)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _line(entry: Entry, language: str) -> str:
    mail = f" {entry.mail_id}" if entry.mail_id is not None else ""
    detail = f" {entry.detail}" if entry.detail else ""
    who, deed = doer(entry.who, language) or "?", speaker(language)(entry.deed.value)
    return shown(f"{entry.at:%Y-%m-%d %H:%M:%S} UTC {who} {deed}{mail}{detail}")
