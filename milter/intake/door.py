"""Who may come in? Accepts connections from sockets that several processes listen on.

The sockets are opened once and inherited: one queue in the kernel for all, so what waits in it is not lost
with a process (with SO_REUSEPORT each process has a queue of its own, which dies with it), and Unix sockets
and those of systemd work alike. One connection at a time is accepted, and by the process that has fewer.

Whoever is one too many hears `421` and comes again. Where no descriptor is left, one kept in reserve serves
to tell him so.
"""

import asyncio
import errno
import os
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from milter import maillog
from milter.intake.board import Place, Row

# Nothing to accept now, or a client that did not wait.
_GONE = frozenset({errno.EAGAIN, errno.EINTR, errno.ECONNABORTED, errno.EPROTO, errno.EPERM, errno.ENETDOWN})
_FULL = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
# Long enough for a process that is idle to come first.
_AFTER_YOU = 0.002
# Until somebody has closed something.
_PAUSE = 0.5
# For clients to send the mail that they came with; most take a tenth of it.
_GOODBYE = 5.0

Welcome = Callable[[Place], asyncio.Protocol]
Refuse = Callable[[str, Place], bytes | None]


class Door:
    """Listening sockets, and what is done with whoever knocks."""

    def __init__(self, row: Row, welcome: Welcome, refuse: Refuse, no_room: bytes) -> None:
        """`refuse` gives the last words for a client (by its address) that may not come in, else None."""
        self._row = row
        self._welcome = welcome
        self._refuse = refuse
        self._no_room = no_room
        self._loop = asyncio.get_running_loop()
        self._sockets: tuple[socket.socket, ...] = ()
        self._pauses: dict[socket.socket, asyncio.TimerHandle] = {}
        self._reserve: int | None = None
        self._opening: set[asyncio.Task[None]] = set()
        self._is_full = False

    @property
    def sockets(self) -> tuple[socket.socket, ...]:
        """Those it accepts from."""
        return self._sockets

    def open(self, sockets: Sequence[socket.socket]) -> None:
        """Accept from now on."""
        self._sockets = tuple(sockets)
        self._keep_reserve()
        self._row.begin()
        for listening in self._sockets:
            listening.setblocking(False)
            self._loop.add_reader(listening, self._knock, listening)

    def shut(self, farewell: bytes | None = None) -> None:
        """Accept no more; the sockets stay open where others hold them.

        With a farewell, nobody else accepts: say it to those who wait.
        """
        self._row.end()
        if farewell is not None:
            self._say_to_all(farewell)
        for pause in self._pauses.values():
            pause.cancel()
        for listening in self._sockets:
            self._loop.remove_reader(listening)
            listening.close()
        if self._reserve is not None:
            os.close(self._reserve)
        self._sockets, self._pauses, self._reserve = (), {}, None

    def _knock(self, listening: socket.socket) -> None:
        if self._row.is_ahead:
            self._pause(listening, _AFTER_YOU)
        else:
            self._accept(listening)

    def _accept(self, listening: socket.socket) -> None:
        try:
            connection, peer = listening.accept()
        except OSError as error:
            if error.errno in _FULL:
                self._turn_away(listening, error)
            elif error.errno not in _GONE:
                maillog.no_room(error.strerror or str(error))
                self._pause(listening, _PAUSE)
            return
        self._is_full = False
        self._receive(connection, str(peer[0]) if isinstance(peer, tuple) else "")

    def _receive(self, connection: socket.socket, client: str) -> None:
        connection.setblocking(False)
        if connection.family != socket.AF_UNIX:
            # A reply of some octets must not wait for the acknowledgement of the one before.
            with suppress(OSError):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        place = self._row.enter(client)
        last_words = self._refuse(client, place)
        if last_words is not None:
            place.leave()
            _part(connection, last_words)
            return
        task = self._loop.create_task(self._begin(connection, place))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _begin(self, connection: socket.socket, place: Place) -> None:
        try:
            await self._loop.connect_accepted_socket(lambda: self._welcome(place), connection)
        except OSError:
            place.leave()
            connection.close()

    def _turn_away(self, listening: socket.socket, error: OSError) -> None:
        """No descriptor is left: take the reserve for as long as it takes to say so."""
        if not self._is_full:
            maillog.no_room(error.strerror or str(error))
            self._is_full = True
        if self._reserve is not None:
            os.close(self._reserve)
            self._reserve = None
            with suppress(OSError):
                _part(listening.accept()[0], self._no_room)
            self._keep_reserve()
        if self._reserve is None:
            self._pause(listening, _PAUSE)

    def _say_to_all(self, farewell: bytes) -> None:
        for listening in self._sockets:
            with suppress(OSError):
                while True:
                    _part(listening.accept()[0], farewell)

    def _keep_reserve(self) -> None:
        with suppress(OSError):
            self._reserve = os.open(os.devnull, os.O_RDONLY)

    def _pause(self, listening: socket.socket, seconds: float) -> None:
        """Do not look at this socket for a while, which would say again and again that somebody waits."""
        self._loop.remove_reader(listening)
        self._pauses[listening] = self._loop.call_later(seconds, self._resume, listening)

    def _resume(self, listening: socket.socket) -> None:
        del self._pauses[listening]
        self._loop.add_reader(listening, self._knock, listening)
        self._accept(listening)


async def part_ways(all_gone: Callable[[], Awaitable[None]], grace: float) -> float:
    """Let those who came before the door was shut go by themselves for a while; seconds it took.

    A mail server that has just connected would else be hung up on in the middle of its dialogue, at each
    reload, by one who has a successor.
    """
    began = asyncio.get_running_loop().time()
    with suppress(TimeoutError):
        async with asyncio.timeout(min(grace, _GOODBYE)):
            await all_gone()
    return asyncio.get_running_loop().time() - began


def _part(connection: socket.socket, last_words: bytes) -> None:
    with suppress(OSError):
        connection.setblocking(False)
        connection.send(last_words)
        connection.shutdown(socket.SHUT_WR)
    connection.close()
