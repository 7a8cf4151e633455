"""Which commands have the facts about who can be impersonated? Check a brand's file, begin another."""

import datetime
import unicodedata
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from milter.brand.check import Doubt, Doubtful, check
from milter.brand.load import load_brand, load_brands
from milter.cli.arguments import AsJson, ConfigPath
from milter.cli.terminal import fail, json_line, say, shown
from milter.config import find, load

brand = typer.Typer(help="Who can be impersonated.", no_args_is_help=True)

_TEXTS = {
    "fr": {
        Doubt.TWICE: "{value} : figure deux fois",
        Doubt.CONFLICT: "{value} : à la fois de l'organisme ([[domain]]) et étranger ([[neighbour]])",
        Doubt.UNKNOWN_DOMAIN: "{value} : adresse d'un domaine qui ne figure pas parmi les [[domain]]",
        Doubt.WEAK: "{value} : une seule source, faible ou ancienne ({beside})",
        Doubt.FUTURE: "{value} : date à venir ({beside})",
        Doubt.TOO_OLD: "{value} : lu le {beside}, à vérifier à nouveau",
        Doubt.NO_PROMISE: "{value} : aucun engagement publié ([[promise]]) n'exclut cette demande",
        Doubt.OVERLAP: "{value} : figure aussi chez {beside}",
        "ok": "rien à signaler",
        "made": "{path} : à compléter, puis vigimel brand check {path}",
        "exists": "{path} existe déjà",
        "no_key": "{name} : aucune lettre pour en faire une clé",
    },
    "en": {
        Doubt.TWICE: "{value}: stands twice",
        Doubt.CONFLICT: "{value}: is both the organisation's ([[domain]]) and a stranger's ([[neighbour]])",
        Doubt.UNKNOWN_DOMAIN: "{value}: an address of a domain that is none of the [[domain]]",
        Doubt.WEAK: "{value}: one source only, weak or old ({beside})",
        Doubt.FUTURE: "{value}: a day that has not come ({beside})",
        Doubt.TOO_OLD: "{value}: read on {beside}, to be read again",
        Doubt.NO_PROMISE: "{value}: no published promise ([[promise]]) rules this out",
        Doubt.OVERLAP: "{value}: {beside} has it, too",
        "ok": "nothing to say",
        "made": "{path}: fill it in, then vigimel brand check {path}",
        "exists": "{path} is there already",
        "no_key": "{name}: no letter to make a key of",
    },
}
_TEMPLATE = """\
# {name}: who it is, what it owns, what it has promised, and the words it is known by. config/brands/ has
# complete examples. Sureness: A = official text, or several sources; B = one good source; C = a weak one.

key = "{key}"
name = "{name}"
name_en = "{name}"
version = "{today}"
fresh_days = 365

# A domain that it owns: a signature by it proves a mail. Put its own here, with the place you read it.
[[domain]]
value = "{key}.example"
source = "made by vigimel brand new: replace"
read = {today}
sure = "C"

# Also: [[address]] value, source, read, sure; [[neighbour]] and [[number]] the same;
# [[promise]] kinds, text, text_en, source, source_en, date: what it has published that it never asks for;
# about: beginnings of words without which it is about something else.

[words]
# Letters one of which stands in every text about it, and the names that are nobody else's.
stems = ["{stem}"]
names = ["{name}"]
labels = ["{key}"]
"""


@brand.command("check")
def check_brand(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="All of the configuration.")] = None,
    config: ConfigPath = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Say what is doubtful in the facts: conflicts, unknown domains, weak, old and missing ones, overlaps."""
    settings = load(config or find(), to_serve=False)
    protected = load_brands(settings.judge.brands)
    wanted = protected if file is None else (load_brand(file),)
    text = _TEXTS[settings.policy.language]
    today = datetime.datetime.now(datetime.UTC).date()
    found = [(one.key, doubtful) for one in wanted for doubtful in check(one, protected, today)]
    for key, doubtful in found:
        say(
            json_line({"brand": key, "wrong": doubtful.doubt.is_wrong, **asdict(doubtful)})
            if as_json
            else f"{key}: {_sentence(text, doubtful)}"
        )
    if not found and not as_json:
        say(text["ok"])
    raise typer.Exit(int(any(doubtful.doubt.is_wrong for _, doubtful in found)))


@brand.command("new")
def new_brand(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What people call it.")],
    config: ConfigPath = None,
    *,
    to: Annotated[Path, typer.Option(help="The directory.")] = Path(),
) -> None:
    """Write the file of another brand, which judges nothing before you have filled it in."""
    text = _TEXTS[load(config or find(), to_serve=False).policy.language]
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.lower()) if c.isascii())
    key = "-".join("".join(c if c.isalnum() else " " for c in plain).split())
    if not key:
        fail(1, text["no_key"].format(name=shown(name)))
    path = to / f"{key}.toml"
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    quoted = " ".join(name.replace("\\", " ").replace('"', " ").split())
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(_TEMPLATE.format(key=key, name=quoted, stem=key.split("-")[0], today=today))
    except FileExistsError:
        fail(1, text["exists"].format(path=path))
    except OSError as error:
        fail(1, f"{path}: {error.strerror}")
    say(text["made"].format(path=path))


def _sentence(text: dict[str, str], doubtful: Doubtful) -> str:
    return shown(text[doubtful.doubt].format(value=doubtful.value, beside=doubtful.beside))
