"""What came in the last hours, days, weeks? The figures of the dashboard.

Raises TryLater when the database is away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from babel.dates import format_date

from milter.report.schedule import moment_of
from milter.review.charts import Column
from milter.trace.find import Traces
from milter.trace.tally import Counts, whole_hour
from milter.verdict.verdict import AGAINST

FOUND = tuple(finding.value for finding in AGAINST)
_DAYS = {"24h": 1, "7d": 7, "30d": 30}
_LAST = timedelta(hours=24)


class Span(StrEnum):
    """How far the dashboard looks back."""

    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"


@dataclass(frozen=True, slots=True)
class Overview:
    """What came. `times` counts what was found, hour by hour or day by day; `stopped` are the official
    senders that proved themselves for a month and did not in the last 24 hours."""

    counts: Counts
    times: Sequence[Column]
    sender_domains: Mapping[str, int]
    targets: Mapping[str, int]
    unlisted: Mapping[str, int]
    stopped: Sequence[str]


async def overview(
    traces: Traces, span: Span, now: datetime, language: str, zone: tzinfo | None = None
) -> Overview:
    """The figures until now; days are those of the time zone (None: that of this machine)."""
    since = begin(span, now, zone)
    by_hour = await traces.findings_by_hour(since, now)
    return Overview(
        counts=await traces.counts(since, now),
        times=columns_of(by_hour, span, now, language, zone),
        sender_domains=await traces.sender_domains(since, now),
        targets=await traces.targets(since, now),
        unlisted=await traces.unlisted_senders(since, now),
        stopped=await traces.stopped_proving(now - _LAST, now),
    )


def is_kept(span: Span, days: int) -> bool:
    """True where rows, which are kept so many days, go back to the beginning of the span."""
    return _DAYS[span] <= days


def begin(span: Span, now: datetime, zone: tzinfo | None = None) -> datetime:
    """When the span began: 24 whole hours with this one, or so many days with today."""
    if span is Span.DAY:
        return whole_hour(now) - timedelta(hours=23)
    return moment_of(now.astimezone(zone).date() - timedelta(days=_DAYS[span] - 1), time(), zone)


def columns_of(
    by_hour: Mapping[datetime, Mapping[str, int]],
    span: Span,
    now: datetime,
    language: str,
    zone: tzinfo | None = None,
) -> tuple[Column, ...]:
    """What was found in each hour or day, also where it was nothing."""
    since = begin(span, now, zone)
    if span is Span.DAY:
        hours = [since + timedelta(hours=number) for number in range(24)]
        return tuple(
            Column(f"{hour.astimezone(zone):%H:%M}", _found(by_hour.get(hour, {}))) for hour in hours
        )
    first = since.astimezone(zone).date()
    days: dict[date, dict[str, int]] = {first + timedelta(days=n): {} for n in range(_DAYS[span])}
    for hour, mails in by_hour.items():
        day = days.get(hour.astimezone(zone).date(), {})
        for finding, count in _found(mails).items():
            day[finding] = day.get(finding, 0) + count
    return tuple(Column(format_date(day, "d MMM", locale=language), mails) for day, mails in days.items())


def _found(mails: Mapping[str, int]) -> dict[str, int]:
    return {finding: mails[finding] for finding in FOUND if finding in mails}
