"""A process that has read a stranger's bytes may say anything to its watcher, or all at once."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milter.workers.forked import Forked, Role
from milter.workers.line import ALONE_SECONDS, Line


async def ends(_line: Line, _: int) -> None:
    """Nothing to do."""


@pytest.fixture
def told() -> Iterator[tuple[Forked, socket.socket]]:
    """A process that has ended, and somebody who speaks in its place."""
    process = Forked(Role("worker", ends), 0, lambda: None)
    os.waitpid(process.pid, 0)
    process.wire.close()
    process.wire, theirs = socket.socketpair()
    process.wire.setblocking(False)
    with contextlib.closing(process.wire), theirs:
        yield process, theirs


def _hear_all(process: Forked) -> None:
    with contextlib.suppress(BlockingIOError):
        while process.wire.recv(1, socket.MSG_PEEK):
            process.hear()


@given(pieces=st.lists(st.binary(max_size=600), max_size=8))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_a_process_says_nothing_is_raised(
    told: tuple[Forked, socket.socket], pieces: list[bytes]
) -> None:
    process, theirs = told
    for piece in pieces:
        if piece:
            theirs.sendall(piece)
        _hear_all(process)

    assert process.is_ready in {True, False}


def test_problems_without_end_are_not_kept(told: tuple[Forked, socket.socket]) -> None:
    process, theirs = told
    for _ in range(500):
        theirs.sendall(b"problem " + b"x" * 200 + b"\n")
        _hear_all(process)

    assert 100 == len(process.problems)
    assert all(len(problem) == 200 for problem in process.problems)


def test_a_line_without_end_is_not_kept(told: tuple[Forked, socket.socket]) -> None:
    process, theirs = told
    for _ in range(100):
        theirs.sendall(b"x" * 4096)
        _hear_all(process)

    assert len(process._rest) <= 4096


def test_ready_is_heard_in_pieces(told: tuple[Forked, socket.socket]) -> None:
    process, theirs = told
    for piece in (b"be", b"at \nrea", b"dy \nbeat"):
        theirs.sendall(piece)
        _hear_all(process)

    assert process.is_ready


def test_a_process_that_hangs_before_its_loop_turns_has_its_alarm_set() -> None:
    """Nobody else may be left to end it."""

    async def begins() -> float:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            line = Line(ours)
            left = signal.getitimer(signal.ITIMER_REAL)[0]
            line.close()
        return left

    assert 0 < asyncio.run(begins()) <= ALONE_SECONDS
    assert 0 == signal.getitimer(signal.ITIMER_REAL)[0]
