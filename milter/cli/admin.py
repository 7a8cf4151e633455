"""Which commands have the accounts of the review page, and its journal?"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from milter.cli.arguments import AsJson, ConfigPath, end_with
from milter.config import Config, find, load

if TYPE_CHECKING:
    from milter.cli.people import People

admin = typer.Typer(help="Who may use the review page.", no_args_is_help=True)
audit = typer.Typer(help="Who did what.", no_args_is_help=True)


@admin.command("add")
def add_account(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    config: ConfigPath = None,
    *,
    role: Annotated[
        str,
        typer.Option(help="viewer (looks), reviewer (releases, deletes) or admin (reads the journal)."),
    ] = "admin",
) -> None:
    """Make an account of the review page; its password is asked for, or read from standard input."""
    from milter.review.accounts import Role

    if role not in set(Role):
        raise typer.BadParameter(f"{role!r} is none of {', '.join(Role)}", param_hint="--role")
    _with_people(config, lambda people: people.add(name, Role(role)))


@admin.command("password")
def set_password(name: Annotated[str, typer.Argument(metavar="NAME")], config: ConfigPath = None) -> None:
    """Give an account another password, and end its logins."""
    _with_people(config, lambda people: people.set_password(name))


@admin.command("remove")
def remove_account(name: Annotated[str, typer.Argument(metavar="NAME")], config: ConfigPath = None) -> None:
    """Remove an account, and end its logins."""
    _with_people(config, lambda people: people.remove(name))


@admin.command("list")
def list_accounts(config: ConfigPath = None, *, as_json: AsJson = False) -> None:
    """One line for each account."""
    _with_people(config, lambda people: people.list_all(), as_json=as_json)


@audit.command("show")
def show_journal(
    config: ConfigPath = None,
    *,
    limit: Annotated[int, typer.Option(min=1, help="How many lines, the newest.")] = 200,
    as_json: AsJson = False,
) -> None:
    """Who looked, released, deleted, logged in."""
    _with_people(config, lambda people: people.show_journal(limit), as_json=as_json)


@audit.command("verify")
def verify_journal(config: ConfigPath = None) -> None:
    """Say whether a line of the journal was changed or taken away."""
    _with_people(config, lambda people: people.verify_journal())


def _with_people(
    config_path: Path | None, work: "Callable[[People], Awaitable[int]]", *, as_json: bool = False
) -> None:
    """Do the work with the accounts of the configuration and end with its status."""
    from milter.cli.people import open_people

    config: Config = load(config_path or find(), to_serve=False)

    async def run() -> int:
        async with open_people(config, as_json=as_json) as people:
            return 1 if people is None else await work(people)

    end_with(config, run())
