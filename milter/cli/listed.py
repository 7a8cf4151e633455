"""How is all that there is of one kind listed? A table, or JSON."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from milter.cli.opened import opened
from milter.cli.terminal import at_most, json_line, say, table
from milter.cli.texts import TEXTS
from milter.config import Config
from milter.quarantine.transactions import Transactions

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """Things of one kind: how they are found, what each is as JSON and as a row, by which words of `TEXTS`
    the columns are called, and which say that there is none."""

    find: Callable[[Transactions], Awaitable[Sequence[T]]]
    plain: Callable[[T], dict[str, Any]]
    row: Callable[[T], list[str]]
    head: str
    nothing: str
    # How many are shown; of what is never many, all.
    limit: int | None = None


async def list_all(config: Config, listing: Listing[T], *, as_json: bool) -> int:
    """Write one line each."""
    text = TEXTS[config.policy.language]
    async with opened(config) as store:
        found = await listing.find(store.transactions) if store else ()
    if listing.limit is not None:
        found = at_most(listing.limit, found, text["more"])
    if as_json:
        for one in found:
            say(json_line(listing.plain(one)))
    elif found:
        say("\n".join(table([text[listing.head].split("|"), *map(listing.row, found)])))
    elif store:
        say(text[listing.nothing])
    return 0
