"""Which commands has the quarantine?"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from milter.cli.arguments import AsJson, ConfigPath, Reason, Since, Until, WhyOpened, end_with
from milter.cli.campaign import campaign
from milter.cli.requests import requests
from milter.config import Config, find, load

if TYPE_CHECKING:
    from milter.cli.holding import Quarantine

quarantine = typer.Typer(help="What waits in the quarantine.", no_args_is_help=True)
quarantine.add_typer(requests, name="requests")
quarantine.add_typer(campaign, name="campaign")

Numbers = Annotated[list[int], typer.Argument(metavar="ID...", help="Numbers, as `list` shows them.")]


@quarantine.command("list")
def list_(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="WORD...", help="Of the subject, of sender or recipient, or of a Message-ID."),
    ] = None,
    config: ConfigPath = None,
    *,
    state: Annotated[
        str, typer.Option(help="held, confirmed, releasing, released, deleted, expired, or all.")
    ] = "held",
    since: Since = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """One line for each mail, the newest first; of those that have all the words, where some are given."""
    from milter.quarantine.held import State
    from milter.quarantine.listing import Wanted

    if state != "all" and state not in set(State):
        raise typer.BadParameter(f"{state!r} is none of {', '.join(State)}, all", param_hint="--state")
    wanted = Wanted(None if state == "all" else State(state), words=" ".join(words or ()), since=since)
    _in_quarantine(config, as_json, lambda held: held.list_mails(wanted, limit), if_none=0)


@quarantine.command()
def show(
    number: Annotated[int, typer.Argument(metavar="ID")],
    config: ConfigPath = None,
    *,
    raw: Annotated[
        bool, typer.Option("--raw", help="The mail itself, byte for byte, not what is known of it.")
    ] = False,
    reason: WhyOpened = "",
    as_json: AsJson = False,
) -> None:
    """All that is known of one mail; the journal keeps who looked."""
    _in_quarantine(config, as_json, lambda held: held.show(number, reason, raw=raw))


@quarantine.command()
def person(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="In full, as sender or recipient.")],
    config: ConfigPath = None,
    *,
    erase: Annotated[
        bool, typer.Option("--erase", help="Forget all of it: mails with their bytes, rows of the trace.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """What is kept of a person, by his address (RGPD, access); and forget it (erasure)."""
    from milter.cli.person import person as work

    loaded = load(config or find(), to_serve=False)
    end_with(loaded, work(loaded, address, erase_it=erase, as_json=as_json))


@quarantine.command()
def release(
    numbers: Numbers,
    config: ConfigPath = None,
    *,
    to: Annotated[
        list[str] | None, typer.Option("--to", help="Only to this recipient; may be repeated.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Pass mails on to their recipients after all."""
    recipients = tuple(to) if to else None
    _in_quarantine(config, as_json, lambda held: held.release(numbers, recipients))


@quarantine.command()
def allow(
    numbers: Numbers,
    config: ConfigPath = None,
    *,
    reason: Reason,
    until: Until = None,
    as_json: AsJson = False,
) -> None:
    """Release mails, and let mail like them pass from now on where it proves the same author."""
    _in_quarantine(config, as_json, lambda held: held.allow(numbers, reason, until))


@quarantine.command()
def rules(config: ConfigPath = None, *, as_json: AsJson = False) -> None:
    """The rules by which authors are allowed, the newest first."""
    from milter.cli.allowing import show_rules

    loaded = load(config or find(), to_serve=False)
    end_with(loaded, show_rules(loaded, as_json=as_json))


@quarantine.command("remove-rule")
def remove_rule(
    numbers: Annotated[list[int], typer.Argument(metavar="RULE...", help="Numbers, as `rules` shows them.")],
    config: ConfigPath = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Take rules back: within seconds their authors are judged as ever."""
    from milter.cli.allowing import remove

    loaded = load(config or find(), to_serve=False)
    end_with(loaded, remove(loaded, numbers, as_json=as_json))


@quarantine.command()
def delete(numbers: Numbers, config: ConfigPath = None, *, as_json: AsJson = False) -> None:
    """Delete mails; for good when undelete_hours are over."""
    _in_quarantine(config, as_json, lambda held: held.delete(numbers))


@quarantine.command()
def confirm(numbers: Numbers, config: ConfigPath = None, *, as_json: AsJson = False) -> None:
    """Say that mails are frauds: kept as evidence, not released."""
    _in_quarantine(config, as_json, lambda held: held.confirm(numbers))


@quarantine.command()
def undo(numbers: Numbers, config: ConfigPath = None, *, as_json: AsJson = False) -> None:
    """Let confirmed mails wait again, and deleted ones while they are there; a release cannot be undone."""
    _in_quarantine(config, as_json, lambda held: held.undo(numbers))


@quarantine.command()
def backup(
    copy: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; what is there is replaced.")],
    config: ConfigPath = None,
) -> None:
    """Make a consistent copy of the quarantine (SQLite) while Vigimel works."""
    from milter.cli.backup import backup as work

    work(load(config or find(), to_serve=False), copy)


@quarantine.command("report-kit")
def report_kit(
    number: Annotated[int, typer.Argument(metavar="ID")],
    config: ConfigPath = None,
    *,
    to: Annotated[
        list[str] | None,
        typer.Option("--to", help="Tell this address (may be repeated), else those of the configuration."),
    ] = None,
    send: Annotated[bool, typer.Option("--send", help="Send it; else it is only shown.")] = False,
    reason: WhyOpened = "",
    as_json: AsJson = False,
) -> None:
    """Show what others may be told of a fraud, without its recipients; send it where you say so."""
    from milter.cli.telling import tell

    loaded = load(config or find(), to_serve=False)
    end_with(loaded, tell(loaded, number, to or (), reason, send=send, as_json=as_json))


def _in_quarantine(
    config_path: Path | None, as_json: bool, work: "Callable[[Quarantine], Awaitable[int]]", if_none: int = 1
) -> None:
    """Do the work in the quarantine of the configuration and end with its status."""
    from milter.cli.holding import open_quarantine

    config: Config = load(config_path or find(), to_serve=False)

    async def run() -> int:
        async with open_quarantine(config, as_json=as_json) as held:
            return if_none if held is None else await work(held)

    end_with(config, run())
