"""Which commands are there? The arguments of each, and what its end means for the exit status.

0: done. 1: something could not be done, and a line on standard error says what. 2: not understood.
78: the configuration is wrong. Nothing ends in a traceback but a fault of our own.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from milter.cli.terminal import EX_CONFIG, fail, say
from milter.cli.texts import TEXTS
from milter.config import Config, find, load
from milter.errors import ConfigError, TryLater

if TYPE_CHECKING:
    from milter.cli.holding import Quarantine

app = typer.Typer(
    name="vigimel",
    help="Stops mail that impersonates the French national health insurance.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
quarantine = typer.Typer(help="What waits in the quarantine.", no_args_is_help=True)
app.add_typer(quarantine, name="quarantine")

ConfigPath = Annotated[
    Path | None,
    typer.Option(
        "--config", "-c", help="The configuration (/etc/vigimel/vigimel.toml, else the shipped one)."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One line of JSON each.")]
Numbers = Annotated[list[int], typer.Argument(metavar="ID...", help="Numbers, as `list` shows them.")]


def main() -> None:
    """Run the command line."""
    # A file name need not be UTF-8, a terminal need not be either.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except ConfigError as error:
        fail(EX_CONFIG, *error.problems)
    except KeyboardInterrupt:
        sys.exit(130)


@app.callback(invoke_without_command=True)
def _options(
    *, version: Annotated[bool, typer.Option("--version", help="Write the version.")] = False
) -> None:
    if version:
        from milter.cli.greeting import version as installed

        say(f"vigimel {installed()}")
        raise typer.Exit


@app.command()
def serve(config: ConfigPath = None) -> None:
    """Take mail, judge it, pass it on; until SIGTERM or Ctrl-C."""
    from milter import maillog
    from milter.cli.greeting import announce
    from milter.cli.greeting import version as installed
    from milter.serve import serve as run
    from milter.workers.watch import StartError

    def begin(config: Config) -> None:
        maillog.configure(config.log.level)
        maillog.started(installed(), config.hostname)

    try:
        run(config or find(), begin, announce)
    except StartError:
        fail(1, "the processes did not come up; what they died of stands above")


@app.command()
def judge(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...", help="Mails, directories, mbox files, Maildirs; - for standard input."
        ),
    ],
    config: ConfigPath = None,
    *,
    as_json: AsJson = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Every piece of evidence, and where it stands.")
    ] = False,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help="Processes; 0 means one a core.")] = 1,
    nameserver: Annotated[
        list[str] | None,
        typer.Option("--nameserver", help="Ask this one, as address or address:port; may be repeated."),
    ] = None,
) -> None:
    """Say what the gateway would say of these mails."""
    from milter.cli.judging import judge_paths
    from milter.cli.report import block
    from milter.cli.terminal import json_line

    write = (lambda report, _: json_line(report)) if as_json else partial(block, verbose=verbose)
    raise typer.Exit(
        judge_paths(config or find(), paths, nameservers=tuple(nameserver or ()), write=write, jobs=jobs)
    )


@app.command("check-config")
def check_config(config: ConfigPath = None) -> None:
    """Say everything that is wrong with the configuration, without starting."""
    from milter.serve import prepare

    path = config or find()
    parts = prepare(path)
    say(TEXTS[parts.config.policy.language]["config_ok"].format(path=path))


@app.command()
def doctor(config: ConfigPath = None, *, as_json: AsJson = False) -> None:
    """Say of everything that the gateway needs whether it is there: libraries, OCR, DNS, store, next hop."""
    from milter.cli.doctor import examine

    raise typer.Exit(examine(load(config or find(), to_serve=False), as_json=as_json))


@quarantine.command("list")
def list_(
    config: ConfigPath = None,
    *,
    state: Annotated[str, typer.Option(help="held, releasing, released, deleted, expired, or all.")] = "held",
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """One line for each mail, the newest first."""
    from milter.quarantine.held import State

    if state != "all" and state not in set(State):
        raise typer.BadParameter(f"{state!r} is none of {', '.join(State)}, all", param_hint="--state")
    wanted = None if state == "all" else State(state)
    _in_quarantine(config, as_json, lambda held: held.list_mails(wanted, limit), if_none=0)


@quarantine.command()
def show(
    number: Annotated[int, typer.Argument(metavar="ID")],
    config: ConfigPath = None,
    *,
    raw: Annotated[
        bool, typer.Option("--raw", help="The mail itself, byte for byte, not what is known of it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """All that is known of one mail."""
    _in_quarantine(config, as_json, lambda held: held.show(number, raw=raw))


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
def delete(numbers: Numbers, config: ConfigPath = None, *, as_json: AsJson = False) -> None:
    """Delete mails for good."""
    _in_quarantine(config, as_json, lambda held: held.delete(numbers))


def _in_quarantine(
    config_path: Path | None, as_json: bool, work: "Callable[[Quarantine], Awaitable[int]]", if_none: int = 1
) -> None:
    """Do the work in the quarantine of the configuration and end with its status."""
    from milter.cli.holding import open_quarantine

    config: Config = load(config_path or find(), to_serve=False)

    async def run() -> int:
        async with open_quarantine(config, as_json=as_json) as held:
            return if_none if held is None else await work(held)

    try:
        status = asyncio.run(run())
    except TryLater as error:
        fail(1, TEXTS[config.policy.language]["away"].format(why=error))
    raise typer.Exit(status)
