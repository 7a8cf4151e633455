"""Processes that misbehave, and what their watcher makes of them."""

import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from milter.workers.crew import Crew, Plan
from milter.workers.forked import Forked, Role
from tests.conftest import ROOT
from tests.serving import children, eventually, lives, name_of
from tests.workers.toy import well


@contextlib.contextmanager
def watching(
    how: str, directory: Path, *, seconds: float = 4.0, **environment: str
) -> Iterator["subprocess.Popen[str]"]:
    """The toy service; its log is in `directory`."""
    with (directory / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.workers.toy", how, str(seconds)],
            cwd=directory,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    with process:
        try:
            yield process
        finally:
            process.kill()


def at_work(process: "subprocess.Popen[str]") -> None:
    assert process.stdout
    assert "at work\n" == process.stdout.readline()


def test_a_process_that_does_not_answer_is_killed_and_replaced(tmp_path: Path) -> None:
    with watching("hangs_when_told", tmp_path) as process:
        at_work(process)
        before = set(children(process.pid))
        (tmp_path / "hang").touch()
        eventually(lambda: "event=not_answering role=worker" in (tmp_path / "log").read_text())
        eventually(lambda: len(set(children(process.pid)) - before) == 1)


def test_the_watchdog_hears_nothing_while_a_process_does_not_answer(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(tmp_path / "notify"))
        heard.settimeout(60)
        told = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "2"}
        with watching("hangs_when_told", tmp_path, seconds=3600, **told) as process:
            at_work(process)
            assert _says_it_lives(process, heard)
            (tmp_path / "hang").touch()

            eventually(lambda: not _says_it_lives(process, heard))


def test_who_cannot_be_started_is_tried_later_and_later() -> None:
    crew = Crew(Plan((Role("worker", well),), 1.0))
    (post,) = crew._posts
    delays = []
    for _ in range(12):
        post.not_before = 0.0
        crew.fill(_no_room)
        delays.append(post.delay)

    assert [0.1, 0.2, 0.4, 0.8] == delays[:4]
    assert [30.0, 30.0] == delays[-2:]


def test_a_process_that_dies_again_and_again_is_started_again_and_again(tmp_path: Path) -> None:
    with watching("dies_at_once", tmp_path) as process:
        at_work(process)
        eventually(lambda: (tmp_path / "log").read_text().count("process_started role=worker") >= 5)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("cannot_start", "ConfigError ('the disk is full of letters',)"),
        ("dies_at_start", "StartError"),
        ("never_ready", "StartError"),
    ],
)
def test_a_service_that_does_not_come_up_ends_and_leaves_nothing(tmp_path: Path, how: str, said: str) -> None:
    with watching(how, tmp_path) as process:
        eventually(lambda: len(children(process.pid)) == 2 or process.poll() is not None)
        processes = children(process.pid)

        assert 1 == process.wait(60)
    assert (tmp_path / "log").read_text().endswith(f"{said}\n")
    eventually(lambda: not any(map(lives, processes)))


def test_who_is_not_ready_in_time_is_named(tmp_path: Path) -> None:
    with watching("never_ready", tmp_path) as process:
        assert 1 == process.wait(60)
    assert "event=not_started role=worker why='not ready after 4 s'" in (tmp_path / "log").read_text()


def test_a_start_that_takes_as_long_as_it_takes_is_waited_for(tmp_path: Path) -> None:
    """A grown quarantine is upgraded before mail comes in; systemd would end the service meanwhile."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(tmp_path / "notify"))
        with watching("long_at_start", tmp_path, NOTIFY_SOCKET=str(tmp_path / "notify")) as process:
            at_work(process)
            told = [heard.recv(100), heard.recv(100)]
            process.send_signal(signal.SIGTERM)

            assert 0 == process.wait(60)
    assert [b"EXTEND_TIMEOUT_USEC=4000000"] * 2 == told


def test_a_process_that_does_not_obey_is_killed_when_its_time_is_over(tmp_path: Path) -> None:
    with watching("never_ends", tmp_path) as process:
        at_work(process)
        process.send_signal(signal.SIGTERM)

        assert 0 == process.wait(60)


def test_sigterm_to_one_process_alone_has_it_replaced(tmp_path: Path) -> None:
    with watching("well", tmp_path) as process:
        at_work(process)
        (worker,) = (pid for pid in children(process.pid) if name_of(pid) == "vigimel-worker")
        os.kill(worker, signal.SIGTERM)

        eventually(lambda: not lives(worker))
        eventually(lambda: len(children(process.pid)) == 2)


def test_whoever_is_left_behind_is_buried_where_the_watcher_is_the_first_process(tmp_path: Path) -> None:
    """As in a container: there what a killed child has started belongs to nobody else."""
    left = tmp_path / "left"
    with watching("leaves_one_behind", tmp_path) as process:
        at_work(process)
        eventually(lambda: left.exists() and left.read_text().endswith("\n"))

        eventually(lambda: not Path(f"/proc/{left.read_text().strip()}").exists())


def test_all_end_by_themselves_when_their_watcher_is_killed(tmp_path: Path) -> None:
    with watching("well", tmp_path) as process:
        at_work(process)
        processes = children(process.pid)
        process.kill()

        eventually(lambda: not any(map(lives, processes)))


def test_a_process_that_hangs_ends_though_its_watcher_was_killed(tmp_path: Path) -> None:
    with watching("hangs_when_told", tmp_path, seconds=3600) as process:
        at_work(process)
        processes = children(process.pid)
        (tmp_path / "hang").touch()
        eventually(lambda: not (tmp_path / "hang").exists())
        process.kill()

        eventually(lambda: not any(map(lives, processes)))


def _no_room(_role: Role) -> Forked:
    raise OSError(errno.EAGAIN, "no process left")


def _says_it_lives(process: "subprocess.Popen[str]", heard: socket.socket) -> bool:
    """Does it, between two signals that make it look around?"""
    messages: list[bytes] = []
    for _ in range(2):
        process.send_signal(signal.SIGHUP)
        while not messages or messages[-1] != b"READY=1":
            messages.append(heard.recv(4096))
        messages.append(b"")
    return b"WATCHDOG=1" in messages
