"""When is a report due, and of which time is it? Pure: the time is an argument.

A report is due once for each day or week that its wall clock shows, also where the clock is set forward over
its time (it is sent an hour later) or back (it is sent at the first of the two).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Protocol
from zoneinfo import ZoneInfo

from milter.report.figures import Period

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Schedule(Protocol):
    """When something is due: options of the configuration."""

    @property
    def daily(self) -> str:
        """A time of the day; empty: never."""

    @property
    def weekly(self) -> str:
        """A day of the week and a time; empty: never."""

    @property
    def time_zone(self) -> str:
        """Of these times; empty: that of this machine."""


@dataclass(frozen=True, slots=True)
class Due:
    """A report that was due. `name` is the same on every gateway and at every try."""

    name: str
    at: datetime
    period: Period


def zone_of(name: str) -> tzinfo | None:
    """The time zone of this name; None for that of this machine."""
    return ZoneInfo(name) if name else None


def due(config: Schedule, now: datetime) -> tuple[Due, ...]:
    """The newest daily and the newest weekly report whose time has come. What was missed before them stays
    missed: after a week without the gateway nobody wants seven mails."""
    return tuple(_due(config, now))


def _due(config: Schedule, now: datetime) -> Iterator[Due]:
    zone = zone_of(config.time_zone)
    today = now.astimezone(zone).date()
    if config.daily:
        yield _newest("daily", [today - timedelta(days=n) for n in range(3)], config.daily, 1, now, zone)
    if config.weekly:
        day, _, at = config.weekly.partition(" ")
        back = (today.weekday() - _DAYS.index(day)) % 7
        days = [today - timedelta(days=back + 7 * n) for n in range(3)]
        yield _newest("weekly", days, at, 7, now, zone)


def _newest(name: str, days: list[date], at: str, length: int, now: datetime, zone: tzinfo | None) -> Due:
    clock = time.fromisoformat(at)
    day = next(day for day in days if moment_of(day, clock, zone) <= now)
    until = moment_of(day, clock, zone)
    since = moment_of(day - timedelta(days=length), clock, zone)
    return Due(f"{name} {day.isoformat()}", until, Period(since, until))


def moment_of(day: date, at: time, zone: tzinfo | None) -> datetime:
    """When it is so late on that day in this zone (None: that of this machine), in UTC."""
    naive = datetime.combine(day, at)
    # fold=0: the first of two that are called so; of one that is left out, the one an hour later.
    local = naive.replace(tzinfo=zone) if zone else naive.astimezone()
    return local.astimezone(UTC)
