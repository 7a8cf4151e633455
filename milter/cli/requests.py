"""Which commands have the requests of recipients?"""

from typing import Annotated

import typer

from milter.cli.arguments import AsJson, ConfigPath, end_with
from milter.config import find, load

requests = typer.Typer(
    help="What recipients ask for, who were told of their held mail by a digest.", no_args_is_help=True
)

Numbers = Annotated[
    list[int], typer.Argument(metavar="ID...", help="Numbers, as `requests list` shows them.")
]


@requests.command("list")
def list_(
    config: ConfigPath = None,
    *,
    state: Annotated[str, typer.Option(help="open, approved, denied, lapsed, or all.")] = "open",
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """One line for each request, the newest first."""
    from milter.cli.asked import list_requests
    from milter.quarantine.requests import Decision

    if state != "all" and state not in set(Decision):
        raise typer.BadParameter(f"{state!r} is none of {', '.join(Decision)}, all", param_hint="--state")
    wanted = None if state == "all" else Decision(state)
    loaded = load(config or find(), to_serve=False)
    end_with(loaded, list_requests(loaded, wanted, limit, as_json=as_json))


@requests.command()
def approve(
    numbers: Numbers,
    config: ConfigPath = None,
    *,
    everybody: Annotated[
        bool, typer.Option("--all", help="To all recipients of the mail, not only to who asks.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Release a mail to the recipient who asks for it; for the others it goes on waiting."""
    from milter.cli.asked import approve_requests

    loaded = load(config or find(), to_serve=False)
    end_with(loaded, approve_requests(loaded, numbers, everybody=everybody, as_json=as_json))


@requests.command()
def deny(
    numbers: Numbers,
    config: ConfigPath = None,
    *,
    word: Annotated[str, typer.Option(help="What the recipient is told beside the no.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say no to the recipient; the mail goes on waiting."""
    from milter.cli.asked import deny_requests

    loaded = load(config or find(), to_serve=False)
    end_with(loaded, deny_requests(loaded, numbers, word, as_json=as_json))
