"""Copies of one letter are one campaign, on both databases, for all gateways that share one."""

import asyncio
import itertools
import random
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, func, select, update

from milter.campaign.traits import Traits
from milter.mail.envelope import Envelope
from milter.quarantine.campaigns import Campaigns
from milter.quarantine.held import HeldMail, State
from milter.quarantine.listing import ALL, Wanted
from milter.quarantine.matching import _find, campaign_of
from milter.quarantine.schema import campaign, campaign_band, held_mail, raw_mail
from milter.quarantine.store import Store
from tests.campaign.copies import Letter, copy_of
from tests.quarantine.conftest import Place
from tests.quarantine.mails import mail

ONE = Letter(
    "Votre remboursement",
    "Votre dossier de remboursement est incomplet, nous n'avons pas pu verser la somme qui vous est due. "
    "Confirmez vos coordonnées bancaires sur votre espace avant la date limite.",
    ("dossier.evil.example",),
)
OTHER = Letter(
    "Votre carte expire",
    "La carte que vous utilisez arrive à expiration. Commandez la nouvelle en ligne et réglez les frais "
    "d'envoi, sans quoi vos soins ne seront plus pris en charge le mois prochain.",
    ("carte.evil.example",),
)


LONE = Letter(
    "Avis", "Un avis qui ne vient qu'une fois, et dont personne d'autre ne reçoit la moindre copie."
)


def copies(letter: Letter, count: int, seed: int = 1) -> list[HeldMail]:
    chance = random.Random(seed)
    envelopes = (Envelope("192.0.2.1", "h", f"b{n}@x.example", (f"r{n}@d.example",)) for n in range(count))
    return [
        mail(envelope=envelope, raw=copy_of(letter, chance), subject=f"{letter.subject} n° {number}")
        for number, envelope in enumerate(envelopes)
    ]


async def campaigns_of(store: Store, wanted: Wanted = ALL) -> list[int | None]:
    return [held.campaign for held in await store.list(wanted)]


async def test_copies_are_one_campaign_and_other_letters_another(store: Store) -> None:
    for one, other in zip(copies(ONE, 3), copies(OTHER, 3), strict=True):
        await store.hold(one)
        await store.hold(other)
    assert [2, 1] * 3 == await campaigns_of(store)
    assert [1, 1, 1] == await campaigns_of(store, Wanted(campaign=1))
    found = await Campaigns(store.transactions).get(1)
    assert found is not None
    assert ("dossier.evil.example/suivi/*",) == found.links
    assert await Campaigns(store.transactions).get(3) is None


async def test_a_letter_that_is_copied_with_another_link_is_another_campaign(store: Store) -> None:
    chance = random.Random(1)
    for host in ("", "", "dossier.other.example"):
        await store.hold(mail(raw=copy_of(ONE, chance, host=host)))
    assert [2, 1, 1] == await campaigns_of(store)


# Letters that have all the runs they are found by in common, and other links, or other runs beside them.
@pytest.mark.parametrize("same", ["text", "links"])
async def test_letters_made_to_be_found_by_others_are_not_looked_at_without_end(
    tmp_path: Path, same: str
) -> None:
    store = await Store.open(tmp_path / "quarantine.db")
    chance = random.Random(1)

    def traits() -> Traits:
        rest = range(256, 1 << 32) if same == "links" else range(256, 512)
        sketch = (*range(1, 17), *sorted(chance.sample(rest, 240)))
        skeleton = f"{chance.getrandbits(256):064x}" if same == "text" else "0" * 64
        return Traits(sketch, skeleton)

    def begin(count: int, connection: Connection) -> set[int]:
        return {campaign_of(connection, traits()) for _ in range(count)}

    def steps(connection: Connection) -> int:
        """Of SQLite's machine, which do not depend on how busy this one is."""
        counted = itertools.count()
        driver = connection.connection.driver_connection
        assert driver
        driver.set_progress_handler(lambda: next(counted) and None, 1)
        _find(connection, traits())
        driver.set_progress_handler(None, 0)
        return next(counted)

    assert 60 == len(await store.transactions.write(partial(begin, 60)))
    few = await store.transactions.write(steps)
    assert 240 == len(await store.transactions.write(partial(begin, 240)))
    assert await store.transactions.write(steps) < 2 * few
    await store.close()


async def test_gateways_that_hold_copies_at_once_find_one_campaign(place: Place) -> None:
    stores = [await Store.open(place, busy_timeout=60) for _ in range(3)]
    try:
        for round_, letter in enumerate((ONE, OTHER), 1):
            mails = copies(letter, 12)
            await asyncio.gather(*(stores[n % 3].hold(one) for n, one in enumerate(mails)))
            assert {round_} >= {*await campaigns_of(stores[0])} - {1}
    finally:
        for store in stores:
            await store.close()


async def test_a_campaign_is_shown_with_its_first_and_newest_mail_and_top_sender(store: Store) -> None:
    authors = ("Rare", "Often", "Often", "Last")
    for author, one in zip(authors, copies(ONE, 4), strict=True):
        await store.hold(mail(envelope=one.envelope, raw=one.raw, subject=one.subject, author=author))
    await store.confirm(3)
    campaigns = Campaigns(store.transactions)
    [group] = await campaigns.groups(ALL)
    assert (1, 4, 1, 4) == (group.id, group.mails, group.first.id, group.newest.id)
    assert "Often" == group.of_top_sender.author
    assert {State.HELD: 3, State.CONFIRMED: 1} == group.states == await campaigns.states(1)
    [confirmed] = await campaigns.groups(Wanted(state=State.CONFIRMED))
    assert (1, 3) == (confirmed.mails, confirmed.newest.id)
    assert () == await campaigns.groups(Wanted(words="nowhere"))
    assert (1, 2, 4) == await campaigns.ids(1, State.HELD, 10)
    assert (4,) == await campaigns.ids(1, State.HELD, 10, after=2)


async def test_the_largest_or_the_newest_come_first_page_by_page(store: Store) -> None:
    for one in (*copies(ONE, 3), *copies(OTHER, 1)):
        await store.hold(one)
    campaigns = Campaigns(store.transactions)
    assert [2, 1] == [group.id for group in await campaigns.groups(ALL)]
    assert [1, 2] == [group.id for group in await campaigns.groups(ALL, largest_first=True)]
    assert [1] == [group.id for group in await campaigns.groups(ALL, 1, skip=1)]


async def test_the_largest_of_a_time_are_told_and_which_of_them_are_new(store: Store) -> None:
    def at(day: int) -> datetime:
        return datetime(2026, 11, day, 12, tzinfo=UTC)

    days = {
        1: copies(ONE, 1),
        3: copies(OTHER, 2),
        4: [*copies(ONE, 3, seed=2), *copies(LONE, 1)],
        8: copies(OTHER, 1),
    }
    for day, mails in days.items():
        for one in mails:
            await store.hold(mail(raw=one.raw, envelope=one.envelope, received=at(day)))
    campaigns = Campaigns(store.transactions)
    found = await campaigns.largest(at(2), at(7))
    assert [(1, 3), (2, 2)] == [(group.id, group.mails) for group in found]
    assert (2, 3) == (found[1].first.id, found[1].newest.id)
    assert [2] == [group.id for group in await campaigns.largest(at(2), at(7), only_new=True)]
    assert () == await campaigns.largest(at(20), at(21))
    assert [1] == [group.id for group in await campaigns.largest(at(1), at(9), 1)]


async def test_a_campaign_goes_with_the_words_of_its_last_mail(store: Store) -> None:
    old, new = copies(ONE, 1)[0], copies(OTHER, 1)[0]
    await store.hold(old)
    await store.hold(mail(raw=new.raw, received=datetime.now(UTC)))
    campaigns = Campaigns(store.transactions)
    assert 0 == await campaigns.forget()
    await store.expire(datetime(2026, 11, 25, tzinfo=UTC))
    assert 1 == await campaigns.forget()
    assert [2, None] == await campaigns_of(store)
    bands = select(campaign_band.c.campaign_id).distinct()
    assert [2] == await store.transactions.read(lambda c: c.execute(bands).scalars().all())


async def test_mail_that_an_older_version_held_finds_its_campaign(store: Store) -> None:
    for one in (*copies(ONE, 3), *copies(OTHER, 2)):
        await store.hold(one)
    with store.transactions._database.engine.begin() as connection:
        connection.execute(update(held_mail).values(campaign=None))
        connection.execute(delete(campaign))
        # One whose bytes are gone, and one whose bytes are damaged.
        connection.execute(delete(raw_mail).where(raw_mail.c.mail_id == 1))
        connection.execute(update(raw_mail).where(raw_mail.c.mail_id == 5).values(zstd=b"x"))
    campaigns, last, seen = Campaigns(store.transactions), 0, []
    while (found := await campaigns.fill(last, limit=2)) is not None:
        seen.append(last := found)
    assert [3, 5] == seen
    numbers = await campaigns_of(store, Wanted(ascending=True))
    assert numbers[0] is numbers[4] is None
    assert numbers[1] == numbers[2] != numbers[3]
    count = select(func.count()).select_from(campaign)
    assert 2 == await store.transactions.read(lambda c: c.execute(count).scalar())
