"""What do several commands take, and how do they end?"""

import asyncio
import re
from collections.abc import Coroutine
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from milter.cli.terminal import fail
from milter.cli.texts import TEXTS
from milter.config import Config
from milter.errors import TryLater

ConfigPath = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        help="The configuration (/etc/vigimel/vigimel.toml, else the shipped one).",
        # Who reads it says more of a file that is closed: to whom, and that the gateway must read it.
        readable=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One line of JSON each.")]


_UNITS = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
# Nothing is older, and from there as long again can be counted back.
_LONGEST = timedelta(days=5000)


def moment(text: str) -> datetime:
    """`24h`, `7d`, `2w`, `30m` ago, or the beginning of a day of this machine's time zone, `2026-11-28`."""
    now = datetime.now(UTC)
    if match := re.fullmatch(r"([0-9]{1,6})([mhdw])", text):
        return now - min(timedelta(seconds=int(match[1]) * _UNITS[match[2]]), _LONGEST)
    try:
        found = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise typer.BadParameter(f"{text!r} is neither like 24h or 7d, nor like 2026-11-28") from None
    if found > now:
        raise typer.BadParameter(f"{text!r} is still to come")
    return max(found, now - _LONGEST)


def day_to_come(text: str) -> datetime:
    """`90d` or `12w` from now, or the end of a day of this machine's time zone, `2027-02-26`."""
    if match := re.fullmatch(r"([0-9]{1,4})([dw])", text):
        return datetime.now(UTC) + timedelta(seconds=int(match[1]) * _UNITS[match[2]])
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is neither like 90d or 12w, nor like 2027-02-26") from None
    try:
        return datetime.combine(day + timedelta(days=1), time()).astimezone(UTC)
    except (OverflowError, ValueError):
        raise typer.BadParameter(f"{text!r} is too far") from None


Reason = Annotated[str, typer.Option(help="Why, for whoever asks later.")]
WhyOpened = Annotated[
    str, typer.Option("--reason", help="Why you open it, for the journal; needed where ask_reason is set.")
]
Until = Annotated[
    datetime | None,
    typer.Option(
        parser=day_to_come,
        metavar="WHEN",
        help="How long: 90d, 12w, or the last day, as 2027-02-26; else what rule_days says.",
    ),
]


Since = Annotated[
    datetime | None,
    typer.Option(parser=moment, metavar="WHEN", help="Since then: 24h, 7d, or a day, as 2026-11-28."),
]


def end_with(config: Config, work: Coroutine[None, None, int]) -> NoReturn:
    """Do the work and end with its status; 1, and a line that says why, where something is away."""
    try:
        status = asyncio.run(work)
    except TryLater as error:
        fail(1, TEXTS[config.policy.language]["away"].format(why=error))
    raise typer.Exit(status)
