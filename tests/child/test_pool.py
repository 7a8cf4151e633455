import asyncio
import mmap
import os
import signal
from collections.abc import Iterator

import pytest

from milter.child.origin import Origin
from milter.child.pool import Pool
from milter.child.process import End, Outcome
from milter.errors import TryLater
from tests.serving import children, eventually

TARGET = "tests.child.misbehaviour:begin"
# For what ends by itself; a loaded machine may take its time.
ENOUGH = 60.0
SHORT = 0.3


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool(TARGET, children=1)
    yield pool
    pool.close()


def ask(pool: Pool, deed: str, seconds: float = ENOUGH, content: bytes = b"") -> Outcome:
    return asyncio.run(pool.ask(content, seconds, {"deed": deed}))


def test_a_child_tells_and_is_asked_again(pool: Pool) -> None:
    first, second = ask(pool, "done", content=b"12345"), ask(pool, "done")

    assert (End.DONE, 5) == (first.end, first.value["so far"])
    assert first.value["pid"] == second.value["pid"]


def test_the_start_of_a_child_is_counted_within_its_time_but_leaves_half_of_it(pool: Pool) -> None:
    started, standing = ask(pool, "done"), ask(pool, "done")

    assert ENOUGH / 2 <= started.value["seconds"] < standing.value["seconds"]
    assert standing.value["seconds"] <= ENOUGH


def test_a_mail_of_the_largest_size_reaches_the_child_whole(pool: Pool) -> None:
    assert 25 * 1024 * 1024 == ask(pool, "done", content=bytes(25 * 1024 * 1024)).value["so far"]


@pytest.mark.parametrize("deed", ["hang", "spin", "hide"])
def test_a_child_that_does_not_end_is_killed_and_its_last_word_stands(pool: Pool, deed: str) -> None:
    outcome = ask(pool, deed, SHORT)

    assert End.LATE == outcome.end
    assert 0 == outcome.value["so far"]
    assert not is_running(outcome.value["pid"])


def test_what_a_child_has_started_is_killed_with_it(pool: Pool) -> None:
    outcome = ask(pool, "fork", SHORT)

    # It was nobody's child any more: the kernel ends it when it comes to it.
    eventually(lambda: not is_running(outcome.value["own"]))


@pytest.mark.parametrize(
    "deed", ["exit", "kill itself", "garbage", "take 10 GB", "raise", "too much", "deep"]
)
def test_a_child_that_dies_or_says_no_sense_is_an_outcome_and_the_next_request_gets_another(
    pool: Pool, deed: str
) -> None:
    outcome = ask(pool, deed)

    assert End.DIED == outcome.end
    assert 0 == outcome.value["so far"]
    assert End.DONE == ask(pool, "done").end


def test_the_cause_of_a_death_is_noted_without_a_word_of_the_mail() -> None:
    noted: list[str] = []
    pool = Pool(TARGET, children=1, note=noted.append)
    ask(pool, "raise")
    ask(pool, "kill itself")
    ask(pool, "take 10 GB")
    pool.close()

    assert noted[0].startswith("KeyError misbehaviour.py:")
    assert "signal 9" == noted[1]
    assert noted[2].startswith("MemoryError misbehaviour.py:")


def test_how_a_child_ended_is_known_though_whoever_started_us_does_not_care_for_his_children() -> None:
    """A signal that is ignored stays so in what one starts, and then nobody can ask how a child has ended."""
    noted: list[str] = []
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        pool = Pool(TARGET, children=1, note=noted.append)
        ask(pool, "kill itself")
        pool.close()
    finally:
        signal.signal(signal.SIGCHLD, before)

    assert ["signal 9"] == noted


def test_what_a_library_prints_is_lost(pool: Pool) -> None:
    assert End.DONE == ask(pool, "print").end


def test_what_no_codec_can_write_does_not_come_out(pool: Pool) -> None:
    assert "?" == ask(pool, "half surrogate").value


def test_any_json_is_a_value(pool: Pool) -> None:
    assert [1, 2] == ask(pool, "a list").value


@pytest.mark.threat("P7")
def test_a_child_writes_no_file_and_sees_nothing_of_our_environment(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_PASSWORD", "hunter2")

    assert ask(pool, "write a file").value is False
    assert "DATABASE_PASSWORD" not in ask(pool, "environment").value


@pytest.mark.threat("P7")
def test_a_child_has_no_descriptor_of_ours(pool: Pool) -> None:
    """But its wire, and three of nothing."""
    assert 4 == ask(pool, "descriptors").value


def test_a_child_cannot_write_into_memory_that_our_processes_share() -> None:
    with mmap.mmap(-1, 1) as shared:
        origin = Origin(shared)
        pool = Pool(TARGET, origin)
        assert End.DONE == ask(pool, "done").end
        pool.close()
        origin.close()

        assert b"\0" == shared[:1]


def test_where_memory_runs_out_a_child_goes_before_us(pool: Pool) -> None:
    assert 1000 == ask(pool, "memory runs out").value


def test_a_child_killed_while_it_waits_is_no_mails_fault(pool: Pool) -> None:
    waiting = ask(pool, "done").value["pid"]
    os.kill(waiting, signal.SIGKILL)
    while is_running(waiting):
        pass
    outcome = ask(pool, "done")

    assert End.DONE == outcome.end
    assert waiting != outcome.value["pid"]


def test_the_loop_goes_on_while_children_work() -> None:
    async def run() -> tuple[int, list[Outcome]]:
        pool = Pool(TARGET, children=2)
        asked = [asyncio.ensure_future(pool.ask(b"", SHORT, {"deed": "spin"})) for _ in range(4)]
        turns = 0
        while not all(one.done() for one in asked):
            await asyncio.sleep(0.01)
            turns += 1
        pool.close()
        return turns, [one.result() for one in asked]

    turns, outcomes = asyncio.run(run())

    assert turns > 4
    assert [End.LATE] * 4 == [outcome.end for outcome in outcomes]


def test_where_no_child_comes_up_the_sender_must_come_again() -> None:
    for target, held in (("tests.child.nowhere:begin", None), (TARGET, "stillborn")):
        origin = Origin(held)
        pool = Pool(target, origin)
        with pytest.raises(TryLater, match="no child process"):
            ask(pool, "done")
        pool.close()
        origin.close()


def test_whoever_asks_an_origin_that_stands_still_waits_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not once more for its word of how the child has ended."""
    monkeypatch.setattr("milter.child.process._START_SECONDS", SHORT)
    monkeypatch.setattr("milter.child.process._END_SECONDS", 2 * ENOUGH)
    origin = Origin()
    origin.start()
    (pid,) = children(os.getpid())
    pool = Pool(TARGET, origin, children=1)
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(TryLater, match="not ready"):
            asyncio.run(asyncio.wait_for(pool.ask(b"", ENOUGH, {"deed": "done"}), ENOUGH))
    finally:
        os.kill(pid, signal.SIGCONT)
        pool.close()
        origin.close()


def test_a_closed_pool_leaves_no_child(pool: Pool) -> None:
    waiting = ask(pool, "done").value["pid"]
    pool.close()

    assert not is_running(waiting)


def test_nothing_is_started_before_it_is_needed() -> None:
    pool = Pool("tests.child.nowhere:begin")
    pool.close()


def is_running(pid: int) -> bool:
    """False for a process that has ended, even where nobody has asked for its status yet."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:  # noqa: PTH123
            return file.read().rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False
