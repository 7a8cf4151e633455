"""A mail of ours is known again, and nobody else can write one."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.message import Message
from milter.quarantine.seal import FIELD, is_sealed, sealed, secret_of
from milter.quarantine.store import Store

KEY = b"k" * 32
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TO = ("ada@town-hall.example", "vera@town-hall.example")
MAIL = b"From: vigimel@gate.example\r\nSubject: Report\r\n\r\nVotre Assurance Maladie\r\n"
OURS = sealed(KEY, MAIL, TO, NOW)


def holds(raw: bytes, to: tuple[str, ...] = TO, key: bytes = KEY, now: datetime = NOW) -> bool:
    return is_sealed(key, Message(raw), to, now)


def test_a_mail_of_ours_is_known_again_to_each_of_its_recipients() -> None:
    assert OURS.endswith(MAIL)
    assert holds(OURS)
    assert holds(OURS, TO[:1])
    assert holds(OURS, ("ADA@town-hall.example",))


def test_a_mail_of_traces_alone_is_nobodys() -> None:
    assert not holds(b"Received: from a by b; now\r\n\r\nVotre Assurance Maladie\r\n")
    assert not holds(b"")


@pytest.mark.parametrize(
    "above",
    [
        b"Received: from a by b; now\r\n",
        b"Return-Path: <>\r\nDelivered-To: ada@town-hall.example\r\nReceived: from a\r\n\tby b; now\r\n",
    ],
)
def test_servers_on_the_way_may_leave_their_traces(above: bytes) -> None:
    assert holds(above + OURS)


@pytest.mark.parametrize(
    "forged",
    [
        MAIL,
        b"From: Votre Assurance Maladie <a@evil.example>\r\n" + OURS,
        b"Subject: Votre remboursement\r\n" + OURS,
        b"From : Votre Assurance Maladie <a@evil.example>\r\n" + OURS,
        b"Received: x\r\nFrom: y\r\n" + OURS,
        b" From: y\r\n" + OURS,
        b"\r\n" + OURS,
        b"From x\r\n" + OURS,
        OURS.replace(b"Subject: Report", b"Subject: report"),
        OURS.replace(b"Maladie\r\n", b"Maladie \r\n"),
        OURS + b"more\r\n",
        OURS.replace(b"; ", b";", 1).replace(b";", b"9;", 1),
        OURS.replace(FIELD.encode(), b"X-Other"),
        f"{FIELD}: 99999999999; {'0' * 64}\r\n".encode() + MAIL,
        f"{FIELD}: 99999999999;\r\n".encode() + MAIL,
        f"{FIELD}:\r\n".encode() + OURS,
    ],
)
def test_what_is_changed_or_written_by_others_is_not_ours(forged: bytes) -> None:
    assert not holds(forged)


@pytest.mark.parametrize("above", [b"From x\r\n", b" From: y\r\n"])
def test_the_field_stands_below_what_must_stay_above_it_and_holds_without(above: bytes) -> None:
    assert above + OURS == sealed(KEY, above + MAIL, TO, NOW)
    assert not holds(above + OURS)


def test_it_is_for_its_recipients_its_time_and_its_key_only() -> None:
    assert not holds(OURS, ("victim@elsewhere.example",))
    assert not holds(OURS, (TO[0], "victim@elsewhere.example"))
    assert not holds(OURS, ())
    assert not holds(OURS, now=NOW + timedelta(days=6))
    assert not holds(OURS, key=b"another key")


@given(st.binary(max_size=200), st.integers(0, len(OURS)))
def test_no_bytes_whatever_raise_or_pass(junk: bytes, at: int) -> None:
    changed = OURS[:at] + junk + OURS[at:]

    assert not holds(junk)
    assert holds(changed) in ({True} if not junk else {True, False})
    if at > OURS.index(b"From:"):
        assert holds(changed) is (not junk)


async def test_gateways_of_one_database_have_one_secret(store: Store) -> None:
    first, *others = await asyncio.gather(*(secret_of(store.transactions) for _ in range(5)))

    assert 32 == len(first)
    assert {first} == set(others)


def test_a_long_mail_is_read_once_however_many_recipients_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bytes] = []
    sha256 = hashlib.sha256

    def noting(octets: bytes = b"") -> "hashlib._Hash":
        read.append(octets)
        return sha256(octets)

    many = tuple(f"reader{number}@town-hall.example" for number in range(50))
    ours = sealed(KEY, MAIL, many, NOW)
    monkeypatch.setattr(hashlib, "sha256", noting)

    assert holds(ours, many)
    assert 1 == read.count(MAIL)
