"""What does the gateway take of the memory, and who waits while it reads a large mail? `make bench-memory`.

    python -m tests.bench.memory [--workers N] [--idle N] [--megabytes N]

Resident memory of each process as the kernel counts it (RSS, shared pages counted in each; PSS, shared among
those who have them), then the same with idle connections, then the peak while one large mail is taken. While
that mail is under way, another client of the same worker says NOOP again and again: the longest it waited.
"""

import argparse
import contextlib
import resource
import socket
import tempfile
import threading
import time
from base64 import encodebytes
from collections.abc import Iterator
from pathlib import Path
from random import Random

from tests.bench.cost import megabytes, proportional
from tests.cli.command import ORDINARY
from tests.serving import Gateway, configured, offspring, serving

# The last two are for who says NOOP again and again.
_SMTP = """\
max_connections = 30000
max_message_size = 104857600
idle_timeout = 600.0
max_commands_without_mail = 1000000000
max_time_without_mail = 3600.0
"""


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--idle", type=int, default=2000)
    parser.add_argument("--megabytes", type=int, default=25)
    chosen = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(chosen.idle + 100, hard), hard))
    with _gateway(chosen.workers) as gateway:
        _processes(gateway)
        _idle(gateway, chosen.idle)
    for text in (False, True):
        with _gateway(chosen.workers) as gateway:
            _large(gateway, chosen.megabytes, text=text)


@contextlib.contextmanager
def _gateway(workers: int) -> Iterator[Gateway]:
    """One that has taken a mail, and nothing else."""
    with tempfile.TemporaryDirectory() as directory:
        config = Path(directory) / "vigimel.toml"
        config.write_text(configured(workers=workers, smtp=_SMTP))
        with serving(config) as gateway:
            _send(gateway, ORDINARY)
            yield gateway


def _processes(gateway: Gateway) -> None:
    print(f"{'process':<48}{'RSS MB':>10}{'PSS MB':>10}")
    rows = [("watcher", gateway.process.pid), ("keeper", gateway.pids("keeper")[0])]
    rows += [(role, pid) for role in ("reader", "worker") for pid in gateway.pids(role)]
    for name, pid in rows:
        print(f"{name:<48}{megabytes('VmRSS', pid):>10.1f}{proportional(pid):>10.1f}")
    total = sum(proportional(pid) for pid in (gateway.process.pid, *offspring(gateway.process.pid)))
    print(f"{'all together':<48}{'':>10}{total:>10.1f}")


def _idle(gateway: Gateway, count: int) -> None:
    before = _workers(gateway, "VmRSS")
    with contextlib.ExitStack() as stack:
        for _ in range(count):
            client = socket.create_connection((gateway.address.host, gateway.address.port), timeout=60)
            stack.enter_context(client)
            with client.makefile("rb") as replies:
                greeting = replies.readline()
                assert greeting.startswith(b"220 "), greeting
                client.sendall(b"NOOP\r\n")
                replies.readline()
        more = _workers(gateway, "VmRSS") - before
    print(f"{f'{count} idle connections, more':<48}{more:>10.1f}   {more * 1000 / count:.0f} KB each")


def _large(gateway: Gateway, size: int, *, text: bool) -> None:
    mail = _mail(size, text=text)
    workers = gateway.pids("worker")
    for pid in workers:
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    before = _workers(gateway, "VmRSS")
    waits: list[float] = []
    done = threading.Event()
    others = [threading.Thread(target=_knock_on, args=(gateway, waits, done)) for _ in range(len(workers))]
    for other in others:
        other.start()
    _send(gateway, mail)
    done.set()
    for other in others:
        other.join()
    more = _workers(gateway, "VmHWM") - before
    of_children = sum(megabytes("VmHWM", child) for pid in gateway.pids("reader") for child in offspring(pid))
    kind = "text" if text else "attachment"
    print(f"{f'{len(mail) / 1e6:.0f} MB mail ({kind}), more at the peak':<48}{more:>10.1f}", end="")
    print(
        f"   {more * 1e6 / len(mail):.1f} x its size; longest NOOP beside it {max(waits) * 1000:.0f} ms",
        end="",
    )
    print(f"; child that reads it {of_children:.0f} MB" if of_children else "; no child needed")


def _knock_on(gateway: Gateway, waits: list[float], done: threading.Event) -> None:
    with gateway.smtp() as client:
        while not done.is_set():
            began = time.monotonic()
            client.noop()
            waits.append(time.monotonic() - began)


def _mail(size: int, *, text: bool) -> bytes:
    head, _, body = ORDINARY.partition(b"\r\n\r\n")
    if text:
        return ORDINARY + b"We see you at noon, as every day of the week.\r\n" * (size * 1_000_000 // 47)
    random = Random(1).randbytes(size * 1_000_000 * 3 // 4)
    file = encodebytes(random).replace(b"\n", b"\r\n")
    parts = (
        head + b"\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=B\r\n",
        b"--B\r\n\r\n" + body,
        b"--B\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n" + file,
        b"--B--\r\n",
    )
    return b"\r\n".join(parts)


def _send(gateway: Gateway, mail: bytes) -> None:
    with gateway.smtp() as client:
        client.sendmail("from@client.example", ["to@town-hall.example"], mail)


def _workers(gateway: Gateway, field: str) -> float:
    return sum(megabytes(field, pid) for pid in gateway.pids("worker"))


if __name__ == "__main__":
    main()
