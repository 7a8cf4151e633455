import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from milter.action.fields import FieldEdits
from milter.config import PolicyConfig
from milter.decision import AsksQuestions, Deliver, Held, Holds, Refused, ToHold
from milter.errors import PeerError, Reply, TryLater
from milter.gate import Gate
from milter.log.lines import configure_log
from milter.mail.envelope import Envelope
from milter.mail.message import Message
from milter.quarantine.store import Store
from milter.trace.traced import Traced
from milter.verdict.verdict import Finding, Verdict
from tests.intake.judges import FixedJudge, FullStore, RaisingJudge, WaitingJudge

ENVELOPE = Envelope("192.0.2.7", "client.example", "a@client.example", ("b@hop.example",))
MAIL = (
    b"From: =?utf-8?q?Votre_Am=C3=A9li?= <a@client.example>\r\nSubject: Votre =?utf-8?q?ch=C3=A8que?=\r\n"
    b"Message-ID: <1@client.example>\r\n\r\nhello\r\n"
)
NOT_READY = "451 4.3.0 Mail system not ready, try again later"


@pytest.fixture(autouse=True)
def _log() -> None:
    configure_log("info")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "quarantine.db", busy_timeout=0.2)
    yield store
    await store.close()


def gate(judge: AsksQuestions, store: Holds, **policy: object) -> Gate:
    return Gate(judge, store, PolicyConfig.model_validate(policy), "gw.example", "gw.example", 0.2)


async def test_ordinary_mail_goes_on_below_our_fields(store: Store) -> None:
    decision = await gate(FixedJudge(Finding.UNRELATED), store).decide(MAIL, ENVELOPE)

    assert isinstance(decision, Deliver)
    delivered = b"".join(decision.chunks)
    assert delivered.endswith(MAIL)
    assert [b"x-vigimel-finding: unrelated"] == [
        line.lower() for line in delivered.split(b"\r\n") if line.startswith(b"X-Vigimel-Finding")
    ]
    assert f"with ESMTP id {decision.mail_id};".encode() in delivered


@pytest.mark.parametrize("finding", [Finding.GENUINE, Finding.GENUINE_UNLISTED])
async def test_proven_mail_is_never_changed_below_our_fields(store: Store, finding: Finding) -> None:
    strictest = {"suspect": "reject", "impersonation": "reject", "observe_only": True}
    decision = await gate(FixedJudge(finding), store, **strictest).decide(MAIL, ENVELOPE)

    assert isinstance(decision, Deliver)
    assert b"".join(decision.chunks).endswith(MAIL)


async def test_a_suspect_mail_is_tagged(store: Store) -> None:
    decision = await gate(FixedJudge(Finding.SUSPECT), store).decide(MAIL, ENVELOPE)

    assert isinstance(decision, Deliver)
    assert b"Subject: =?utf-8?q?=5BHame=C3=A7onnage_=3F=5D?= Votre =?utf" in b"".join(decision.chunks)


async def test_an_impersonation_is_held_with_all_that_is_known_of_it(store: Store) -> None:
    decision = await gate(FixedJudge(Finding.IMPERSONATION), store).decide(MAIL, ENVELOPE)

    assert isinstance(decision, Held)
    assert str(decision.reply) == f"250 2.0.0 Ok {decision.mail_id}"
    held = await store.get(decision.item)
    assert held is not None
    assert (held.envelope, held.finding, held.subject) == (ENVELOPE, Finding.IMPERSONATION, "Votre chèque")
    assert (held.author, held.message_id) == ("Votre Améli", "<1@client.example>")
    assert "impersonation" == json.loads(held.report)["finding"]
    raw = await store.raw(decision.item)
    assert raw.startswith(b"X-Vigimel-Finding: impersonation\r\n")
    assert raw.endswith(MAIL)


async def test_what_the_mail_server_is_to_hold_is_not_held_here(store: Store) -> None:
    asked = gate(FixedJudge(Finding.IMPERSONATION), store)
    decision = await asked.decide(MAIL, ENVELOPE, hold_here=False)

    assert isinstance(decision, ToHold)
    assert Finding.IMPERSONATION is decision.finding
    assert "X-Vigimel-Finding" in [field.name for field in decision.edits.added]
    assert await store.get(1) is None
    # Who has no way to hold it has nothing to lose it by.
    assert decision.reply.is_temporary


async def test_a_mail_that_is_refused_by_policy_hears_550(store: Store) -> None:
    decision = await gate(FixedJudge(Finding.IMPERSONATION), store, impersonation="reject").decide(
        MAIL, ENVELOPE
    )

    assert isinstance(decision, Refused)
    assert str(decision.reply) == "550 5.7.1 Message refused by policy"


async def test_a_mail_nobody_can_decide_about_is_deferred_and_only_the_log_says_why(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    decision = await gate(FixedJudge(Finding.UNDECIDED), store).decide(MAIL, ENVELOPE)

    assert isinstance(decision, Refused)
    assert decision.reply.is_temporary
    assert "DNS" not in str(decision.reply)
    assert "DNS does not answer" in capsys.readouterr().err


@pytest.mark.parametrize(("hops", "expected"), [(50, Deliver), (51, Refused)])
async def test_a_mail_that_goes_in_a_circle_is_refused(store: Store, hops: int, expected: type) -> None:
    raw = b"Received: from a by b; now\r\n" * hops + MAIL
    decision = await gate(FixedJudge(Finding.UNRELATED), store).decide(raw, ENVELOPE)

    assert isinstance(decision, expected)
    assert isinstance(decision, Deliver) or str(decision.reply) == "554 5.4.6 Too many hops"


@pytest.mark.parametrize(
    "error", [RuntimeError("/var/lib/secret"), RecursionError(), MemoryError(), TryLater("dns")]
)
async def test_a_judge_that_fails_loses_nothing_and_tells_nothing(store: Store, error: Exception) -> None:
    decision = await gate(RaisingJudge(error), store).decide(MAIL, ENVELOPE)

    assert isinstance(decision, Refused)
    assert str(decision.reply) == NOT_READY


async def test_a_trace_that_cannot_be_begun_loses_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("milter.trace.traced._kept")
    decision = await gate(RaisingJudge(AssertionError()), store).decide(MAIL, ENVELOPE)

    assert isinstance(decision, Refused)
    assert str(decision.reply) == NOT_READY


async def test_a_judge_that_hangs_loses_nothing(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    decision = await gate(WaitingJudge(), store).decide(MAIL, ENVELOPE)

    assert isinstance(decision, Refused)
    assert str(decision.reply) == NOT_READY
    assert "no verdict within 0.2 s" in capsys.readouterr().err


async def test_a_fault_of_ours_is_logged_with_its_place(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    await gate(RaisingJudge(RuntimeError("2 55 08 14 168 025")), store).decide(MAIL, ENVELOPE)

    log = capsys.readouterr().err
    assert "event=crashed" in log
    assert "judges.py" in log
    assert "168 025" not in log


async def test_a_full_disk_is_a_451_and_the_log_knows_why(capsys: pytest.CaptureFixture[str]) -> None:
    decision = await gate(FixedJudge(Finding.IMPERSONATION), FullStore()).decide(MAIL, ENVELOPE)

    assert isinstance(decision, Refused)
    assert str(decision.reply) == NOT_READY
    assert "disk is full" in capsys.readouterr().err


async def test_a_locked_database_is_a_451(store: Store, tmp_path: Path) -> None:
    blocker = sqlite3.connect(tmp_path / "quarantine.db", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    held_back = await gate(FixedJudge(Finding.IMPERSONATION), store).decide(MAIL, ENVELOPE)
    blocker.execute("ROLLBACK")
    blocker.close()

    assert isinstance(held_back, Refused)
    assert str(held_back.reply) == NOT_READY
    assert isinstance(await gate(FixedJudge(Finding.IMPERSONATION), store).decide(MAIL, ENVELOPE), Held)


@dataclass
class FixedVerdict:
    """Believes this, with its grounds."""

    verdict: Verdict

    async def judge(self, _message: Message, _envelope: Envelope | None) -> Verdict:
        return self.verdict


@dataclass
class Remembered:
    """Keeps what it is told."""

    rows: list[Traced] = field(default_factory=list)

    def note(self, row: Traced, /) -> None:
        self.rows.append(row)


class NeverAgain:
    """An admin has decided about such mail."""

    def overrule(self, _message: Message, _verdict: Verdict, /) -> Verdict:
        return Verdict(Finding.IMPERSONATION)


async def test_what_became_of_a_mail_is_remembered_with_what_its_sender_was_told(store: Store) -> None:
    notes = Remembered()
    asked = replace(gate(FixedJudge(Finding.IMPERSONATION), store), notes=notes)
    decision = await asked.decide(MAIL, ENVELOPE)
    asked.ended(decision, Reply(250, "2.0.0", "Ok 2 55 08 14 168 025 " + "x" * 500))
    asked.ended(ToHold("id", FieldEdits(), Finding.SUSPECT), Reply(250, "2.0.0", "of nobody"))

    (row,) = notes.rows
    assert isinstance(decision, Held)
    assert (decision.item, "impersonation", "quarantine") == (row.held_id, row.finding, row.action)
    assert ("client.example", "<1@client.example>") == (row.author_domain, row.message_id)
    assert row.reply.startswith("250 2.0.0 Ok 2 ** ** ** *** *** x")
    assert 300 == len(row.reply)


async def test_what_an_admin_has_decided_before_overrules_the_judge(store: Store) -> None:
    asked = replace(gate(FixedJudge(Finding.UNRELATED), store), precedents=NeverAgain())

    assert isinstance(await asked.decide(MAIL, ENVELOPE), Held)


async def test_a_mail_that_we_have_sent_ourselves_is_not_judged(store: Store) -> None:
    asked = replace(gate(RaisingJudge(), store), is_ours=lambda message, _: message.raw == MAIL)
    decision = await asked.decide(MAIL, ENVELOPE)

    assert isinstance(decision, Deliver)
    delivered = b"".join(decision.chunks)
    assert delivered.endswith(MAIL)
    assert delivered.startswith(b"Received: ")
    assert b"X-Vigimel-Finding" not in delivered


async def test_the_grounds_of_a_verdict_stand_in_the_header_without_the_numbers_of_people(
    store: Store,
) -> None:
    judge = FixedVerdict(Verdict(Finding.SUSPECT, unreadable=frozenset({"encrypted"})))
    decision = await gate(judge, store).decide(MAIL, ENVELOPE)

    assert isinstance(decision, Deliver)
    (header, *_) = b"".join(decision.chunks).partition(MAIL[:20])
    assert b"X-Vigimel-Finding: suspect\r\nX-Vigimel-Reason: " in header


async def test_a_fault_of_the_client_is_told_to_him_and_not_called_ours(store: Store) -> None:
    with pytest.raises(PeerError, match="nonsense"):
        await gate(RaisingJudge(PeerError("nonsense")), store).decide(MAIL, ENVELOPE)


async def test_whoever_stops_the_service_is_obeyed(store: Store) -> None:
    deciding = asyncio.create_task(
        Gate(WaitingJudge(), store, PolicyConfig(), "gw.example", "gw.example").decide(MAIL, ENVELOPE)
    )
    await asyncio.sleep(0)
    deciding.cancel()

    with pytest.raises(asyncio.CancelledError):
        await deciding
