import asyncio
import random
from datetime import timedelta
from pathlib import Path

import pytest

from milter.quarantine.held import State
from milter.quarantine.journal import Deed, Journal
from milter.quarantine.release import release
from milter.quarantine.retention import Emptied, expire, make_room
from milter.quarantine.size import packed
from milter.quarantine.store import Store
from tests.quarantine.conftest import Place
from tests.quarantine.mails import MAIL, RECEIVED, hop, mail


@pytest.mark.threat("P2")
async def test_old_mail_loses_its_bytes_and_its_words(store: Store, place: Place) -> None:
    marker = bytes(range(256))
    mail_id = await store.hold(mail(raw=marker, subject="MARQUEUR"))
    now = RECEIVED + timedelta(days=30, seconds=1)
    assert 1 == await expire(store, now, 30)
    held = await store.get(mail_id)
    assert held is not None
    assert (State.EXPIRED, "", "", "", "{}") == (
        held.state,
        held.subject,
        held.author,
        held.reason,
        held.report,
    )
    assert MAIL.envelope == held.envelope
    with pytest.raises(LookupError):
        await store.raw(mail_id)
    if isinstance(place, Path):
        files = [file.read_bytes() for file in place.parent.iterdir()]
        assert not any(marker in data or b"marqueur" in data.lower() for data in files)
    assert 0 == await expire(store, now, 30)


async def test_much_old_mail_goes_in_parts_and_new_mail_is_held_in_between(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("milter.quarantine.store._EMPTIED_AT_ONCE", 2)
    for _ in range(7):
        await store.hold(MAIL)
    now = RECEIVED + timedelta(days=31)
    going = asyncio.create_task(expire(store, now, 30))
    young = await store.hold(mail(received=now))
    assert not going.done()
    assert 7 == await going
    assert [State.HELD] + 7 * [State.EXPIRED] == [held.state for held in await store.list()]
    assert MAIL.raw == await store.raw(young)


async def test_younger_mail_stays(store: Store) -> None:
    mail_id = await store.hold(MAIL)
    assert 0 == await expire(store, RECEIVED + timedelta(days=29, hours=23), 30)
    assert MAIL.raw == await store.raw(mail_id)


async def test_released_and_deleted_mail_is_emptied_but_keeps_its_state(store: Store, tmp_path: Path) -> None:
    ids = [await store.hold(MAIL) for _ in range(3)]
    await release(store, hop(f"maildir:{tmp_path}/box"), ids[0])
    store.grace = timedelta(days=99)
    await store.delete(ids[1])
    await store.begin_release(ids[2], "somebody")
    assert 2 == await expire(store, RECEIVED + timedelta(days=31), 30)
    assert [(State.RELEASING, MAIL.subject), (State.DELETED, ""), (State.RELEASED, "")] == [
        (held.state, held.subject) for held in await store.list()
    ]
    assert MAIL.raw == await store.raw(ids[2])
    with pytest.raises(LookupError):
        await store.raw(ids[0])


async def test_the_oldest_decided_go_before_the_oldest_that_wait(
    store: Store, place: Place, tmp_path: Path
) -> None:
    bodies = [random.Random(number).randbytes(2000) for number in range(5)]
    ids = [await store.hold(mail(raw=body)) for body in bodies]
    each = await packed(store.transactions) // 5
    await release(store, hop(f"maildir:{tmp_path}/box"), ids[3])
    await store.begin_release(ids[0], "somebody")
    assert Emptied(1, 1) == await make_room(store, 3 * each + 100)
    states = [held.state for held in reversed(await store.list())]
    assert [State.RELEASING, State.EXPIRED, State.HELD, State.RELEASED, State.HELD] == states
    assert bodies[0] == await store.raw(ids[0])
    assert bodies[2] == await store.raw(ids[2])
    for gone in (ids[1], ids[3]):
        with pytest.raises(LookupError):
            await store.raw(gone)
    noted = await Journal(store.transactions).newest()
    assert [(ids[1], Deed.NO_ROOM)] == [(entry.mail_id, entry.deed) for entry in noted]
    if isinstance(place, Path):
        files = [file.read_bytes() for file in place.parent.iterdir()]
        assert not any(bodies[1][:64] in data or bodies[3][:64] in data for data in files)


async def test_what_fits_stays_and_what_is_being_released_stays_in_any_case(store: Store) -> None:
    mail_id = await store.hold(MAIL)
    assert Emptied() == await make_room(store, await packed(store.transactions))
    await store.begin_release(mail_id, "somebody")
    assert Emptied() == await make_room(store, 1)
    assert MAIL.raw == await store.raw(mail_id)
