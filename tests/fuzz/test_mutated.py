"""A small run of `make bench-mutated`: no broken mail breaks the judge."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from milter.mail.message import Message
from milter.proof.proof import Proof
from tests.bench import mutated as mutated_bench
from tests.bench.mutated import LIMIT, Result, judge_one, run
from tests.dns_server import DnsServer
from tests.fuzz.mutate import MUTATIONS, mutated
from tests.fuzz.seeds import vectors
from tests.vectors.lure import plain_mail


def test_no_mutated_mail_raises_out_of_the_judge_or_takes_too_long() -> None:
    with DnsServer() as dns:
        results = run(range(300), 1, dns.address, vectors())

    assert 300 == len(results)
    assert [] == [one for one in results if one.raised]
    assert [] == [one for one in results if one.cpu_ms > LIMIT * 1000]


def test_what_raises_is_told_with_its_place() -> None:
    async def breaks(*_: object) -> Proof:
        raise RuntimeError

    with DnsServer() as dns:
        run(range(1), 1, dns.address, vectors())
    mutated_bench.Worker.judge = replace(mutated_bench.Worker.judge, prove=breaks)
    result = judge_one(7, plain_mail(b"From: Ameli <x@evil.example>\r\n"))

    assert (7, "") == (result.number, result.finding)
    assert result.raised.startswith("RuntimeError in judge.py:")


def test_a_mail_of_a_seed_is_always_the_same() -> None:
    mails = vectors()

    assert [mutated(mails, 7, number) for number in range(50)] == [
        mutated(mails, 7, number) for number in range(50)
    ]
    assert mutated(mails, 7, 1) != mutated(mails, 8, 1)


def test_the_mutations_bring_every_kind_of_mail() -> None:
    """Some still have their author, some have defects, and few are what they were."""
    mails = vectors()
    made = [mutated(mails, 1, number) for number in range(300)]

    assert len(MUTATIONS) > 20
    assert sum(raw in mails for raw in made) < 30
    assert sum(bool(Message(raw).defects) for raw in made) > 30
    assert sum(Message(raw).first("from") is not None for raw in made) > 150


def test_a_long_run_that_is_interrupted_tells_of_what_was_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = [Result(0, 1.0, "unrelated")]

    class Interrupted(ThreadPoolExecutor):
        def map(self, *_: object, **__: object) -> Iterator[Any]:
            yield judged
            raise KeyboardInterrupt

    monkeypatch.setattr(mutated_bench, "ProcessPoolExecutor", lambda jobs, *_: Interrupted(jobs))

    assert judged == run(range(100_000), 1, "", vectors(), jobs=2)
