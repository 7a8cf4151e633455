"""Who watches the processes? One that does nothing else, so that nothing can happen to it.

It reads no mail, runs no thread and no event loop; it forks, listens to signals and to its processes, and
answers for them to systemd. Raises ConfigError where the first processes do not come up for a reason that
the operator can put right, StartError for any other.
"""

import contextlib
import gc
import os
import selectors
import signal
import socket
import time
from collections import deque
from collections.abc import Iterator

from milter import maillog
from milter.errors import ConfigError
from milter.workers.crew import Crew, Plan
from milter.workers.forked import Forked, Role
from milter.workers.line import Order
from milter.workers.systemd import Notify
from milter.workers.watched import USUAL, StartError, Times, Watched

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)


class Watch:
    """Keeps every post filled until SIGTERM or SIGINT; SIGHUP reads the configuration again."""

    def __init__(self, watched: Watched, notify: Notify, times: Times = USUAL) -> None:
        """Nothing is started yet."""
        self._watched = watched
        self._notify = notify
        self._times = times
        self._crew: Crew | None = None
        self._coming: Crew | None = None
        self._coming_until = 0.0
        self._leaving: list[Forked] = []
        self._numbers: set[int] = set()
        self._signals: deque[int] = deque()
        self._reload_wanted = False
        self._stops = 0
        self._last_round = time.monotonic()
        self._selector = selectors.DefaultSelector()
        self._wake, self._wakeup = socket.socketpair()

    def run(self) -> None:
        """Start, watch, and end when all have ended."""
        plan = self._watched.plan()
        with self._hearing_signals():
            self._begin(plan)
            while self._processes or not self._stops:
                self._selector.select(self._patience())
                self._round()

    def _round(self) -> None:
        now = time.monotonic()
        if now - self._last_round > self._times.late:
            # It was us who slept (a machine paused): what the processes said meanwhile is still to be heard.
            for process in self._processes:
                process.heard = now
        self._last_round = now
        with contextlib.suppress(BlockingIOError):
            self._wake.recv(4096)
        while self._signals:
            self._obey(self._signals.popleft())
        for process in tuple(self._processes):
            self._look_at(process)
        self._bury_strangers()
        if self._coming is not None:
            self._see_who_comes(self._coming)
        # One at a time: at most two generations of processes live at once.
        if self._reload_wanted and not (self._coming or self._leaving or self._stops):
            self._reload()
        if not self._stops:
            for crew in filter(None, (self._crew, self._coming)):
                crew.fill(self._fork)
        if self._all_well():
            self._notify.alive(now)

    @property
    def _processes(self) -> list[Forked]:
        crews = [process for crew in (self._crew, self._coming) if crew for process in crew.processes]
        return [*crews, *self._leaving]

    def _patience(self) -> float:
        """Seconds until there is something to do though nobody says anything."""
        starts = [crew.next_start() for crew in (self._crew, self._coming) if crew and not self._stops]
        now = time.monotonic()
        return max(0.0, min([1.0, *(start - now for start in starts if start is not None)]))

    # Signals.

    @contextlib.contextmanager
    def _hearing_signals(self) -> Iterator[None]:
        for end in (self._wake, self._wakeup):
            end.setblocking(False)
        self._selector.register(self._wake, selectors.EVENT_READ)
        signal.set_wakeup_fd(self._wakeup.fileno(), warn_on_full_buffer=False)
        for number in _SIGNALS:
            signal.signal(number, lambda which, _: self._signals.append(which))
        try:
            yield
        finally:
            signal.set_wakeup_fd(-1)
            for process in self._processes:
                process.kill()

    def _obey(self, number: int) -> None:
        if number == signal.SIGHUP:
            self._reload_wanted = True
        elif number in {signal.SIGTERM, signal.SIGINT}:
            self._stop()

    def _stop(self) -> None:
        self._stops += 1
        drain = self._crew.plan.drain_seconds if self._crew else 0.0
        if self._stops == 1:
            self._notify.stopping()
            self._watched.closing()
        order = Order.STOP if self._stops == 1 else Order.CUT
        kill_at = time.monotonic() + self._times.margin + (drain if order is Order.STOP else 0.0)
        for process in self._processes:
            process.order(order, kill_at)

    # Processes.

    def _begin(self, plan: Plan) -> None:
        # What was read for the plan is shared with all processes until somebody writes to it.
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        self._coming = Crew(plan)
        self._coming_until = time.monotonic() + self._times.start
        self._coming.fill(self._fork)

    def _fork(self, role: Role) -> Forked:
        number = next(number for number in range(len(self._numbers) + 1) if number not in self._numbers)
        process = Forked(role, number, lambda: self._put_away(role))
        self._numbers.add(number)
        self._selector.register(process.wire, selectors.EVENT_READ)
        maillog.process_started(role.name, process.pid)
        return process

    def _put_away(self, role: Role) -> None:
        """In the child: nothing of the watcher may stay open, or its end would not be seen."""
        self._selector.close()
        for wire in (self._wake, self._wakeup, *(process.wire for process in self._processes)):
            wire.close()
        self._watched.in_child(role)

    def _look_at(self, process: Forked) -> None:
        if not process.hear():
            with contextlib.suppress(KeyError):
                self._selector.unregister(process.wire)
        now = time.monotonic()
        if process.kill_at is not None and now > process.kill_at:
            process.kill()
        elif now - process.heard > (self._times.hung if process.is_ready else self._times.start):
            maillog.not_answering(process.role.name, process.pid)
            process.kill()
        if (how := process.ended()) is not None:
            self._bury(process, how)

    def _bury(self, process: Forked, how: str) -> None:
        # It may have said why only just before.
        process.hear()
        with contextlib.suppress(KeyError):
            self._selector.unregister(process.wire)
        process.wire.close()
        self._numbers.discard(process.number)
        self._watched.ended(process.number)
        is_meant = bool(self._stops) or process in self._leaving
        maillog.process_ended(process.role.name, process.pid, how, is_meant=is_meant and how == "status 0")
        if process in self._leaving:
            self._leaving.remove(process)
        for crew in filter(None, (self._crew, self._coming)):
            if crew.lost(process) and crew is self._crew:
                for problem in process.problems:
                    maillog.not_started(process.role.name, problem)

    def _bury_strangers(self) -> None:
        """What others have started and left behind is ours where we are the first process, as in a container:
        each killed child with its OCR would leave one there that nobody asks how it ended."""
        ours = {process.pid for process in self._processes}
        with contextlib.suppress(ChildProcessError):
            while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                if ended.si_pid in ours:
                    break  # the next round hears first what it has said
                os.waitpid(ended.si_pid, 0)

    def _all_well(self) -> bool:
        """At least one process can work, and none has stopped answering."""
        if self._crew is None or not any(process.is_ready for process in self._crew.processes):
            return False
        now = time.monotonic()
        return all(now - process.heard < self._times.late for process in self._processes)

    # The configuration.

    def _reload(self) -> None:
        self._reload_wanted = False
        self._notify.reloading()
        try:
            self._begin(self._watched.plan())
        except ConfigError as error:
            self._refuse_reload(error.problems)

    def _see_who_comes(self, coming: Crew) -> None:
        if coming.is_at_length:
            now = time.monotonic()
            self._coming_until = now + self._times.start
            self._notify.starting(self._times.start, now)
        if coming.is_ready:
            self._take_over(coming)
        elif coming.has_failed:
            self._give_up(coming)
        elif time.monotonic() > self._coming_until:
            for process in coming.processes:
                if not process.is_ready:
                    maillog.not_started(process.role.name, f"not ready after {self._times.start:.0f} s")
            self._give_up(coming)

    def _take_over(self, coming: Crew) -> None:
        old, self._crew, self._coming = self._crew, coming, None
        coming.has_taken_over = True
        if old is not None:
            self._dismiss(old, Order.RETIRE, old.plan.drain_seconds)
            maillog.reloaded()
        self._watched.took_over(coming.plan)
        self._notify.ready()

    def _give_up(self, coming: Crew) -> None:
        self._coming = None
        self._dismiss(coming, Order.CUT, 0.0)
        self._watched.gave_up(coming.plan)
        if self._crew is None:
            if self._stops:
                return
            raise ConfigError(coming.problems) if coming.problems else StartError
        self._refuse_reload(coming.problems or ["the new processes did not come up"])

    def _refuse_reload(self, problems: list[str] | tuple[str, ...]) -> None:
        for problem in problems:
            maillog.reload_refused(problem)
        self._notify.ready()

    def _dismiss(self, crew: Crew, order: Order, seconds: float) -> None:
        kill_at = time.monotonic() + seconds + self._times.margin
        for process in crew.processes:
            process.order(order, kill_at)
            self._leaving.append(process)
