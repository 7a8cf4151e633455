"""Where do children come from? One process that forks them: it holds what they need, and has seen no mail.

Forked, not started anew, and from one that read the data before: a child judges by what was found good then,
with the code of then, whatever stands in the files by now; it begins at once, and shares the memory of what
was read. Forked from that process and not from ours, where threads run and the mails of others lie. The fork
server of Python (`multiprocessing`) is a new interpreter that loads modules by name: it would read the data
again, belongs to one process, hears pickles, and kills neither groups nor what its asker leaves behind.

An asker sends a datagram with the target (`module:function`) and two sockets: the wire, which the child gets,
and the line. When the asker closes that, or is no more, the child is killed with all that it has started, and
the line says how it had ended.
"""

import array
import asyncio
import contextlib
import gc
import os
import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from milter.child.limits import close_all_but
from milter.child.worker import live, loaded

_LONGEST_TARGET = 200


class _Ends(NamedTuple):
    """The socket pair over which children are asked for."""

    asking: socket.socket
    asked: socket.socket


class Origin:
    """Hands out children, to the process that made it and to those that this one has forked since."""

    def __init__(self, held: Any = None, *targets: str) -> None:
        """`held` is what each child gets; the modules of the targets are loaded before the first of them.

        Nothing is started yet: by the first `beget`, if by nobody before.
        """
        self._held = held
        self._targets = targets
        self._lock = threading.Lock()
        self._ends: _Ends | None = None
        self._pid: int | None = None

    def open(self) -> _Ends:
        """From now on children can be asked for; somebody must `serve`."""
        self._ends = _Ends(*socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET))
        return self._ends

    def start(self) -> _Ends:
        """Serve in a process forked here and now, until `close` or our end. Raises OSError."""
        ends = self.open()
        try:
            self._pid = os.fork()
        except OSError:
            self.close()
            self._ends = None
            raise
        if self._pid == 0:
            _only(lambda: self._serve_alone(ends))
        ends.asked.close()
        return ends

    def only_asks(self) -> None:
        """This process does not serve: the end of the one that does shall be seen."""
        if self._ends is not None:
            self._ends.asked.close()

    def only_serves(self) -> None:
        """This process does not ask: it shall see when nobody asks any more."""
        if self._ends is not None:
            self._ends.asking.close()

    def close(self) -> None:
        """This process has nothing to do with it any more; when that is true of all, the children end."""
        self.only_asks()
        self.only_serves()
        pid, self._pid = self._pid, None
        if pid is not None:
            # Processes that this one has forked may be able to ask still.
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGTERM)
                os.waitpid(pid, 0)

    def beget(self, target: str) -> tuple[socket.socket, socket.socket]:
        """The wire and the line of a new child. Raises OSError where none can be asked for."""
        with self._lock:
            asking, _ = self._ends or self.start()
        (wire, its_wire), (line, its_line) = socket.socketpair(), socket.socketpair()
        with its_wire, its_line:
            fds = array.array("i", (its_wire.fileno(), its_line.fileno()))
            try:
                # Never waits: whoever does not serve is no longer asked.
                asking.sendmsg(
                    [target.encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)], socket.MSG_DONTWAIT
                )
            except OSError:
                wire.close()
                line.close()
                raise
        return wire, line

    async def serve(self, ready: Callable[[], None] = lambda: None, *targets: str) -> None:
        """Fork whatever is asked for until nobody can ask any more, then end those that are left.

        The modules of these targets are loaded first, too.
        """
        _, asked = self._ends or self.open()
        for target in (*self._targets, *targets):
            loaded(target)
        # So that a child that looks for garbage does not write into what it shares with us.
        gc.freeze()
        await _Serving(asked, self._held).run(ready)

    def _serve_alone(self, ends: _Ends) -> None:
        ends.asking.close()
        close_all_but(0, 1, 2, ends.asked.fileno())
        signal.set_wakeup_fd(-1)
        # Where it was ignored, nobody could ask how a child has ended, nor rely on its number.
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        # Ctrl-C reaches the whole group; the one that asks answers it.
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        asyncio.run(self._until_closed())

    async def _until_closed(self) -> None:
        serving, loop = asyncio.create_task(self.serve()), asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, serving.cancel)
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await serving
        finally:
            # It comes as nobody asks any more, too, when the loop that would hear it is closed already.
            loop.remove_signal_handler(signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class _Child:
    pid: int
    line: socket.socket


class _Serving:
    """The loop of an origin."""

    def __init__(self, asked: socket.socket, held: Any) -> None:
        self._asked = asked
        self._held = held
        self._children: dict[int, _Child] = {}
        self._done = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    async def run(self, ready: Callable[[], None]) -> None:
        self._asked.setblocking(False)
        self._loop.add_reader(self._asked.fileno(), self._take)
        ready()
        try:
            await self._done.wait()
        finally:
            self._loop.remove_reader(self._asked.fileno())
            for child in (*self._children.values(),):
                self._end(child)

    def _take(self) -> None:
        try:
            target, fds, _, _ = socket.recv_fds(self._asked, _LONGEST_TARGET, 2)
        except (BlockingIOError, InterruptedError):
            return
        if not target:
            self._done.set()
            return
        if len(fds) < 2:  # no descriptors left: the asker sees both ends closed
            for fd in fds:
                os.close(fd)
            return
        with socket.socket(fileno=fds[0]) as wire:
            line = socket.socket(fileno=fds[1])
            line.setblocking(False)
            try:
                self._fork(target.decode(), wire, line)
            except Exception as error:  # noqa: BLE001 the next target may be a good one
                _say(line, type(error).__name__)

    def _fork(self, target: str, wire: socket.socket, line: socket.socket) -> None:
        begin = loaded(target)
        origin = os.getpid()
        pid = os.fork()
        if pid == 0:
            _only(lambda: live(begin, self._held, wire.fileno(), origin))
        child = self._children[pid] = _Child(pid, line)
        self._loop.add_reader(line.fileno(), self._end, child)

    def _end(self, child: _Child) -> None:
        # One that has ended by itself has kept its number until now: this hits nobody else.
        self._loop.remove_reader(child.line.fileno())
        del self._children[child.pid]
        # By itself, too: it may not have come as far as to have a group. Whoever is waited for must end.
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(child.pid, signal.SIGKILL)
        _, status = os.waitpid(child.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        _say(child.line, f"signal {-code}" if code < 0 else f"status {code}")


def _say(line: socket.socket, how: str) -> None:
    with line, contextlib.suppress(OSError):
        line.send(how.encode())


def _only(life: Callable[[], None]) -> None:
    """The life of a process that was forked: whatever happens, it never comes back into its parent's code."""
    try:
        life()
    finally:
        os.kill(os.getpid(), signal.SIGKILL)
