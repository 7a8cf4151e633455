"""What do several commands take, and how do they end?"""

import asyncio
from collections.abc import Coroutine
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
        "--config", "-c", help="The configuration (/etc/vigimel/vigimel.toml, else the shipped one)."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One line of JSON each.")]


def end_with(config: Config, work: Coroutine[None, None, int]) -> NoReturn:
    """Do the work and end with its status; 1, and a line that says why, where something is away."""
    try:
        status = asyncio.run(work)
    except TryLater as error:
        fail(1, TEXTS[config.policy.language]["away"].format(why=error))
    raise typer.Exit(status)
