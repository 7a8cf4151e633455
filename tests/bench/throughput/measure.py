"""How many mails a second, and at which cost? Each peer in turn, round by round."""

import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.throughput.site import Peer
from tests.conftest import ROOT

# Connections, and mails that each of them brings.
LOADS = {"A": (10, 20), "B": (10, 1), "C": (50, 20), "D": (50, 1)}
_WARM = 200
_LONGEST_DRAIN = 120.0


@dataclass
class Figures:
    """Of one peer under one load; a row for each round."""

    delivered: list[float] = field(default_factory=list)
    acknowledged: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Mails a second that have arrived at the next hop, the median."""
        return statistics.median(self.delivered)

    @property
    def acknowledged_rate(self) -> float:
        """Mails a second that the peer has taken, though some of them may wait in its queue."""
        return statistics.median(self.acknowledged)

    @property
    def cost(self) -> float:
        """CPU milliseconds a mail, the median."""
        return statistics.median(self.costs)


class _Sender:
    """The process that sends."""

    def __init__(self, mails: Path) -> None:
        command = [sys.executable, "-m", "tests.bench.throughput.sender", str(mails)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def send(self, port: int, number: int, load: tuple[int, int]) -> tuple[int, float, Counter[str]]:
        """How many were accepted, in how many seconds; what was said to the others."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(" ".join(map(str, (port, number, *load))) + "\n")
        self._process.stdin.flush()
        accepted, seconds, errors = json.loads(self._process.stdout.readline())
        return accepted, seconds, Counter(errors)

    def close(self) -> None:
        """Nothing more to send."""
        self._process.terminate()
        self._process.wait()


def measure(
    peers: Sequence[Peer], mails: Path, loads: Mapping[str, tuple[int, int]], rounds: int, seconds: float
) -> Iterator[tuple[str, dict[str, Figures]]]:
    """The figures of each load, as soon as it is done. Each run takes about so many seconds."""
    sender = _Sender(mails)
    try:
        for name, load in loads.items():
            figures = {peer.name: Figures() for peer in peers}
            numbers = {peer.name: _warm(sender, peer, load, seconds) for peer in peers}
            for _ in range(rounds):
                for peer in peers:
                    _run(sender, peer, load, numbers[peer.name], figures[peer.name])
            yield name, figures
    finally:
        sender.close()


def _warm(sender: _Sender, peer: Peer, load: tuple[int, int], seconds: float) -> int:
    """How many mails make a run; the peer is at its best after that."""
    accepted, took, errors = sender.send(peer.port, _WARM, load)
    if not accepted:
        raise SystemExit(f"{peer.name} takes no mail: {dict(errors)}")
    _drain(peer)
    return max(_WARM, int(accepted / took * seconds))


def _run(sender: _Sender, peer: Peer, load: tuple[int, int], number: int, figures: Figures) -> None:
    before = peer.account.seconds()
    accepted, took, errors = sender.send(peer.port, number, load)
    drained = _drain(peer)
    figures.delivered.append(accepted / (took + drained))
    figures.acknowledged.append(accepted / took)
    figures.costs.append((peer.account.seconds() - before) / max(1, accepted) * 1000)
    figures.errors += errors


def _drain(peer: Peer) -> float:
    """Wait until the peer has delivered all that it has taken; the seconds that took."""
    began = time.perf_counter()
    while peer.queued() and time.perf_counter() - began < _LONGEST_DRAIN:
        time.sleep(0.01)
    return time.perf_counter() - began
