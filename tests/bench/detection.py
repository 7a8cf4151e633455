"""How many frauds are caught, and how many honest mails are touched?

    python -m tests.bench.detection [--mails DIR] [--part tuning|holdout|all] [--misses]

Reads folders with a case.toml beside their message (tests/mails), or a directory with `fraud/` and `ham/`
below it. Prints recall and false positives by class, a table of kind against finding, the misses with the
reason given, and what changed since the last run of the same directory (kept in var/bench-detection/). Of the
held-out part only numbers are shown, so that nobody tunes to it.
"""

import argparse
import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from milter.config.load import load, shipped
from milter.judge import Judge, build_judge
from milter.mail.message import Message
from milter.proof.dns import Resolver
from milter.verdict.reason import reason
from milter.verdict.verdict import Finding
from tests.cases import MAILS, Case, read_cases
from tests.dns_server import DnsServer

_LAST_RUNS = Path("var/bench-detection")
# By the shipped policy.
_OUTCOMES = {Finding.IMPERSONATION: "quarantined", Finding.SUSPECT: "tagged", Finding.UNDECIDED: "deferred"}
_PARTS = ("tuning", "holdout")


@dataclass(frozen=True, slots=True)
class Judged:
    """One mail of the set, and what became of it."""

    case: Case
    finding: Finding
    missing_asks: tuple[str, ...]
    reason: str

    @property
    def outcome(self) -> str:
        """quarantined, tagged, deferred or passed."""
        return outcome_of(self.finding)

    @property
    def part(self) -> str:
        """tuning or holdout."""
        return _PARTS[self.case.holdout]

    @property
    def is_miss(self) -> bool:
        """A finding that is not one of those that are right."""
        return self.finding.value not in self.case.finding


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--mails", type=Path, default=MAILS, help="directory of mails (default tests/mails)")
    parser.add_argument("--part", choices=[*_PARTS, "all"], default="all")
    parser.add_argument("--misses", action="store_true", help="list the misses of the tuning part")
    chosen = parser.parse_args()
    judged = asyncio.run(_judge_all(chosen.mails))
    if not judged:
        parser.error(f"no mails below {chosen.mails}: neither folders with a case.toml nor fraud/ and ham/")
    for part in _PARTS:
        mails = [j for j in judged if j.part == part]
        if mails and chosen.part in (part, "all"):
            _print_part(part, mails)
    if chosen.misses:
        _print_misses([j for j in judged if j.part == "tuning"])
    _print_changes(judged, _LAST_RUNS / f"{name_of(chosen.mails)}.json")


async def _judge_all(directory: Path) -> list[Judged]:
    with DnsServer() as dns:
        judge = build_judge(load(shipped(), to_serve=False), Resolver([dns.address], timeout=2.0))
        return [await judge_one(judge, case) for case in cases_in(directory)]


async def judge_one(judge: Judge, case: Case) -> Judged:
    """What becomes of one mail."""
    verdict = await judge.judge(Message(case.raw), None)
    missing = (case.asks | case.asks_not_seen) - {ask.kind.value for ask in verdict.asks}
    return Judged(case, verdict.finding, tuple(sorted(missing)), reason(verdict, "en"))


def outcome_of(finding: Finding) -> str:
    """quarantined, tagged, deferred or passed."""
    return _OUTCOMES.get(finding, "passed")


def cases_in(directory: Path) -> Sequence[Case]:
    """Folders with a case.toml; where there are none, the mails of `fraud/` and `ham/`."""
    return read_cases(directory) or tuple(_in_folders(directory))


def _in_folders(directory: Path) -> Iterator[Case]:
    for folder, kind, finding in (
        ("fraud", "fraud", ("impersonation",)),
        ("ham", "legitimate", ("unrelated", "mention", "genuine", "genuine_unlisted")),
    ):
        for path in sorted(p for p in (directory / folder).rglob("*") if p.is_file()):
            yield Case(path.name, path, kind, "other", finding, frozenset(), holdout=False, known_wrong="")


def _print_part(part: str, judged: Sequence[Judged]) -> None:
    print(f"\n{part}: {len(judged)} mails")
    for kind in sorted({j.case.kind for j in judged}):
        mails = [j for j in judged if j.case.kind == kind]
        _print_row(kind, "all", mails)
        for theme in sorted({j.case.theme for j in mails}):
            _print_row(kind, theme, [j for j in mails if j.case.theme == theme])
        missed = sum(bool(j.missing_asks) for j in mails)
        print(f"  {kind:<11} findings not as the case says: {sum(j.is_miss for j in mails)}", end="")
        print(f"; mails with an ask not seen: {missed}")
    _print_confusion(judged)


def _print_row(kind: str, theme: str, mails: Sequence[Judged]) -> None:
    counts = Counter(j.outcome for j in mails)
    names = ("quarantined", "tagged", "deferred", "passed")
    shares = "  ".join(f"{name} {counts[name]:4d} ({counts[name] / len(mails):6.1%})" for name in names)
    print(f"  {kind:<11} {theme:<24.24} {len(mails):4d}  {shares}")


def _print_confusion(judged: Sequence[Judged]) -> None:
    found = [finding for finding in Finding if any(j.finding is finding for j in judged)]
    print(f"  {'':<11} " + "".join(f"{finding.value:>17}" for finding in found))
    for kind in sorted({j.case.kind for j in judged}):
        counts = Counter(j.finding for j in judged if j.case.kind == kind)
        print(f"  {kind:<11} " + "".join(f"{counts[finding]:17d}" for finding in found))


def _print_misses(judged: Sequence[Judged]) -> None:
    for miss in (j for j in judged if j.is_miss or j.missing_asks):
        unseen = f", not seen: {', '.join(miss.missing_asks)}" if miss.missing_asks else ""
        print(f"\n{miss.case.kind} {miss.case.theme} {miss.case.name}: {miss.finding}{unseen}")
        print(f"    {miss.reason}")


def _print_changes(judged: Sequence[Judged], last_run: Path) -> None:
    now = {j.case.name: [j.part, j.case.kind, j.outcome] for j in judged}
    before = json.loads(last_run.read_text()) if last_run.exists() else {}
    for part in _PARTS:
        for kind in sorted({j.case.kind for j in judged if j.part == part}):
            old, new = (
                Counter(outcome for p, k, outcome in run.values() if (p, k) == (part, kind))
                for run in (before, now)
            )
            if before and old != new:
                print(f"before -> now, {part} {kind}: {counted(old)} -> {counted(new)}")
    for name, (part, _, outcome) in sorted(now.items()):
        if part == "tuning" and name in before and before[name][2] != outcome:
            print(f"changed since the last run: {name}: {before[name][2]} -> {outcome}")
    last_run.parent.mkdir(parents=True, exist_ok=True)
    last_run.write_text(json.dumps(now, indent=0))


def counted(counts: Counter[str]) -> str:
    """The outcomes in words."""
    return ", ".join(f"{name} {number}" for name, number in sorted(counts.items())) or "nothing"


def name_of(directory: Path) -> str:
    """What the last run of that directory is kept under."""
    return f"{directory.name}-{hashlib.sha256(str(directory.resolve()).encode()).hexdigest()[:8]}"


if __name__ == "__main__":
    main()
