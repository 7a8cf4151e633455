"""What holds of the quarantine, in SQLite and in PostgreSQL."""

import asyncio
import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from milter.errors import ConfigError
from milter.mail.envelope import Envelope
from milter.quarantine.held import Held, HeldMail, State
from milter.quarantine.listing import Sort, Wanted
from milter.quarantine.rows import NewRow, row_of
from milter.quarantine.store import Store
from milter.verdict.verdict import Finding
from tests.quarantine.conftest import Place
from tests.quarantine.mails import MAIL, RAW, RECEIVED, mail


async def state_of(store: Store, mail_id: int) -> State:
    held = await store.get(mail_id)
    assert held is not None
    return held.state


async def test_what_is_held_comes_back_whole(store: Store) -> None:
    mail_id = await store.hold(MAIL)
    held = await store.get(mail_id)
    assert held is not None
    assert held == Held(
        id=mail_id,
        state=State.HELD,
        changed=held.changed,
        envelope=MAIL.envelope,
        received=RECEIVED,
        finding=MAIL.finding,
        reason=MAIL.reason,
        brand=MAIL.brand,
        author=MAIL.author,
        author_address=MAIL.author_address,
        subject=MAIL.subject,
        report=MAIL.report,
        campaign=1,
        message_id=MAIL.message_id,
        size=len(RAW),
        sha256=hashlib.sha256(RAW).hexdigest(),
    )
    assert RAW == await store.raw(mail_id)


@pytest.mark.parametrize("raw", [b"", b"x", b"\0" * 5_000_000])
async def test_any_bytes_come_back(store: Store, raw: bytes) -> None:
    assert raw == await store.raw(await store.hold(mail(raw=raw)))


@pytest.mark.threat("W26")
async def test_what_a_sender_wrote_cannot_break_the_store(store: Store) -> None:
    envelope = MAIL.envelope.__class__("", "h\udcff\0", "a\udcff@b", ("\0@c",))
    hostile = mail(subject="s\udcff\0" * 9999, author="\ud800", report="[" * 99_999, envelope=envelope)
    held = await store.get(await store.hold(hostile))
    assert held is not None
    assert 1000 == len(held.subject)
    assert "h?\ufffd" == held.envelope.helo
    assert isinstance(json.loads(held.report), str)


@pytest.mark.threat("P1")
async def test_numbers_that_identify_a_person_are_in_the_raw_mail_only(store: Store) -> None:
    nir, iban = "1 84 12 75 123 456 78", "FR76\u00a03000\u00a06000\u00a00112\u00a03456\u00a07890\u00a0189"
    report = json.dumps({"asks": [{"quote": f"votre IBAN {iban}", nir: 4111111111111111, "ms": 15}]})
    said = mail(subject=f"NIR {nir}", reason=f"« {nir} »", author=nir, report=report, raw=nir.encode())
    mail_id = await store.hold(said)
    held = await store.get(mail_id)
    assert held is not None
    assert "NIR 1 ** ** ** *** *** **" == held.subject
    assert "1111" not in held.report
    assert "7890" not in repr(held) + held.subject + held.reason + held.author + held.report
    assert "« 1 ** ** ** *** *** ** »" == held.reason
    assert 15 == json.loads(held.report)["asks"][0]["ms"]
    assert nir.encode() == await store.raw(mail_id)


async def test_lists_are_newest_first_and_go_on(store: Store) -> None:
    ids = [await store.hold(MAIL) for _ in range(5)]
    await store.delete(ids[1])
    newest = await store.list(limit=2)
    assert ids[:2:-1] == [held.id for held in newest]
    assert ids[2::-1] == [held.id for held in await store.list(Wanted(below_id=newest[-1].id), limit=9)]
    assert [ids[1]] == [held.id for held in await store.list(Wanted(State.DELETED))]
    assert [] == [*await store.list(Wanted(State.RELEASED))]


async def test_a_page_before_the_first_one_shown_is_the_one_next_to_it(store: Store) -> None:
    ids = [await store.hold(MAIL) for _ in range(6)]
    page = await store.list(Wanted(above_id=ids[1]), limit=2)
    assert [ids[3], ids[2]] == [held.id for held in page]


@pytest.mark.parametrize(
    "words",
    ["REMBOURSEMENT", "votre assurance", "a@b.example", "e@d.example", "192.0.2.1", "1@b", "étranger"],
)
async def test_words_are_found_whatever_their_case_and_accents(store: Store, words: str) -> None:
    mail_id = await store.hold(mail(author="Votre Assurance Maladie", subject="Remboursement à l'Étranger"))
    await store.hold(
        mail(author="x", author_address="", subject="y", message_id="", envelope=Envelope("", "", "", ()))
    )
    assert [mail_id] == [held.id for held in await store.list(Wanted(words=words))]


async def test_a_short_word_is_found_only_where_it_is_one(store: Store) -> None:
    nobody = {"author": "", "author_address": "", "message_id": "", "envelope": Envelope("", "", "", ())}
    subjects = ("Remboursement", "Carte en ligne", "EN COURS", "l'été-en.fr", "Ouvrez lEN")
    ids = [await store.hold(mail(subject=subject, **nobody)) for subject in subjects]
    assert ids[3:0:-1] == [held.id for held in await store.list(Wanted(words="En"))]
    # A long one anywhere, and what is no word, too.
    for words, found in (("rsem", ids[0]), (".fr", ids[3]), ("fr en", ids[3]), ("n.f", ids[3])):
        assert [found] == [held.id for held in await store.list(Wanted(words=words))]


@pytest.mark.parametrize("words", ["100%", "_", "\\", "' OR 1=1 --", "NEAR("])
@pytest.mark.threat("W26")
async def test_words_are_no_pattern_and_no_statement(store: Store, words: str) -> None:
    await store.hold(MAIL)
    mail_id = await store.hold(mail(subject=f"<{words}>"))
    assert [mail_id] == [held.id for held in await store.list(Wanted(words=words))]


# What each order goes by; two are always the same, so that the id decides.
SORTED: dict[Sort, Callable[[Held], object]] = {
    Sort.RECEIVED: lambda held: held.id,
    Sort.AUTHOR: lambda held: (held.author.casefold(), held.id),
    Sort.RECIPIENT: lambda held: (held.envelope.forward_paths[0], held.id),
    Sort.SUBJECT: lambda held: (held.subject.casefold().replace("é", "e"), held.id),
    Sort.FINDING: lambda held: (held.finding.value, held.id),
}


@pytest.mark.parametrize("ascending", [True, False])
@pytest.mark.parametrize("sort", Sort)
async def test_pages_in_each_order_show_each_mail_once_there_and_back(
    store: Store, sort: Sort, *, ascending: bool
) -> None:
    findings = (Finding.IMPERSONATION, Finding.SUSPECT)
    for number in range(10):
        odd = number % 2 == 1
        await store.hold(
            mail(
                author=("Zoé", "anna")[odd],
                subject=("été", "Etage", "fin")[number % 3],
                envelope=Envelope("", "", "", (f"r{number % 4}@d.example",)),
                finding=findings[odd],
            )
        )
    wanted = Wanted(state=State.HELD, sort=sort, ascending=ascending)
    whole = await store.list(wanted)
    assert [*sorted(whole, key=SORTED[sort], reverse=not ascending)] == [*whole]  # type: ignore[arg-type]
    there = [await store.list(wanted, limit=4)]
    while there[-1]:
        there.append(await store.list(replace(wanted, below_id=there[-1][-1].id), limit=4))
    assert [4, 4, 2, 0] == [*map(len, there)]
    assert [*whole] == [held for page in there for held in page]
    assert there[1] == await store.list(replace(wanted, above_id=there[2][0].id), limit=4)


async def test_a_place_that_is_nowhere_is_the_start(store: Store) -> None:
    mail_id = await store.hold(MAIL)
    assert [mail_id] == [held.id for held in await store.list(Wanted(sort=Sort.SUBJECT, below_id=99))]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(domain="Remboursement.EXAMPLE"), [1]),
        (Wanted(domain="@b.example"), [1]),
        (Wanted(domain="example"), [2, 1]),
        (Wanted(domain="ment.example"), []),
        (Wanted(recipient="e@d"), [1]),
        (Wanted(recipient="e@d.example", words="other"), []),
        (Wanted(recipient="%"), []),
        (Wanted(domain="%"), []),
        (Wanted(since=RECEIVED + timedelta(hours=1)), [2]),
        (Wanted(until=RECEIVED + timedelta(hours=1)), [1]),
        (Wanted(since=RECEIVED, until=RECEIVED), []),
    ],
)
async def test_mails_are_found_by_domain_recipient_and_day(
    store: Store, wanted: Wanted, found: list[int]
) -> None:
    await store.hold(MAIL)
    other = Envelope("", "", "x@mail.other.example", ("f@g.example",))
    await store.hold(
        mail(author_address="", envelope=other, received=RECEIVED + timedelta(days=1), subject="other")
    )
    assert found == [held.id for held in await store.list(wanted)]


async def test_mails_of_one_finding_are_listed(store: Store) -> None:
    await store.hold(MAIL)
    mail_id = await store.hold(mail(finding=Finding.SUSPECT))
    assert [mail_id] == [held.id for held in await store.list(Wanted(finding=Finding.SUSPECT))]


async def test_what_is_not_there_is_none(store: Store) -> None:
    assert None is await store.get(1)
    assert not await store.delete(1)
    assert not await store.begin_release(1, "token")
    with pytest.raises(LookupError):
        await store.raw(1)


async def test_only_one_caller_may_release(store: Store, place: Place) -> None:
    other = await Store.open(place)
    mail_id = await store.hold(MAIL)
    stores = (store, other) * 10
    won = await asyncio.gather(*(s.begin_release(mail_id, str(n)) for n, s in enumerate(stores)))
    assert 1 == sum(won)
    assert not await store.delete(mail_id)
    await other.close()


async def test_a_confirmed_fraud_keeps_its_bytes_and_is_not_released_until_that_is_undone(
    store: Store,
) -> None:
    mail_id = await store.hold(MAIL)
    assert [True, False] == [await store.confirm(mail_id), await store.confirm(mail_id)]
    assert RAW == await store.raw(mail_id)
    assert [mail_id] == [held.id for held in await store.list(Wanted(State.CONFIRMED))]
    assert not await store.begin_release(mail_id, "token")
    assert not await store.delete(mail_id)

    assert [True, False] == [await store.undo(mail_id), await store.undo(mail_id)]
    assert await store.begin_release(mail_id, "token")


async def test_what_is_released_or_deleted_is_neither_confirmed_nor_undone(store: Store) -> None:
    released, deleted = [await store.hold(MAIL) for _ in range(2)]
    assert await store.begin_release(released, "token")
    assert not await store.confirm(released)
    assert await store.end_release(released, "token", ("a@town-hall.example",), done=True)
    assert await store.delete(deleted)
    for mail_id in (released, deleted, deleted + 1):
        assert not await store.confirm(mail_id)
        assert not await store.undo(mail_id)


async def test_a_confirmed_fraud_that_has_lost_its_bytes_does_not_wait_again(store: Store) -> None:
    mail_id = await store.hold(MAIL)
    assert await store.confirm(mail_id)
    assert 1 == await store.empty([mail_id])
    assert not await store.undo(mail_id)
    held = await store.get(mail_id)
    assert held is not None
    assert State.CONFIRMED == held.state


async def test_of_two_nodes_one_decides_and_the_other_is_told(store: Store, place: Place) -> None:
    other = await Store.open(place)
    for _ in range(50):
        mail_id = await store.hold(MAIL)
        won = await asyncio.gather(store.confirm(mail_id), other.begin_release(mail_id, "token"))
        assert [False, True] == sorted(won)
    await other.close()


async def test_only_the_right_token_ends_a_release(store: Store) -> None:
    mail_id = await store.hold(MAIL)
    await store.begin_release(mail_id, "mine")
    assert not await store.note_delivered(mail_id, "other", ("c@d.example",))
    assert not await store.end_release(mail_id, "other", (), done=True)
    assert await store.note_delivered(mail_id, "mine", ("c@d.example",))
    assert await store.end_release(mail_id, "mine", ("c@d.example",), done=False)
    held = await store.get(mail_id)
    assert held is not None
    assert (State.HELD, ("c@d.example",)) == (held.state, held.delivered)
    assert not await store.end_release(mail_id, "mine", (), done=True)


async def test_a_release_whose_owner_died_is_taken_back_after_a_while(store: Store) -> None:
    mail_id = await store.hold(MAIL)
    await store.begin_release(mail_id, "dead")
    assert 0 == await store.recover()
    assert State.RELEASING == await state_of(store, mail_id)
    assert 1 == await store.recover(timedelta(0))
    assert State.HELD == await state_of(store, mail_id)
    assert not await store.end_release(mail_id, "dead", (), done=True)


async def test_many_holds_at_once_are_all_kept(store: Store) -> None:
    ids = await asyncio.gather(*(store.hold(mail(raw=b"%d" % n)) for n in range(60)))
    assert [b"%d" % n for n in range(60)] == [await store.raw(mail_id) for mail_id in ids]


async def test_a_cancelled_hold_is_whole_or_absent_and_stops_nobody(store: Store) -> None:
    for step in range(40):
        task = asyncio.ensure_future(store.hold(MAIL))
        for _ in range(step):
            await asyncio.sleep(0.0005)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await store.hold(MAIL)
    for held in await store.list():
        assert RAW == await store.raw(held.id)


async def test_what_was_held_is_there_after_a_restart(store: Store, place: Place) -> None:
    mail_id = await store.hold(MAIL)
    await store.close()
    again = await Store.open(place)
    assert RAW == await again.raw(mail_id)
    await again.close()


@pytest.mark.threat("W21")
async def test_two_nodes_release_a_mail_once_however_often_they_try(store: Store, place: Place) -> None:
    other = await Store.open(place)
    for _ in range(200):
        mail_id = await store.hold(MAIL)
        won = await asyncio.gather(*(s.begin_release(mail_id, str(n)) for n, s in enumerate((store, other))))
        assert [False, True] == sorted(won)
    await other.close()


async def test_what_is_tidied_is_still_there(store: Store) -> None:
    mail_id = await store.hold(MAIL)
    await store.delete(await store.hold(MAIL))
    await store.transactions.tidy()
    assert RAW == await store.raw(mail_id)


async def test_nodes_that_start_at_once_make_the_tables_once(place: Place) -> None:
    stores = await asyncio.gather(*(Store.open(place) for _ in range(5)))
    for store in stores:
        await store.hold(MAIL)
    assert 5 == len(await stores[0].list())
    for store in stores:
        await store.close()


async def test_tables_of_a_newer_version_are_refused(place: Place) -> None:
    store = await Store.open(place)
    with store.transactions._database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '99'"))
    await store.close()
    with pytest.raises(ConfigError, match="tables 99"):
        await Store.open(place)


async def test_a_database_of_another_program_is_refused(place: Place) -> None:
    store = await Store.open(place)
    with store.transactions._database.engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    await store.close()
    with pytest.raises(ConfigError, match="another program"):
        await Store.open(place)


async def test_a_large_mail_is_packed_beside_the_loop_and_a_small_one_at_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_in: list[threading.Thread] = []

    def noting(held: HeldMail) -> NewRow:
        made_in.append(threading.current_thread())
        return row_of(held)

    monkeypatch.setattr("milter.quarantine.store.row_of", noting)
    for raw in (RAW, b"x" * 200_000):
        assert raw == await store.raw(await store.hold(mail(raw=raw)))
    here = threading.current_thread()
    assert [True, False] == [thread is here for thread in made_in]
