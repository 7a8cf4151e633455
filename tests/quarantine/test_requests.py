"""Who was told of what, asks for it, and is answered: where two meet, and where the others are away."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, update

from milter.mail.envelope import Envelope
from milter.quarantine.deciding import approve
from milter.quarantine.held import HeldMail
from milter.quarantine.journal import Deed, Journal
from milter.quarantine.requests import Decision, Request, Requests
from milter.quarantine.schema import journal as lines
from milter.quarantine.store import Store
from milter.quarantine.told import Outcome, Telling, Told, ToldMails
from tests.quarantine.mails import hop, mail

ADA, EVE = "ada@town-hall.example", "eve@town-hall.example"
AWAY = "smtp://127.0.0.1:9"


def for_people(*recipients: str) -> HeldMail:
    return mail(envelope=Envelope("192.0.2.1", "client.example", "a@b.example", recipients))


async def told(store: Store, recipient: str = ADA) -> Told:
    """Somebody was told of a mail that is for him."""
    mail_id = await store.hold(for_people(recipient))
    now = datetime.now(UTC)
    telling = Telling(mail_id, recipient, "0" * 64, now + timedelta(days=7))
    ids = await ToldMails(store.transactions).claim(f"of {mail_id}", recipient, [telling], now)
    assert ids
    found = await ToldMails(store.transactions).get(ids[0])
    assert found
    return found


async def asked(store: Store, recipient: str = ADA) -> Request:
    """He asks for it."""
    wish = await told(store, recipient)
    assert Outcome.ASKED is await ToldMails(store.transactions).ask(wish, datetime.now(UTC), 10)
    return (await Requests(store.transactions).of_mail(wish.mail_id))[0]


async def test_one_mail_is_told_once_however_often_it_names_him(store: Store) -> None:
    mail_id = await store.hold(for_people(ADA, ADA.upper(), EVE))
    later = datetime.now(UTC) + timedelta(days=1)
    waiting = await ToldMails(store.transactions).waiting(lambda _: True, later, 10)

    assert {ADA: [mail_id], EVE: [mail_id]} == {one.recipient: one.mails for one in waiting}
    assert [0, 0] == [one.more for one in waiting]


async def test_a_token_that_was_used_asks_for_nothing_when_its_request_is_forgotten(store: Store) -> None:
    request = await asked(store)
    requests, people = Requests(store.transactions), ToldMails(store.transactions)
    used = await people.get(1)
    assert used
    assert await requests.decide(request.id, Decision.DENIED, "rosa")
    assert 1 == await requests.expire(datetime.now(UTC) + timedelta(minutes=1))

    assert Outcome.ASKED_BEFORE is await people.ask(used, datetime.now(UTC), 10)
    assert 0 == await requests.waiting()


async def test_requests_are_paged_from_the_newest_on(store: Store) -> None:
    ids = [(await asked(store, f"person{number}@town-hall.example")).id for number in range(3)]
    requests = Requests(store.transactions)

    assert ids[:0:-1] == [one.id for one in await requests.list(limit=2)]
    assert ids[:1] == [one.id for one in await requests.list(limit=2, below_id=ids[1])]


async def test_who_could_not_be_told_the_answer_is_told_later(store: Store) -> None:
    request, requests = await asked(store), Requests(store.transactions)
    await requests.decide(request.id, Decision.DENIED, "rosa")
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    assert [True, False] == [await requests.take(request.id) for _ in range(2)]
    assert () == await requests.unanswered(hour_ago)
    await requests.give_back(request.id)

    assert [request.id] == [one.id for one in await requests.unanswered(hour_ago)]
    assert await requests.take(request.id)


async def test_a_next_hop_that_is_away_leaves_the_request_open_and_a_line(store: Store) -> None:
    request = await asked(store)

    assert not await approve(store, hop(AWAY), request, "rosa")
    assert 1 == await Requests(store.transactions).waiting()
    newest = (await Journal(store.transactions).newest(1))[0]
    assert ("rosa", Deed.NOT_RELEASED) == (newest.who, newest.deed)
    assert newest.detail.startswith(f"request {request.id}: ")


async def test_who_comes_too_late_decides_nothing(store: Store, tmp_path: Path) -> None:
    request = await asked(store)
    decided = replace(request, state=Decision.DENIED)

    assert not await approve(store, hop(f"maildir:{tmp_path}/box"), decided, "rosa")
    assert await approve(store, hop(f"maildir:{tmp_path}/box"), request, "rosa")
    assert not await approve(store, hop(f"maildir:{tmp_path}/box"), request, "vera")
    assert 1 == len([*(tmp_path / "box" / "new").iterdir()])


async def test_a_line_that_was_changed_is_found(store: Store) -> None:
    journal = Journal(store.transactions)
    for number in range(3):
        await journal.note("rosa", Deed.LOGIN, None, f"{number}")
    assert await journal.first_broken() is None

    def change(connection: Connection) -> None:
        connection.execute(update(lines).where(lines.c.id == 2).values(who="eve"))

    await store.transactions.write(change)
    assert 2 == await journal.first_broken()
