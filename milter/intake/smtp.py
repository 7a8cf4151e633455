"""Where does mail come in by SMTP? Listens, and stops without losing what is under way.

Raises ConfigError when an address cannot be listened on.
"""

import asyncio

from milter import maillog
from milter.config import SmtpConfig
from milter.config.address import HostPort
from milter.errors import ConfigError
from milter.gate import Gate
from milter.intake.service import Service
from milter.intake.session import SmtpSession
from milter.relay.next_hop import NextHop

# A burst of clients waits in the kernel rather than being turned away.
_BACKLOG = 1024


class SmtpIntake:
    """The SMTP proxy: MAIL and RCPT go to the next hop live, the mail goes through the gate first."""

    def __init__(self, gate: Gate, next_hop: NextHop, config: SmtpConfig, hostname: str) -> None:
        """Not listening yet. `hostname` is said in the greeting."""
        self._service = Service(gate, next_hop, config, hostname)
        self._servers: list[asyncio.Server] = []

    @property
    def addresses(self) -> tuple[HostPort, ...]:
        """Where it listens; a port 0 has become the one that was free."""
        names = (socket.getsockname() for server in self._servers for socket in server.sockets)
        return tuple(HostPort(str(name[0]), int(name[1])) for name in names)

    async def start(self) -> None:
        """Listen on every address of the config, or on none."""
        problems = []
        for address in map(HostPort.parse, self._service.config.listen):
            try:
                self._servers.append(await self._listen(address))
            except OSError as error:
                problems.append(f"[smtp] listen: {address}: {error.strerror or error}")
        if problems:
            self._close()
            raise ConfigError(problems)
        for bound in self.addresses:
            maillog.listening(str(bound))

    async def stop(self, grace: float) -> None:
        """Take no new mail, end those under way for at most `grace` seconds, hang up.

        What was not ended was not acknowledged: its sender still has it.
        """
        self._close()
        self._service.is_stopping = True
        for connection in tuple(self._service.connections):
            connection.stop()
        maillog.stopping(self._service.mails_under_way)
        try:
            async with asyncio.timeout(grace):
                await self._service.end()
        except TimeoutError:
            pass
        maillog.stopped(await self._service.give_up())

    async def _listen(self, address: HostPort) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        return await loop.create_server(
            lambda: SmtpSession(self._service, loop), address.host, address.port, backlog=_BACKLOG
        )

    def _close(self) -> None:
        for server in self._servers:
            server.close()
