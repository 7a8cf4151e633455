"""What is counted, by whom, and what is left of it when a process dies."""

import contextlib
import os
import signal
import threading

from hypothesis import given
from hypothesis import strategies as st

from milter.meter.figure import STEPS, Counter, Gauge, Timer
from milter.meter.signs import BEAT, READY, STAGES
from milter.meter.table import Table

MAILS = Counter("test_mails_total", "Of these tests.", kind=("good", "bad"))
OPEN = Gauge("test_open", "Of these tests.")
SECONDS = Timer("test_seconds", "Of these tests.", stage=("one", "two"))


def in_process(table: Table, number: int, *, dies: bool = False) -> None:
    """A process of that number counts a mail and has something open; then it ends, or is killed."""
    pid = os.fork()
    if pid == 0:
        try:
            table.use(number)
            MAILS.add("good")
            OPEN.set(3)
            if dies:
                signal.raise_signal(signal.SIGKILL)
        finally:
            os._exit(0)
    os.waitpid(pid, 0)


def total(table: Table, figure: Counter | Gauge, *labels: str) -> float:
    cell = figure.cell(labels)
    assert cell is not None
    return table.sums()[cell]


def test_a_sum_counts_what_each_process_has_counted() -> None:
    table = Table(4)
    for number in (0, 2, 3):
        in_process(table, number)

    assert (3, 0) == (total(table, MAILS, "good"), total(table, MAILS, "bad"))


def test_what_a_killed_process_has_counted_stays_and_what_it_had_is_gone() -> None:
    table = Table(2)
    in_process(table, 1, dies=True)
    assert (1, 3) == (total(table, MAILS, "good"), total(table, OPEN))

    table.wipe(1)
    assert (1, 0) == (total(table, MAILS, "good"), total(table, OPEN))

    in_process(table, 1)
    assert (2, 3) == (total(table, MAILS, "good"), total(table, OPEN))


def test_wiping_one_leaves_the_others_what_they_have() -> None:
    table = Table(3)
    for number in range(3):
        in_process(table, number)
    table.wipe(1)

    assert (3, 6) == (total(table, MAILS, "good"), total(table, OPEN))
    assert [0, 0, 0] == table.column(READY.start)
    assert [(0, 0)] * 3 == list(table.columns(READY, BEAT))


@given(labels=st.lists(st.text(max_size=20), max_size=4))
def test_a_label_that_was_not_declared_is_neither_counted_nor_kept(labels: list[str]) -> None:
    before = MAILS.label_values
    MAILS.add(*labels)
    OPEN.set(1, "x", *labels)
    SECONDS.took(1, "x", *labels)

    assert before == MAILS.label_values
    assert MAILS.cell(("x", *labels)) is None


def test_a_time_span_stands_at_its_step_and_in_the_sum() -> None:
    before = dict(SECONDS.read(own_row()))["one",]
    for seconds in (STEPS[0], STEPS[1], STEPS[-1] * 2):
        SECONDS.took(seconds, "one")
    after = dict(SECONDS.read(own_row()))["one",]

    change = [now - then for now, then in zip(after, before, strict=True)]
    assert [1, 1] == change[:2]
    assert 1 == change[len(STEPS)]
    assert abs(sum((STEPS[0], STEPS[1], STEPS[-1] * 2)) - change[-1]) < 1e-9


def test_what_raises_is_timed_too() -> None:
    before = sum(dict(SECONDS.read(own_row()))["two",][:-1])
    with contextlib.suppress(ZeroDivisionError), SECONDS.timing("two"):
        _ = 1 // 0

    assert before + 1 == sum(dict(SECONDS.read(own_row()))["two",][:-1])


def test_threads_that_count_leave_the_table_whole() -> None:
    threads = [threading.Thread(target=lambda: STAGES.took(0.1, "read")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(dict(STAGES.read(own_row()))["read",][:-1]) >= 1


def own_row() -> list[float]:
    from milter.meter import figure

    return list(figure._here.cells)
