"""What is deleted can be undone for a while; then nothing of its content or of people is kept."""

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from milter.mail.envelope import Envelope
from milter.quarantine import retention
from milter.quarantine.held import State
from milter.quarantine.listing import Wanted
from milter.quarantine.schema import held_mail, held_words
from milter.quarantine.size import first_to_go
from milter.quarantine.store import Store
from tests.quarantine.conftest import Place
from tests.quarantine.mails import MAIL, RAW, mail
from tests.quarantine.postgresql import Server

DAY = timedelta(days=1)
# Each would be found in the files if it were left there.
PEOPLE = ("marion.quelquun@hop.example", "bureau.lointain@evil.example", "203.0.113.77")
SECRET = mail(
    subject="Sujet bien reconnaissable",
    author="Nom bien reconnaissable",
    author_address="adresse.reconnaissable@evil.example",
    message_id="<numero.reconnaissable@evil.example>",
    envelope=Envelope(
        PEOPLE[2],
        "hote.reconnaissable.example",
        PEOPLE[1],
        (PEOPLE[0],),
        rcpt_parameters=((f"ORCPT=rfc822;{PEOPLE[0]}",),),
    ),
)
WORDS = (*PEOPLE, SECRET.subject, SECRET.author, SECRET.author_address)


@pytest.fixture
async def store(place: Place) -> AsyncIterator[Store]:
    opened = await Store.open(place, busy_timeout=5, grace=DAY)
    yield opened
    await opened.close()


async def state_of(store: Store, mail_id: int) -> tuple[State, bool]:
    held = await store.get(mail_id)
    assert held is not None
    return held.state, held.is_emptied


async def test_a_deletion_is_undone_while_it_can_be(store: Store) -> None:
    mail_id = await store.hold(MAIL)
    assert [True, False] == [await store.delete(mail_id), await store.delete(mail_id)]
    assert 0 == await store.purge(datetime.now(UTC) + DAY / 2)
    assert (State.DELETED, False) == await state_of(store, mail_id)
    assert not await store.begin_release(mail_id, "token")
    assert not await store.confirm(mail_id)
    assert [mail_id] == [one.id for one in await store.list(Wanted(State.DELETED, words="remboursement"))]

    assert [True, False] == [await store.undo(mail_id), await store.undo(mail_id)]
    assert (State.HELD, False) == await state_of(store, mail_id)
    assert RAW == await store.raw(mail_id)
    # What was undone is not purged for what was before.
    assert 0 == await store.purge(datetime.now(UTC) + 2 * DAY)
    assert await store.begin_release(mail_id, "token")


async def test_after_the_grace_only_what_an_audit_needs_is_kept(store: Store) -> None:
    mail_id, kept = [await store.hold(one) for one in (SECRET, MAIL)]
    assert await store.delete(mail_id)
    before = await store.get(mail_id)
    assert 1 == await store.purge(datetime.now(UTC) + DAY)
    assert 0 == await store.purge(datetime.now(UTC) + DAY)

    assert not await store.undo(mail_id)
    with pytest.raises(LookupError):
        await store.raw(mail_id)
    held = await store.get(mail_id)
    assert held is not None
    assert before is not None
    assert (State.DELETED, True, before.changed) == (held.state, held.is_emptied, held.changed)
    same = ("received", "finding", "brand", "size", "sha256")
    assert [getattr(before, name) for name in same] == [getattr(held, name) for name in same]
    query = select(held_mail).where(held_mail.c.id == mail_id)
    row = await store.transactions.read(lambda c: c.execute(query).one())
    words = await store.transactions.read(lambda c: c.execute(select(held_words.c.mail_id)).scalars().all())
    assert [] == [word for word in WORDS if word in repr(row)]
    assert [kept] == [*words]
    assert RAW == await store.raw(kept)


async def test_of_what_was_released_the_envelope_stays(store: Store) -> None:
    mail_id = await store.hold(MAIL)
    assert await store.begin_release(mail_id, "token")
    assert await store.end_release(mail_id, "token", MAIL.envelope.forward_paths, done=True)
    assert 0 == await store.purge(datetime.now(UTC) + 9 * DAY)
    assert 1 == await store.empty([mail_id])
    held = await store.get(mail_id)
    assert held is not None
    assert (MAIL.envelope.forward_paths, "", True) == (
        held.envelope.forward_paths,
        held.subject,
        held.is_emptied,
    )


async def test_without_grace_it_is_gone_at_once(place: Place) -> None:
    store = await Store.open(place, busy_timeout=5)
    mail_id = await store.hold(MAIL)
    assert await store.delete(mail_id)
    assert (State.DELETED, True) == await state_of(store, mail_id)
    assert not await store.undo(mail_id)
    await store.close()


async def test_what_is_left_of_it_goes_with_the_counts(store: Store) -> None:
    now = datetime.now(UTC)
    mail_id = await store.hold(MAIL)
    await store.delete(mail_id)
    await store.purge(now + DAY)
    await retention.expire(store, now + 399 * DAY, 30)
    assert await store.get(mail_id)
    await retention.expire(store, now + 401 * DAY, 30)
    assert await store.get(mail_id) is None
    # Its number never comes to mean another mail.
    assert mail_id < await store.hold(MAIL)


async def test_room_is_made_of_the_deleted_first(store: Store) -> None:
    first, confirmed, deleted = [await store.hold(MAIL) for _ in range(3)]
    await store.confirm(confirmed)
    await store.delete(deleted)
    assert [deleted, confirmed, first] == [one[0] for one in await first_to_go(store.transactions, 9)]


async def test_a_purged_mail_is_in_no_file_of_sqlite(tmp_path: Path) -> None:
    place = tmp_path / "var" / "quarantine.db"
    store = await Store.open(place, grace=DAY)
    marker = os.urandom(500)
    mail_id = await store.hold(replace(SECRET, raw=marker))
    await store.hold(MAIL)
    await store.delete(mail_id)

    def left() -> list[object]:
        files = b"".join(file.read_bytes() for file in place.parent.iterdir())
        return [one for one in (marker, *(word.encode() for word in WORDS)) if one in files]

    assert len(left()) == 1 + len(WORDS)
    await store.purge(datetime.now(UTC) + DAY)
    assert [] == left()
    await store.close()


async def test_a_purged_mail_is_in_no_file_of_postgresql(postgresql: Server, database_name: str) -> None:
    store = await Store.open(postgresql.url(database_name), grace=DAY)
    marker = os.urandom(500)
    mail_id = await store.hold(mail(raw=marker))
    await store.delete(mail_id)
    postgresql.sql("CHECKPOINT")
    assert postgresql.holds(marker)
    await store.purge(datetime.now(UTC) + DAY)
    await store.transactions.tidy()
    postgresql.sql("CHECKPOINT")
    assert not postgresql.holds(marker)
    await store.close()
