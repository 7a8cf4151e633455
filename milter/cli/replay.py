"""What would change? The command `vigimel replay`: mails judged as now, and by a changed configuration.

Nothing is changed: the quarantine is only read. Raises ConfigError; TryLater where the quarantine is away.
"""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from milter.cli.judging import Bench, Setting, outcomes, progress
from milter.cli.mails import Place, Unreadable, find_mails
from milter.cli.opened import upgraded_by_gateway
from milter.cli.replay_page import Change, Outcome, page, said
from milter.cli.report import Report
from milter.cli.terminal import fail, json_line, row, say, shown, warn
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
        "written": "{path} : écrit",
        "not_written": "{path} ne peut être écrit : {why}",
    },
    "en": {
        "was": "now",
        "would_be": "then",
        "same": "{count} of {all} judged alike",
        "changed": "{count}: {before} -> {after}",
        "none": "nothing would change",
        "written": "{path}: written",
        "not_written": "{path} cannot be written: {why}",
    },
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared, and how that is told; `then` is a configuration, or a directory of brand files."""

    now: Path
    then: Path
    as_json: bool = False
    html: Path | None = None

    @property
    def settings(self) -> tuple[Setting, Setting]:
        """Before and after."""
        if self.then.is_dir():
            return Setting(self.now), Setting(self.now, brands=self.then)
        return Setting(self.now), Setting(self.then)


async def held_mails(config: Config) -> list[Place]:
    """Every mail that waits in the quarantine, by its number."""
    store = await Store.open(config.quarantine.place, begins=upgraded_by_gateway(config))
    try:
        found: list[Place] = []
        before: int | None = None
        while page := await store.list(Wanted(state=State.HELD, below_id=before), _PAGE):
            found += [Place(f"quarantine {one.id}", None, content=await store.raw(one.id)) for one in page]
            before = page[-1].id
        return found
    finally:
        await store.close()


def replay(comparison: Comparison, paths: Sequence[str], held: Sequence[Place]) -> int:
    """Write what would change of each mail, and in all; 1 where a mail could not be judged."""
    language = load(comparison.now, to_serve=False).policy.language
    text = _TEXTS[language]
    counts: Counter[tuple[str, str]] = Counter()
    changes: list[Change] = []
    not_judged: list[str] = []
    for old, new in _both(comparison, [*held, *find_mails(paths)]):
        if isinstance(old, Unreadable) or isinstance(new, Unreadable):
            not_judged += [_told(one, language) for one in (old, new) if isinstance(one, Unreadable)][:1]
            continue
        change = Change(old, new)
        counts[change.steps] += 1
        if said(old) != said(new):
            changes.append(change)
            say(json_line(_plain(change)) if comparison.as_json else _block(change, text))
    outcome = Outcome(counts, changes, not_judged)
    _summary(outcome, text, as_json=comparison.as_json)
    if comparison.html:
        _write(comparison.html, page(outcome, comparison.now, comparison.then, language), text)
    return int(bool(not_judged))


def _both(
    comparison: Comparison, places: Sequence[Place | Unreadable]
) -> Iterator[tuple[Report | Unreadable, Report | Unreadable]]:
    """What is said of each mail now, and would be said then."""
    now, then = comparison.settings
    with progress(redirect_stdout=False) as bar:
        task = bar.add_task("", total=2 * len(places))
        before = []
        for outcome in _judged(now, places):
            before.append(outcome)
            bar.advance(task)
        for old, new in zip(before, _judged(then, places), strict=True):
            bar.advance(task)
            yield old, new


def _judged(setting: Setting, places: Sequence[Place | Unreadable]) -> Iterator[Report | Unreadable]:
    yield from outcomes(Bench.open(setting), places, setting, os.cpu_count() or 1)


def _told(bad: Unreadable, language: str) -> str:
    warn(TEXTS[language]["not_judged"].format(name=shown(bad.name), why=shown(bad.why)))
    return bad.name


def _plain(change: Change) -> Report:
    keys = ("finding", "action", "reason")
    now, then = ({key: report[key] for key in keys} for report in (change.before, change.after))
    return {"file": change.before["file"], "now": now, "then": then}


def _block(change: Change, text: dict[str, str]) -> str:
    width = max(len(text["was"]), len(text["would_be"]))
    lines = [shown(change.before["file"])]
    for label, report in ((text["was"], change.before), (text["would_be"], change.after)):
        lines.append(row(label, f"{said(report)}. {report['reason']}", width))
    return "\n".join(lines) + "\n"


def _summary(outcome: Outcome, text: dict[str, str], *, as_json: bool) -> None:
    judged = outcome.counts.total()
    if as_json:
        rows = [{"now": before, "then": after, "count": count} for before, after, count in outcome.changed]
        say(json_line({"judged": judged, "alike": outcome.alike, "changed": rows}))
        return
    say(text["same"].format(count=outcome.alike, all=judged))
    for before, after, count in outcome.changed:
        say(text["changed"].format(count=count, before=before, after=after))
    if not outcome.changed:
        say(text["none"])


def _write(path: Path, content: str, text: dict[str, str]) -> None:
    """The page, for its owner alone: it tells of mails."""
    try:
        path.touch(0o600)
        path.write_text(content, "utf-8")
    except OSError as error:
        fail(1, text["not_written"].format(path=path, why=error.strerror))
    warn(text["written"].format(path=path))
