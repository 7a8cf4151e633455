"""Who may look and decide? The accounts, and what an admin changes of them, with a line in the journal.

Raises TryLater when the database is away, Refused for what cannot be done. What is changed
holds from the next request on, on all nodes: each request reads account and login anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Executable, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from milter.quarantine.database import insert_new
from milter.quarantine.journal import Line
from milter.quarantine.schema import account, login
from milter.quarantine.transactions import Transactions
from milter.review.passwords import Passwords
from milter.review.refusal import Refused, Why

# How long a password that somebody else has made is good for choosing one's own.
ONE_TIME = timedelta(days=1)


class Role(StrEnum):
    """What an account may do; each may do what those before it may."""

    VIEWER = "viewer"  # look
    REVIEWER = "reviewer"  # release, delete, download
    ADMIN = "admin"  # read the journal, say who may do what

    def may(self, needed: "Role") -> bool:
        """True where this role includes the needed one."""
        return [*Role].index(self) >= [*Role].index(needed)


class Kind(StrEnum):
    """Who asks for the password of an account."""

    LOCAL = "local"  # we
    OIDC = "oidc"  # an identity provider, which says the role, too


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may log in. `password_until`: a one-time password, and until when it can be changed."""

    name: str
    role: Role
    created: datetime
    kind: Kind = Kind.LOCAL
    password_until: datetime | None = None
    disabled: datetime | None = None
    last_login: datetime | None = None

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> "Account":
        """The account of a row."""
        times = {name: row[name] for name in ("password_until", "disabled", "last_login")}
        return cls(row["name"], Role(row["role"]), row["created"], Kind(row["kind"]), **times)


class Accounts:
    """The accounts in a database."""

    def __init__(self, transactions: Transactions, passwords: Passwords | None = None) -> None:
        """Those of an open database."""
        self._transactions = transactions
        self._passwords = passwords or Passwords()

    async def add(
        self, name: str, password: str, role: Role, *, one_time: bool = False, line: Line | None = None
    ) -> None:
        """Make an account; a one-time password is good for choosing another one, for a day."""
        check_name(name)
        values = {"name": name, "role": role.value, "created": datetime.now(UTC)}
        values |= await self._password(password, one_time=one_time)

        def work(connection: Connection) -> bool:
            known = select(account.c.name).where(account.c.name == name)
            if connection.execute(known).first():
                return False
            try:
                connection.execute(insert(account).values(values))
            except IntegrityError:
                return False
            if line:
                line.add(connection)
            return True

        if not await self._transactions.write(work):
            raise Refused(Why.TAKEN, name)

    async def set_password(
        self, name: str, password: str, *, one_time: bool = False, line: Line | None = None
    ) -> None:
        """Give an account another password, and end its logins."""
        values = await self._password(password, one_time=one_time)
        is_local = account.c.kind == Kind.LOCAL.value
        await self._change(name, update(account).where(_is(name), is_local).values(values), line)

    async def set_role(self, name: str, role: Role, line: Line | None = None) -> None:
        """Give an account another role; that of one of an identity provider is said there."""
        is_local = account.c.kind == Kind.LOCAL.value
        change = update(account).where(_is(name), is_local).values(role=role.value)
        await self._change(name, change, line, ends=False, keeps_admin=role is Role.ADMIN)

    async def disable(self, name: str, line: Line | None = None) -> None:
        """Let an account log in no more, and end its logins."""
        change = update(account).where(_is(name)).values(disabled=datetime.now(UTC))
        await self._change(name, change, line, keeps_admin=False)

    async def enable(self, name: str, line: Line | None = None) -> None:
        """Let an account log in again."""
        await self._change(name, update(account).where(_is(name)).values(disabled=None), line)

    async def remove(self, name: str, line: Line | None = None) -> None:
        """Remove an account and end its logins."""
        await self._change(name, delete(account).where(_is(name)), line, keeps_admin=False)

    async def of_provider(self, subject: str, name: str, role: Role) -> Account:
        """The account of this subject with this role, made under this name where there is none yet."""
        now = datetime.now(UTC)
        values = {"name": name, "role": role.value, "created": now, "password": "", "subject": subject}

        def work(connection: Connection) -> Account | None:
            mine = account.c.kind == Kind.OIDC.value, account.c.subject == subject
            connection.execute(update(account).where(*mine).values(role=role.value))
            known = select(account).where(*mine)
            row = connection.execute(known).mappings().first()
            if row is None:
                # Nothing where the name is taken, or another login of the same subject was quicker.
                insert_new(connection, account, **values, kind=Kind.OIDC.value)
                row = connection.execute(known).mappings().first()
            return None if row is None else Account.of(row)

        if (found := await self._transactions.write(work)) is None:
            raise Refused(Why.TAKEN, name)
        if found.disabled:
            raise Refused(Why.DISABLED, found.name)
        return found

    async def all(self) -> tuple[Account, ...]:
        """The accounts, by name."""
        query = select(account).order_by(account.c.name)
        rows = await self._transactions.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(map(Account.of, rows))

    async def named(self, name: str) -> Account | None:
        """The account of this name."""
        query = select(account).where(_is(name.replace("\0", "?")))
        row = await self._transactions.read(lambda connection: connection.execute(query).mappings().first())
        return Account.of(row) if row else None

    async def _password(self, password: str, *, one_time: bool) -> dict[str, Any]:
        until = datetime.now(UTC) + ONE_TIME if one_time else None
        return {"password": await self._passwords.hash(password), "password_until": until}

    async def _change(
        self,
        name: str,
        change: Executable,
        line: Line | None,
        *,
        ends: bool = True,
        keeps_admin: bool = True,
    ) -> None:
        def work(connection: Connection) -> int:
            if not keeps_admin:
                _leave_an_admin(connection, name)
            if ends:
                # Also where the database does not cascade by itself.
                connection.execute(delete(login).where(login.c.name == name))
            changed = connection.execute(change).rowcount
            if changed and line:
                line.add(connection)
            return changed

        if await self._transactions.write(work) == 0:
            raise Refused(Why.UNKNOWN, name)


def check_name(name: str) -> None:
    """Refused for what is no name of an account."""
    if not (0 < len(name) <= 64 and name.isprintable() and name == name.strip()):
        raise Refused(Why.NAME)


def _is(name: str) -> Any:
    return account.c.name == name


def _leave_an_admin(connection: Connection, name: str) -> None:
    # Locked: two admins who remove each other at once, on two nodes, must not both succeed.
    admins = select(account.c.name).where(account.c.role == Role.ADMIN.value, account.c.disabled.is_(None))
    if [name] == [*connection.execute(admins.with_for_update()).scalars()]:
        raise Refused(Why.LAST_ADMIN, name)
