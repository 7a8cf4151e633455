"""Which commands have the accounts of the review page, and its journal?"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from milter.cli.arguments import AsJson, ConfigPath, end_with
from milter.config import Config, find, load

if TYPE_CHECKING:
    from milter.cli.people import People
    from milter.review.accounts import Role

Name = Annotated[str, typer.Argument(metavar="NAME")]
OneTime = Annotated[
    bool,
    typer.Option("--one-time", help="A password that is made up and shown, good for choosing another one."),
]

admin = typer.Typer(help="Who may use the review page.", no_args_is_help=True)
audit = typer.Typer(help="Who did what.", no_args_is_help=True)


@admin.command("add")
def add_account(
    name: Name,
    config: ConfigPath = None,
    *,
    role: Annotated[
        str,
        typer.Option(
            help="viewer (looks), reviewer (releases, deletes) or admin (reads the journal, makes accounts)."
        ),
    ] = "admin",
    one_time: OneTime = False,
    as_json: AsJson = False,
) -> None:
    """Make an account of the review page; its password is asked for, or read from standard input."""
    _with_people(config, lambda people: people.add(name, _role(role), one_time=one_time), as_json=as_json)


@admin.command("password")
def set_password(
    name: Name,
    config: ConfigPath = None,
    *,
    own: Annotated[
        bool, typer.Option("--own", help="Your own: the one until now is asked for first.")
    ] = False,
    one_time: OneTime = False,
    as_json: AsJson = False,
) -> None:
    """Give an account another password, and end its logins."""
    if own and one_time:
        raise typer.BadParameter("is for others", param_hint="--one-time")
    _with_people(
        config, lambda people: people.set_password(name, own=own, one_time=one_time), as_json=as_json
    )


@admin.command("role")
def set_role(
    name: Name,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="viewer, reviewer or admin.")],
    config: ConfigPath = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Give an account another role, from the next click on."""
    _with_people(config, lambda people: people.set_role(name, _role(role)), as_json=as_json)


@admin.command("disable")
def disable_account(name: Name, config: ConfigPath = None, *, as_json: AsJson = False) -> None:
    """Let an account log in no more, and end its logins."""
    _with_people(config, lambda people: people.disable(name), as_json=as_json)


@admin.command("enable")
def enable_account(name: Name, config: ConfigPath = None, *, as_json: AsJson = False) -> None:
    """Let an account log in again."""
    _with_people(config, lambda people: people.enable(name), as_json=as_json)


@admin.command("logout")
def log_out(name: Name, config: ConfigPath = None, *, as_json: AsJson = False) -> None:
    """End the logins of an account, wherever they are."""
    _with_people(config, lambda people: people.log_out(name), as_json=as_json)


@admin.command("remove")
def remove_account(name: Name, config: ConfigPath = None, *, as_json: AsJson = False) -> None:
    """Remove an account, and end its logins."""
    _with_people(config, lambda people: people.remove(name), as_json=as_json)


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
def verify_journal(config: ConfigPath = None, *, as_json: AsJson = False) -> None:
    """Say whether a line of the journal was changed or taken away."""
    _with_people(config, lambda people: people.verify_journal(), as_json=as_json)


def _role(text: str) -> "Role":
    from milter.review.accounts import Role

    if text not in set(Role):
        raise typer.BadParameter(f"{text!r} is none of {', '.join(Role)}", param_hint="role")
    return Role(text)


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
