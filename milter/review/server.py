"""How is the review page served? By uvicorn, on sockets that are open already, until told to stop."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from socket import socket

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from milter.config import ReviewConfig

_GRACE = 5
# The head of a request has come within so many seconds; the time for its form is in `guard`.
_SECONDS = 30.0


class _Waiting(H11Protocol):
    """A connection that is closed when no whole head of a request comes: uvicorn waits for ever."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The time begins."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """It ends with the head, and begins with the next one."""
        super().data_received(data)
        # There is none before the first request, whatever its type says.
        cycle = getattr(self, "cycle", None)
        if cycle is not None and not cycle.response_complete:
            self._stop()
        elif self._timer is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing to wait for."""
        super().connection_lost(exc)
        self._stop()

    def _wait(self) -> None:
        self._timer = self.loop.call_later(_SECONDS, self.transport.close)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are not for us: the process that watches says when to stop."""
        yield


@contextlib.asynccontextmanager
async def served(app: Starlette, sockets: Sequence[socket], config: ReviewConfig) -> AsyncIterator[None]:
    """The page answers as long as the context lasts."""
    settings = uvicorn.Config(
        app,
        http=_Waiting,
        # Its log would have addresses of people, and is not the one that is documented.
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        ws="none",
        timeout_keep_alive=20,
        timeout_graceful_shutdown=_GRACE,
        h11_max_incomplete_event_size=32 * 1024,
        ssl_certfile=config.certificate or None,
        ssl_keyfile=config.key or None,
    )
    server = _Server(settings)
    running = asyncio.create_task(server.serve(sockets=[*sockets]))
    try:
        yield
    finally:
        server.should_exit = True
        await running
