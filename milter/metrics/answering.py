"""How long are they answered who watch us? From the start of the keeper to the end of the last mail."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from socket import socket

from milter.config import ReviewConfig
from milter.metrics.health import Health
from milter.metrics.page import Watched, build_page
from milter.review.server import served
from milter.workers.line import Line, Order

_STEP = 0.1


@contextlib.asynccontextmanager
async def answering(watched: Watched, sockets: Sequence[socket]) -> AsyncIterator[None]:
    """Answer as long as the context lasts. Without https: there is nothing that is anybody's secret."""
    async with served(build_page(watched), sockets, ReviewConfig()):
        yield


async def see_them_out(line: Line, health: Health, seconds: float) -> None:
    """The service stops: say that it is not ready, until the workers have ended or that is cut short."""
    health.is_draining = True
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            gone = asyncio.create_task(_all_gone(health))
            cut = asyncio.create_task(_until_cut(line))
            try:
                await asyncio.wait((gone, cut), return_when=asyncio.FIRST_COMPLETED)
            finally:
                gone.cancel()
                cut.cancel()


def installed() -> str:
    """The version that runs."""
    try:
        return version("vigimel")
    except PackageNotFoundError:
        return "unknown"


async def _all_gone(health: Health) -> None:
    # What other processes write into shared memory wakes nobody.
    while (workers := health.workers()).ready or workers.draining:  # noqa: ASYNC110
        await asyncio.sleep(_STEP)


async def _until_cut(line: Line) -> None:
    while await line.order() is not Order.CUT:
        pass
