"""What is lost and what comes twice when the gateway is killed? A table row for each way to kill it."""

import asyncio
import itertools
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Literal

from milter.config import NextHopConfig
from milter.quarantine.release import release
from milter.quarantine.store import Store
from milter.relay.next_hop import next_hop
from tests.conftest import ROOT
from tests.crash.mails import fraud, ordinary, with_a_file, with_a_picture
from tests.crash.points import FailPoint, Fate
from tests.crash.sender import Mail, Sender
from tests.crash.site import Outcome, Site
from tests.serving import eventually

SENDERS = 6
# Who is killed: a process, the one that watches the others, or all of them.
Victim = Literal["a process", "its watcher", "all of it"]


@dataclass(frozen=True, slots=True)
class Row:
    """A way to kill it, how often that was done, and how many duplicates that may have made."""

    name: str
    kills: int
    outcome: Outcome
    allowed: int

    @property
    def is_good(self) -> bool:
        """Nothing lost, no duplicate too many."""
        return not self.outcome.lost and self.outcome.duplicates <= self.allowed


def kill_at(site: Site, point: FailPoint, times: int = 1, fates: tuple[Fate, ...] = ("process",)) -> Row:
    """One sender with one mail at a time, so that each kill can double one mail at most."""
    if point.kind == "release":
        return _kill_release(site, point, times)
    names: set[str] = set()
    for number in range(times):
        fate = fates[number % len(fates)]
        name = site.name()
        names.add(name)
        is_fraud = point.kind == "fraud" or (point.kind == "both" and number % 2 == 0)
        site.arm(point, fate)
        sender = site.sender([(name, fraud(name) if is_fraud else ordinary(name, large=True))])
        site.wait_for_failure(point, fate)
        sender.join()
        assert not sender.permanent, sender.permanent
    return Row(f"{site.way}: {point.name}", times, site.outcome(names), times if point.may_duplicate else 0)


def _kill_release(site: Site, point: FailPoint, times: int) -> Row:
    """The command that releases dies; what it left is put right as the keeper does, and released again."""
    names = {site.name() for _ in range(times)}
    site.sender([(name, fraud(name)) for name in sorted(names)]).join()
    for number in [number for number, name in site.held() if name in names]:
        site.arm(point, "process")
        done = subprocess.run(
            site.command("quarantine", "release", str(number)), capture_output=True, cwd=ROOT, check=False
        )
        assert done.returncode < 0, done.stderr
        assert not site.is_armed(point), point.name
        asyncio.run(_release_again(site, number))
    outcome = site.outcome(names)
    # They are in the quarantine, too: what is released stays there until it is too old.
    released = Outcome(
        outcome.acknowledged,
        outcome.delivered,
        outcome.held,
        tuple(names - set(site.hop.names())),
        outcome.delivered - times,
    )
    return Row(f"{site.way}: {point.name}", times, released, times if point.may_duplicate else 0)


async def _release_again(site: Site, number: int) -> None:
    store = await Store.open(site.directory / "quarantine.db")
    try:
        await store.recover(older_than=timedelta(0))
        hop = next_hop(NextHopConfig(url=site.hop.url), "gw.example")
        await release(store, hop, number)
    finally:
        await store.close()


def kill_under_load(site: Site, times: int, seed: int, victim: Victim) -> Row:
    """Kill at moments that nobody has chosen, while many send."""
    chance = random.Random(seed)
    names: set[str] = set()
    senders = [site.sender(_endless(site, names)) for _ in range(SENDERS)]
    for _ in range(times):
        _wait_for_more(senders, chance.randrange(3, 20))
        time.sleep(chance.random() / 50)
        if victim == "a process":
            site.kill_one(chance)
        else:
            (site.kill if victim == "all of it" else site.kill_watcher)()
            site.start()
    _end(senders)
    # Each sender may have had one mail between its end and our 250, at each kill.
    return Row(f"{site.way}: under load, {victim}", times, site.outcome(names), times * SENDERS)


_KINDS: tuple[Callable[[str], bytes], ...] = (
    fraud,
    partial(ordinary, large=True),
    ordinary,
    with_a_file,
    partial(ordinary, large=True),
    ordinary,
    fraud,
    with_a_picture,
    ordinary,
    fraud,
    partial(ordinary, large=True),
    ordinary,
)


def _endless(site: Site, names: set[str]) -> Iterator[Mail]:
    for number in itertools.count():
        name = site.name()
        names.add(name)
        yield name, _KINDS[number % len(_KINDS)](name)


def _wait_for_more(senders: list[Sender], more: int) -> None:
    wanted = sum(sender.acknowledged for sender in senders) + more
    eventually(lambda: sum(sender.acknowledged for sender in senders) >= wanted, "nothing goes on")


def _end(senders: list[Sender]) -> None:
    for sender in senders:
        sender.stops = True
    for sender in senders:
        sender.join()
        assert not sender.permanent, sender.permanent


def stop_under_load(site: Site, times: int) -> Row:
    """SIGTERM while many send, and a start again: what is under way ends, so nothing is doubled."""
    names: set[str] = set()
    senders = [site.sender(_endless(site, names)) for _ in range(SENDERS)]
    for _ in range(times):
        _wait_for_more(senders, 10)
        status, log = site.gateway.stop()
        assert status == 0, log[-2000:]
        site.see_that_nothing_is_left()
        site.start()
    _end(senders)
    return Row(f"{site.way}: stopped under load", times, site.outcome(names), 0)
