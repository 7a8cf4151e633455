"""Is an acknowledged mail ever lost? `make test-crash KILLS=200` kills the gateway so often, and counts.

    python -m tests.crash.run [--kills N] [--seed N]

Mail goes four ways: by SMTP to an SMTP server, to an LMTP server and into a Maildir, and through the milter.
Half of the kills are spread over the named fail points of each, one mail at a time, every third of them a
kill of the whole gateway; the others come at random under load: to one process, be it a child that reads a
file or the one that these come from; to the one that watches; and to all of them. Senders and the next hop
keep journals, which are reconciled with the quarantine, and whenever a gateway has ended no process of it may
live on. Exit status 1 where a mail was lost, or doubled where that cannot be.
"""

import argparse
import math
import sys
import tempfile
import time
from pathlib import Path

from tests.crash.points import WAYS, Fate, Way, points
from tests.crash.site import Site
from tests.crash.trial import Row, Victim, kill_at, kill_under_load, stop_under_load

_HEAD = ("kills", "acknowledged", "delivered", "held", "lost", "duplicates", "allowed")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}")
    print(f"{'killed':<54}" + "".join(f"{word:>14}" for word in _HEAD), flush=True)
    torn, rows = 0, []
    for number, way in enumerate(WAYS):
        with tempfile.TemporaryDirectory() as directory, Site(Path(directory), way) as site:
            rows += _try(site, way, chosen.kills, chosen.seed + number)
            torn += site.downstream.torn
    _total(rows)
    if torn:
        print(f"{torn} mails reached the next hop in part")
    sys.exit(int(bool(torn) or not all(row.is_good for row in rows)))


def _try(site: Site, way: Way, kills: int, seed: int) -> list[Row]:
    """Every way has as many kills for each of its points, and its part of those by chance."""
    at_points = math.ceil(kills / 2 / sum(len(points(each)) for each in WAYS))
    by_chance = max(3, kills // 2 // len(WAYS))
    fates: tuple[Fate, ...] = ("process", "process", "gateway")
    rows = [_shown(kill_at(site, point, at_points, fates)) for point in points(way)]
    whole = max(1, by_chance // 6)
    one = by_chance - 2 * whole
    shares: tuple[tuple[Victim, int], ...] = (
        ("a process", one),
        ("its watcher", whole),
        ("all of it", whole),
    )
    rows += [_shown(kill_under_load(site, times, seed, victim)) for victim, times in shares]
    rows.append(_shown(stop_under_load(site, max(1, kills // 40 // len(WAYS)))))
    return rows


def _shown(row: Row) -> Row:
    figures = (
        row.kills,
        row.outcome.acknowledged,
        row.outcome.delivered,
        row.outcome.held,
        len(row.outcome.lost),
        row.outcome.duplicates,
        row.allowed,
    )
    print(f"{row.name:<54}" + "".join(f"{figure:>14}" for figure in figures), flush=True)
    if row.outcome.lost:
        print(f"    lost: {' '.join(row.outcome.lost)}")
    return row


def _total(rows: list[Row]) -> None:
    kills = sum(row.kills for row in rows)
    acknowledged = sum(row.outcome.acknowledged for row in rows)
    lost = sum(len(row.outcome.lost) for row in rows)
    duplicates = sum(row.outcome.duplicates for row in rows)
    print(f"{kills} kills and stops, {acknowledged} acknowledged, {lost} lost, {duplicates} duplicates")


if __name__ == "__main__":
    main()
