"""What do the worst mails cost? Time and memory of each vector of THREATS D: `make bench-worst`.

    python -m tests.bench.worst [NAME ...]

Each mail says that it is the Assurance Maladie, so that all three questions are asked, and is judged once
in a process of its own, which has judged a mail with a file before, so that its child stands. CPU is of both;
memory is the peak of each above what it had before the mail. Exit status 1 where one is over 5 s or 200 MB.
"""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from milter.config.load import load, shipped
from milter.judge import build_judge
from milter.log.lines import configure_log
from milter.mail.message import Message
from milter.proof.dns import Resolver
from tests.bench.cost import cpu_seconds, megabytes
from tests.dns_server import DnsServer
from tests.serving import offspring
from tests.vectors.exhaustion import EXHAUSTION

LIMIT_SECONDS, LIMIT_MB = 5.0, 200.0
_GIVE_UP = 120
_WARM_UP = EXHAUSTION["D15"][1]()
_CLEAR = Path("/proc/self/clear_refs")  # 5 sets the peak back, see proc(5)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--one", action="store_true", help="judge one here, and print the figures as JSON")
    parser.add_argument("names", nargs="*")
    chosen = parser.parse_args()
    names = chosen.names or list(EXHAUSTION)
    if chosen.one:
        print(json.dumps(measure(EXHAUSTION[names[0]][1]())))
        return
    print(f"{'':<16}{'':<40}{'KB':>8}{'CPU s':>8}{'s':>8}{'RSS MB':>8}{'child':>8}  finding", flush=True)
    sys.exit(max([_row(name) for name in names]))


def measure(raw: bytes) -> dict[str, float | str]:
    """Judge this mail here."""
    configure_log("critical")
    with DnsServer() as dns, asyncio.Runner() as runner:
        judge = build_judge(load(shipped(), to_serve=False), Resolver([dns.address], timeout=2.0))
        runner.run(judge.judge(Message(_WARM_UP), None))
        _CLEAR.write_text("5")
        child = max((megabytes("VmRSS", process) for process in offspring(os.getpid())), default=0.0)
        before, cpu, began = megabytes("VmRSS"), cpu_seconds(), time.monotonic()
        verdict = runner.run(judge.judge(Message(raw), None))
        took = time.monotonic() - began
        used, peak = cpu_seconds() - cpu, megabytes("VmHWM") - before
        judge.close()
        grown = max(0.0, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024 - child)
        return {
            "kb": len(raw) / 1024, "cpu": used, "seconds": took, "rss": peak, "child": grown,
            "finding": verdict.finding.value,
        }  # fmt: skip


def _row(name: str) -> int:
    """Print the figures of one; 1 where it was over a limit or did not end well."""
    title = f"{name:<16}{EXHAUSTION[name][0]:<40}"
    command = [sys.executable, "-m", "tests.bench.worst", "--one", name]
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=_GIVE_UP)
    except subprocess.TimeoutExpired:
        print(f"{title} no verdict within {_GIVE_UP} s", flush=True)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"{title} {error.stderr.decode()[-300:].strip() or error.returncode}", flush=True)
        return 1
    found = json.loads(done.stdout)
    figures = f"{found['kb']:>8.0f}{found['cpu']:>8.2f}{found['seconds']:>8.2f}"
    figures += f"{found['rss']:>8.0f}{found['child']:>8.0f}"
    over = max(found["cpu"], 0) > LIMIT_SECONDS or max(found["rss"], found["child"]) > LIMIT_MB
    print(f"{title}{figures}  {found['finding']}{'  OVER' if over else ''}", flush=True)
    return int(over)


if __name__ == "__main__":
    main()
