"""Where does mail come in by SMTP? Takes connections, and stops without losing what is under way."""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress

from milter import maillog
from milter.config import SmtpConfig
from milter.config.address import HostPort
from milter.gate import Gate
from milter.intake.board import Place, Row
from milter.intake.door import Door, part_ways
from milter.intake.replies import NO_ROOM_FOR_YOU, STOPPING, TOO_MANY, TOO_MANY_OF_YOURS, wire
from milter.intake.service import Service
from milter.intake.session import SmtpSession
from milter.relay.next_hop import NextHop


class SmtpIntake:
    """The SMTP proxy: MAIL and RCPT go to the next hop live, the mail goes through the gate first."""

    def __init__(
        self,
        gate: Gate,
        next_hop: NextHop,
        config: SmtpConfig,
        hostname: str,
        row: Row,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Not listening yet. `hostname` is said in the greeting; `row` counts connections."""
        self._service = Service(gate, next_hop, config, hostname, tls)
        self._row = row
        self._doors: tuple[Door, ...] = ()

    @property
    def addresses(self) -> tuple[HostPort, ...]:
        """Where it listens."""
        names = (listening.getsockname() for door in self._doors for listening in door.sockets)
        return tuple(HostPort(str(name[0]), int(name[1])) for name in names)

    async def start(self, listeners: Sequence[socket.socket], proxied: Sequence[socket.socket] = ()) -> None:
        """Take connections from these sockets; from `proxied` with a PROXY header before them."""
        loop = asyncio.get_running_loop()

        def door(*, is_proxied: bool) -> Door:
            def welcome(place: Place) -> SmtpSession:
                return SmtpSession(self._service, loop, place, is_proxied=is_proxied)

            return Door(self._row, welcome, self._refuse, wire(NO_ROOM_FOR_YOU))

        self._doors = door(is_proxied=False), door(is_proxied=True)
        for each, sockets in zip(self._doors, (listeners, proxied), strict=True):
            each.open(sockets)

    async def stop(self, grace: float, *, others_take_over: bool = False) -> None:
        """Take no new mail, end those under way for at most `grace` seconds, hang up.

        What was not ended was not acknowledged: its sender still has it. Until then who comes hears 421,
        unless others take over, who listen on the same sockets: then who is there may send his mail first.
        """
        if others_take_over:
            self._shut()
            grace -= await part_ways(self._service.connections.wait_for_all, grace)
        self._service.is_stopping = True
        self._service.connections.stop()
        maillog.stopping(self._service.mails_under_way)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(grace):
                    await self._service.connections.wait_for_all()
        finally:
            self._shut(wire(STOPPING))
        maillog.stopped(await self._service.give_up())

    def _shut(self, farewell: bytes | None = None) -> None:
        for door in self._doors:
            door.shut(farewell)

    def _refuse(self, client: str, place: Place) -> bytes | None:
        """Why this client may not come in, in the words of SMTP; None where he may."""
        config = self._service.config
        reply = None
        if self._service.is_stopping:
            reply = STOPPING
        elif self._row.total > config.max_connections:
            reply = TOO_MANY
        elif self._service.has_too_many(client, place):
            reply = TOO_MANY_OF_YOURS
        if reply is not None:
            maillog.refused(client, reply)
        return None if reply is None else wire(reply)
