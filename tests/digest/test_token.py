"""Tokens: what opens a link, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.digest.token import Token, form_token, has_form_token, hash_of, new_secret
from milter.quarantine.told import Told

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SECRET = "a-Secret_of-43-characters-that-is-not-random"[:43]
TOLD = Told(7, 3, "ada@d.example", hash_of(SECRET, 3, "ada@d.example"), NOW, None)
TOKEN = Token(7, SECRET)


def test_a_token_is_read_as_it_was_written() -> None:
    assert TOKEN == Token.read(str(TOKEN))
    assert TOKEN.opens(TOLD)
    assert SECRET not in repr(TOKEN)


@pytest.mark.parametrize(
    "other",
    [
        replace(TOLD, mail_id=4),
        replace(TOLD, recipient="eve@d.example"),
        replace(TOLD, id=8),
        replace(TOLD, token_hash=""),
        replace(TOLD, token_hash=hash_of(new_secret(), 3, "ada@d.example")),
    ],
)
def test_it_opens_only_the_mail_and_the_recipient_that_it_is_for(other: Told) -> None:
    assert not TOKEN.opens(other)


@pytest.mark.parametrize(
    "text",
    ["", "7", "7-", f"07-{SECRET}", f"-7-{SECRET}", f"7-{SECRET}\n", f" 7-{SECRET}", f"\u0667-{SECRET}"],
)
def test_nothing_else_is_read(text: str) -> None:
    assert Token.read(text) is None


@given(st.text() | st.from_regex(r"[0-9]{1,20}-[A-Za-z0-9_=-]{40,45}"))
def test_any_text_can_be_read(text: str) -> None:
    found = Token.read(text)
    assert found is None or (str(found) == text and not found.opens(TOLD))


def test_a_form_is_ours_for_an_hour_and_for_its_link() -> None:
    mark = form_token(b"key", TOKEN, NOW)
    assert has_form_token(b"key", TOKEN, mark, NOW + timedelta(minutes=59))
    assert not has_form_token(b"key", TOKEN, mark, NOW + timedelta(minutes=61))
    assert not has_form_token(b"key", Token(7, new_secret()), mark, NOW)
    assert not has_form_token(b"other", TOKEN, mark, NOW)


@given(st.none() | st.integers() | st.text() | st.from_regex(r"[0-9]{10,11}-[0-9a-f]{64}"))
def test_any_form_can_be_sent(given_one: object) -> None:
    assert not has_form_token(b"key", TOKEN, given_one, NOW)
