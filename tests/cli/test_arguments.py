"""Times that are typed: one that means nothing is refused in words, and none ends in a traceback."""

from datetime import UTC, datetime, timedelta

import pytest
import typer

from milter.cli.arguments import moment
from milter.report.figures import Period


@pytest.mark.parametrize(
    "text", ["24h", "7d", "999999w", "2026-01-02", "1990-01-01", "0001-01-02", "0900-06-01"]
)
def test_a_time_that_was_has_one_as_long_before_it(text: str) -> None:
    now = datetime.now(UTC)
    assert Period(moment(text), now).before.since < moment(text) < now


@pytest.mark.parametrize("text", ["9999-12-31", "tomorrow", "", "0001-01-01T00:00:00+14:00", "-1d", "1y"])
def test_one_that_is_none_or_still_to_come_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        moment(text)


def test_tomorrow_is_still_to_come() -> None:
    with pytest.raises(typer.BadParameter, match="still to come"):
        moment((datetime.now(UTC) + timedelta(days=1)).isoformat())
