"""Admins are told that somebody waits for an answer: soon, once, and not with each of many requests."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from milter.config.language import LANGUAGES
from milter.digest.post import DigestPost
from milter.quarantine.requests import Decision, Request, Requests
from milter.quarantine.store import Store
from milter.report.asked import notice
from milter.report.post import Post
from milter.report.written import as_html, as_text
from tests.digest.parts import ADA, EVE, NOW, URL, held_for
from tests.digest.parts import config as digest_config
from tests.digest.test_post import asked
from tests.quarantine.mails import hop
from tests.report.test_post import TO, arrived, config
from tests.report.test_written import HELD

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


async def told(store: Store, directory: Path, mails: int) -> None:
    """So many mails of Ada and Eve are held, and both have their digest."""
    for number in range(mails):
        await store.hold(held_for(ADA, EVE, subject=f"Number {number}"))
    next_hop = hop(f"maildir:{directory}/digests")
    await DigestPost(store, next_hop, digest_config(), b"key").work(NOW)


def post(store: Store, next_hop: str, **report: object) -> Post:
    return Post(store, hop(next_hop), config(daily="", **report), (), b"key")


async def test_who_waits_is_named_once_and_whoever_comes_after_him_in_the_next_hour(
    store: Store, tmp_path: Path
) -> None:
    await told(store, tmp_path, 2)
    first, second = post(store, f"maildir:{tmp_path}/box"), post(store, f"maildir:{tmp_path}/box")
    await first.send_due(NOW)
    assert [] == arrived(tmp_path / "box")

    await asked(store, 1)
    await asyncio.gather(*(one.send_due(NOW) for one in (first, second, first)))
    mails = arrived(tmp_path / "box")
    assert TO == sorted(str(one["To"]) for one in mails)
    assert "Vigimel\N{NO-BREAK SPACE}: 1 demande d'un destinataire" == mails[0]["Subject"]

    await asked(store, 2)
    await first.send_due(NOW + MINUTE)
    assert len(TO) == len(arrived(tmp_path / "box"))
    await second.send_due(NOW + HOUR)
    await first.send_due(NOW + 2 * HOUR)
    assert 2 * len(TO) == len(arrived(tmp_path / "box"))


async def test_of_what_is_answered_already_nobody_is_told(store: Store, tmp_path: Path) -> None:
    await told(store, tmp_path, 1)
    request = await asked(store)
    await Requests(store.transactions).decide(request.id, Decision.DENIED, "rosa")
    await post(store, f"maildir:{tmp_path}/box").send_due(NOW)

    assert [] == arrived(tmp_path / "box")


async def test_a_notice_that_could_not_be_sent_is_tried_again(sqlite_store: Store, tmp_path: Path) -> None:
    await told(sqlite_store, tmp_path, 1)
    await asked(sqlite_store)
    sender = post(sqlite_store, "smtp://127.0.0.1:1")
    await sender.send_due(NOW)
    sender.next_hop = hop(f"maildir:{tmp_path}/box")
    await sender.send_due(NOW + 11 * MINUTE)

    assert len(TO) == len(arrived(tmp_path / "box"))


async def test_who_wants_no_notice_gets_none(sqlite_store: Store, tmp_path: Path) -> None:
    await told(sqlite_store, tmp_path, 1)
    await asked(sqlite_store)
    await post(sqlite_store, f"maildir:{tmp_path}/box", on_request=False).send_due(NOW)

    assert [] == arrived(tmp_path / "box")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notice_has_links_to_the_page_alone(language: str) -> None:
    request = Request(3, HELD.id, "x<script>@www.evil.example", NOW, Decision.OPEN, None, "", "")
    made = notice([(request, HELD)] * 2, language, f"{URL}/", None)

    for said in (as_text(made), as_html(made)):
        assert f"{URL}/requests" in said
        assert f"{URL}/mails/{HELD.id}" in said
        assert "www.evil" not in said
    assert "<script>" not in as_html(made)
