"""Digests: to whom they go, once, and what becomes of what was not sent."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.digest.post import is_mailbox
from milter.meter.table import Table
from milter.metrics.health import Health
from milter.metrics.page import Watched
from milter.quarantine.deciding import approve, deny
from milter.quarantine.held import State
from milter.quarantine.requests import Decision, Request, Requests
from milter.quarantine.store import Store
from milter.quarantine.told import Outcome, ToldMails
from milter.relay.next_hop import NextHop, Session
from milter.report.document import document
from milter.report.figures import Period, gather
from milter.report.mailed import written
from milter.report.written import as_json
from tests.digest.parts import ADA, EVE, NOW, URL, arrived, held_for, links_of, post, text_of
from tests.quarantine.conftest import Place
from tests.quarantine.mails import hop
from tests.quarantine.test_campaigns import ONE, copies
from tests.relay.peer import Peer, listening


@pytest.fixture
async def other(place: Place) -> AsyncIterator[Store]:
    """The same quarantine, as another gateway has opened it."""
    opened = await Store.open(place, busy_timeout=30)
    yield opened
    await opened.close()


async def asked(store: Store, told_id: int = 1) -> Request:
    """A request that somebody has made by his link."""
    told = await ToldMails(store.transactions).get(told_id)
    assert told
    assert Outcome.ASKED == await ToldMails(store.transactions).ask(told, NOW, 10)
    [request] = await Requests(store.transactions).of_mail(told.mail_id)
    return request


async def test_each_recipient_gets_his_own_mail_and_no_other(store: Store, tmp_path: Path) -> None:
    await store.hold(held_for(ADA, EVE, subject="For both"))
    await store.hold(held_for(ADA, subject="For Ada"))
    await store.hold(held_for("a@elsewhere.example", subject="Not ours"))
    await post(store, hop(f"maildir:{tmp_path}/box")).work(NOW)

    ada, eve = arrived(tmp_path / "box")
    assert [ADA, EVE] == [str(one["To"]) for one in (ada, eve)]
    assert "For both" in text_of(ada)
    assert "For Ada" in text_of(ada)
    assert "For Ada" not in text_of(eve)
    assert 2 == len(links_of(ada))
    assert not {*links_of(ada)} & {*links_of(eve)}
    assert "auto-generated" == ada["Auto-Submitted"]
    assert ada["X-Vigimel-Seal"]


async def test_two_gateways_send_each_digest_once(store: Store, other: Store, tmp_path: Path) -> None:
    for recipient in (ADA, EVE):
        await store.hold(held_for(recipient))
    next_hop = hop(f"maildir:{tmp_path}/box")
    posts = [post(one, next_hop) for one in (store, other) for _ in range(3)]

    await asyncio.gather(*(one.work(NOW) for one in posts))
    await asyncio.gather(*(one.work(NOW + timedelta(hours=1)) for one in posts))

    assert [ADA, EVE] == [str(one["To"]) for one in arrived(tmp_path / "box")]


async def test_what_one_was_told_of_comes_in_no_later_digest(store: Store, tmp_path: Path) -> None:
    sender = post(store, hop(f"maildir:{tmp_path}/box"))
    await store.hold(held_for(subject="Old"))
    await sender.work(NOW)
    await store.hold(held_for(subject="New", received=NOW))
    await sender.work(NOW + timedelta(days=1))
    await sender.work(NOW + timedelta(days=2))

    texts = [text_of(one) for one in arrived(tmp_path / "box")]
    assert [(True, False), (False, True)] == sorted(("Old" in t, "New" in t) for t in texts)[::-1]


async def test_mail_that_came_after_the_digest_waits_for_the_next_one(store: Store, tmp_path: Path) -> None:
    sender = post(store, hop(f"maildir:{tmp_path}/box"))
    await sender.work(NOW)
    await store.hold(held_for(received=NOW))
    await sender.work(NOW + timedelta(minutes=1))
    await post(store, sender.next_hop).work(NOW + timedelta(minutes=2))

    assert [] == arrived(tmp_path / "box")


async def test_a_flood_makes_one_digest_of_a_length(store: Store, tmp_path: Path) -> None:
    for number in range(7):
        await store.hold(held_for(subject=f"Mail {number}"))
    await post(store, hop(f"maildir:{tmp_path}/box"), max_mails=3).work(NOW)

    [digest] = arrived(tmp_path / "box")
    assert "(7)" in str(digest["Subject"])
    assert 3 == len(links_of(digest))
    assert "relevé : 4." in text_of(digest)


class Killed(BaseException):
    """The process has died."""


class Dying:
    """A next hop whose mails are taken, or not, by a gateway that is killed then."""

    def __init__(self, inner: NextHop, *, takes: bool) -> None:
        self.inner, self.takes = inner, takes

    async def open(self, _: object = None) -> Session:
        """A session in which we die."""
        session = await self.inner.open()
        data = session.data

        async def killed(chunks: list[bytes]) -> None:
            if self.takes:
                await data(chunks)
            raise Killed

        session.data = killed  # type: ignore[method-assign,assignment]
        return session


@pytest.mark.parametrize("takes", [True, False])
async def test_a_kill_sends_nothing_twice_and_loses_no_mail(
    store: Store, tmp_path: Path, *, takes: bool
) -> None:
    await store.hold(held_for(subject="Once"))
    next_hop = hop(f"maildir:{tmp_path}/box")
    with pytest.raises(Killed):
        await post(store, Dying(next_hop, takes=takes)).work(NOW)  # type: ignore[arg-type]
    await post(store, next_hop).work(NOW + timedelta(minutes=1))
    assert int(takes) == len(arrived(tmp_path / "box"))

    # Nobody knows whether he was told: he is told the next time.
    await post(store, next_hop).work(NOW + timedelta(days=1))
    assert "Once" in text_of(arrived(tmp_path / "box")[-1])


async def test_a_next_hop_that_is_away_is_tried_again_later(sqlite_store: Store, tmp_path: Path) -> None:
    await sqlite_store.hold(held_for())
    sender = post(sqlite_store, hop("smtp://127.0.0.1:1"))
    await sender.work(NOW)
    sender.next_hop = hop(f"maildir:{tmp_path}/box")
    await sender.work(NOW + timedelta(minutes=1))
    early = arrived(tmp_path / "box")
    await sender.work(NOW + timedelta(minutes=11))

    assert [] == early
    assert 1 == len(arrived(tmp_path / "box"))


async def test_who_is_refused_for_now_keeps_nobody_else_from_his_digest(sqlite_store: Store) -> None:
    for recipient in (ADA, EVE):
        await sqlite_store.hold(held_for(recipient))
    async with listening(Peer()) as peer:
        sender = post(sqlite_store, hop(f"smtp://127.0.0.1:{peer.port}"))
        peer.answers["RCPT"] = b"452 4.2.2 Full\r\n"
        await sender.work(NOW)
        assert 2 == peer.verbs.count("RCPT")
        peer.answers["RCPT"] = b"550 5.1.1 Unknown\r\n"
        await sender.work(NOW + timedelta(minutes=11))
        await sender.work(NOW + timedelta(minutes=22))
        assert 4 == peer.verbs.count("RCPT")


@pytest.mark.parametrize(
    ("options", "path", "meant"),
    [
        ({}, "Ada@Town-Hall.example", True),
        ({}, "ada@sub.town-hall.example", False),
        ({}, "ada@elsewhere.example", False),
        ({}, "ada", False),
        ({}, "a b@town-hall.example", False),
        ({}, "a..b@town-hall.example", False),
        ({}, "é@town-hall.example", False),
        ({}, '"a>b"@town-hall.example', False),
        ({"left_out": ["list@town-hall.example"]}, "List@town-hall.example", False),
        ({"domains": [], "recipients": ["a@b.example"]}, "A@b.example", True),
        ({"domains": [], "recipients": ["a@b.example"]}, "c@b.example", False),
        ({"domains": []}, ADA, False),
    ],
)
def test_who_gets_a_digest(options: dict[str, object], path: str, *, meant: bool) -> None:
    assert meant is post(None, None, **options).is_meant(path)  # type: ignore[arg-type]


@given(st.text(max_size=80) | st.from_regex(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,20}@[A-Za-z0-9.-]{1,20}"))
def test_any_recipient_that_a_sender_writes_can_be_looked_at(path: str) -> None:
    if is_mailbox(path):
        assert path in str(written("s", "t", "", "a@b.example", path, NOW)["To"])


async def test_nobody_is_told_where_it_is_off(sqlite_store: Store, tmp_path: Path) -> None:
    await sqlite_store.hold(held_for())
    await post(sqlite_store, hop(f"maildir:{tmp_path}/box"), domains=[]).work(NOW)

    assert [] == arrived(tmp_path / "box")


async def test_a_mail_that_is_released_to_one_waits_for_the_others(store: Store, tmp_path: Path) -> None:
    mail_id = await store.hold(held_for(ADA, EVE))
    sender = post(store, hop(f"maildir:{tmp_path}/box"))
    await sender.work(NOW)
    request = await asked(store, 1)
    released = hop(f"maildir:{tmp_path}/released")

    assert await approve(store, released, request, "rosa")
    assert not await approve(store, released, request, "rosa")
    held = await store.get(mail_id)
    assert held
    assert (State.HELD, (request.recipient,)) == (held.state, held.delivered)
    assert 1 == len(arrived(tmp_path / "released"))

    # The other one asks, too: then all have it, each once.
    other = EVE if request.recipient == ADA else ADA
    told = await ToldMails(store.transactions).get(2)
    assert told
    assert other == told.recipient
    assert Outcome.ASKED == await ToldMails(store.transactions).ask(told, NOW, 10)
    second = (await Requests(store.transactions).of_mail(mail_id))[1]
    assert await approve(store, released, second, "rosa")
    held = await store.get(mail_id)
    assert held
    assert State.RELEASED == held.state
    assert 2 == len(arrived(tmp_path / "released"))


async def test_all_can_have_it_at_once(store: Store, tmp_path: Path) -> None:
    mail_id = await store.hold(held_for(ADA, EVE))
    await post(store, hop(f"maildir:{tmp_path}/box")).work(NOW)
    assert await approve(
        store, hop(f"maildir:{tmp_path}/released"), await asked(store), "rosa", everybody=True
    )
    held = await store.get(mail_id)
    assert held
    assert (State.RELEASED, {ADA, EVE}) == (held.state, {*held.delivered})


async def test_a_token_asks_once_and_not_for_ever(store: Store, tmp_path: Path) -> None:
    mail_id = await store.hold(held_for())
    await post(store, hop(f"maildir:{tmp_path}/box"), token_days=2).work(NOW)
    tolds = ToldMails(store.transactions)
    told = await tolds.get(1)
    assert told
    assert Outcome.TOO_LATE == await tolds.ask(told, NOW + timedelta(days=2), 10)
    assert Outcome.TOO_MANY == await tolds.ask(told, NOW, 0)
    outcomes = await asyncio.gather(*(tolds.ask(told, NOW, 10) for _ in range(8)))
    assert [Outcome.ASKED] == [one for one in outcomes if one is not Outcome.ASKED_BEFORE]
    assert 1 == len(await Requests(store.transactions).of_mail(mail_id))


@pytest.mark.parametrize(
    ("decision", "says"),
    [
        (Decision.APPROVED, "Votre demande est acceptée"),
        (Decision.DENIED, "Votre demande est refusée"),
        (Decision.LAPSED, "Votre demande ne peut plus"),
    ],
)
async def test_who_has_asked_is_told_what_was_decided_once(
    store: Store, other: Store, tmp_path: Path, decision: Decision, says: str
) -> None:
    mail_id = await store.hold(held_for())
    box = hop(f"maildir:{tmp_path}/box")
    await post(store, box).work(NOW)
    request = await asked(store)
    match decision:
        case Decision.APPROVED:
            assert await approve(store, hop(f"maildir:{tmp_path}/released"), request, "rosa")
        case Decision.DENIED:
            assert await deny(store, request, "rosa", "Voir http://intranet.example/fraude")
        case _:
            await store.empty([mail_id])
    posts = [post(one, box) for one in (store, other) for _ in range(2)]
    for _ in range(2):
        await asyncio.gather(*(one.work(datetime.now(UTC)) for one in posts))

    answers = [one for one in arrived(tmp_path / "box") if "demande" in str(one["Subject"])]
    assert [says] == [str(one["Subject"])[: len(says)] for one in answers]
    assert ("hxxp://intranet[.]example" in text_of(answers[0])) is (decision is Decision.DENIED)


@pytest.mark.parametrize(
    ("deed", "decision"),
    [("release", Decision.APPROVED), ("confirm", Decision.DENIED), ("delete", Decision.DENIED)],
)
async def test_who_decides_on_the_mail_decides_on_its_requests(
    store: Store, tmp_path: Path, deed: str, decision: Decision
) -> None:
    mail_id = await store.hold(held_for())
    await post(store, hop(f"maildir:{tmp_path}/box")).work(NOW)
    await asked(store)
    if deed == "release":
        await store.begin_release(mail_id, "t")
        await store.end_release(mail_id, "t", (ADA,), done=True)
    else:
        assert await getattr(store, deed)(mail_id)
    requests, now = Requests(store.transactions), datetime.now(UTC)
    # A wrong click is undone soon; a release is not.
    assert int(deed == "release") == await requests.settle(now)
    later = now + timedelta(minutes=11)
    assert [int(deed != "release"), 0] == [await requests.settle(later), await requests.settle(later)]
    assert [decision] == [one.state for one in await requests.of_mail(mail_id)]


async def test_the_report_names_what_is_asked_for(sqlite_store: Store, tmp_path: Path) -> None:
    await sqlite_store.hold(held_for(subject="Voir www.evil.example"))
    await post(sqlite_store, hop(f"maildir:{tmp_path}/box")).work(NOW)
    await asked(sqlite_store)
    figures = await gather(sqlite_store, Period(NOW - timedelta(days=1), NOW))
    assert [ADA] == [one["recipient"] for one in as_json(figures)["requests"]]
    table = next(one for one in document(figures, "en", URL).tables if one.key == "requests")
    assert "Recipients ask for" == table.title
    assert "Voir www[.]evil[.]example" == table.rows[0][3].text


async def test_the_queue_is_a_metric_and_so_are_the_campaigns(sqlite_store: Store, tmp_path: Path) -> None:
    for one in (held_for(), *copies(ONE, 3)):
        await sqlite_store.hold(one)
    box = hop(f"maildir:{tmp_path}/box")
    await post(sqlite_store, box).work(NOW)
    await asked(sqlite_store)
    health = Health(Table(1), 1, sqlite_store, box)
    await health.look()
    values = Watched(health, "1", (), {}).known().values
    told = ("requests", "campaigns", "largest_campaign")
    assert [[((), count)] for count in (1, 2, 3)] == [values[f"vigimel_quarantine_{name}"] for name in told]


async def test_a_release_that_fails_leaves_the_request_open(sqlite_store: Store, tmp_path: Path) -> None:
    await sqlite_store.hold(held_for())
    await post(sqlite_store, hop(f"maildir:{tmp_path}/box")).work(NOW)
    request = await asked(sqlite_store)
    assert not await approve(sqlite_store, hop("smtp://127.0.0.1:1"), request, "rosa")
    assert 1 == await Requests(sqlite_store.transactions).waiting()


async def test_what_is_over_is_forgotten(store: Store, tmp_path: Path) -> None:
    kept, gone = await store.hold(held_for()), await store.hold(held_for())
    await post(store, hop(f"maildir:{tmp_path}/box")).work(NOW)
    for told_id in (1, 2):
        told = await ToldMails(store.transactions).get(told_id)
        assert told
        if told.mail_id == gone:
            await asked(store, told_id)
    await store.delete(gone)
    tolds, requests = ToldMails(store.transactions), Requests(store.transactions)
    long_ago = NOW - timedelta(days=9000)
    assert 1 == await requests.settle(datetime.now(UTC) + timedelta(hours=1))
    assert 0 == await requests.expire(long_ago)
    assert await requests.take(1)
    # A mail that is deleted for good forgets people: its request goes as soon as it is answered.
    assert 1 == await requests.expire(long_ago)
    await tolds.expire(NOW)
    left = [await tolds.get(one) for one in (1, 2)]
    assert [kept] == [told.mail_id for told in left if told]
    await store.confirm(kept)
    await tolds.expire(NOW + timedelta(days=61))
    assert [None, None] == [await tolds.get(one) for one in (1, 2)]
