"""The short run of `make test-crash`: what was acknowledged is somewhere, whoever was killed where."""

import re
from pathlib import Path

import pytest

from tests import crash
from tests.crash.mails import fraud, ordinary
from tests.crash.points import FailPoint, install, points
from tests.crash.site import Site
from tests.crash.trial import Row, kill_at, kill_under_load, stop_under_load

ON_THE_WAY = [point for point in points("smtp") if point.kind != "release"]
each = pytest.mark.parametrize("point", ON_THE_WAY, ids=lambda point: point.file)


def large_ordinary(name: str) -> bytes:
    return ordinary(name, large=True)


def nothing_is_lost(row: Row) -> None:
    assert () == row.outcome.lost
    assert row.outcome.duplicates <= row.allowed


@each
def test_a_worker_that_is_killed_there_loses_no_mail(site: Site, point: FailPoint) -> None:
    row = kill_at(site, point, 2 if point.kind == "both" else 1)

    nothing_is_lost(row)
    assert row.kills == row.outcome.acknowledged


def test_a_gateway_that_is_killed_after_its_commit_loses_no_mail(site: Site) -> None:
    (point,) = (point for point in ON_THE_WAY if point.name == "after the commit")

    nothing_is_lost(kill_at(site, point, fates=("gateway",)))


@pytest.mark.parametrize(
    "point", [p for p in points("smtp") if p.kind == "release"], ids=lambda point: point.file
)
def test_a_release_that_is_killed_there_ends_with_the_reader(site: Site, point: FailPoint) -> None:
    nothing_is_lost(kill_at(site, point))


def test_processes_that_are_killed_under_load_lose_no_mail(site: Site) -> None:
    nothing_is_lost(kill_under_load(site, 6, 1, "a process"))
    assert 0 == site.downstream.torn


def test_a_gateway_that_is_killed_under_load_loses_no_mail(site: Site) -> None:
    nothing_is_lost(kill_under_load(site, 1, 1, "all of it"))
    assert 0 == site.downstream.torn


def test_a_gateway_whose_watcher_is_killed_under_load_ends_and_loses_no_mail(site: Site) -> None:
    nothing_is_lost(kill_under_load(site, 1, 1, "its watcher"))
    assert 0 == site.downstream.torn


def test_a_gateway_that_is_stopped_under_load_loses_and_doubles_no_mail(site: Site) -> None:
    nothing_is_lost(stop_under_load(site, 1))


# THREATS R12.
@each
def test_a_fault_of_ours_there_is_a_451_without_its_words_and_the_session_goes_on(
    site: Site, point: FailPoint
) -> None:
    names = [site.name() for _ in range(2)]
    make = fraud if point.kind == "fraud" else large_ordinary
    site.arm(point, "exception")
    sender = site.sender([(name, make(name)) for name in names])
    sender.join()

    assert not site.is_armed(point)
    # Where no answer can be given the connection ends, which the sender understands as well.
    told = [] if "our 250" in point.name else ["451 4.3.0 Mail system not ready, try again later"]
    assert told == sender.temporary
    assert [] == sender.permanent
    outcome = site.outcome(set(names))
    assert () == outcome.lost
    assert outcome.duplicates <= point.may_duplicate


def test_what_tries_each_row_of_the_threats_is_there(checkout: Path) -> None:
    named = re.findall(r"[a-z_/]+\.py", crash.__doc__ or "")

    assert len(named) > 20
    assert [] == [name for name in named if "/" in name and not (checkout / "tests" / name).exists()]


def test_a_fail_point_whose_function_is_gone_is_an_error(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = FailPoint("gone", "both", "before", "milter.relay.smtp:SmtpSession.no_such_function")
    monkeypatch.setattr("tests.crash.points.POINTS", (gone,))

    with pytest.raises(AttributeError, match="no_such_function"):
        install(site.armed)
