"""A rule covers the author it is for, and nothing that the released mail did not do."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.brand.promise import AskKind
from milter.claim.claim import Likeness
from milter.mail.domain import Domain
from milter.mail.message import Message
from milter.precedent.rule import NoRule, Rule, Seen, basis_of, seen_in
from milter.proof.proof import Attestation, Proof
from milter.quarantine.held import Held, HeldMail
from milter.quarantine.rows import held_of, row_of
from milter.quarantine.schema import held_mail
from milter.verdict.verdict import Verdict
from tests.precedent.partner import ADDRESS, DOMAIN, held, message, verdict

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)


def basis(believed: Verdict, address: str = ADDRESS) -> Seen | NoRule:
    """What a rule from such a mail would compare with, as the store gives the mail back."""
    return basis_of(stored(held(believed, address)))


def stored(mail: HeldMail, **changes: Any) -> Held:
    """The mail as it comes back from the store."""
    row: Any = {**dict.fromkeys(held_mail.c.keys()), **row_of(mail).values, "id": 1, "delivered": []}
    row |= changes
    return held_of(row)


def rule(**changes: Any) -> Rule:
    seen = basis(verdict())
    assert isinstance(seen, Seen)
    made = Rule(1, seen, 1, "partner", "ada", NOW, NOW + timedelta(days=90))
    return replace(made, **changes)


def is_covered(believed: Verdict, address: str = ADDRESS, *, by: Rule | None = None) -> bool:
    seen = seen_in(message(address), believed)
    return seen is not None and (by or rule()).covers(seen, NOW)


def test_the_same_mail_is_covered_again() -> None:
    assert is_covered(verdict())
    assert is_covered(verdict(AskKind.LINK))
    assert is_covered(verdict(likeness=Likeness.VOICE))
    assert is_covered(verdict(), ADDRESS.upper())


@pytest.mark.parametrize(
    ("why", "believed"),
    [
        ("it proves nothing", verdict(signed_by=())),
        ("somebody else signed it", verdict(signed_by=("autre.example",))),
        ("a sister signed it", verdict(signed_by=("a." + DOMAIN,))),
        ("it wants what the released mail did not", verdict(AskKind.LINK, AskKind.NIR)),
        ("it looks more like the organisation", verdict(likeness=Likeness.LOOKALIKE_DOMAIN)),
        ("it shows an official address", verdict(likeness=Likeness.OFFICIAL_ADDRESS)),
        ("a part of it cannot be read", verdict(unreadable=frozenset({"encrypted"}))),
        ("it can be read in two ways", verdict(ambiguous=frozenset({"bare_cr"}))),
    ],
)
def test_more_than_the_released_mail_is_not_covered(why: str, believed: Verdict) -> None:
    assert not is_covered(believed), why


@pytest.mark.parametrize(
    "address", ["autre@" + DOMAIN, ADDRESS + ".fr", "x" + ADDRESS, f"a@a.example>, <{ADDRESS}", ""]
)
def test_nobody_else_is_covered(address: str) -> None:
    assert not is_covered(verdict(), address)


def test_a_rule_ends() -> None:
    assert not is_covered(verdict(), by=rule(until=NOW))


def test_another_organisation_is_not_covered() -> None:
    assert not is_covered(verdict(), by=rule(seen=replace(rule().seen, brand="other")))


def test_what_a_trusted_server_saw_signed_is_proof_of_the_author() -> None:
    seen = frozenset({Domain(DOMAIN)})
    attested = verdict(proof=Proof(Domain(DOMAIN), attested=Attestation("list.example", seen)))
    assert is_covered(attested)
    assert isinstance(basis(attested), Seen)
    unsure = Proof(Domain(DOMAIN), attested=Attestation("list.example", seen, certain=False))
    assert not is_covered(verdict(proof=unsure))


@pytest.mark.parametrize(
    ("why", "believed", "address"),
    [
        (NoRule.NO_PROOF, verdict(signed_by=()), ADDRESS),
        (NoRule.NO_PROOF, verdict(), "a@autre.example"),
        (NoRule.NO_PROOF, verdict(), "adherents"),
        (NoRule.MASKED, verdict(), f"255081416802538@{DOMAIN}"),
        (NoRule.OFFICIAL, verdict(likeness=Likeness.OFFICIAL_ADDRESS), ADDRESS),
        (NoRule.SECRETS, verdict(AskKind.CREDENTIALS, AskKind.NIR, AskKind.LINK), ADDRESS),
    ],
)
def test_of_some_mail_no_rule_is_made(why: NoRule, believed: Verdict, address: str) -> None:
    assert why is basis(believed, address)


def test_a_sister_domain_under_a_shared_suffix_proves_nothing_of_the_author() -> None:
    """Relaxed alignment takes them for one organization, and they are strangers."""
    believed = verdict(signed_by=("mallory.github.io",))
    assert NoRule.NO_PROOF is basis(believed, "alice@alice.github.io")
    assert seen_in(message("alice@alice.github.io"), believed) is None


@pytest.mark.parametrize("report", ["", "{}", "[]", "no JSON", '{"claim": [], "proof": 1, "asks": {}}'])
def test_of_a_mail_whose_grounds_are_gone_no_rule_is_made(report: str) -> None:
    assert NoRule.NOT_KEPT is basis_of(stored(held(verdict()), report=report))


_JSON = st.recursive(
    st.none() | st.text() | st.integers(),
    lambda x: st.lists(x) | st.dictionaries(st.sampled_from(["kind", "vouching", "likeness", "by"]), x),
)


@given(claim=_JSON, proof=_JSON, asks=_JSON, odd=_JSON)
def test_grounds_of_any_form_can_be_asked(claim: object, proof: object, asks: object, odd: object) -> None:
    report = json.dumps({"claim": claim, "proof": proof, "asks": asks, "unreadable": odd})
    assert basis_of(stored(held(verdict()), report=report))


@given(st.binary(max_size=200))
def test_any_author_can_be_asked_for(raw: bytes) -> None:
    seen_in(Message(b"From: " + raw), verdict())
