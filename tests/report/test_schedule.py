"""When a report is due, by the clock on the wall."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from milter.config.options.report import ReportConfig
from milter.report.schedule import due

PARIS = ZoneInfo("Europe/Paris")


def config(**options: object) -> ReportConfig:
    return ReportConfig.model_validate({"time_zone": "Europe/Paris", **options})


def test_the_daily_report_is_due_at_its_time_and_not_before() -> None:
    moment = datetime(2026, 11, 24, 7, 0, tzinfo=PARIS)
    (before,) = due(config(), moment - timedelta(seconds=1))
    (at,) = due(config(), moment)

    assert ("daily 2026-11-23", "daily 2026-11-24") == (before.name, at.name)
    assert (moment - timedelta(days=1), moment) == (at.period.since, at.period.until)


def test_the_weekly_report_is_due_on_its_day() -> None:
    both = due(config(weekly="mon 08:30"), datetime(2026, 11, 26, 12, 0, tzinfo=UTC))

    assert ["daily 2026-11-26", "weekly 2026-11-23"] == [one.name for one in both]
    assert timedelta(days=7) == both[1].period.until - both[1].period.since
    (early,) = due(config(weekly="mon 08:30", daily=""), datetime(2026, 11, 23, 8, 0, tzinfo=PARIS))
    assert "weekly 2026-11-16" == early.name


def test_nothing_is_due_where_nothing_is_wanted() -> None:
    assert () == due(config(daily="", weekly=""), datetime.now(UTC))


@pytest.mark.parametrize("day", [datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)])
@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Martinique", "Indian/Reunion", ""])
def test_each_day_has_one_report_also_where_the_clock_is_set(day: datetime, zone: str) -> None:
    names: list[str] = []
    for minute in range(0, 4 * 24 * 60, 10):
        (one,) = due(config(daily="02:30", time_zone=zone), day + timedelta(minutes=minute))
        if not names or names[-1] != one.name:
            names.append(one.name)

    assert sorted(set(names)) == names
    assert len(names) in {4, 5}


@pytest.mark.parametrize(
    "wrong",
    [
        {"daily": "24:00"},
        {"daily": "7:00"},
        {"weekly": "mo 07:00"},
        {"time_zone": "Mars/X"},
        {"to": ["x"]},
        {"to": ["a@b.example\r\nX: y"]},
    ],
)
def test_what_cannot_be_kept_to_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        ReportConfig.model_validate(wrong, strict=False)
