"""Where do mail servers find us as their milter? Takes connections, and stops without loss."""

import socket
from collections.abc import Sequence

from milter import maillog
from milter.config import MilterConfig
from milter.gate import Gate
from milter.intake.board import Place, Row
from milter.intake.door import Door, part_ways
from milter.intake.listen import address_of
from milter.intake.milter_connection import MilterConnection
from milter.intake.milter_service import MilterService


class MilterIntake:
    """The milter: the mail server keeps the mail, we say what becomes of it."""

    def __init__(self, gate: Gate, config: MilterConfig, max_message_size: int, row: Row) -> None:
        """Not listening yet; `row` counts connections."""
        self._service = MilterService(gate, config, max_message_size)
        self._row = row
        self._door: Door | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where it listens, as Postfix would write it."""
        return tuple(map(shown, self._door.sockets if self._door else ()))

    async def start(self, listeners: Sequence[socket.socket]) -> None:
        """Take connections from these sockets."""
        # The protocol has no words before a mail; who is hung up on does what milter_default_action says.
        self._door = Door(
            self._row, lambda place: MilterConnection(self._service, place.leave), self._refuse, b""
        )
        self._door.open(listeners)

    async def stop(self, grace: float, *, others_take_over: bool = False) -> None:
        """Take no new mail, end those under way for at most `grace` seconds, hang up.

        What was not ended was not answered: the mail server does what its milter_default_action says. Until
        then who comes is hung up on, unless others take over, who listen on the same sockets: then who is
        there may end first.
        """
        if self._door is not None and others_take_over:
            self._door.shut()
            grace -= await part_ways(self._service.connections.wait_for_all, grace)
        self._service.is_stopping = True
        try:
            cut = await self._service.end(grace)
        finally:
            if self._door is not None:
                self._door.shut(b"")
        if cut:
            maillog.milter_failed(f"{cut} connections cut, the service stops", "-")

    def _refuse(self, _client: str, _place: Place) -> bytes | None:
        if self._service.is_stopping:
            return b""
        if self._row.total > self._service.config.max_connections:
            maillog.milter_failed("too many connections", "-")
            return b""
        return None


def shown(bound: socket.socket) -> str:
    """The address of a listening socket, as Postfix would write it."""
    address = address_of(bound)
    return f"unix:{address}" if isinstance(bound.getsockname(), str) else f"inet:{address}"
