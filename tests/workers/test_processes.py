"""The processes of a gateway: they share the work, one takes the place of another, none is left behind."""

import contextlib
import itertools
import os
import random
import signal
import smtplib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command import FRAUD, ORDINARY, reports, run
from tests.serving import Gateway, eventually, lives, offspring, serving
from tests.workers.conftest import Write
from tests.workers.senders import Sender, delivered

# So long a text is read by a child of a worker.
LONG = ORDINARY + b"See you at noon.\r\n" * 20000


def test_there_are_as_many_workers_as_the_operator_wants_and_one_keeper(gateway: Gateway) -> None:
    assert (2, 1) == (len(gateway.pids("worker")), len(gateway.pids("keeper")))


def test_zero_workers_means_one_for_each_core(write: Write) -> None:
    config = write()
    config.write_text(config.read_text().replace("workers = 2", "workers = 0"))

    with serving(config) as gateway:
        assert len(os.sched_getaffinity(0)) == len(gateway.pids("worker"))


def test_what_was_read_before_the_workers_began_is_shared_by_all_of_them(gateway: Gateway) -> None:
    """Also by the one that began first: nobody writes into it when the next one begins."""
    for pid in gateway.pids("worker"):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
        kilobytes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}

        assert 2 * kilobytes["Private_Dirty"] < kilobytes["Shared_Dirty"]


def test_clients_are_shared_and_a_killed_worker_takes_only_its_own_with_it(gateway: Gateway) -> None:
    """Of two clients each worker has one, where the other is awake in time: on a busy machine, of several."""
    with contextlib.ExitStack() as stack:
        clients: list[smtplib.SMTP] = []
        worker, its = gateway.pids("worker")[0], 0
        while its in {0, len(clients)} and len(clients) < 16:
            clients += [stack.enter_context(contextlib.closing(gateway.smtp())) for _ in range(4)]
            its = _served_by(worker, clients)
        os.kill(worker, signal.SIGKILL)

        assert 0 < its < len(clients)
        assert len(clients) - its == sum(map(_answers, clients))


def _served_by(pid: int, clients: list[smtplib.SMTP]) -> int:
    """How many of them this process holds the other end of."""
    ports = {client.sock.getsockname()[1] for client in clients if client.sock}
    ends = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    inodes = {f"socket:[{end[9]}]" for end in ends if int(end[2].partition(":")[2], 16) in ports}
    held = 0
    for file in Path(f"/proc/{pid}/fd").iterdir():
        # What it has just closed is none of them.
        with contextlib.suppress(OSError):
            held += str(file.readlink()) in inodes
    return held


@pytest.mark.parametrize("role", ["worker", "keeper"])
def test_another_process_takes_the_place_of_a_killed_one(gateway: Gateway, role: str) -> None:
    before = set(gateway.pids(role))
    os.kill(next(iter(before)), signal.SIGKILL)

    eventually(lambda: len(before) == len(gateway.pids(role)) and before != set(gateway.pids(role)))
    with gateway.smtp() as client:
        client.sendmail("a@client.example", ["b@town-hall.example"], ORDINARY)


def test_no_acknowledged_mail_is_lost_with_its_worker(gateway: Gateway, tmp_path: Path) -> None:
    kills = 0

    def names(number: int) -> Iterator[str]:
        # However fast they are: until some workers were killed meanwhile.
        for mail in itertools.count():
            if mail >= 25 and kills > 2:
                return
            yield f"{number}-{mail}"

    senders = [Sender(gateway, ORDINARY, names(number)) for number in range(4)]
    for sender in senders:
        sender.start()
    while any(sender.is_alive() for sender in senders):
        done = sum(len(sender.acknowledged) for sender in senders)
        if kills < done // 12 and (workers := gateway.pids("worker")):
            os.kill(random.choice(workers), signal.SIGKILL)
            kills += 1
        senders[0].join(0.05)

    acknowledged = [name for sender in senders for name in sender.acknowledged]
    arrived = delivered(tmp_path / "maildir")
    assert len(acknowledged) >= 100
    assert set(acknowledged) == set(arrived)
    # Each sender may have had one mail between its delivery and our 250.
    assert len(arrived) - len(set(arrived)) <= kills * len(senders)


def test_workers_write_the_quarantine_at_once(gateway: Gateway, tmp_path: Path) -> None:
    senders = [Sender(gateway, FRAUD, (f"{n}-{m}" for m in range(10))) for n in range(6)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    held = reports(
        run("quarantine", "list", "--limit", "100", "--json", "--config", tmp_path / "vigimel.toml").stdout
    )
    assert 60 == len(held) == sum(len(sender.acknowledged) for sender in senders)
    assert set() == {code for sender in senders for code in sender.other_codes}


def test_while_another_program_locks_the_quarantine_a_fraud_stays_with_its_sender(
    gateway: Gateway, tmp_path: Path
) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "quarantine.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with gateway.smtp() as client, pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail("a@client.example", ["b@town-hall.example"], FRAUD)
        other.execute("ROLLBACK")

    assert 451 == refused.value.smtp_code
    with gateway.smtp() as client:
        client.sendmail("a@client.example", ["b@town-hall.example"], FRAUD)


def test_when_the_watching_process_is_killed_all_others_end_by_themselves(gateway: Gateway) -> None:
    with gateway.smtp() as client:
        client.sendmail("a@client.example", ["b@town-hall.example"], LONG)
    processes = offspring(gateway.process.pid)
    assert len(processes) > 3

    gateway.process.kill()

    eventually(lambda: not any(map(lives, processes)))


def test_a_mail_under_way_comes_to_its_end_when_the_watching_process_is_killed(
    gateway: Gateway, tmp_path: Path
) -> None:
    with contextlib.closing(gateway.smtp()) as client:
        client.ehlo()
        client.mail("a@client.example")
        client.rcpt("b@town-hall.example")
        client.docmd("DATA")
        gateway.process.kill()
        client.send(ORDINARY + b".\r\n")

        assert 250 == client.getreply()[0]
    assert 1 == len(list((tmp_path / "maildir" / "new").iterdir()))


def test_a_killed_gateway_can_be_started_again_at_once(write: Write) -> None:
    config = write()
    with serving(config) as gateway, contextlib.closing(gateway.smtp()) as client:
        client.ehlo()
        client.mail("a@client.example")
        client.rcpt("b@town-hall.example")
        client.docmd("DATA")
        gateway.process.kill()
        gateway.process.wait()
        config.write_text(config.read_text().replace(":0", f":{gateway.address.port}", 1))
        eventually(lambda: not _takes_connections(gateway))
        with serving(config) as another:
            assert another.knock().startswith("220 ")


def test_a_mail_is_taken_while_a_worker_is_stopped_in_its_tracks(gateway: Gateway) -> None:
    stopped = gateway.pids("worker")[0]
    os.kill(stopped, signal.SIGSTOP)
    try:
        with gateway.smtp() as client:
            client.sendmail("a@client.example", ["b@town-hall.example"], ORDINARY)
    finally:
        # Else it would outlive the test, and the gateway.
        os.kill(stopped, signal.SIGCONT)


def _answers(client: smtplib.SMTP) -> bool:
    try:
        return client.noop()[0] == 250
    except smtplib.SMTPServerDisconnected:
        return False


def _takes_connections(gateway: Gateway) -> bool:
    try:
        gateway.knock()
    except OSError:
        return False
    return True
