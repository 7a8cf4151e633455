"""Accounts and logins of an identity provider, as the database keeps them: in SQLite and in PostgreSQL."""

import asyncio
from datetime import timedelta

import pytest

from milter.quarantine.store import Store
from milter.review.accounts import Accounts, Kind, Role
from milter.review.logins import Logins
from milter.review.refusal import Refused, Why

SUBJECT = "https://login.town-hall.example 17"
MINUTES = timedelta(minutes=10)


async def test_one_subject_has_one_account_whoever_comes_first(store: Store) -> None:
    accounts = Accounts(store.transactions)
    made = await asyncio.gather(*(accounts.of_provider(SUBJECT, "ada", Role.VIEWER) for _ in range(5)))

    assert {("ada", Kind.OIDC)} == {(one.name, one.kind) for one in made}
    assert ["ada"] == [one.name for one in await accounts.all()]


async def test_the_subject_keeps_the_account_and_gets_the_role_of_today(store: Store) -> None:
    accounts = Accounts(store.transactions)
    await accounts.of_provider(SUBJECT, "ada", Role.VIEWER)
    again = await accounts.of_provider(SUBJECT, "ada married", Role.ADMIN)

    assert ("ada", Role.ADMIN) == (again.name, again.role)


async def test_the_name_of_another_subject_or_of_a_password_is_taken(store: Store) -> None:
    accounts = Accounts(store.transactions)
    await accounts.of_provider(SUBJECT, "ada", Role.VIEWER)
    await accounts.add("eve", "a password of twenty letters", Role.ADMIN)

    for name in ("ada", "eve"):
        with pytest.raises(Refused) as refused:
            await accounts.of_provider(f"{SUBJECT}8", name, Role.ADMIN)
        assert refused.value.why is Why.TAKEN


async def test_a_state_is_spent_once_whoever_brings_it(store: Store) -> None:
    logins = Logins(store.transactions)
    spent = await asyncio.gather(*(logins.spend("state", MINUTES) for _ in range(5)))

    assert 1 == sum(spent)
    assert await logins.spend("another", MINUTES)
