"""What became of every mail is known, in SQLite and in PostgreSQL, and no mail waits for that."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.errors import TryLater
from milter.mail.envelope import Envelope
from milter.mail.message import Message
from milter.quarantine.store import Store
from milter.trace import writer
from milter.trace.find import Sought, Traces
from milter.trace.tally import Kind, tallied
from milter.trace.traced import Traced, begin, for_privacy, with_verdict
from milter.trace.writer import TraceWriter
from milter.verdict.verdict import Finding, Verdict
from tests.trace.rows import AT, ROW, official, row

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def heedless(_why: str, given_up: int) -> None:
    assert 0 == given_up


async def write(store: Store, *rows: Traced, recipients: str = "full") -> Traces:
    notes = TraceWriter(store.transactions, recipients, heedless)  # type: ignore[arg-type]
    for one in rows:
        notes.note(one)
    await notes.close()
    return Traces(store.transactions)


async def test_a_row_comes_back_as_it_was(store: Store) -> None:
    traces = await write(store, ROW)

    (found,) = await traces.find(Sought())
    assert ROW == found.mail


@pytest.mark.parametrize(
    "words", ["<1@b.example>", "C@D.example", "a@b remboursement", "192.0.2.1", "0123456789ab"]
)
async def test_a_mail_is_found_by_what_an_admin_knows_of_it(store: Store, words: str) -> None:
    traces = await write(store, ROW, row(message_id="", mail_id="x", reverse_path="", recipients=()))

    assert ROW == (await traces.find(Sought(words)))[-1].mail
    assert () == await traces.find(Sought(words + " nobody"))
    assert () == await traces.find(Sought("%"))


async def test_the_newest_mail_comes_first_and_others_by_pages(store: Store) -> None:
    traces = await write(store, *(row(at=AT + n * HOUR, held_id=n) for n in range(5)))

    first = await traces.find(Sought(), 2)
    second = await traces.find(Sought(before_id=first[-1].id), 2)
    assert [4, 3, 2, 1] == [one.mail.held_id for one in (*first, *second)]
    assert [2] == [one.mail.held_id for one in await traces.find(Sought(held_id=2))]
    between = Sought(since=AT + HOUR, until=AT + 3 * HOUR)
    assert [2, 1] == [one.mail.held_id for one in await traces.find(between)]
    assert () == await traces.find(Sought(finding=Finding.SUSPECT))


async def test_what_was_found_is_counted_by_what_it_shows_and_wants(store: Store) -> None:
    passed = row(finding="unrelated", action="pass", likeness="", asks=())
    traces = await write(store, ROW, ROW, passed, row(at=AT - DAY))

    counts = await traces.counts(AT, AT + HOUR)
    assert {"impersonation": 2, "unrelated": 1} == counts[Kind.FINDING]
    assert {"quarantine": 2, "pass": 1} == counts[Kind.ACTION]
    assert {"display_name": 2} == counts[Kind.LIKENESS]
    assert {"bank_details": 2, "link": 2} == counts[Kind.ASK]
    assert {} == counts[Kind.PROVEN]
    assert {"remboursement.example": 2} == await traces.sender_domains(AT, AT + HOUR)
    assert {"c@d.example": 2, "e@d.example": 2} == await traces.targets(AT, AT + HOUR)
    assert 2 == len(await traces.findings_by_hour(AT - DAY, AT + HOUR))


async def test_counts_of_two_gateways_add_up(store: Store) -> None:
    await write(store, ROW)
    traces = await write(store, ROW)

    assert {"impersonation": 2} == (await traces.counts(AT, AT + HOUR))[Kind.FINDING]


async def test_an_official_sender_that_no_longer_proves_itself_is_told_once(store: Store) -> None:
    before = [official("proven", at=AT - DAY * n) for n in range(1, 12)]
    traces = await write(store, *before, *[official("unproven")] * 500)

    assert ("info.ameli.fr",) == await traces.stopped_proving(AT - HOUR, AT + HOUR)
    await write(store, official("proven"))
    assert () == await traces.stopped_proving(AT - HOUR, AT + HOUR)


async def test_whoever_was_never_proven_has_not_stopped(store: Store) -> None:
    traces = await write(store, *[official("unproven")] * 20)

    assert () == await traces.stopped_proving(AT - HOUR, AT + HOUR)


@pytest.mark.parametrize(("recipients", "kept"), [("domain", ("d.example",)), ("none", ())])
async def test_the_admin_says_how_much_is_kept_of_recipients(
    store: Store, recipients: str, kept: tuple[str, ...]
) -> None:
    traces = await write(store, ROW, recipients=recipients)

    assert kept == (await traces.find(Sought()))[0].mail.recipients
    assert () == await traces.find(Sought("c@d.example"))
    assert ROW == for_privacy(ROW, "full")


async def test_many_rows_go_in_parts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("milter.trace.find._AT_ONCE", 2)
    traces = await write(store, *(ROW for _ in range(5)), row(at=AT + 8 * DAY))

    assert 5 == await traces.expire(AT + 8 * DAY, days=7)
    assert 1 == len(await traces.find(Sought()))


@pytest.mark.threat("P2")
async def test_rows_go_and_counts_stay(store: Store) -> None:
    traces = await write(store, ROW, row(at=AT + 8 * DAY))

    assert 1 == await traces.expire(AT + 8 * DAY, days=7)
    assert 1 == len(await traces.find(Sought()))
    assert {"impersonation": 1} == (await traces.counts(AT, AT + HOUR))[Kind.FINDING]
    await traces.expire(AT + 402 * DAY, days=7)
    assert {} == (await traces.counts(AT, AT + HOUR))[Kind.FINDING]


async def test_rows_wait_for_a_database_that_is_away(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, int]] = []
    notes = TraceWriter(store.transactions, "full", lambda why, count: told.append((why, count)))
    working = store.transactions.write

    async def away(_work: object) -> None:
        raise TryLater("gone")

    monkeypatch.setattr(store.transactions, "write", away)
    monkeypatch.setattr(writer, "MAX_WAITING", 3)
    for number in range(5):
        notes.note(row(held_id=number, at=AT + number * HOUR))
    await notes._flush()
    assert [("gone", 2)] == told
    monkeypatch.setattr(store.transactions, "write", working)
    await notes.close()

    assert [4, 3, 2] == [one.mail.held_id for one in await Traces(store.transactions).find(Sought())]


async def test_more_rows_than_a_batch_are_all_written(store: Store) -> None:
    traces = await write(store, *(row(held_id=n) for n in range(1203)))

    assert {"impersonation": 1203} == (await traces.counts(AT, AT + HOUR))[Kind.FINDING]


def test_each_row_is_counted_in_its_hour() -> None:
    counts = tallied([ROW, row(at=AT + HOUR)])
    hours = Counter(hour for hour, kind, _ in counts if kind is Kind.FINDING)

    assert {
        AT.replace(minute=0, second=0, microsecond=0): 1,
        (AT + HOUR).replace(minute=0, second=0, microsecond=0): 1,
    } == hours


@given(st.binary(max_size=300), st.text(max_size=300), st.lists(st.text(max_size=50), max_size=5))
def test_whatever_a_sender_writes_becomes_a_row(head: bytes, path: str, paths: list[str]) -> None:
    envelope = Envelope("192.0.2.1", path, path, tuple(paths))
    raw = b"From: " + head + b"\r\nMessage-ID: " + head + b"\r\n\r\n"
    traced = with_verdict(
        begin("1f2e", envelope, len(raw)), Message(raw), Verdict(Finding.UNRELATED), "pass", 1.5
    )

    for text in (traced.author_address, traced.author_domain, traced.message_id, traced.reverse_path):
        assert len(text) <= 300
        assert "\0" not in text
        text.encode()


@pytest.mark.threat("P1")
def test_numbers_that_identify_a_person_are_masked() -> None:
    nir = "184127512345678"
    envelope = Envelope("192.0.2.1", "h", f"{nir}@b.example", (f"{nir}@d.example",))
    raw = f"From: {nir}@b.example\r\nMessage-ID: <{nir}@b.example>\r\n\r\n".encode()
    traced = with_verdict(begin("1f2e", envelope, 1), Message(raw), Verdict(Finding.UNRELATED), "pass", 1)

    assert nir not in repr(traced)
