"""Does any broken mail break us? Judges mutated mails on all cores: `make bench-mutated N=100000`.

    python -m tests.bench.mutated [-n N] [--seed S] [--jobs J] [--only NUMBER] [DIR ...]

Mail number K of a seed is always the same, while the seeds are (tests/mails, tests/vectors, and directories
if given). Prints exceptions by where they were raised, and CPU ms; mails that raised, took longer than the
limit, or were the slowest are kept in var/mutated. Exit status 1 where one raised or took too long.
Interrupted, it tells the same of those that have been judged.
"""

import argparse
import asyncio
import multiprocessing
import os
import signal
import statistics
import sys
import traceback
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from milter.config.load import load, shipped
from milter.judge import Judge, build_judge
from milter.log.lines import configure_log
from milter.mail.message import Message
from milter.proof.dns import Resolver
from milter.verdict.reason import reason
from tests.bench.cost import cpu_seconds
from tests.dns_server import DnsServer
from tests.fuzz.mutate import mutated
from tests.fuzz.seeds import seeds

LIMIT = 5.0  # seconds of CPU, DESIGN section 6
_STOP = 30.0  # where a mail is given up, so that one does not keep the others
_KEPT = Path("var/mutated")
_CHUNK = 50


@dataclass(frozen=True, slots=True)
class Result:
    """What one mail did. `raised` says where; empty for none."""

    number: int
    cpu_ms: float
    finding: str
    raised: str = ""


class _TooLongError(BaseException):
    """Past every `except` of the product."""


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("-n", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", type=int, help="write this one mail to standard output instead")
    parser.add_argument("directories", nargs="*")
    chosen = parser.parse_args()
    mails = seeds(chosen.directories)
    if chosen.only is not None:
        sys.stdout.buffer.write(mutated(mails, chosen.seed, chosen.only))
        return
    with DnsServer() as dns:
        results = run(range(chosen.n), chosen.seed, dns.address, mails, chosen.jobs)
    _keep(results, chosen.seed, mails)
    sys.exit(_tell(results, chosen.seed))


def run(
    numbers: Sequence[int], seed: int, nameserver: str, mails: Sequence[bytes], jobs: int = 1
) -> list[Result]:
    """Judge these mails of that seed, in order; in this process for one job."""
    if jobs == 1:
        _begin(seed, nameserver, mails)
        return _judge_all(numbers)
    context = multiprocessing.get_context("spawn")
    chunks = [numbers[at : at + _CHUNK] for at in range(0, len(numbers), _CHUNK)]
    found: list[Result] = []
    with ProcessPoolExecutor(jobs, context, _begin, (seed, nameserver, mails)) as pool:
        try:
            for done, some in enumerate(pool.map(_judge_all, chunks), 1):
                found += some
                if done % 100 == 0:
                    print(f"  {len(found)} of {len(numbers)}", file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            if not found:
                raise
            pool.shutdown(wait=False, cancel_futures=True)
    return found


class Worker:
    """What a process needs for its mails."""

    judge: Judge
    runner: asyncio.Runner
    seeds: Sequence[bytes]
    seed: int


def _begin(seed: int, nameserver: str, mails: Sequence[bytes]) -> None:
    configure_log("critical")
    Worker.seed, Worker.seeds = seed, mails
    Worker.runner = asyncio.Runner()
    Worker.judge = build_judge(load(shipped(), to_serve=False), Resolver([nameserver], timeout=2.0))
    Worker.runner.run(Worker.judge.judge(Message(Worker.seeds[0]), None))


def _judge_all(numbers: Iterable[int]) -> list[Result]:
    return [judge_one(number, mutated(Worker.seeds, Worker.seed, number)) for number in numbers]


def judge_one(number: int, raw: bytes) -> Result:
    """The verdict and its sentence in both languages; an exception is a result too."""
    began = cpu_seconds()
    finding = raised = ""
    signal.signal(signal.SIGPROF, _too_long)
    signal.setitimer(signal.ITIMER_PROF, _STOP)
    try:
        verdict = Worker.runner.run(Worker.judge.judge(Message(raw), None))
        finding = verdict.finding.value
        reason(verdict, "fr"), reason(verdict, "en")
    except (Exception, _TooLongError) as error:  # noqa: BLE001  to find those is what this is for
        raised = _site(error)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return Result(number, (cpu_seconds() - began) * 1000, finding, raised)


def _too_long(*_: object) -> None:
    raise _TooLongError


def _site(error: BaseException) -> str:
    """The class, and the last place of our own that it went through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/milter/" in frame.filename] or frames
    return f"{type(error).__name__} in {Path(ours[-1].filename).name}:{ours[-1].lineno} {ours[-1].name}"


def _keep(results: Sequence[Result], seed: int, mails: Sequence[bytes]) -> None:
    """Write the mails worth a look, each under its number."""
    slowest = max(results, key=lambda one: one.cpu_ms)
    wanted = {one.number for one in results if one.raised or one.cpu_ms > LIMIT * 1000}
    _KEPT.mkdir(parents=True, exist_ok=True)
    for number in [*sorted(wanted)[:50], slowest.number]:
        (_KEPT / f"{seed}-{number}.eml").write_bytes(mutated(mails, seed, number))


def _tell(results: Sequence[Result], seed: int) -> int:
    costs = sorted(one.cpu_ms for one in results)
    slow = [one for one in results if one.cpu_ms > LIMIT * 1000]
    raised = Counter(one.raised for one in results if one.raised)
    print(f"{len(results)} mutated mails (seed {seed})")
    print(f"{raised.total()} exceptions")
    for site, count in raised.most_common():
        number = next(one.number for one in results if one.raised == site)
        print(f"  {count:>6}  {site}  (first: {number})")
    print(f"{len(slow)} over the limit of {LIMIT:g} s")
    p99 = costs[min(len(costs) - 1, int(len(costs) * 0.99))]
    print(f"CPU ms a mail: median {statistics.median(costs):.1f}, p99 {p99:.1f}, max {costs[-1]:.1f}")
    slowest = sorted(results, key=lambda one: -one.cpu_ms)[:5]
    print("slowest:", ", ".join(f"{one.number} ({one.cpu_ms:.0f} ms)" for one in slowest))
    print("findings:", dict(Counter(one.finding or "-" for one in results).most_common()))
    return 1 if raised or slow else 0


if __name__ == "__main__":
    main()
