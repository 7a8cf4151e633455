"""How do commands open the database of a gateway that may be running?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from milter.cli.terminal import warn
from milter.cli.texts import TEXTS
from milter.config import Config
from milter.quarantine.store import Store


@asynccontextmanager
async def opened(config: Config) -> AsyncIterator[Store | None]:
    """The quarantine; None, and a line that says so, where there is no file yet."""
    place = config.quarantine.place
    # Opening would make the file, as whoever types the command, and the service could not write to it.
    if isinstance(place, Path) and not place.exists():
        warn(TEXTS[config.policy.language]["no_quarantine"].format(path=place))
        yield None
        return
    store = await Store.open(place, grace=config.quarantine.grace)
    try:
        yield store
    finally:
        await store.close()
