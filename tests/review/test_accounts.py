"""Who may log in, and for how long."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text, update

from milter.quarantine.journal import Deed
from milter.quarantine.schema import account, failed_login, login
from milter.quarantine.store import Store
from milter.review.accounts import Account, Accounts, Role
from milter.review.logins import IDLE, LONGEST, Logins, Place
from milter.review.pace import key_of
from milter.review.passwords import Passwords
from milter.review.refusal import Refused, Why
from milter.review.review import Review
from tests.quarantine.conftest import Place as Database
from tests.review.conftest import CHEAP
from tests.review.site import PASSWORD

CLIENT, THERE = Place("192.0.2.7", "Firefox, Linux"), Place("198.51.100.1")


async def token_of(review: Review, name: str = "rosa") -> str:
    token = await review.logins.log_in(name, PASSWORD, CLIENT)
    assert token is not None
    return token


async def make_older(review: Review, **ages: timedelta) -> None:
    values = {name: datetime.now(UTC) - age for name, age in ages.items()}
    with review.store.transactions._database.engine.begin() as connection:
        connection.execute(update(login).values(values))


async def test_who_knows_the_password_is_in_with_his_role(review: Review) -> None:
    who = await review.logins.of(await token_of(review))
    assert isinstance(who, Account)
    assert ("rosa", Role.REVIEWER) == (who.name, who.role)


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("rosa", "wrong horse battery"),
        ("nobody", PASSWORD),
        ("", ""),
        ("rosa", "x" * 1_000_000),
        ("\ud800", "\ud800"),
    ],
)
async def test_who_does_not_is_out(review: Review, name: str, password: str) -> None:
    assert None is await review.logins.log_in(name, password, CLIENT)


@pytest.mark.threat("W25")
async def test_a_guesser_waits_longer_and_longer_even_with_the_right_word(review: Review) -> None:
    for _ in range(5):
        await review.logins.log_in("rosa", "wrong horse battery", CLIENT)
    assert None is await review.logins.log_in("rosa", PASSWORD, CLIENT)
    # The one who is guessed at is not locked out elsewhere, nor for good.
    assert await review.logins.log_in("rosa", PASSWORD, THERE)
    with review.store.transactions._database.engine.begin() as connection:
        connection.execute(update(failed_login).values(until=datetime.now(UTC)))
    assert await review.logins.log_in("rosa", PASSWORD, CLIENT)


@pytest.mark.threat("W25")
async def test_the_journal_has_a_line_where_a_wait_begins_and_of_no_other_guess(
    review: Review,
) -> None:
    async def lines() -> list[tuple[str, Deed, str]]:
        return [(entry.who, entry.deed, entry.detail) for entry in await review.journal.newest()]

    guess = ("rosa", "wrong horse battery", CLIENT)
    for _ in range(4):
        await review.logins.log_in(*guess)
    assert [] == await lines()
    for _ in range(50):
        await review.logins.log_in(*guess)
    line = ("", Deed.LOGIN_FAILED, CLIENT.client)
    assert [line] == await lines()
    with review.store.transactions._database.engine.begin() as connection:
        connection.execute(update(failed_login).values(until=datetime.now(UTC)))
    await asyncio.gather(*(review.logins.log_in(*guess) for _ in range(9)))
    assert [line] * 2 == await lines()


@pytest.mark.threat("W25")
async def test_who_has_all_addresses_of_a_network_waits_with_all_of_them(review: Review) -> None:
    for number in range(5):
        await review.logins.log_in("rosa", "wrong horse battery", Place(f"2001:db8::{number}"))
    assert None is await review.logins.log_in("rosa", PASSWORD, Place("2001:db8::1:2:3:4"))
    assert await review.logins.log_in("rosa", PASSWORD, Place("2001:db8:0:1::1"))


@pytest.mark.parametrize(
    ("client", "key"),
    [("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("unknown", ""), ("", "")],
)
def test_a_client_is_counted_by_its_address(client: str, key: str) -> None:
    assert key == key_of(client)


@pytest.mark.threat("W25")
async def test_an_unknown_name_costs_as_much_as_a_wrong_password(review: Review) -> None:
    hashed: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 argon2's name
            hashed.append(str(hash).rpartition("$")[0].rpartition("$")[0])
            return super().verify(hash, password)

    passwords = Passwords(Counting(time_cost=1, memory_cost=8, parallelism=1))
    logins = Logins(review.store.transactions, passwords)
    for name in ("rosa", "nobody", "", "x" * 100_000):
        assert None is await logins.log_in(name, "wrong horse battery", CLIENT)
    assert 4 == len(hashed)
    assert 1 == len({*hashed})


@pytest.mark.threat("W25")
async def test_a_guesser_of_many_names_waits_too(review: Review) -> None:
    for number in range(20):
        await review.logins.log_in(f"name{number}", "wrong horse battery", CLIENT)
    assert None is await review.logins.log_in("rosa", PASSWORD, CLIENT)


@pytest.mark.parametrize(
    "ages", [{"seen": IDLE}, {"seen": timedelta(), "began": LONGEST}], ids=["idle", "too long"]
)
@pytest.mark.threat("W24")
async def test_a_login_ends_by_itself(review: Review, ages: dict[str, timedelta]) -> None:
    token = await token_of(review)
    await make_older(review, **ages)
    assert None is await review.logins.of(token)


async def test_a_click_keeps_a_login_alive(review: Review) -> None:
    token = await token_of(review)
    await make_older(review, seen=IDLE / 2)
    assert await review.logins.of(token)
    await make_older(review, began=IDLE)
    assert await review.logins.of(token)


@pytest.mark.threat("W24")
async def test_a_login_ends_with_its_password_its_account_and_its_logout(review: Review) -> None:
    changed, removed, left = [await token_of(review, name) for name in ("vera", "rosa", "ada")]
    await review.accounts.set_password("vera", "another horse battery")
    await review.accounts.remove("rosa")
    await review.logins.log_out(left)
    assert [None] * 3 == [await review.logins.of(token) for token in (changed, removed, left)]
    assert await review.logins.log_in("vera", "another horse battery", CLIENT)


async def test_neither_token_nor_password_can_be_read_in_the_database(review: Review) -> None:
    token = await token_of(review)
    with review.store.transactions._database.engine.connect() as connection:
        rows = [
            connection.execute(text(f"SELECT * FROM {name}")).all()  # noqa: S608 names of ours
            for name in ("account", "login", "failed_login")
        ]
    assert token not in str(rows)
    assert PASSWORD not in str(rows)


@pytest.mark.parametrize(
    ("name", "password"),
    [("", PASSWORD), ("x" * 65, PASSWORD), ("a\nb", PASSWORD), ("eve", "short"), ("rosa", PASSWORD)],
)
async def test_no_account_is_made_of_nonsense_or_twice(review: Review, name: str, password: str) -> None:
    with pytest.raises(Refused):
        await review.accounts.add(name, password, Role.VIEWER)
    assert ["ada", "rosa", "vera"] == [one.name for one in await review.accounts.all()]


async def test_who_is_made_disabled_or_changed_on_one_node_is_so_on_the_others(
    review: Review, place: Database
) -> None:
    other = await Store.open(place)
    accounts, logins = Accounts(other.transactions, Passwords(CHEAP)), Logins(other.transactions)
    token = await review.logins.log_in("rosa", PASSWORD, CLIENT)
    assert token

    await accounts.set_role("rosa", Role.VIEWER)
    found = await review.logins.of(token)
    assert found
    assert Role.VIEWER is found.role
    await accounts.disable("rosa")
    assert None is await review.logins.of(token)
    assert None is await review.logins.log_in("rosa", PASSWORD, CLIENT)
    await accounts.enable("rosa")
    # What was ended does not come to life again.
    assert None is await review.logins.of(token)
    again = await review.logins.log_in("rosa", PASSWORD, CLIENT)
    assert again
    assert 1 == await logins.end("rosa", who="ada")
    assert None is await review.logins.of(again)
    await other.close()


@pytest.mark.parametrize("deed", ["remove", "disable", "set_role"])
async def test_the_last_admin_stays(review: Review, deed: str) -> None:
    async def do(name: str) -> None:
        if deed == "set_role":
            await review.accounts.set_role(name, Role.REVIEWER)
        else:
            await getattr(review.accounts, deed)(name)

    # A disabled admin is no admin who could help.
    await review.accounts.add("zoe", PASSWORD, Role.ADMIN)
    await review.accounts.disable("zoe")
    with pytest.raises(Refused) as refused:
        await do("ada")
    assert Why.LAST_ADMIN is refused.value.why
    await review.accounts.enable("zoe")
    await do("ada")
    with pytest.raises(Refused):
        await do("zoe")


async def test_two_admins_who_remove_each_other_at_once_leave_one(review: Review, place: Database) -> None:
    other = await Store.open(place)
    accounts = Accounts(other.transactions, Passwords(CHEAP))
    for _ in range(5):
        names = {"ada", "zoe"} - {one.name for one in await review.accounts.all()}
        for name in names:
            await review.accounts.add(name, PASSWORD, Role.ADMIN)
        await asyncio.gather(review.accounts.remove("ada"), accounts.remove("zoe"), return_exceptions=True)
        assert 1 == len([one for one in await review.accounts.all() if one.role is Role.ADMIN])
    await other.close()


async def test_the_list_tells_who_is_guessed_at_and_keeps_no_word_of_a_guess(review: Review) -> None:
    for _ in range(5):
        await review.logins.log_in("rosa", "wrong horse battery", CLIENT)
        await review.logins.log_in("my secret typed as a name", "", THERE)
    assert ["rosa"] == [*await review.logins.waiting()]
    # She herself is not locked out elsewhere.
    assert await review.logins.log_in("rosa", PASSWORD, THERE)


async def test_a_one_time_password_is_good_for_a_day(review: Review) -> None:
    await review.accounts.set_password("rosa", "another horse battery", one_time=True)
    past = datetime.now(UTC) - timedelta(seconds=1)
    with review.store.transactions._database.engine.begin() as connection:
        connection.execute(update(account).values(password_until=past))
    assert None is await review.logins.log_in("rosa", "another horse battery", CLIENT)
