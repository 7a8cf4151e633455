"""Is everything there that the gateway needs? The command `vigimel doctor`.

Each check is one function that looks and changes nothing; a new one is added to `CHECKS`. Nothing that a
check meets raises: what is wrong is what it says.
"""

import asyncio
import importlib
import importlib.metadata
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import asdict, dataclass

from milter.attachment.ocr import find_reader
from milter.brand.load import load_brands
from milter.cli import listening, names, provider, surroundings
from milter.cli.surroundings import State
from milter.cli.terminal import json_line, row, say
from milter.config import Config
from milter.config.agreement import disagreements
from milter.config.places import place_problems
from milter.errors import ConfigError, TryLater
from milter.look.far import build_lookout
from milter.mail.message import Message
from milter.proof.dns import Resolver
from milter.quarantine import postgresql
from milter.serve import build_next_hop

_LIBRARIES = {"pypdfium2": "pypdfium2", "zxing-cpp": "zxingcpp", "pillow": "PIL.Image"}
# A mail with a file to open, so that a child is started for it: its author is named like a brand.
_MAIL = (
    "From: %s <a@b.example>\r\nContent-Type: application/octet-stream; name=a.bin\r\n"
    "Content-Disposition: attachment; filename=a.bin\r\n\r\na"
)
_WAIT = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """What one check has found."""

    check: str
    state: State
    said: str


_TEXTS = {
    "fr": {
        "attachments": "pièces jointes",
        "child": "processus de lecture",
        "ocr": "texte des images",
        "dns": "DNS",
        "store": "quarantaine",
        "next_hop": "serveur suivant",
        "missing": "manque : {what} (réinstaller Vigimel avec pip)",
        "answers": "démarre et répond",
        "no_answer": "ne répond pas : {why}",
        "dns_away": "ne répond pas : {why} ; nommer dans [dns] nameservers, sinon dans /etc/resolv.conf, un "
        "résolveur qui répond",
        "hop_away": "ne répond pas : {why} ; est-il démarré, écoute-t-il là où [next_hop] le dit ?",
        "vision_off": "désactivé ([judge] vision)",
        "no_ocr": "tesseract n'est pas installé (apt install tesseract-ocr tesseract-ocr-fra) : le texte des "
        "images n'est pas lu",
        "no_french": "tesseract sans le français (apt install tesseract-ocr-fra) ; langues : {languages}",
        "ocr_ok": "tesseract, langues : {languages}",
        "dns_ok": "répond pour {name}",
        "dns_empty": "répond, mais ne connaît pas {name} ; le résolveur filtre-t-il, voit-il Internet ?",
        "store_ok": "{path}",
        "store_new": "{path} (sera créée)",
    },
    "en": {
        "attachments": "attachments",
        "child": "reading process",
        "ocr": "text in pictures",
        "dns": "DNS",
        "store": "quarantine",
        "next_hop": "next hop",
        "missing": "missing: {what} (install Vigimel with pip again)",
        "answers": "starts and answers",
        "no_answer": "does not answer: {why}",
        "dns_away": "does not answer: {why}; name a resolver that does in [dns] nameservers, else in "
        "/etc/resolv.conf",
        "hop_away": "does not answer: {why}; is it started, and listening where [next_hop] says?",
        "vision_off": "switched off ([judge] vision)",
        "no_ocr": "tesseract is not installed (apt install tesseract-ocr tesseract-ocr-fra): the text in "
        "pictures is not read",
        "no_french": "tesseract without French (apt install tesseract-ocr-fra); languages: {languages}",
        "ocr_ok": "tesseract, languages: {languages}",
        "dns_ok": "answers for {name}",
        "dns_empty": "answers, but does not know {name}; does the resolver filter, does it see the Internet?",
        "store_ok": "{path}",
        "store_new": "{path} (will be made)",
    },
}
# Where more checks stand, with what they say.
_MORE = (names, surroundings, listening, provider)
_Said = tuple[State, str]


def examine(config: Config, *, as_json: bool) -> int:
    """Write a line for each check; 0 where nothing is wrong, else 1."""
    text = texts(config.policy.language)
    lines = asyncio.run(_lines(config, text))
    width = max(len(text[line.check]) for line in lines)
    for line in lines:
        say(
            json_line(asdict(line))
            if as_json
            else row(text[line.check], f"{line.state:<5} {line.said}", width)
        )
    return int(any(line.state is State.WRONG for line in lines))


def texts(language: str) -> dict[str, str]:
    """What all checks say, in this language."""
    said = dict(_TEXTS[language])
    for more in _MORE:
        said |= more.TEXTS[language]
    return said


async def _lines(config: Config, text: dict[str, str]) -> list[Line]:
    return [Line(name, *await check(config, text)) for name, check in CHECKS.items()]


async def _attachments(_: Config, text: dict[str, str]) -> _Said:
    missing = []
    for package, module in _LIBRARIES.items():
        try:
            importlib.import_module(module)
        except ImportError:
            missing.append(package)
    if missing:
        return State.WRONG, text["missing"].format(what=", ".join(missing))
    return State.OK, ", ".join(f"{package} {importlib.metadata.version(package)}" for package in _LIBRARIES)


async def _child(config: Config, text: dict[str, str]) -> _Said:
    lookout = build_lookout(config.judge)
    try:
        sight = await lookout.look(Message((_MAIL % lookout.brands[0].words.names[0]).encode()))
    except TryLater as error:
        return State.WRONG, text["no_answer"].format(why=error)
    finally:
        lookout.close()
    if sight.unreadable:
        return State.WRONG, text["no_answer"].format(why=", ".join(sorted(sight.unreadable)))
    return State.OK, text["answers"]


async def _ocr(config: Config, text: dict[str, str]) -> _Said:
    if config.judge.vision == "off":
        return State.NOTE, text["vision_off"]
    reader = find_reader()
    if reader is None:
        return State.NOTE, text["no_ocr"]
    languages = ", ".join(reader.languages)
    if "fra" not in reader.languages:
        return State.NOTE, text["no_french"].format(languages=languages)
    return State.OK, text["ocr_ok"].format(languages=languages)


async def _dns(config: Config, text: dict[str, str]) -> _Said:
    resolver = Resolver(config.dns.nameservers, config.dns.timeout)
    # A name that is there as long as the organisation writes mail.
    name = load_brands(config.judge.brands)[0].domains[0].domain.name
    try:
        found = await resolver.mx(name) or await resolver.a(name) or await resolver.txt(name)
    except TryLater as error:
        return State.WRONG, text["dns_away"].format(why=error)
    if not found:
        return State.WRONG, text["dns_empty"].format(name=name)
    return State.OK, text["dns_ok"].format(name=name)


async def _store(config: Config, text: dict[str, str]) -> _Said:
    if config.quarantine.url:
        return await _shared_store(config, text)
    path = config.quarantine.path
    for problem in place_problems(config, to_serve=True):
        if problem.key in {("quarantine", "path"), ("state", "directory")}:
            return State.WRONG, problem.sentence
    if not path.exists():
        # Not made here: the file must belong to whom the gateway runs as.
        return State.OK, text["store_new"].format(path=path)
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=_WAIT)) as store:
            store.execute("BEGIN IMMEDIATE")
            store.execute("ROLLBACK")
    except sqlite3.Error as error:
        return State.WRONG, f"{path}: {error}"
    return State.OK, text["store_ok"].format(path=path)


async def _shared_store(config: Config, text: dict[str, str]) -> _Said:
    try:
        trouble = await asyncio.to_thread(postgresql.database(config.quarantine.url, _WAIT).trouble)
    except ConfigError as error:
        return State.WRONG, " ".join(error.problems)
    if trouble:
        return State.WRONG, f"{config.quarantine.shown}: {trouble}"
    return State.OK, text["store_ok"].format(path=config.quarantine.shown)


async def _next_hop(config: Config, text: dict[str, str]) -> _Said:
    hop = config.next_hop
    if hop.maildir:
        # Opening it would make it.
        problems = [*disagreements(config), *place_problems(config, to_serve=True)]
        wrong = [problem.sentence for problem in problems if problem.key[0] == "next_hop"]
        return (State.WRONG, wrong[0]) if wrong else (State.OK, hop.url)
    # Each alone: where one stands in for another, nobody would see that it is away.
    causes = [await _no_answer(config, url) for url in hop.urls]
    if any(causes):
        return State.WRONG, text["hop_away"].format(why="; ".join(filter(None, causes)))
    return State.OK, ", ".join(hop.urls)


async def _no_answer(config: Config, url: str) -> str:
    alone = config.next_hop.model_copy(update={"url": url, "fallback": ()})
    try:
        session = await build_next_hop(config.model_copy(update={"next_hop": alone})).open()
    except TryLater as error:
        return str(error)
    await session.close()
    return ""


# In the order shown.
CHECKS: dict[str, Callable[[Config, dict[str, str]], Awaitable[_Said]]] = {
    "attachments": _attachments,
    "child": _child,
    "ocr": _ocr,
    "dns": _dns,
    "store": _store,
    "next_hop": _next_hop,
    **names.CHECKS,
    **surroundings.CHECKS,
    **listening.CHECKS,
    **provider.CHECKS,
}
