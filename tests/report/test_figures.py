"""What a report counts, in both databases."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from milter.brand.load import load_brands
from milter.config import load, shipped
from milter.quarantine.journal import Deed, Journal
from milter.quarantine.release import release
from milter.quarantine.store import Store
from milter.report.document import document
from milter.report.figures import Period, gather, old_facts
from milter.report.table import Cell
from milter.verdict.verdict import Finding
from tests.quarantine.mails import hop, mail
from tests.quarantine.test_campaigns import ONE, OTHER, copies
from tests.trace.rows import AT, row
from tests.trace.test_trace import write

DAY = timedelta(days=1)


async def test_what_was_held_released_and_waits_is_counted(store: Store, tmp_path: object) -> None:
    now = datetime.now(UTC)
    period = Period(now - timedelta(days=1), now + timedelta(minutes=1))
    ids = [await store.hold(mail(received=now - timedelta(hours=hours))) for hours in (1, 2, 3, 30)]
    await store.hold(mail(received=now - timedelta(days=9), finding=Finding.SUSPECT))
    next_hop = hop(f"maildir:{tmp_path}/next")
    for mail_id in (ids[1], ids[3]):
        await release(store, next_hop, mail_id)
    await Journal(store.transactions).note("ada", Deed.RELEASED, ids[1])
    await store.delete(ids[2])
    await store.confirm(ids[0])

    figures = await gather(store, period)

    assert (3, 1, 1, 1, 1, 0) == (
        figures.held,
        figures.was_released,
        figures.held_before,
        figures.was_released_before,
        figures.was_confirmed,
        figures.was_confirmed_before,
    )
    assert 1 == figures.waiting
    assert 1 / 3 == figures.mistakes
    assert [] == [one.id for one in figures.newest if one.id in ids]
    assert {(ids[1], "ada"), (ids[3], "")} == {(one.mail_id, one.who) for one in figures.released}


async def test_a_release_to_one_of_several_is_a_mistake_unless_it_was_a_fraud_after_all(
    store: Store, tmp_path: object
) -> None:
    now = datetime.now(UTC)
    envelope = replace(mail().envelope, forward_paths=("a@town.example", "b@town.example"))
    waits, fraud, copied, _ = [await store.hold(mail(envelope=envelope, received=now)) for _ in range(4)]
    next_hop = hop(f"maildir:{tmp_path}/next")
    for mail_id, to in ((waits, "a@town.example"), (fraud, "b@town.example"), (copied, "ada@town.example")):
        outcome = await release(store, next_hop, mail_id, (to,), rest_waits=True)
        assert ((to,), "held") == (outcome.delivered, outcome.state)
    await store.confirm(fraud)
    await Journal(store.transactions).note("rosa", Deed.REQUEST_APPROVED, waits, "request 1")

    period = Period(now - timedelta(days=1), now + timedelta(minutes=1))
    figures = await gather(store, period)
    assert (4, 1, 1) == (figures.held, figures.was_released, figures.was_confirmed)
    assert [(waits, "rosa")] == [(one.mail_id, one.who) for one in figures.released]

    # Released to the others, too, it is no second one.
    await release(store, next_hop, waits)
    again = await gather(store, period)
    assert (1, [waits]) == (again.was_released, [one.mail_id for one in again.released])


async def test_an_emptied_mail_is_no_release_of_today(store: Store, tmp_path: object) -> None:
    now = datetime.now(UTC)
    mail_id = await store.hold(mail(received=now - timedelta(days=40)))
    await release(store, hop(f"maildir:{tmp_path}/next"), mail_id)
    await store.expire(now - timedelta(days=30))

    figures = await gather(store, Period(now - timedelta(days=1), now + timedelta(minutes=1)))

    assert () == figures.released


async def test_an_empty_quarantine_has_a_report(store: Store) -> None:
    now = datetime.now(UTC)
    figures = await gather(store, Period(now - timedelta(days=1), now))

    assert (0, 0, None) == (figures.waiting, figures.held, figures.mistakes)
    assert {finding.value for finding in Finding} == set(figures.findings)


def test_facts_that_nobody_has_looked_up_for_a_year_are_named() -> None:
    (brand, *_) = load_brands(load(shipped(), to_serve=False).judge.brands)
    newest = max(fact.read for fact in brand.addresses)

    assert () == old_facts([replace(brand, domains=(), numbers=())], newest)
    assert {fact.value for fact in brand.addresses} <= {
        old.value for old in old_facts([brand], date(9999, 1, 1))
    }


async def test_no_mail_is_counted_in_two_periods(store: Store) -> None:
    await write(store, row(), row(at=AT - timedelta(days=1)))
    figures = await gather(store, Period(AT, AT + timedelta(days=1)))

    assert (1, 1) == (figures.findings["impersonation"], figures.findings_before["impersonation"])


async def test_what_was_tagged_is_counted_and_named_the_newest_first(store: Store) -> None:
    tagged = row(action="tag", held_id=None)
    rows = [tagged._replace(at=AT + timedelta(minutes=n), mail_id=f"{n:012x}") for n in range(25)]
    await write(store, *rows, row(), row(finding="unrelated", action="pass"), tagged._replace(at=AT - DAY))

    figures = await gather(store, Period(AT, AT + DAY))

    assert 25 == figures.tagged
    assert [f"{n:012x}" for n in range(24, 4, -1)] == [mail.mail_id for mail in figures.newest_tagged]


async def test_new_campaigns_are_named_with_a_link_to_each(store: Store) -> None:
    now = datetime.now(UTC)
    old, *new = (now - timedelta(hours=hours) for hours in (40, 3, 2, 1))
    for received, one in zip((old, *new), (*copies(OTHER, 2), *copies(ONE, 2)), strict=True):
        await store.hold(replace(one, received=received))
    figures = await gather(store, Period(now - timedelta(days=1), now + timedelta(minutes=1)))
    assert [(2, 2)] == [(group.id, group.mails) for group in figures.new_campaigns]
    written = document(figures, "fr", "https://gate.example/")
    [table] = [table for table in written.tables if table.key == "new_campaigns"]
    assert "Nouvelles campagnes" == table.title
    assert [Cell("2", "https://gate.example/campaigns/2", is_number=True)] == [row[0] for row in table.rows]
    assert "Votre remboursement n° 1" == table.rows[0][4].text
