"""The process that children come from: they end with it and with who asked for them; nothing stays of any."""

import contextlib
import os
import signal
from pathlib import Path

from tests.serving import Gateway, children, eventually, lives, offspring
from tests.workers.test_processes import LONG


def test_a_child_at_work_ends_with_its_worker(gateway: Gateway) -> None:
    with gateway.smtp() as client:
        client.sendmail("a@client.example", ["b@town-hall.example"], LONG)
    (reader,) = gateway.pids("reader")
    (child,) = offspring(reader)
    # It cannot see by itself that nobody listens to it.
    os.kill(child, signal.SIGSTOP)

    for worker in gateway.pids("worker"):
        os.kill(worker, signal.SIGKILL)

    eventually(lambda: not lives(child))
    assert [reader] == gateway.pids("reader")


def test_a_killed_reader_takes_its_children_with_it_and_another_one_reads(gateway: Gateway) -> None:
    (reader,) = gateway.pids("reader")
    with gateway.smtp() as client:
        client.sendmail("a@client.example", ["b@town-hall.example"], LONG)
        (child,) = offspring(reader)
        os.kill(child, signal.SIGSTOP)

        os.kill(reader, signal.SIGKILL)
        eventually(lambda: not lives(child))

        client.sendmail("a@client.example", ["b@town-hall.example"], LONG)
        assert [reader] != gateway.pids("reader")


def test_of_readers_and_children_that_were_killed_or_relieved_nothing_is_left(gateway: Gateway) -> None:
    """No descriptor of the watcher, which lives longest, and nobody whom nobody has buried."""
    descriptors = []
    for round_ in range(3):
        with gateway.smtp() as client:
            for _ in range(2):
                client.sendmail("a@client.example", ["b@town-hall.example"], LONG)
                # One that was just started has none yet.
                for child in [each for pid in gateway.pids("reader") for each in offspring(pid)[:1]]:
                    os.kill(child, signal.SIGKILL)
            os.kill(gateway.pids("reader")[0], signal.SIGKILL)
            client.sendmail("a@client.example", ["b@town-hall.example"], LONG)
        old = children(gateway.process.pid)
        gateway.send(signal.SIGHUP)
        eventually(lambda: gateway.log.count("event=reloaded") > round_)  # noqa: B023 asked at once
        eventually(lambda: not any(map(lives, old)))  # noqa: B023 asked at once
        eventually(lambda: not _unburied(gateway))
        descriptors.append(len(list(Path(f"/proc/{gateway.process.pid}/fd").iterdir())))

    assert descriptors[:1] * 3 == descriptors


def _unburied(gateway: Gateway) -> list[Path]:
    """The processes that have ended, and whose parent, one of the gateway's, has not asked how."""
    parents = {gateway.process.pid, *offspring(gateway.process.pid)}
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent, *_ = path.read_text().rpartition(") ")[2].split()
            if state == "Z" and int(parent) in parents:
                found.append(path)
    return found
