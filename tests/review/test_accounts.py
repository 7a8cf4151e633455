"""Who may log in, and for how long."""

from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text, update

from milter.quarantine.schema import failed_login, login
from milter.review.accounts import IDLE, LONGEST, Account, Accounts, Role
from milter.review.review import Review
from tests.review.site import PASSWORD

CLIENT = "192.0.2.7"


async def token_of(review: Review, name: str = "rosa") -> str:
    token = await review.accounts.log_in(name, PASSWORD, CLIENT)
    assert token is not None
    return token


async def make_older(review: Review, **ages: timedelta) -> None:
    values = {name: datetime.now(UTC) - age for name, age in ages.items()}
    async with review.store.transactions._database.engine.begin() as connection:
        await connection.execute(update(login).values(values))


async def test_who_knows_the_password_is_in_with_his_role(review: Review) -> None:
    who = await review.accounts.of(await token_of(review))
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
    assert None is await review.accounts.log_in(name, password, CLIENT)


@pytest.mark.threat("W25")
async def test_a_guesser_waits_longer_and_longer_even_with_the_right_word(review: Review) -> None:
    for _ in range(5):
        await review.accounts.log_in("rosa", "wrong horse battery", CLIENT)
    assert None is await review.accounts.log_in("rosa", PASSWORD, CLIENT)
    # The one who is guessed at is not locked out elsewhere, nor for good.
    assert await review.accounts.log_in("rosa", PASSWORD, "198.51.100.1")
    async with review.store.transactions._database.engine.begin() as connection:
        await connection.execute(update(failed_login).values(until=datetime.now(UTC)))
    assert await review.accounts.log_in("rosa", PASSWORD, CLIENT)


@pytest.mark.threat("W25")
async def test_an_unknown_name_costs_as_much_as_a_wrong_password(review: Review) -> None:
    hashed: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 argon2's name
            hashed.append(str(hash).rpartition("$")[0].rpartition("$")[0])
            return super().verify(hash, password)

    accounts = Accounts(review.store.transactions, Counting(time_cost=1, memory_cost=8, parallelism=1))
    for name in ("rosa", "nobody", "", "x" * 100_000):
        assert None is await accounts.log_in(name, "wrong horse battery", CLIENT)
    assert 4 == len(hashed)
    assert 1 == len({*hashed})


@pytest.mark.threat("W25")
async def test_a_guesser_of_many_names_waits_too(review: Review) -> None:
    for number in range(20):
        await review.accounts.log_in(f"name{number}", "wrong horse battery", CLIENT)
    assert None is await review.accounts.log_in("rosa", PASSWORD, CLIENT)


@pytest.mark.parametrize(
    "ages", [{"seen": IDLE}, {"seen": timedelta(), "began": LONGEST}], ids=["idle", "too long"]
)
@pytest.mark.threat("W24")
async def test_a_login_ends_by_itself(review: Review, ages: dict[str, timedelta]) -> None:
    token = await token_of(review)
    await make_older(review, **ages)
    assert None is await review.accounts.of(token)


async def test_a_click_keeps_a_login_alive(review: Review) -> None:
    token = await token_of(review)
    await make_older(review, seen=IDLE / 2)
    assert await review.accounts.of(token)
    await make_older(review, began=IDLE)
    assert await review.accounts.of(token)


@pytest.mark.threat("W24")
async def test_a_login_ends_with_its_password_its_account_and_its_logout(review: Review) -> None:
    changed, removed, left = [await token_of(review, name) for name in ("vera", "rosa", "ada")]
    await review.accounts.set_password("vera", "another horse battery")
    await review.accounts.remove("rosa")
    await review.accounts.log_out(left)
    assert [None] * 3 == [await review.accounts.of(token) for token in (changed, removed, left)]
    assert await review.accounts.log_in("vera", "another horse battery", CLIENT)


async def test_neither_token_nor_password_can_be_read_in_the_database(review: Review) -> None:
    token = await token_of(review)
    async with review.store.transactions._database.engine.connect() as connection:
        rows = [
            (await connection.execute(text(f"SELECT * FROM {name}"))).all()  # noqa: S608 names of ours
            for name in ("account", "login", "failed_login")
        ]
    assert token not in str(rows)
    assert PASSWORD not in str(rows)


@pytest.mark.parametrize(
    ("name", "password"),
    [("", PASSWORD), ("x" * 65, PASSWORD), ("a\nb", PASSWORD), ("eve", "short"), ("rosa", PASSWORD)],
)
async def test_no_account_is_made_of_nonsense_or_twice(review: Review, name: str, password: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 the sentence is for people
        await review.accounts.add(name, password, Role.VIEWER)
    assert ["ada", "rosa", "vera"] == [one.name for one in await review.accounts.all()]
