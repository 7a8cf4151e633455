"""Does anything grow with the number of mails? `make soak N=200000`.

    python -m tests.bench.soak [-n N] [--sessions S] [--seed SEED] [--reloads]

Sends mails through a gateway of two workers to a next hop that counts: of 20, about 16 are ordinary, one is a
fraud and three are broken (half of these with their line ends mended, so that they get past the door). After
each fortieth part (5,000 mails of 200,000) it prints what a process of each kind has, the larger one of two
workers: resident memory (RSS, pages that several have counted in each; PSS, shared among them);
and all of the kind together: descriptors, threads, children, and the resident memory of these.
With --reloads the configuration is read again after each, by turns a good one and one that is refused, and
what follows begins when those who leave have left.

Memory is flat where a worker has at the end at most 5 % more (RSS) than after the first quarter: by then the
memories of mails before have filled for the most part, and what grows with the number of mails would have
another three quarters to show (of 200,000 mails: a shorter run ends while they fill, and is called not flat;
with --reloads, where workers are young, the same is asked of the one that watches).
The slope is that of the straight line through the second half.
Exit status 1 where a mail was lost, memory is not flat, or a process is left over in the end.
"""

import argparse
import asyncio
import contextlib
import itertools
import random
import re
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import linear_regression

from tests.bench.cost import megabytes, proportional
from tests.bench.sink import Sink
from tests.cases import read_cases
from tests.dns_server import DnsServer
from tests.fuzz.mutate import mutated
from tests.serving import Gateway, children, configured, eventually, lives, running, serving

_STEPS = 40
# The slow ones (pictures to be read, bombs) are the subject of bench-worst and bench-mutated.
_LARGEST = 64 * 1024
_MAILS_PER_SESSION = 50
_LINE_END = re.compile(rb"\r\n|\r|\n")
_HEAD = ("RSS MB", "PSS MB", "descriptors", "threads", "children", "RSS of these")
# Of the resident memory of a worker after the first quarter, at the end.
_MOST_GROWTH = 1.05

Pick = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Sample:
    """What the processes of each kind have after so many mails."""

    mails: int
    figures: dict[str, tuple[float, ...]]


@dataclass(slots=True)
class Run:
    """Numbers to be sent, replies that came, samples that were taken."""

    number: int
    pick: Pick
    port: int
    replies: Counter[str] = field(default_factory=Counter)
    next: int = 0

    @property
    def answered(self) -> int:
        """How many mails have had their last reply."""
        return sum(self.replies.values())


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("-n", type=int, default=200_000)
    parser.add_argument("--sessions", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reloads", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, DnsServer() as dns, Sink() as sink:
        config = Path(name) / "vigimel.toml"
        hop = f"smtp://127.0.0.1:{sink.port}"
        quiet = '[log]\nlevel = "warning"'
        config.write_text(configured(next_hop=hop, nameserver=dns.address, more=quiet))
        with serving(config) as gateway:
            run = Run(chosen.n, _picker(chosen.seed), gateway.address.port)
            reload = _reloader(gateway, config) if chosen.reloads else None
            samples = asyncio.run(_soak(run, gateway, chosen.sessions, reload))
            gateway.stop()
        left = running(str(config))
        held = _held(config.parent / "quarantine.db")
    is_flat = _judge(samples, "watcher" if chosen.reloads else "worker")
    print(f"replies: {dict(run.replies.most_common())}; delivered {sink.mails}, held {held}")
    lost = run.replies["250"] - sink.mails - held
    print(f"{lost} lost" if lost >= 0 else f"{-lost} more arrived than were acknowledged")
    print(f"processes left over: {len(left)}")
    sys.exit(int(lost > 0 or bool(left) or not is_flat))


def _picker(seed: int) -> Pick:
    cases = [case for case in read_cases() if not case.holdout]
    frauds = [case.raw for case in cases if "impersonation" in case.finding]
    others = [case.raw for case in cases if "impersonation" not in case.finding]
    ordinary = [raw for raw in others if len(raw) <= _LARGEST]
    everything = [raw for raw in frauds + others if len(raw) <= _LARGEST]

    def pick(number: int) -> bytes:
        chance = random.Random(f"{seed} {number}")
        kind = chance.randrange(20)
        if kind == 0:
            return chance.choice(frauds)
        if kind > 3:
            return chance.choice(ordinary)
        broken = mutated(everything, seed, number)[:_LARGEST]
        return _LINE_END.sub(b"\r\n", broken.replace(b"\0", b"")) if kind > 1 else broken

    return pick


def _reloader(gateway: Gateway, config: Path) -> Callable[[], None]:
    """What has the configuration read again, by turns as it is and with what nobody knows in it."""
    good = config.read_text()
    turns = itertools.cycle((good, f"{good}[nonsense]\n"))

    def reload() -> None:
        text, old = next(turns), children(gateway.process.pid)
        refused = gateway.log.count("event=reload_refused")
        config.write_text(text)
        gateway.send(signal.SIGHUP)
        if text == good:
            eventually(lambda: not any(map(lives, old)), "the old ones stay")
        else:
            eventually(lambda: gateway.log.count("event=reload_refused") > refused)

    return reload


async def _soak(run: Run, gateway: Gateway, sessions: int, reload: Callable[[], None] | None) -> list[Sample]:
    tasks = [asyncio.create_task(_send(run)) for _ in range(sessions)]
    print(f"{'mails':>9}{'a second':>10}  {'process':<10}" + "".join(f"{word:>14}" for word in _HEAD))
    samples = []
    began = time.monotonic()
    for step in range(1, _STEPS + 1):
        while run.answered < run.number * step // _STEPS:
            await asyncio.sleep(0.2)
            for task in tasks:
                if task.done():
                    task.result()
        samples.append(_sample(gateway, run.answered))
        _show(samples[-1], run.answered / (time.monotonic() - began))
        if reload is not None:
            await asyncio.to_thread(reload)
    await asyncio.gather(*tasks)
    return samples


async def _send(run: Run) -> None:
    while run.next < run.number:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", run.port)
            with contextlib.closing(writer):
                await _session(run, reader, writer)


async def _session(run: Run, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _reply(reader)
    await _ask(reader, writer, b"EHLO client.example\r\n")
    for _ in range(_MAILS_PER_SESSION):
        if run.next >= run.number:
            break
        run.next += 1
        mail = run.pick(run.next)
        code = ""
        for command in (b"MAIL FROM:<a@client.example>", b"RCPT TO:<b@town-hall.example>", b"DATA"):
            code = await _ask(reader, writer, command + b"\r\n")
        if code == "354":
            stuffed = (b"\r\n" + mail).replace(b"\r\n.", b"\r\n..")[2:]
            code = await _ask(reader, writer, stuffed + b"\r\n.\r\n")
        run.replies[code] += 1
    await _ask(reader, writer, b"QUIT\r\n")


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, octets: bytes) -> str:
    writer.write(octets)
    return await _reply(reader)


async def _reply(reader: asyncio.StreamReader) -> str:
    while (line := await reader.readuntil(b"\n"))[3:4] == b"-":
        pass
    return line[:3].decode()


def _sample(gateway: Gateway, mails: int) -> Sample:
    figures = {role: _figures(gateway.pids(role)) for role in ("worker", "keeper", "reader")}
    return Sample(mails, {**figures, "watcher": _figures([gateway.process.pid])})


def _figures(pids: list[int]) -> tuple[float, ...]:
    below = [child for pid in pids for child in children(pid)]
    return (
        max(megabytes("VmRSS", pid) for pid in pids),
        max(map(proportional, pids)),
        sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in pids),
        sum(len(list(Path(f"/proc/{pid}/task").iterdir())) for pid in pids),
        len(below),
        sum(megabytes("VmRSS", pid) for pid in below),
    )


def _show(sample: Sample, rate: float) -> None:
    for role, figures in sample.figures.items():
        front = f"{sample.mails:>9}{rate:>10.0f}" if role == "worker" else " " * 19
        print(f"{front}  {role:<10}" + "".join(f"{figure:>14.1f}" for figure in figures), flush=True)


def _judge(samples: list[Sample], longest_lived: str) -> bool:
    """Print how memory grew; True where that of the kind that lives longest is flat."""
    quarter, second_half = samples[len(samples) // 4 - 1], samples[len(samples) // 2 :]
    mails = [float(sample.mails) for sample in second_half]
    for role in samples[0].figures:
        slope = linear_regression(mails, [sample.figures[role][0] for sample in second_half]).slope
        print(f"{role}: {slope * 100_000:+.2f} MB RSS in 100,000 mails, by the second half")
    growth = samples[-1].figures[longest_lived][0] / quarter.figures[longest_lived][0]
    is_flat = growth <= _MOST_GROWTH
    print(f"{'flat' if is_flat else 'not flat'}: {growth - 1:+.1%} RSS since {quarter.mails} mails")
    return is_flat


def _held(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as database:
        return int(database.execute("SELECT count(*) FROM held_mail").fetchone()[0])


if __name__ == "__main__":
    main()
