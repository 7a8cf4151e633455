"""What does the reader do? It forks the children that open files, for all processes of its configuration.

It loads what they need before the first of them: an update may have put other code there by then.
"""

import asyncio
import contextlib

from milter.log.lines import configure_log
from milter.serve.parts import Boards, Parts
from milter.serve.worker import done_before_cut
from milter.workers.line import Line

# What the keeper asks for; what workers ask for the origin knows.
TARGETS = ("milter.review.inside:begin", "milter.report.inside:begin")


async def read_files(parts: Parts, boards: Boards, line: Line, number: int) -> None:
    """Fork children until nobody can ask for one any more: whoever ends what he has begun may have to."""
    configure_log(parts.config.log.level, parts.config.log.format)
    boards.table.use(number)
    serving = asyncio.create_task(parts.judge.lookout.origin.serve(line.ready, *TARGETS))
    if not await done_before_cut(line, serving):
        serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving
