"""What would the gateway say of these mails? The command `vigimel judge`."""

import asyncio
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, TypeAlias

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from milter.action.action import choose
from milter.cli.mails import Place, Unreadable, find_mails
from milter.cli.report import Report, report
from milter.cli.terminal import say, shown, warn
from milter.cli.texts import TEXTS
from milter.config import Config
from milter.errors import TryLater
from milter.gate import JUDGE_SECONDS, guarded
from milter.judge import Judge
from milter.log.lines import configure_log
from milter.mail.message import Message
from milter.serve import prepare_judge
from milter.verdict.verdict import Verdict

_WARM_UP = b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n<a href='https://c.example/'>c</a>"

Outcome: TypeAlias = Report | Unreadable


@dataclass(frozen=True, slots=True)
class Setting:
    """By what is judged: a configuration, and what stands in for a part of it."""

    config: Path
    nameservers: tuple[str, ...] = ()
    brands: Path | None = None


@dataclass(frozen=True, slots=True)
class Bench:
    """One judge at work in one process; a mail at a time, so that each one's cost is its own."""

    config: Config
    judge: Judge
    runner: asyncio.Runner

    # The one of a worker process, set when that begins.
    mine: ClassVar["Bench"]

    @classmethod
    def open(cls, setting: Setting) -> "Bench":
        """Raises ConfigError."""
        configure_log("warning")
        judge = prepare_judge(setting.config, setting.nameservers, setting.brands)
        bench = cls(*judge, asyncio.Runner())
        # What is loaded on first use, as the public suffix list, is not the cost of the first mail.
        bench.runner.run(bench.judge.judge(Message(_WARM_UP), None))
        return bench

    def outcome(self, place: Place | Unreadable) -> Outcome:
        """What there is to say of this mail. Raises nothing."""
        if isinstance(place, Unreadable):
            return place
        try:
            raw = place.read()
        except OSError as error:
            return Unreadable(place.name, error.strerror or str(error))
        language = self.config.policy.language
        began = time.process_time()
        verdict = self.runner.run(guarded(shown(place.name), self._verdict(raw), lambda _: None))
        cost = (time.process_time() - began) * 1000
        if verdict is None:
            return Unreadable(place.name, TEXTS[language]["see_above"])
        return report(place.name, verdict, choose(verdict, self.config.policy), language, cost)

    async def _verdict(self, raw: bytes) -> Verdict | None:
        try:
            async with asyncio.timeout(JUDGE_SECONDS):
                return await self.judge.judge(Message(raw), None)
        except TimeoutError:
            raise TryLater(f"no verdict within {JUDGE_SECONDS:g} s") from None


def judge_paths(
    setting: Setting,
    paths: Sequence[str],
    *,
    write: Callable[[Report, str], str],
    jobs: int,
) -> int:
    """Say of each mail, in order, what `write` makes of its report in the language of the policy.

    0 when all were judged, 1 when one could not be. Raises ConfigError.
    """
    bench = Bench.open(setting)
    language = bench.config.policy.language
    places = list(find_mails(paths))
    if not places:
        warn(TEXTS[language]["no_mails"].format(paths=shown(" ".join(paths))))
    all_judged = True
    # Where standard output is the terminal too, its lines go above the bar and not through it.
    with progress(redirect_stdout=sys.stdout.isatty()) as shows:
        bar = shows.add_task("", total=len(places))
        for outcome in outcomes(bench, places, setting, jobs or os.cpu_count() or 1):
            if isinstance(outcome, Unreadable):
                all_judged = False
                warn(TEXTS[language]["not_judged"].format(name=shown(outcome.name), why=shown(outcome.why)))
            else:
                say(write(outcome, language))
            shows.advance(bar)
    return 0 if all_judged else 1


def outcomes(
    bench: Bench, places: Sequence[Place | Unreadable], setting: Setting, jobs: int
) -> Iterator[Outcome]:
    """What there is to say of each place, in order, worked out by so many processes."""
    if jobs == 1 or len(places) < 2:
        yield from map(bench.outcome, places)
        return
    # Spawned, not forked: the progress bar runs in a thread, and a fork would copy its locks.
    context = multiprocessing.get_context("spawn")
    done = 0
    with ProcessPoolExecutor(min(jobs, len(places)), context, _begin_work, (setting,)) as pool:
        try:
            for outcome in pool.map(_work, places, chunksize=max(1, min(16, len(places) // jobs))):
                yield outcome
                done += 1
        except BrokenProcessPool:
            yield Unreadable(places[done].name, TEXTS[bench.config.policy.language]["worker_died"])
        finally:
            pool.shutdown(cancel_futures=True)


def _begin_work(setting: Setting) -> None:
    # Ctrl-C reaches the whole group; the parent says when to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Bench.mine = Bench.open(setting)


def _work(place: Place | Unreadable) -> Outcome:
    return Bench.mine.outcome(place)


def progress(*, redirect_stdout: bool) -> Progress:
    """A bar on standard error, where that is a terminal."""
    return Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
        redirect_stdout=redirect_stdout,
        redirect_stderr=redirect_stdout,
        transient=True,
    )
