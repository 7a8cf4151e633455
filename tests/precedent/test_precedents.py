"""What an admin decides holds for mail to come, on every node, and no longer than he wants."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from milter.brand.promise import AskKind
from milter.config.language import LANGUAGES
from milter.decision import Deliver, Held
from milter.errors import TryLater
from milter.log.lines import configure_log
from milter.mail.coding.encoded_word import decode_words
from milter.mail.envelope import Envelope
from milter.mail.message import Message
from milter.precedent import rules
from milter.precedent.allow import allow as allow_author
from milter.precedent.precedents import BELIEVED, Precedents
from milter.precedent.rule import Seen, seen_in
from milter.precedent.rules import MAX_DAYS, Rules
from milter.quarantine.store import Store
from milter.trace.find import Sought, Traces
from milter.trace.traced import begin, with_verdict
from milter.trace.writer import write_rows
from milter.verdict.reason import reason
from milter.verdict.verdict import Allowance, Finding, Verdict
from tests.precedent.partner import ADDRESS, held, message, verdict
from tests.test_gate import ENVELOPE, gate

SEEN = seen_in(message(), verdict())


async def allow(store: Store, **changes: Any) -> int:
    assert isinstance(SEEN, Seen)
    until = datetime.now(UTC) + timedelta(days=90)
    values = {"reason": "partner", "owner": "ada", "until": until, **changes}
    made = await Rules(store.transactions).add(SEEN, 7, **values)
    assert made is not None
    return made


class Clock:
    """Stands where it is put."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Node:
    """What one worker knows."""

    def __init__(self, store: Store) -> None:
        self.clock = Clock()
        self.failures: list[str] = []
        self.precedents = Precedents(store.transactions, self.failures.append, self.clock)

    def finding(self) -> Finding:
        return self.precedents.overrule(message(), verdict()).finding


@pytest.fixture
def node(store: Store) -> Node:
    return Node(store)


async def test_without_a_rule_nothing_changes(node: Node) -> None:
    await node.precedents.refresh()
    assert verdict() == node.precedents.overrule(message(), verdict())


async def test_a_rule_lets_its_author_pass_and_says_so(store: Store, node: Node) -> None:
    rule_id = await allow(store)
    assert Finding.IMPERSONATION is node.finding()
    await node.precedents.refresh()
    allowed = node.precedents.overrule(message(), verdict())
    assert Finding.ALLOWED is allowed.finding
    assert allowed.allowance is not None
    assert (rule_id, ADDRESS) == (allowed.allowance.rule, allowed.allowance.address)
    assert verdict().asks == allowed.asks


async def test_what_is_removed_or_ends_stops_on_every_node(store: Store, node: Node) -> None:
    other = Node(store)
    rule_id = await allow(store)
    await node.precedents.refresh()
    await other.precedents.refresh()
    assert [Finding.ALLOWED] * 2 == [node.finding(), other.finding()]
    assert await Rules(store.transactions).remove(rule_id, "ada")
    assert not await Rules(store.transactions).remove(rule_id, "ada")
    await node.precedents.refresh()
    await other.precedents.refresh()
    assert [Finding.IMPERSONATION] * 2 == [node.finding(), other.finding()]
    await allow(store, until=datetime.now(UTC) - timedelta(seconds=1))
    await node.precedents.refresh()
    assert Finding.IMPERSONATION is node.finding()


async def test_a_database_that_is_away_is_believed_for_a_minute(
    store: Store, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    await allow(store)
    await node.precedents.refresh()
    assert Finding.ALLOWED is node.finding()
    with monkeypatch.context() as patch:
        patch.setattr(store.transactions, "write", away)
        await node.precedents.refresh()
        await node.precedents.refresh()
        node.clock.now += BELIEVED
        assert Finding.ALLOWED is node.finding()
        node.clock.now += 1
        assert Finding.IMPERSONATION is node.finding()
    assert ["gone"] == node.failures
    await node.precedents.refresh()
    assert Finding.ALLOWED is node.finding()
    # No use was forgotten.
    assert [2] == [rule.uses for rule in await Rules(store.transactions).all()]


async def test_what_could_not_be_read_at_the_start_is_read_once_the_database_is_back(
    store: Store, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    await allow(store)
    monkeypatch.setattr("milter.precedent.precedents.EVERY", 0.01)
    with monkeypatch.context() as patch:
        patch.setattr(Rules, "live", away)
        await node.precedents.start()
        assert Finding.IMPERSONATION is node.finding()
    for _ in range(6000):
        if node.finding() is Finding.ALLOWED:
            break
        await asyncio.sleep(0.01)
    assert Finding.ALLOWED is node.finding()
    await node.precedents.close()
    assert ["gone"] == node.failures


async def away(*_: object) -> None:
    raise TryLater("gone")


async def test_uses_are_counted_of_all_nodes(store: Store, node: Node) -> None:
    other = Node(store)
    await allow(store)
    for each in (node, other, node):
        await each.precedents.refresh()
        each.finding()
    each.finding()
    await node.precedents.refresh()
    await other.precedents.close()
    (rule,) = await Rules(store.transactions).all()
    assert 4 == rule.uses
    assert rule.last_used is not None


@dataclass
class Judge:
    """Believes the same of every mail."""

    verdict: Verdict

    async def judge(self, _message: Message, _envelope: Envelope | None) -> Verdict:
        return self.verdict


async def test_the_gate_passes_what_is_allowed_with_a_sentence_that_says_so(
    store: Store, node: Node, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_log("info")
    rule_id = await allow(store)
    await node.precedents.refresh()
    asked = replace(gate(Judge(verdict()), store, language="en"), precedents=node.precedents)

    decision = await asked.decide(message().raw, ENVELOPE)

    assert isinstance(decision, Deliver)
    top = b"".join(decision.chunks).removesuffix(message().raw)
    assert top.startswith(b"X-Vigimel-Finding: allowed\r\n")
    said = next(field.value for field in decision.edits.added if field.name == "X-Vigimel-Reason")
    assert decode_words(said).startswith(f"Let through by rule {rule_id}, which an admin made for {ADDRESS}")
    assert "finding=allowed" in (log := capsys.readouterr().err)
    assert f"rule={rule_id} action=pass" in log
    assert ADDRESS not in log
    wants_more = replace(asked, judge=Judge(verdict(AskKind.BANK_DETAILS, AskKind.NIR)))
    assert isinstance(await wants_more.decide(message().raw, ENVELOPE), Held)


async def test_the_trace_knows_the_rule(store: Store) -> None:
    allowance = Allowance(3, ADDRESS, datetime.now(UTC))
    allowed = verdict(finding=Finding.ALLOWED, allowance=allowance)
    traced = with_verdict(begin("0123456789ab", ENVELOPE, 1), message(), allowed, "pass", 1.0)
    await store.transactions.write(partial(write_rows, [traced]))

    (found,) = await Traces(store.transactions).find(Sought(finding=Finding.ALLOWED))

    assert (3, "pass") == (found.mail.rule_id, found.mail.action)


async def test_a_rule_has_an_end_and_there_are_not_too_many(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, kept = datetime.now(UTC), Rules(store.transactions)
    await allow(store, until=now + timedelta(days=9 * MAX_DAYS))
    (rule,) = await kept.all()
    assert rule.until <= datetime.now(UTC) + timedelta(days=MAX_DAYS)
    monkeypatch.setattr(rules, "MOST", 1)
    assert isinstance(SEEN, Seen)
    assert await kept.add(SEEN, 7, reason="", owner="", until=now) is None
    await kept.forget_ended(rule.until)
    assert 1 == len(await kept.all())
    await kept.forget_ended(rule.until + timedelta(days=31))
    assert () == await kept.all()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_names_rule_author_and_end(language: str) -> None:
    until = datetime(2027, 2, 26, tzinfo=UTC)
    said = reason(verdict(finding=Finding.ALLOWED, allowance=Allowance(3, ADDRESS, until)), language)
    assert all(word in said for word in ("3", ADDRESS, "2027-02-26", "Votre Assurance Maladie"))


LETTER = "Votre attestation est prête, elle vous attend dans votre espace adhérent, où vous pouvez la lire."


def copy(text: str = LETTER, host: str = "adherent.mutuelle-des-quais.example") -> Message:
    head = f"From: Votre Assurance Maladie <{ADDRESS}>\r\nSubject: Attestation\r\n\r\n"
    return Message(f"{head}{text}\r\nhttps://{host}/espace\r\n".encode())


@pytest.mark.parametrize(
    ("mail", "finding"),
    [
        (copy(LETTER.replace("lire", "voir")), Finding.ALLOWED),
        (copy(host="autre.mutuelle-des-quais.example"), Finding.IMPERSONATION),
        (copy(host="dossier.evil.example"), Finding.IMPERSONATION),
        (
            copy("Renseignez votre RIB pour recevoir la somme qui vous est due avant ce soir."),
            Finding.IMPERSONATION,
        ),
    ],
)
async def test_a_rule_for_one_letter_covers_its_copies_with_the_same_links_alone(
    store: Store, node: Node, mail: Message, finding: Finding
) -> None:
    held_id = await store.hold(replace(held(verdict()), raw=copy().raw))
    row = await store.get(held_id)
    assert row is not None
    until = datetime.now(UTC) + timedelta(days=9)
    made = await allow_author(
        store.transactions, row, who="ada", reason="partner", until=until, copies_only=True
    )
    assert isinstance(made, int)
    await node.precedents.refresh()
    assert finding is node.precedents.overrule(mail, verdict()).finding
    [rule] = await Rules(store.transactions).all()
    assert rule.letter is not None
    assert row.campaign == rule.letter.campaign_id
