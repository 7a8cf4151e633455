"""Who has logged in, from where, and for how long? Logins with a password, and how they end.

Raises TryLater when the database is away, Refused for a new password that is none.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Executable, delete, func, insert, or_, select, update

from milter.quarantine.database import insert_new
from milter.quarantine.journal import Deed, Line, add
from milter.quarantine.schema import account, failed_login, login, spent_login
from milter.quarantine.transactions import Transactions
from milter.review.accounts import Account, Kind
from milter.review.pace import key_of
from milter.review.passwords import Passwords
from milter.review.refusal import Refused, Why

# THREATS 6.2: after so long without a click, and in all.
IDLE, LONGEST = timedelta(minutes=15), timedelta(hours=8)
# Tries that are free, then each costs twice the wait of the one before, up to the longest.
_FREE_TRIES, _FIRST_WAIT, _LONGEST_WAIT = 5, timedelta(seconds=2), timedelta(minutes=15)
# A client has many names to try; one name has few passwords.
_FREE_TRIES_OF_CLIENT = 20
# Of the hash of a login: enough to tell it from others.
_ID = 16


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody sits: the address, and the browser in short."""

    client: str
    browser: str = ""


@dataclass(frozen=True, slots=True)
class Login:
    """A login that has not ended. `id` names it, and opens nothing."""

    id: str
    began: datetime
    seen: datetime
    place: Place


class Logins:
    """The logins in a database."""

    def __init__(self, transactions: Transactions, passwords: Passwords | None = None) -> None:
        """Those of an open database."""
        self._transactions = transactions
        self._passwords = passwords or Passwords()

    async def log_in(self, name: str, password: str, place: Place) -> str | None:
        """The token of a new login; None where name or password is wrong, or too many were tried.

        Which of the three is not told, and takes the same time.
        """
        # What no database takes is nobody's name.
        name = name[:64].encode("utf-8", "replace").decode().replace("\0", "?")
        return await self.begin(name, place) if await self.knows(name, password, place.client) else None

    async def begin(self, name: str, place: Place) -> str:
        """The token of a new login of an account, whoever has asked for the password."""
        token, now = secrets.token_urlsafe(32), datetime.now(UTC)
        row = {"token_hash": _token_hash(token), "name": name, "began": now, "seen": now}
        row |= {"client": place.client[:64], "browser": place.browser[:64]}

        def work(connection: Connection) -> None:
            forget = failed_login.c.key == _keys(place.client, name)[1]
            connection.execute(delete(failed_login).where(forget))
            connection.execute(delete(login).where(login.c.began < now - LONGEST))
            connection.execute(update(account).where(account.c.name == name).values(last_login=now))
            connection.execute(insert(login).values(row))

        await self._transactions.write(work)
        return token

    async def of(self, token: str) -> Account | None:
        """Whose login this is; None where it has ended."""
        now = datetime.now(UTC)
        mine = login.c.token_hash == _token_hash(token)
        query = select(login.c.began, login.c.seen, account).join(account).where(mine)
        row = await self._transactions.read(lambda connection: connection.execute(query).mappings().first())
        if row is None or row["disabled"] or now - row["seen"] > IDLE or now - row["began"] > LONGEST:
            return None
        # Not each click is worth a write.
        if now - row["seen"] > IDLE / 15:
            await self._write(update(login).where(mine).values(seen=now))
        return Account.of(row)

    async def log_out(self, token: str) -> None:
        """End a login."""
        await self._write(delete(login).where(login.c.token_hash == _token_hash(token)))

    async def of_name(self, name: str) -> tuple[Login, ...]:
        """The logins of an account that have not ended, the newest first."""
        now = datetime.now(UTC)
        lasts = login.c.name == name, login.c.seen > now - IDLE, login.c.began > now - LONGEST
        query = select(login).where(*lasts).order_by(login.c.began.desc())
        rows = await self._transactions.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(
            Login(row["token_hash"][:_ID], row["began"], row["seen"], Place(row["client"], row["browser"]))
            for row in rows
        )

    async def end(self, name: str, login_id: str = "", *, who: str) -> int:
        """End this login of an account, or all, with a line in the journal; how many there were."""
        mine = delete(login).where(login.c.name == name)
        one = login.c.token_hash.startswith(login_id, autoescape=True)

        def work(connection: Connection) -> int:
            ended = connection.execute(mine.where(one) if login_id else mine).rowcount
            Line(who, Deed.LOGINS_ENDED, detail=f"{name}: {ended}").add(connection)
            return ended

        return await self._transactions.write(work)

    async def change_password(self, token: str, old: str, new: str, client: str) -> str | None:
        """The token in place of this one, the only login that is left; None where the old password is wrong.
        The change is a line in the journal.

        Guesses count as those at the login: a browser that was left
        open must not be a place to guess at.
        """
        who = await self.of(token)
        # Before the old one is looked at, for it is no try.
        hashed = await self._passwords.hash(new)
        if who is None or not await self.knows(who.name, old, client):
            return None
        if old == new:
            raise Refused(Why.SAME)
        fresh = secrets.token_urlsafe(32)
        mine, values = account.c.name == who.name, {"password": hashed, "password_until": None}

        def work(connection: Connection) -> None:
            others = login.c.name == who.name, login.c.token_hash != _token_hash(token)
            connection.execute(delete(login).where(*others))
            here = update(login).where(login.c.token_hash == _token_hash(token))
            connection.execute(here.values(token_hash=_token_hash(fresh)))
            connection.execute(update(account).where(mine).values(values))
            Line(who.name, Deed.PASSWORD_CHANGED, detail=client).add(connection)

        await self._transactions.write(work)
        return fresh

    async def spend(self, state: str, lasts: timedelta) -> bool:
        """True for a state that comes back for the first time, within the time that it lasts."""
        now = datetime.now(UTC)

        def work(connection: Connection) -> bool:
            connection.execute(delete(spent_login).where(spent_login.c.until < now))
            return insert_new(connection, spent_login, hash=_token_hash(state), until=now + lasts)

        return await self._transactions.write(work)

    async def waiting(self) -> dict[str, datetime]:
        """Accounts that some client may not try now, and until when."""
        now = datetime.now(UTC)
        waits = failed_login.c.until > now, failed_login.c.name != ""
        query = select(failed_login.c.name, func.max(failed_login.c.until)).where(*waits)
        rows = await self._transactions.read(
            lambda connection: connection.execute(query.group_by(failed_login.c.name)).all()
        )
        return {row[0]: row[1] for row in rows}

    async def knows(self, name: str, password: str, client: str) -> bool:
        """True for the password of this account; a wrong one counts, for the client and for both.

        It is a line of the journal where a wait begins with it: what a stranger can have written is bounded.
        """
        keys, now = _keys(client, name), datetime.now(UTC)
        if await self._is_waiting(keys, now):
            return False
        lasts = or_(account.c.password_until.is_(None), account.c.password_until > now)
        known = account.c.name == name, account.c.kind == Kind.LOCAL.value
        query = select(account.c.name, account.c.password).where(*known, account.c.disabled.is_(None), lasts)
        row = await self._transactions.read(lambda connection: connection.execute(query).first())
        if await self._passwords.matches(row and row.password, password):
            return True

        def work(connection: Connection) -> None:
            if _count_failure(connection, keys, name if row else "", now):
                add(connection, "", Deed.LOGIN_FAILED, detail=client)

        await self._transactions.write(work)
        return False

    async def _is_waiting(self, keys: tuple[str, str], now: datetime) -> bool:
        query = select(failed_login.c.key).where(failed_login.c.key.in_(keys), failed_login.c.until > now)
        return await self._transactions.read(lambda connection: connection.execute(query).first() is not None)

    async def _write(self, statement: Executable) -> int:
        def work(connection: Connection) -> int:
            return connection.execute(statement).rowcount

        return await self._transactions.write(work)


def login_id(token: str) -> str:
    """What names the login of a token."""
    return _token_hash(token)[:_ID]


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _keys(client: str, name: str) -> tuple[str, str]:
    """The client alone, and the client with the name it tries; hashed, for what strangers type is long."""
    client = key_of(client)
    return f"client {client}", hashlib.sha256(f"{client} {name}".encode("utf-8", "replace")).hexdigest()


def _count_failure(connection: Connection, keys: tuple[str, str], name: str, now: datetime) -> bool:
    """Count it; True where the client begins to wait: with one of several tries at the same moment."""
    connection.execute(delete(failed_login).where(failed_login.c.until < now - timedelta(days=1)))
    tries = ((keys[0], _FREE_TRIES_OF_CLIENT, ""), (keys[1], _FREE_TRIES, name))
    had_to_wait = has_to_wait = False
    for key, free, tried in tries:
        mine = failed_login.c.key == key
        insert_new(connection, failed_login, key=key, count=0, until=now, name=tried)
        before = connection.execute(select(failed_login).where(mine).with_for_update()).mappings().one()
        count = before["count"] + 1
        doublings = min(max(count - free, 0), 20)
        wait = min(_FIRST_WAIT * 2**doublings, _LONGEST_WAIT) if count >= free else timedelta()
        had_to_wait, has_to_wait = had_to_wait or before["until"] > now, has_to_wait or bool(wait)
        connection.execute(update(failed_login).where(mine).values(count=count, until=now + wait, name=tried))
    return has_to_wait and not had_to_wait
