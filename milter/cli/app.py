"""Which commands are there? The arguments of each, and what its end means for the exit status.

0: done. 1: something could not be done, and a line on standard error says what. 2: not understood.
78: the configuration is wrong. Nothing ends in a traceback but a fault of our own.
"""

import asyncio
import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from milter.cli.admin import admin, audit
from milter.cli.arguments import AsJson, ConfigPath, Since, end_with, moment
from milter.cli.brand import brand
from milter.cli.quarantine import quarantine
from milter.cli.terminal import EX_CONFIG, fail, say
from milter.cli.texts import TEXTS
from milter.config import Config, find, load
from milter.errors import ConfigError

app = typer.Typer(
    name="vigimel",
    help="Stops mail that impersonates the French national health insurance.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(quarantine, name="quarantine")
app.add_typer(admin, name="admin")
app.add_typer(audit, name="audit")
app.add_typer(brand, name="brand")


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
def trace(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="WORD...", help="Of a Message-ID, an address, a client, or our number of the mail."
        ),
    ] = None,
    config: ConfigPath = None,
    *,
    finding: Annotated[str, typer.Option(help="Only these: impersonation, suspect, genuine...")] = "",
    since: Since = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """What became of a mail, also of one that went on."""
    from milter.cli.tracing import show
    from milter.verdict.verdict import Finding

    if finding and finding not in set(Finding):
        raise typer.BadParameter(f"{finding!r} is none of {', '.join(Finding)}", param_hint="--finding")
    loaded = load(config or find(), to_serve=False)
    wanted = Finding(finding) if finding else None
    end_with(loaded, show(loaded, " ".join(words or ()), wanted, since, limit, as_json=as_json))


@app.command()
def report(
    config: ConfigPath = None,
    *,
    since: Since = None,
    form: Annotated[str, typer.Option("--format", help="text, html, json or csv.")] = "text",
    language: Annotated[str, typer.Option(help="fr or en; else that of the configuration.")] = "",
) -> None:
    """What came, what waits, what was released; of the last 24 hours, or since when you say."""
    from milter.cli.reporting import FORMS, show
    from milter.config.language import LANGUAGES

    if form not in FORMS:
        raise typer.BadParameter(f"{form!r} is none of {', '.join(FORMS)}", param_hint="--format")
    if language and language not in LANGUAGES:
        raise typer.BadParameter(f"{language!r} is none of {', '.join(LANGUAGES)}", param_hint="--language")
    loaded = load(config or find(), to_serve=False)
    end_with(loaded, show(loaded, since or moment("24h"), form, language))


@app.command()
def serve(config: ConfigPath = None) -> None:
    """Take mail, judge it, pass it on; until SIGTERM or Ctrl-C."""
    from milter import maillog
    from milter.cli.greeting import announce
    from milter.cli.greeting import version as installed
    from milter.log.lines import configure_log
    from milter.serve import serve as run
    from milter.workers.watched import StartError

    def begin(config: Config) -> None:
        configure_log(config.log.level, config.log.format)
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
    from milter.cli.judging import Setting, judge_paths
    from milter.cli.report import block
    from milter.cli.terminal import json_line

    write = (lambda report, _: json_line(report)) if as_json else partial(block, verbose=verbose)
    setting = Setting(config or find(), tuple(nameserver or ()))
    raise typer.Exit(judge_paths(setting, paths, write=write, jobs=jobs))


@app.command()
def init(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The configuration to write.")] = Path(
        "/etc/vigimel/vigimel.toml"
    ),
    *,
    state: Annotated[Path, typer.Option(help="The directory that the gateway writes to.")] = Path(
        "/var/lib/vigimel"
    ),
    language: Annotated[str, typer.Option(help="fr or en, of what admins and readers are told.")] = "fr",
) -> None:
    """Write a configuration to begin with: the shipped one, every option explained."""
    from milter.cli.beginning import write_config

    if language not in TEXTS:
        raise typer.BadParameter(f"{language!r} is none of {', '.join(TEXTS)}", param_hint="--language")
    write_config(path, state, language)


@app.command()
def replay(
    then: Annotated[
        Path,
        typer.Argument(
            metavar="CHANGED", help="The configuration to try, or a directory of brand files to try in yours."
        ),
    ],
    paths: Annotated[list[str] | None, typer.Argument(metavar="[PATH]...", help="As for judge.")] = None,
    config: ConfigPath = None,
    *,
    as_json: AsJson = False,
    held: Annotated[bool, typer.Option("--quarantine", help="Also what waits in the quarantine.")] = False,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write it as a page.")] = None,
) -> None:
    """Say what changed facts, words or policy would change of these mails; change nothing."""
    from milter.cli.replay import Comparison, held_mails
    from milter.cli.replay import replay as run

    now = config or find()
    settings = load(now, to_serve=False)
    # A quarantine that was never begun is not made to look into it.
    is_there = held and (bool(settings.quarantine.url) or settings.quarantine.path.exists())
    places = asyncio.run(held_mails(settings)) if is_there else []
    comparison = Comparison(now, then, as_json, html)
    raise typer.Exit(run(comparison, paths or [], places))


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
