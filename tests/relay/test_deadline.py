"""A wait that lasts too long is told, and one that has ended is not, though there is one timer for all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from milter.relay.deadline import Deadline


class Clock:
    """What a deadline needs of a loop; the test turns its time on, and what is due is called on the way."""

    def __init__(self) -> None:
        self.now = 100.0
        self.set: list[Timer] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, callback: Callable[[], None]) -> "Timer":
        self.set.append(Timer(self, when, callback))
        return self.set[-1]

    def pass_(self, seconds: float) -> None:
        until = self.now + seconds
        while due := [timer for timer in self.set if timer.when <= until]:
            first = min(due, key=lambda timer: timer.when)
            self.set.remove(first)
            self.now = max(self.now, first.when)
            first.callback()
        self.now = until


@dataclass
class Timer:
    clock: Clock
    when: float
    callback: Callable[[], None]

    def cancel(self) -> None:
        self.clock.set.remove(self)


def made() -> tuple[Clock, Deadline, list[float]]:
    clock, late = Clock(), list[float]()
    return clock, Deadline(cast(Any, clock), lambda: late.append(clock.now)), late


def test_who_does_not_come_is_late_at_the_moment_that_was_said() -> None:
    clock, deadline, late = made()
    deadline.begin(10)
    clock.pass_(30)
    assert [110.0] == late


def test_who_comes_in_time_is_not_late() -> None:
    clock, deadline, late = made()
    deadline.begin(10)
    clock.pass_(9)
    deadline.end()
    clock.pass_(60)
    assert not late


def test_the_timer_of_an_earlier_wait_does_not_cut_a_later_one() -> None:
    clock, deadline, late = made()
    for _ in range(5):
        deadline.begin(10)
        clock.pass_(6)
        deadline.end()
    deadline.begin(10)
    clock.pass_(9)
    assert not late
    clock.pass_(9)
    assert [140.0] == late


def test_a_shorter_wait_after_a_longer_one_is_not_lengthened() -> None:
    clock, deadline, late = made()
    deadline.begin(60)
    deadline.end()
    deadline.begin(5)
    clock.pass_(60)
    assert [105.0] == late


def test_many_waits_have_one_timer_and_a_closed_deadline_has_none() -> None:
    clock, deadline, late = made()
    for seconds in (10, 10, 3, 60):
        deadline.begin(seconds)
        deadline.end()
    assert 1 == len(clock.set)
    deadline.begin(10)
    deadline.close()
    assert not clock.set
    clock.pass_(60)
    assert not late
