"""The same on the other ways of a mail: over LMTP, into a Maildir, and through the milter."""

from collections.abc import Iterator

import pytest

from tests.crash.points import FailPoint, Way, points
from tests.crash.site import Site
from tests.crash.trial import kill_at, kill_under_load, stop_under_load

OTHERS: tuple[Way, ...] = ("lmtp", "maildir", "milter")
EACH = [(way, point) for way in OTHERS for point in points(way) if point.kind != "release"]
# Where a way has points of its own, or a reply of its own kind.
OWN = [(way, point) for way, point in EACH if point not in points("smtp")]
OWN += [("lmtp", point) for point in points("lmtp") if point.name.endswith("next hop")]
names = [f"{way}-{point.file}" for way, point in OWN]


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Way, Site]]:
    """A site for each way; pytest keeps them until the module is over."""
    running: dict[Way, Site] = {}
    try:
        for way in OTHERS:
            running[way] = Site(tmp_path_factory.mktemp(way), way).__enter__()
        yield running
    finally:
        for site in running.values():
            site.__exit__()


@pytest.mark.parametrize(("way", "point"), OWN, ids=names)
def test_a_worker_that_is_killed_there_loses_no_mail(
    sites: dict[Way, Site], way: Way, point: FailPoint
) -> None:
    row = kill_at(sites[way], point, 2 if point.kind == "both" else 1)

    assert () == row.outcome.lost
    assert row.outcome.duplicates <= row.allowed
    assert row.kills == row.outcome.acknowledged


@pytest.mark.parametrize("way", OTHERS)
def test_processes_that_are_killed_under_load_lose_no_mail(sites: dict[Way, Site], way: Way) -> None:
    row = kill_under_load(sites[way], 2, 1, "a process")

    assert () == row.outcome.lost
    assert row.outcome.duplicates <= row.allowed
    assert 0 == sites[way].downstream.torn


@pytest.mark.parametrize("way", OTHERS)
def test_a_gateway_that_is_stopped_under_load_loses_and_doubles_no_mail(
    sites: dict[Way, Site], way: Way
) -> None:
    row = stop_under_load(sites[way], 1)

    assert () == row.outcome.lost
    assert row.outcome.duplicates <= row.allowed
