"""How many frauds are caught, and how many honest mails are touched?

    python -m tests.bench.detection [--mails DIR] [--part tuning|holdout|all] [--misses]

Reads folders with a case.toml (tests/mails), or a directory with `fraud/` and `ham/` folders of messages.
Prints a confusion table by class and theme, the misses, and what changed since the last run (kept in
var/bench-detection.json). Of the held-out part only the numbers are shown, so that nobody tunes to it.
"""

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from milter.config.load import load, shipped
from milter.judge import build_judge
from milter.mail.message import Message
from milter.proof.dns import Resolver
from milter.verdict.reason import reason
from milter.verdict.verdict import Finding
from tests.cases import MAILS, Case, read_cases
from tests.dns_server import DnsServer

_LAST_RUN = Path("var/bench-detection.json")
_CAUGHT = {Finding.IMPERSONATION: "quarantined", Finding.SUSPECT: "tagged"}


@dataclass(frozen=True, slots=True)
class Judged:
    """One mail of the set, and what became of it."""

    name: str
    kind: str
    theme: str
    holdout: bool
    right: bool
    finding: Finding
    reason: str

    @property
    def outcome(self) -> str:
        """quarantined, tagged or passed, by the shipped policy."""
        return _CAUGHT.get(self.finding, "passed")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=Path, default=MAILS)
    parser.add_argument("--part", choices=["tuning", "holdout", "all"], default="all")
    parser.add_argument(
        "--misses", action="store_true", help="list every miss of the tuning part with its reason"
    )
    chosen = parser.parse_args()
    judged = tuple(asyncio.run(_judge_all(chosen.mails)))
    for part in ("tuning", "holdout"):
        if chosen.part in (part, "all"):
            _print_part(part, [j for j in judged if j.holdout == (part == "holdout")])
    if chosen.misses:
        for miss in (j for j in judged if not j.right and not j.holdout):
            print(f"\n{miss.kind} {miss.name}: {miss.finding}\n    {miss.reason}")
    _print_changes(judged)


async def _judge_all(directory: Path) -> list[Judged]:
    with DnsServer() as dns:
        judge = build_judge(load(shipped(), to_serve=False), Resolver([dns.address], timeout=2.0))
        return [await _judge_one(judge, case, raw) for case, raw in _mails(directory)]


async def _judge_one(judge: object, case: Case, raw: bytes) -> Judged:
    verdict = await judge.judge(Message(raw), None)  # type: ignore[attr-defined]
    return Judged(
        name=case.name,
        kind=case.kind,
        theme=case.theme,
        holdout=case.holdout,
        right=verdict.finding.value in case.finding and case.asks <= {ask.kind.value for ask in verdict.asks},
        finding=verdict.finding,
        reason=reason(verdict, "en"),
    )


def _mails(directory: Path) -> Iterator[tuple[Case, bytes]]:
    cases = read_cases(directory)
    for case in cases:
        yield case, case.raw
    if cases:
        return
    for folder, finding in (("fraud", ("impersonation",)), ("ham", ("unrelated", "mention", "genuine"))):
        for path in sorted(p for p in (directory / folder).rglob("*") if p.is_file()):
            kind = "fraud" if folder == "fraud" else "legitimate"
            case = Case(path.name, path, kind, "other", finding, frozenset(), False, "")
            yield case, path.read_bytes()


def _print_part(part: str, judged: list[Judged]) -> None:
    print(f"\n{part}: {len(judged)} mails")
    table = Counter((j.kind, j.theme, j.outcome) for j in judged)
    for kind in sorted({j.kind for j in judged}):
        rows = [("all", Counter(j.outcome for j in judged if j.kind == kind))]
        themes = sorted({j.theme for j in judged if j.kind == kind})
        rows += [
            (t, Counter({o: table[kind, t, o] for o in ("quarantined", "tagged", "passed")})) for t in themes
        ]
        for theme, counts in rows:
            total = sum(counts.values())
            shares = "  ".join(
                f"{o} {counts[o]:4d} ({counts[o] / total:6.1%})" for o in ("quarantined", "tagged", "passed")
            )
            print(f"  {kind:<11} {theme:<18} {total:4d}  {shares}")
        wrong = sum(not j.right for j in judged if j.kind == kind)
        print(f"  {kind:<11} not as the case says (finding, or an ask not seen): {wrong}")


def _print_changes(judged: tuple[Judged, ...]) -> None:
    now = {j.name: j.finding.value for j in judged if not j.holdout}
    before = json.loads(_LAST_RUN.read_text()) if _LAST_RUN.exists() else {}
    changed = {name: (before[name], found) for name, found in now.items() if before.get(name, found) != found}
    for name, (old, new) in sorted(changed.items()):
        print(f"changed since the last run: {name}: {old} -> {new}")
    _LAST_RUN.parent.mkdir(exist_ok=True)
    _LAST_RUN.write_text(json.dumps(before | now, indent=0))


if __name__ == "__main__":
    main()
