"""What would change? The command `vigimel replay`: mails judged as now, and by a changed configuration.

Nothing is changed: the quarantine is only read. Raises ConfigError; TryLater where the quarantine is away.
"""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from milter.cli.judging import Bench, outcomes, progress
from milter.cli.mails import Place, Unreadable, find_mails
from milter.cli.report import Report
from milter.cli.terminal import json_line, row, say, shown, warn
from milter.cli.texts import TEXTS
from milter.config import Config, load
from milter.quarantine.held import State
from milter.quarantine.listing import Wanted
from milter.quarantine.store import Store

_PAGE = 200
_TEXTS = {
    "fr": {
        "was": "avant",
        "would_be": "après",
        "same": "{count} sur {all} jugés de même",
        "changed": "{count} : {before} -> {after}",
        "none": "rien ne changerait",
    },
    "en": {
        "was": "now",
        "would_be": "then",
        "same": "{count} of {all} judged alike",
        "changed": "{count}: {before} -> {after}",
        "none": "nothing would change",
    },
}


async def held_mails(config: Config) -> list[Place]:
    """Every mail that waits in the quarantine, by its number."""
    store = await Store.open(config.quarantine.place)
    try:
        found: list[Place] = []
        before: int | None = None
        while page := await store.list(Wanted(state=State.HELD, below_id=before), _PAGE):
            found += [Place(f"quarantine {one.id}", None, content=await store.raw(one.id)) for one in page]
            before = page[-1].id
        return found
    finally:
        await store.close()


def replay(now: Path, then: Path, paths: Sequence[str], held: Sequence[Place], *, as_json: bool) -> int:
    """Write what would change of each mail, and in all; 1 where a mail could not be judged."""
    language = load(now, to_serve=False).policy.language
    text = _TEXTS[language]
    places = [*held, *find_mails(paths)]
    counts: Counter[tuple[str, str]] = Counter()
    failed = 0
    with progress(redirect_stdout=False) as bar:
        task = bar.add_task("", total=2 * len(places))
        before = []
        for outcome in _judged(now, places):
            before.append(outcome)
            bar.advance(task)
        for old, new in zip(before, _judged(then, places), strict=True):
            bar.advance(task)
            if isinstance(old, Unreadable) or isinstance(new, Unreadable):
                bad = old if isinstance(old, Unreadable) else new
                if isinstance(bad, Unreadable):
                    warn(TEXTS[language]["not_judged"].format(name=shown(bad.name), why=shown(bad.why)))
                failed += 1
                continue
            counts[_said(old), _said(new)] += 1
            if _said(old) != _said(new):
                say(json_line(_change(old, new)) if as_json else _block(old, new, text))
    _summary(counts, text, as_json=as_json)
    return int(failed > 0)


def _judged(config: Path, places: Sequence[Place | Unreadable]) -> Iterator[Report | Unreadable]:
    yield from outcomes(Bench.open(config, ()), places, config, (), os.cpu_count() or 1)


def _said(report: Report) -> str:
    return f"{report['finding']}, {report['action']}"


def _change(old: Report, new: Report) -> Report:
    keys = ("finding", "action", "reason")
    return {"file": old["file"], "now": {k: old[k] for k in keys}, "then": {k: new[k] for k in keys}}


def _block(old: Report, new: Report, text: dict[str, str]) -> str:
    width = max(len(text["was"]), len(text["would_be"]))
    lines = [shown(old["file"])]
    for label, report in ((text["was"], old), (text["would_be"], new)):
        lines.append(row(label, f"{_said(report)}. {report['reason']}", width))
    return "\n".join(lines) + "\n"


def _summary(counts: Counter[tuple[str, str]], text: dict[str, str], *, as_json: bool) -> None:
    alike = sum(count for (before, after), count in counts.items() if before == after)
    changed = [(before, after, count) for (before, after), count in counts.most_common() if before != after]
    if as_json:
        rows = [{"now": before, "then": after, "count": count} for before, after, count in changed]
        say(json_line({"judged": counts.total(), "alike": alike, "changed": rows}))
        return
    say(text["same"].format(count=alike, all=counts.total()))
    for before, after, count in changed:
        say(text["changed"].format(count=count, before=before, after=after))
    if not changed:
        say(text["none"])
