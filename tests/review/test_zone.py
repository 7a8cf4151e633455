"""Of which clock are the times of the page? Of the zone that the operator names, and it says so."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from milter.config.options import ReviewConfig
from milter.review.app import build_app
from milter.review.overview import Span, begin, columns_of
from milter.review.review import Review
from tests.quarantine.mails import mail
from tests.review.site import PASSWORD

# Thirteen hours before UTC in November: another day for half of each.
FAR = "Pacific/Auckland"


@pytest.fixture
async def client(review: Review) -> AsyncIterator[httpx.AsyncClient]:
    await review.store.hold(mail(received=datetime(2026, 11, 24, 20, 30, tzinfo=UTC)))
    app = build_app(replace(review, config=ReviewConfig(time_zone=FAR)))
    transport = httpx.ASGITransport(app, client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="https://gate.example") as made:
        await made.post("/login", data={"name": "ada", "password": PASSWORD})
        yield made


async def test_a_page_has_the_times_of_the_zone_and_names_it(client: httpx.AsyncClient) -> None:
    for path in ("/mails", "/mails/1"):
        text = (await client.get(path)).text
        assert "25/11/2026, 09:30" in text
        assert f"Times are those of: {FAR}" in text


@pytest.mark.parametrize(
    ("day", "found"), [("2026-11-24", False), ("2026-11-25", True), ("2026-11-26", False)]
)
async def test_a_day_begins_and_ends_there(client: httpx.AsyncClient, day: str, found: bool) -> None:
    text = (await client.get(f"/mails?since={day}&until={day}")).text
    assert found is ("25/11/2026, 09:30" in text)
    # What was asked for stands in the form again, and in the links.
    assert 2 == text.count(f'value="{day}"')


async def test_who_names_no_zone_reads_which_one_the_machine_has(review: Review) -> None:
    transport = httpx.ASGITransport(build_app(review), client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="https://gate.example") as made:
        await made.post("/login", data={"name": "ada", "password": PASSWORD})
        assert f"Times are those of: {datetime.now().astimezone():%Z}" in (await made.get("/mails")).text


def test_the_columns_of_a_week_are_days_of_the_zone() -> None:
    now = datetime(2026, 11, 24, 20, 30, tzinfo=UTC)
    zone = ZoneInfo(FAR)
    since = begin(Span.WEEK, now, zone)
    assert datetime(2026, 11, 18, 11, tzinfo=UTC) == since
    late = {since - timedelta(hours=1): {"suspect": 1}, since: {"impersonation": 2}}
    times = columns_of(late, Span.WEEK, now, "en", zone)
    assert [{"impersonation": 2}, *[{}] * 6] == [time.mails for time in times]
