"""Is the machine round the gateway as it should be? More checks of `vigimel doctor`.

Each says how it stands and what to do about it; none raises or changes anything.
"""

import asyncio
import ctypes
import datetime
import os
import resource
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509

from milter.brand.age import facts as facts_of
from milter.brand.age import too_old
from milter.brand.load import load_brands
from milter.cli.running import open_files_of_service
from milter.config import Config
from milter.config.address import HostPort
from milter.errors import ConfigError
from milter.quarantine import postgresql
from milter.quarantine.migrations.upgrade import HEAD
from milter.serve.night import last_tidied
from milter.serve.parts import open_files_of, workers_of

_MB = 1024 * 1024
_LITTLE, _TOO_LITTLE = 1024 * _MB, 100 * _MB
_DAYS_BEFORE = 21
_DAYS_UNTIDIED = 3
# As measured (tests/bench/figures.md), with room for the child that opens files.
_MEMORY_OF_WORKER = 250 * _MB
_UNSYNCHRONISED = 5
_WAIT = 1.0


class State(StrEnum):
    """How it stands. The value is the word in the output and in JSON."""

    OK = "ok"
    NOTE = "note"  # the gateway works, with less
    WRONG = "wrong"  # it does not work, or not as configured


Checked = tuple[State, str]
Texts = dict[str, str]
Check = Callable[[Config, Texts], Awaitable[Checked]]

TEXTS = {
    "fr": {
        "tables": "tables",
        "space": "place",
        "clock": "horloge",
        "certificates": "certificats",
        "page": "page de revue",
        "limits": "limites du système",
        "facts": "faits",
        "tables_ok": "version {found}",
        "tidied": "fichiers réécrits sans ce qui est effacé le {at}",
        "tidied_long_ago": "fichiers réécrits sans ce qui est effacé le {at} pour la dernière fois : voir "
        "event=deferred la nuit, de 2 h à 5 h",
        "tidied_never": "fichiers pas encore réécrits sans ce qui est effacé (la nuit, de 2 h à 5 h)",
        "tables_new": "seront créées au démarrage",
        "tables_old": "version {found}, passeront à {head} au démarrage ; sauvegarder avant",
        "tables_strange": "version {found} inconnue de ce programme ({head}) : mettre Vigimel à jour",
        "space_ok": "{free} Mo libres dans {path}",
        "space_little": "{free} Mo libres dans {path} : faire de la place, ou les fraudes seront différées",
        "clock_ok": "synchronisée",
        "clock_unsynced": "non synchronisée (timedatectl set-ntp true) : signatures et DNS s'y fient",
        "clock_wrong": "{now} : avant la date des faits ({version}), l'horloge retarde",
        "cert_none": "aucun n'est configuré",
        "cert_ok": "{name} : jusqu'au {until}",
        "cert_soon": "{name} : expire le {until}, à renouveler",
        "cert_expired": "{name} : hors validité ({until}) : renouveler, puis systemctl reload vigimel",
        "cert_unread": "{name} : illisible ({why})",
        "page_off": "aucune ([review] listen est vide)",
        "page_clear": "{places} en http : d'une autre machine, aucun navigateur ne garde la connexion ; "
        "mettre [review] certificate et key, ou un serveur web devant et 127.0.0.1 ici",
        "limits_ok": "{files} descripteurs {whose}, {memory} Mo de mémoire",
        "files_few": "{files} descripteurs {whose}, il en faut {wanted} (LimitNOFILE=) ou baisser "
        "max_connections",
        "of_service": "pour la passerelle qui tourne",
        "of_shell": "pour ce terminal (aucune passerelle ne tourne ; la sienne est LimitNOFILE=)",
        "memory_little": "{memory} Mo de mémoire, il en faut {wanted} : baisser [service] workers",
        "facts_ok": "{brands}",
        "facts_old": "à vérifier à nouveau : {old} (vigimel brand check)",
    },
    "en": {
        "tables": "tables",
        "space": "space",
        "clock": "clock",
        "certificates": "certificates",
        "page": "review page",
        "limits": "limits of the system",
        "facts": "facts",
        "tables_ok": "version {found}",
        "tidied": "files written anew without what is deleted on {at}",
        "tidied_long_ago": "files written anew without what is deleted on {at} for the last time: see "
        "event=deferred at night, from 2 to 5 o'clock",
        "tidied_never": "files not yet written anew without what is deleted (at night, from 2 to 5 o'clock)",
        "tables_new": "will be made at the start",
        "tables_old": "version {found}, will become {head} at the start; make a back-up before",
        "tables_strange": "version {found} is not known to this program ({head}): upgrade Vigimel",
        "space_ok": "{free} MB free in {path}",
        "space_little": "{free} MB free in {path}: make room, or frauds will be deferred",
        "clock_ok": "synchronised",
        "clock_unsynced": "not synchronised (timedatectl set-ntp true): signatures and DNS rely on it",
        "clock_wrong": "{now}: before the day of the facts ({version}), the clock is slow",
        "cert_none": "none is configured",
        "cert_ok": "{name}: until {until}",
        "cert_soon": "{name}: ends on {until}, renew it",
        "cert_expired": "{name}: ended or not begun ({until}); renew it, then systemctl reload vigimel",
        "cert_unread": "{name}: cannot be read ({why})",
        "page_off": "none ([review] listen is empty)",
        "page_clear": "{places} by http: from another machine no browser keeps a login; set [review] "
        "certificate and key, or put a web server in front and 127.0.0.1 here",
        "limits_ok": "{files} descriptors {whose}, {memory} MB of memory",
        "files_few": "{files} descriptors {whose}, {wanted} are needed (LimitNOFILE=), or lower "
        "max_connections",
        "of_service": "for the gateway that runs",
        "of_shell": "for this terminal (no gateway runs; its own limit is LimitNOFILE=)",
        "memory_little": "{memory} MB of memory, {wanted} are needed: lower [service] workers",
        "facts_ok": "{brands}",
        "facts_old": "to be read again: {old} (vigimel brand check)",
    },
}


async def tables(config: Config, text: Texts) -> Checked:
    """Are the tables of the quarantine those that we know?"""
    try:
        found = await _version(config)
    except ConfigError as error:
        return State.WRONG, " ".join(error.problems)
    except (sqlite3.Error, PermissionError) as error:
        return State.WRONG, f"{config.quarantine.path}: {getattr(error, 'strerror', None) or error}"
    if not found:
        return State.OK, text["tables_new"]
    if found == HEAD:
        return await _tidied(config, text, text["tables_ok"].format(found=found))
    is_known = found.isdecimal() and int(found) < int(HEAD)
    key = "tables_old" if is_known else "tables_strange"
    return State.NOTE if is_known else State.WRONG, text[key].format(found=found, head=HEAD)


async def _tidied(config: Config, text: Texts, said: str) -> Checked:
    """Has what was deleted left the files of PostgreSQL lately? Those of SQLite it leaves at once."""
    if not config.quarantine.url:
        return State.OK, said
    database = postgresql.database(config.quarantine.url, _WAIT)
    moment = await asyncio.to_thread(last_tidied, database)
    if moment is None:
        return State.OK, f"{said}; {text['tidied_never']}"
    days = (datetime.datetime.now(datetime.UTC) - moment).days
    key = "tidied_long_ago" if days > _DAYS_UNTIDIED else "tidied"
    state = State.NOTE if days > _DAYS_UNTIDIED else State.OK
    return state, f"{said}; {text[key].format(at=f'{moment.astimezone():%Y-%m-%d %H:%M}')}"


async def _version(config: Config) -> str:
    """Of which version the tables are; nothing where there are none yet."""
    if config.quarantine.url:
        return await asyncio.to_thread(postgresql.database(config.quarantine.url, _WAIT).version)
    path = config.quarantine.path
    if not path.exists():
        return ""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=_WAIT)) as store:
        row = store.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else "?"


async def space(config: Config, text: Texts) -> Checked:
    """Is there room for what must be held?"""
    path = config.quarantine.path if not config.quarantine.url else config.state.directory
    try:
        above = next(parent for parent in (path, *path.parents) if parent.exists())
        free = shutil.disk_usage(above).free
    except (OSError, StopIteration) as error:
        return State.WRONG, f"{path}: {error}"
    said = text["space_ok" if free >= _LITTLE else "space_little"].format(free=free // _MB, path=above)
    state = State.OK if free >= _LITTLE else State.NOTE if free >= _TOO_LITTLE else State.WRONG
    return state, said


async def clock(config: Config, text: Texts) -> Checked:
    """Is the time right? A signature may end, and a key may be remembered for too long."""
    now = datetime.datetime.now(datetime.UTC).date()
    version = max(fact.read for brand in load_brands(config.judge.brands) for fact in facts_of(brand))
    if now < version:
        return State.WRONG, text["clock_wrong"].format(now=now, version=version)
    # adjtimex(2), with nothing to be changed, says whether anybody keeps the clock.
    answer = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(512))
    synchronised = answer not in {-1, _UNSYNCHRONISED}
    return (State.OK, text["clock_ok"]) if synchronised else (State.NOTE, text["clock_unsynced"])


async def certificates(config: Config, text: Texts) -> Checked:
    """Until when are our certificates valid?"""
    files = [path for path in (config.smtp.certificate, config.review.certificate) if path]
    said = [_certificate(Path(path), text) for path in dict.fromkeys(files)]
    if not said:
        return State.OK, text["cert_none"]
    order = list(State)
    return max((state for state, _ in said), key=order.index), "; ".join(line for _, line in said)


def _certificate(path: Path, text: Texts) -> Checked:
    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        return State.WRONG, text["cert_unread"].format(name=path, why=error)
    now, until = datetime.datetime.now(datetime.UTC), found.not_valid_after_utc
    values = {"name": path, "until": until.date()}
    if not found.not_valid_before_utc <= now < until:
        return State.WRONG, text["cert_expired"].format(**values)
    if until - now < datetime.timedelta(days=_DAYS_BEFORE):
        return State.NOTE, text["cert_soon"].format(**values)
    return State.OK, text["cert_ok"].format(**values)


async def page(config: Config, text: Texts) -> Checked:
    """Can people log in where the page listens?"""
    review = config.review
    if not review.listen:
        return State.OK, text["page_off"]
    elsewhere = [place for place in review.listen if not _is_here(HostPort.parse(place))]
    if elsewhere and not review.certificate and not review.trusted_proxies:
        return State.NOTE, text["page_clear"].format(places=", ".join(elsewhere))
    return State.OK, ", ".join(review.listen)


def _is_here(place: HostPort) -> bool:
    return place.host == "localhost" or (place.is_ip and ip_address(place.host).is_loopback)


async def limits(config: Config, text: Texts) -> Checked:
    """Does the system let us have what the configuration asks for?"""
    of_service = open_files_of_service()
    files = of_service or resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    whose = text["of_service" if of_service else "of_shell"]
    wanted = open_files_of(config)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    needed = workers_of(config) * _MEMORY_OF_WORKER
    if files not in {-1, resource.RLIM_INFINITY} and files < wanted:
        # What a shell may says little of a service that systemd starts with a limit of its own.
        state = State.WRONG if of_service else State.NOTE
        return state, text["files_few"].format(files=files, whose=whose, wanted=wanted)
    if memory < needed:
        return State.NOTE, text["memory_little"].format(memory=memory // _MB, wanted=needed // _MB)
    return State.OK, text["limits_ok"].format(files=files, whose=whose, memory=memory // _MB)


async def facts(config: Config, text: Texts) -> Checked:
    """Are the facts about the brands fresh?"""
    brands = load_brands(config.judge.brands)
    today = datetime.datetime.now(datetime.UTC).date()
    old = [one.fact.value for brand in brands for one in too_old(brand, today)]
    if old:
        return State.NOTE, text["facts_old"].format(old=", ".join(old))
    return State.OK, text["facts_ok"].format(brands=", ".join(f"{b.key} {b.version}" for b in brands))


CHECKS: dict[str, Check] = {
    "tables": tables,
    "space": space,
    "clock": clock,
    "certificates": certificates,
    "page": page,
    "limits": limits,
    "facts": facts,
}
