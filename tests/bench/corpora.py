"""What would the gateway say of mail that real people got? `make bench-corpora CORPORA=dir`.

    python -m tests.bench.corpora DIR

Runs `vigimel judge --json` over each folder of DIR, with the DNS of tests/zone. What is expected goes by the
name of the folder: of `*ordinary*` none quarantined and none tagged; of `*other-brands*` none taken for one
that impersonates the Assurance Maladie; of every folder that each mail is judged. Exit status 1 where not.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tests.dns_server import DnsServer

_TOUCHED = ("suspect", "impersonation", "undecided")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("corpora", type=Path)
    chosen = parser.parse_args()
    counts = f"{'mails':>7}{'not judged':>12}{'quarantine':>12}{'tag':>6}"
    print(f"{'':<28}{counts}{'median':>8}{'p99':>8}{'max':>8}   CPU ms")
    with DnsServer() as dns:
        wrong = [_row(folder, dns.address) for folder in sorted(chosen.corpora.iterdir()) if folder.is_dir()]
    sys.exit(int(any(wrong)))


def _row(folder: Path, nameserver: str) -> bool:
    """Print the figures of one folder and the mails judged wrongly; True where something was wrong."""
    reports, not_judged = judge(folder, nameserver)
    actions = Counter(report["action"] for report in reports)
    costs = sorted(report["cpu_ms"] for report in reports) or [0.0]
    p99 = costs[min(len(costs) - 1, int(len(costs) * 0.99))]
    figures = f"{len(reports):>7}{len(not_judged):>12}{actions['quarantine']:>12}{actions['tag']:>6}"
    times = f"{statistics.median(costs):>8.1f}{p99:>8.1f}{costs[-1]:>8.1f}"
    print(f"{folder.name:<28}{figures}{times}", flush=True)
    clean = "ordinary" in folder.name or "other-brands" in folder.name
    wrong = [report for report in reports if clean and report["finding"] in _TOUCHED]
    for report in wrong:
        print(f"    {report['finding']}: {report['file']}: {report['reason'][:200]}")
    for line in not_judged:
        print(f"    {line}")
    return bool(wrong or not_judged)


def judge(folder: Path, nameserver: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The report of each mail, and what was said of those that could not be judged."""
    command = [sys.executable, "-m", "milter", "judge", "--json", "--jobs", "0", "--nameserver", nameserver]
    # The progress bar goes to standard error, as do the mails that could not be judged.
    done = subprocess.run(
        [*command, str(folder)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TERM": "dumb"},
    )
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr.splitlines()


if __name__ == "__main__":
    main()
