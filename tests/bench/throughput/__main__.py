"""Is the gateway as fast as what an admin would use instead? `make bench-throughput` (root, three minutes).

    python -m tests.bench.throughput [--rounds N] [--loads A,B] [--seconds X] [--only WORD,...]

Mails a second that arrive at the next hop, in medians of rounds in which the peers take turns, and CPU
milliseconds a mail of the peer alone. Senders, peers and next hop share all cores. Loads: A = 10 connections
with 20 mails each, B = 10 connections with one mail each, C and D the same with 50 connections.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from tests.bench.throughput.mails import make, write
from tests.bench.throughput.measure import LOADS, Figures, measure
from tests.bench.throughput.site import PROGRAMS, Peer, Site

_INSIDE = "VIGIMEL_BENCH_INSIDE"
_OURS, _OURS_ALONE, _OURS_AS_MILTER = "vigimel, 2 workers", "vigimel, 1 worker", "Postfix + vigimel as milter"
_PLAIN, _RSPAMD = "Postfix, plain relay", "Postfix + rspamd as installed"
_BARE = "bare protocol, null relay, 2 processes"
_AIOSMTPD = "aiosmtpd, null relay, 2 processes"
# DESIGN section 6, and how much of the others the gateway has to be.
_GOALS = ((_RSPAMD, 4.0), (_PLAIN, 1.0), (_AIOSMTPD, 1.0))


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--loads", default="A,B")
    parser.add_argument("--seconds", type=float, default=2.5, help="that each run takes, about")
    parser.add_argument("--only", default="", help="peers with one of these words in their name")
    chosen = parser.parse_args()
    if os.environ.get(_INSIDE) is None:
        _enter_namespace()
    # Whoever ends us wants all that we have started to end, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    words = chosen.only.split(",")
    with tempfile.TemporaryDirectory(prefix="vigimel-bench-") as directory:
        path = Path(directory)
        path.chmod(0o755)
        mails = make()
        write(mails.mails, path / "mails.json")
        with Site(path) as site:
            site.network(mails.zone)
            peers = list(_peers(site, words))
            loads = {load: LOADS[load] for load in chosen.loads.split(",")}
            for load, figures in measure(peers, path / "mails.json", loads, chosen.rounds, chosen.seconds):
                _write_table(load, figures)


def _enter_namespace() -> NoReturn:
    """Begin again where nothing but loopback is reachable, and where this process may mount."""
    places = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    missing = [name for name in PROGRAMS if shutil.which(name, path=places) is None]
    if missing or os.geteuid() != 0:
        sys.exit(f"needs root and these programs: {', '.join(missing or PROGRAMS)}")
    command = ["unshare", "--net", "--mount", sys.executable, "-m", "tests.bench.throughput", *sys.argv[1:]]
    os.execvpe(command[0], command, {**os.environ, _INSIDE: "1"})  # noqa: S606 no shell is needed


def _peers(site: Site, words: list[str]) -> Iterator[Peer]:
    """Those that are wanted, the limits first; the next hop is always there."""

    def is_wanted(name: str) -> bool:
        return any(word in name for word in words)

    sink = site.sink()
    if is_wanted(sink.name):
        yield sink
    for name, kind, port in ((_BARE, "bare", 3001), (_AIOSMTPD, "aiosmtpd", 3002)):
        if is_wanted(name):
            yield site.null_relay(name, kind, port, 2)
    for name, port, workers in ((_OURS, 4002, 2), (_OURS_ALONE, 4001, 1)):
        if is_wanted(name):
            yield site.vigimel(name, port, workers)
    entrances = {_PLAIN: (2500, "")} if is_wanted(_PLAIN) else {}
    accounts = {}
    if is_wanted(_RSPAMD):
        milter, accounts[_RSPAMD] = site.rspamd()
        entrances[_RSPAMD] = 2501, milter
    if is_wanted(_OURS_AS_MILTER):
        asked = site.vigimel("milter", 4003, 2, milter="inet:127.0.0.1:4004")
        accounts[_OURS_AS_MILTER] = asked.account
        entrances[_OURS_AS_MILTER] = 2502, "inet:127.0.0.1:4004"
    if entrances:
        yield from site.postfix(entrances, accounts)


def _write_table(load: str, figures: dict[str, Figures]) -> None:
    connections, mails = LOADS[load]
    print(f"\nload {load}: {connections} connections with {mails} mail{'s' if mails > 1 else ''} each")
    print(f"{'':<42}{'delivered/s':>12}{'(min..max)':>14}{'acknowledged/s':>16}{'CPU ms a mail':>15}")
    for name, of_peer in figures.items():
        span = f"({min(of_peer.delivered):.0f}..{max(of_peer.delivered):.0f})"
        print(
            f"{name:<42}{of_peer.rate:>12.0f}{span:>14}{of_peer.acknowledged_rate:>16.0f}{of_peer.cost:>15.2f}"
            f"{'   ERRORS: ' + str(dict(of_peer.errors)) if of_peer.errors else ''}"
        )
    ours = figures.get(_OURS)
    for name, times in _GOALS:
        if ours and name in figures:
            ratio = ours.rate / figures[name].rate
            print(
                f"  {_OURS} : {name} = {ratio:.2f} (aim {times:g}: {'met' if ratio >= times else 'MISSED'})"
            )
    if ours and _OURS_ALONE in figures:
        print(f"  2 workers : 1 worker = {ours.rate / figures[_OURS_ALONE].rate:.2f}", flush=True)


if __name__ == "__main__":
    main()
