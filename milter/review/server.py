"""How is the review page served? By uvicorn, on sockets that are open already, until told to stop."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from socket import socket

import uvicorn
from starlette.applications import Starlette

from milter.config import ReviewConfig

_GRACE = 5


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
