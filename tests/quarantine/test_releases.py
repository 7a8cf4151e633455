"""A mail that was released is known when it comes again, and nothing else is taken for it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from milter.mail.message import Message
from milter.quarantine.release import release
from milter.quarantine.releases import Releases, _number
from milter.quarantine.schema import held_mail
from milter.quarantine.store import Store
from tests.quarantine.mails import MAIL, RAW, hop, mail

BOTH = MAIL.envelope.forward_paths
ON_TOP = b"Received: from a by b; Tue, 24 Nov 2026 08:30:00 +0000\r\n"


def again(mail_id: int, raw: bytes = RAW) -> Message:
    """The mail as it comes back from the servers behind us."""
    return Message(ON_TOP + b"X-Vigimel-Released: %d\r\n" % mail_id + raw)


@pytest.fixture
async def released(store: Store, tmp_path: Path) -> int:
    mail_id = await store.hold(MAIL)
    await release(store, hop(f"maildir:{tmp_path}/maildir"), mail_id)
    return mail_id


async def test_a_released_mail_is_known_for_its_recipients(store: Store, released: int) -> None:
    releases = Releases(store.transactions)

    assert released == await releases.find(again(released), BOTH)
    assert released == await releases.find(again(released), ("C@D.example",))


async def test_nobody_else_gets_it(store: Store, released: int) -> None:
    assert None is await Releases(store.transactions).find(again(released), (*BOTH, "other@d.example"))


@pytest.mark.parametrize("raw", [RAW + b"x", RAW.replace(b"From: x", b"From: y"), RAW[:-3], b""])
async def test_another_mail_is_not_taken_for_it(store: Store, released: int, raw: bytes) -> None:
    assert None is await Releases(store.transactions).find(again(released, raw), BOTH)


async def test_a_mail_that_waits_or_was_deleted_is_not_released(store: Store) -> None:
    releases = Releases(store.transactions)
    mail_id = await store.hold(MAIL)

    assert None is await releases.find(again(mail_id), BOTH)
    await store.delete(mail_id)
    assert None is await releases.find(again(mail_id), BOTH)
    assert None is await releases.find(again(mail_id + 1), BOTH)


async def test_while_it_is_being_released_it_is_known_whoever_gets_it(store: Store) -> None:
    mail_id = await store.hold(MAIL)
    await store.begin_release(mail_id, "token")

    assert mail_id == await Releases(store.transactions).find(again(mail_id), ("admin@d.example",))


async def test_a_release_of_long_ago_is_none(store: Store, released: int) -> None:
    past = datetime.now(UTC) - timedelta(days=8)
    change = update(held_mail).where(held_mail.c.id == released).values(changed=past)
    await store.transactions.write(lambda connection: connection.execute(change))

    assert None is await Releases(store.transactions).find(again(released), BOTH)


async def test_a_mail_without_the_field_asks_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(type(store.transactions), "read")

    assert None is await Releases(store.transactions).find(Message(RAW), BOTH)
    assert None is await Releases(store.transactions).find(Message(b"X-Vigimel-Released: x1\r\n" + RAW), BOTH)


async def test_only_a_few_such_fields_are_asked_about(store: Store, released: int) -> None:
    many = b"".join(b"X-Vigimel-Released: %d\r\n" % (released + n) for n in range(1, 4))

    assert None is await Releases(store.transactions).find(Message(many + again(released).raw), BOTH)


@given(st.binary(max_size=100))
def test_any_field_has_a_number_or_none(value: bytes) -> None:
    for field in Message(b"X-Vigimel-Released: " + value + b"\r\n\r\n").fields:
        number = _number(field)
        assert number is None or 0 <= number < 10**15


async def test_the_held_bytes_are_those_below_the_field(store: Store, tmp_path: Path) -> None:
    mail_id = await store.hold(mail(raw=b"Subject: a\r\n\r\nb\r\n"))
    await release(store, hop(f"maildir:{tmp_path}/maildir"), mail_id)
    (path,) = (tmp_path / "maildir" / "new").iterdir()

    assert mail_id == await Releases(store.transactions).find(Message(path.read_bytes()), BOTH)
