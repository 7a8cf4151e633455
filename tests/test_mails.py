"""Every mail in tests/mails is judged as its case.toml says.

A mail we got wrong becomes a folder before it becomes a fix; what is known to be wrong stays in as a strict
expected failure: the day it is right, `known_wrong` must go.
"""

import asyncio
from collections.abc import Iterator

import pytest

from milter.config.load import load, shipped
from milter.judge import Judge, build_judge
from milter.mail.message import Message
from milter.proof.dns import Resolver
from tests.cases import Case, read_cases
from tests.dns_server import DnsServer

CASES = read_cases()
PARAMETERS = [
    pytest.param(case, id=case.name, marks=pytest.mark.needs(*sorted(case.needs))) for case in CASES
]


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    """The shipped judge, with the test keys in its DNS."""
    with DnsServer() as dns:
        yield build_judge(load(shipped(), to_serve=False), Resolver([dns.address], timeout=60.0))


@pytest.mark.parametrize("case", PARAMETERS)
def test_mail(case: Case, judge: Judge, request: pytest.FixtureRequest) -> None:
    """The finding is one of those that are right, and every ask of the case is seen."""
    if case.known_wrong:
        request.applymarker(pytest.mark.xfail(strict=True, reason=case.known_wrong))

    verdict = asyncio.run(judge.judge(Message(case.raw), None))

    assert verdict.finding.value in case.finding, (case.path / "case.toml").read_text()
    assert case.asks <= {ask.kind.value for ask in verdict.asks}


def test_there_are_as_many_frauds_as_honest_mails_about_and_enough_of_both() -> None:
    """Half and half, give or take a tenth."""
    frauds = sum(case.kind == "fraud" for case in CASES)

    assert len(CASES) >= 60
    assert 0.4 < frauds / len(CASES) < 0.6
