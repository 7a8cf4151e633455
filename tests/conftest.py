"""What every test may need: the shipped data, and the rule that under CI=true nothing is left out."""

import contextlib
import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

_NOTHING_LEFT_OUT = os.environ.get("CI", "").lower() == "true"

# How long an example takes, or to think of it, says how busy the machine is, and nothing of what is tried.
# Under CI=true the same is tried each time, and nothing depends on what an earlier run has kept: whoever
# changed nothing breaks nothing. Elsewhere each run tries something new.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "repeatable", settings.get_profile("untimed"), derandomize=True, database=None, print_blob=True
)
settings.load_profile("repeatable" if _NOTHING_LEFT_OUT else "untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out, with the reason, what this machine cannot run."""
    for item in items:
        for reason in _missing(item):
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_itemcollected(item: pytest.Item) -> None:
    """Have `-k W17` find the tests that say so."""
    for marker in item.iter_markers("threat"):
        item.extra_keyword_matches.update(marker.args)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under CI=true a test that was left out has failed; an expected failure (xfail) has not."""
    report = yield
    if _NOTHING_LEFT_OUT and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was left out, and CI=true: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole module that left itself out."""
    report = yield
    if _NOTHING_LEFT_OUT and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} was left out, and CI=true"
    return report


def _missing(item: pytest.Item) -> Generator[str]:
    for marker in item.iter_markers("needs"):
        for program in marker.args:
            if shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is None:
                yield f"{program} is not installed (run make test as root on Debian)"
    for marker in item.iter_markers("needs_root"):
        if os.geteuid() != 0:
            yield f"must be root: {', '.join(map(str, marker.args)) or 'starts a real server'}"


@pytest.fixture
def checkout() -> Path:
    """The directory of the checkout."""
    return ROOT


@contextlib.contextmanager
def nobody() -> Iterator[None]:
    """What root may read, he may not."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
