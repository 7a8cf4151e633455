"""Who may look and decide? Accounts, their passwords and logins.

Raises TryLater when the database is away, ValueError with a sentence for what an operator typed wrong.
"""

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from milter.quarantine.schema import account, failed_login, login
from milter.quarantine.transactions import Transactions

# THREATS 6.2: after so long without a click, and in all.
IDLE, LONGEST = timedelta(minutes=15), timedelta(hours=8)
# NIST SP 800-63B section 3.1.1.2: long, no rules of composition.
MIN_PASSWORD, MAX_PASSWORD = 12, 1024
# Tries that are free, then each costs twice the wait of the one before, up to the longest.
_FREE_TRIES, _FIRST_WAIT, _LONGEST_WAIT = 5, timedelta(seconds=2), timedelta(minutes=15)
# A client has many names to try; one name has few passwords.
_FREE_TRIES_OF_CLIENT = 20


class Role(StrEnum):
    """What an account may do; each may do what those before it may."""

    VIEWER = "viewer"  # look
    REVIEWER = "reviewer"  # release, delete, download
    ADMIN = "admin"  # read the journal

    def may(self, needed: "Role") -> bool:
        """True where this role includes the needed one."""
        return [*Role].index(self) >= [*Role].index(needed)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may log in."""

    name: str
    role: Role
    created: datetime


class Accounts:
    """The accounts in a database."""

    def __init__(self, transactions: Transactions, hasher: PasswordHasher | None = None) -> None:
        """Those of an open database; passwords are hashed as RFC 9106 recommends, or by `hasher`."""
        self._transactions = transactions
        self._hasher = hasher or PasswordHasher()
        # What an unknown name is compared with, so that it takes as long as a known one.
        self._nobody = self._hasher.hash(secrets.token_hex(16))
        # A hash takes 64 MB and a core for a moment: strangers must not take all of them.
        self._hashing = asyncio.Semaphore(2)

    async def add(self, name: str, password: str, role: Role) -> None:
        """Make an account."""
        if not (0 < len(name) <= 64 and name.isprintable() and name == name.strip()):
            raise ValueError("a name has 1 to 64 visible characters")
        values = {"name": name, "role": role.value, "created": datetime.now(UTC)}
        hashed = await self._hash(password)

        async def work(connection: AsyncConnection) -> bool:
            known = select(account.c.name).where(account.c.name == name)
            if (await connection.execute(known)).first():
                return False
            try:
                await connection.execute(insert(account).values(**values, password=hashed))
            except IntegrityError:
                return False
            return True

        if not await self._transactions.write(work):
            raise ValueError(f"there is an account {name} already")

    async def set_password(self, name: str, password: str) -> None:
        """Give an account another password, and end its logins."""
        hashed = await self._hash(password)
        await self._change(name, update(account).where(account.c.name == name).values(password=hashed))

    async def remove(self, name: str) -> None:
        """Remove an account and end its logins."""
        await self._change(name, delete(account).where(account.c.name == name))

    async def all(self) -> tuple[Account, ...]:
        """The accounts, by name."""
        async with self._transactions.read() as connection:
            rows = (await connection.execute(select(account).order_by(account.c.name))).mappings()
            return tuple(Account(row["name"], Role(row["role"]), row["created"]) for row in rows)

    async def named(self, name: str) -> Account | None:
        """The account of this name."""
        query = select(account).where(account.c.name == name.replace("\0", "?"))
        async with self._transactions.read() as connection:
            row = (await connection.execute(query)).mappings().first()
        return Account(row["name"], Role(row["role"]), row["created"]) if row else None

    async def log_in(self, name: str, password: str, client: str) -> str | None:
        """The token of a new login; None where name or password is wrong, or too many were tried.

        Which of the three is not told, and takes the same time.
        """
        # What no database takes is nobody's name.
        name = name[:64].encode("utf-8", "replace").decode().replace("\0", "?")
        keys = _keys(client, name)
        now = datetime.now(UTC)
        if await self._is_waiting(keys, now):
            return None
        async with self._transactions.read() as connection:
            query = select(account.c.password).where(account.c.name == name)
            hashed = (await connection.execute(query)).scalar()
        is_right = await self._verify(hashed or self._nobody, password)
        if not is_right or hashed is None:
            await self._transactions.write(lambda connection: _count_failure(connection, keys, now))
            return None
        token = secrets.token_urlsafe(32)

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(delete(failed_login).where(failed_login.c.key == keys[1]))
            await connection.execute(delete(login).where(login.c.began < now - LONGEST))
            row = {"token_hash": _token_hash(token), "name": name, "began": now, "seen": now}
            await connection.execute(insert(login).values(row))

        await self._transactions.write(work)
        return token

    async def of(self, token: str) -> Account | None:
        """Whose login this is; None where it has ended."""
        now = datetime.now(UTC)
        mine = login.c.token_hash == _token_hash(token)
        query = select(login, account.c.role, account.c.created).join(account).where(mine)
        async with self._transactions.read() as connection:
            row = (await connection.execute(query)).mappings().first()
        if row is None or now - row["seen"] > IDLE or now - row["began"] > LONGEST:
            return None
        # Not each click is worth a write.
        if now - row["seen"] > IDLE / 15:
            await self._write(update(login).where(mine).values(seen=now))
        return Account(row["name"], Role(row["role"]), row["created"])

    async def log_out(self, token: str) -> None:
        """End a login."""
        await self._write(delete(login).where(login.c.token_hash == _token_hash(token)))

    async def _hash(self, password: str) -> str:
        if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
            raise ValueError(f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters")
        return await asyncio.to_thread(self._hasher.hash, password)

    async def _verify(self, hashed: str, password: str) -> bool:
        async with self._hashing:
            return await asyncio.to_thread(_matches, self._hasher, hashed, password[:MAX_PASSWORD])

    async def _is_waiting(self, keys: tuple[str, str], now: datetime) -> bool:
        query = select(failed_login.c.key).where(failed_login.c.key.in_(keys), failed_login.c.until > now)
        async with self._transactions.read() as connection:
            return (await connection.execute(query)).first() is not None

    async def _write(self, statement: "object") -> int:
        async def work(connection: AsyncConnection) -> int:
            return (await connection.execute(statement)).rowcount  # type: ignore[call-overload, no-any-return]

        return await self._transactions.write(work)

    async def _change(self, name: str, statement: "object") -> None:
        async def work(connection: AsyncConnection) -> int:
            # Also where the database does not cascade by itself.
            await connection.execute(delete(login).where(login.c.name == name))
            return (await connection.execute(statement)).rowcount  # type: ignore[call-overload, no-any-return]

        if await self._transactions.write(work) == 0:
            raise ValueError(f"there is no account {name}")


def _matches(hasher: PasswordHasher, hashed: str, password: str) -> bool:
    try:
        return hasher.verify(hashed, password)
    except (Argon2Error, InvalidHashError, UnicodeEncodeError):
        return False


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _keys(client: str, name: str) -> tuple[str, str]:
    """The client alone, and the client with the name it tries; hashed, for what strangers type is long."""
    return f"client {client[:60]}", hashlib.sha256(f"{client} {name}".encode("utf-8", "replace")).hexdigest()


async def _count_failure(connection: AsyncConnection, keys: tuple[str, str], now: datetime) -> None:
    await connection.execute(delete(failed_login).where(failed_login.c.until < now - timedelta(days=1)))
    for key, free in zip(keys, (_FREE_TRIES_OF_CLIENT, _FREE_TRIES), strict=True):
        mine = failed_login.c.key == key
        count = 1 + ((await connection.execute(select(failed_login.c.count).where(mine))).scalar() or 0)
        doublings = min(max(count - free, 0), 20)
        wait = min(_FIRST_WAIT * 2**doublings, _LONGEST_WAIT) if count >= free else timedelta()
        values = {"count": count, "until": now + wait}
        await connection.execute(delete(failed_login).where(mine))
        await connection.execute(insert(failed_login).values(key=key, **values))
