"""Which way to write a fraud anew gets it past us? `make bench-evasion`.

    python -m tests.bench.evasion [--mails DIR] [-n N] [--kind fraud|legitimate] [--named] [--only WORDS] [-v]

Writes N letters (of the held-out part of tests/mails, or of DIR) in every way of tests/vectors/tricks.py and
judges them. Prints what became of them by trick, most lost first: a fraud is lost that is judged milder than
the same letter written plainly, an honest letter that is judged harder. All come from a bare address, so that
only the text speaks, but with --named. At the end: what changed since the last run of the same letters (kept
in var/bench-evasion/). Of the held-out part only numbers are shown, so that nobody tunes to it.
"""

import argparse
import asyncio
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from milter.config.load import load, shipped
from milter.judge import Judge, build_judge
from milter.mail.message import Message
from milter.proof.dns import Resolver
from tests.bench.detection import cases_in, counted, name_of, outcome_of
from tests.cases import MAILS, Case
from tests.dns_server import DnsServer
from tests.vectors.letter import Letter, letter_of
from tests.vectors.trick import Trick
from tests.vectors.tricks import TRICKS, TWIN

_LAST_RUNS = Path("var/bench-evasion")
# From mild to hard.
_OUTCOMES = ("passed", "tagged", "deferred", "quarantined")
_SHOWN = ("quarantined", "tagged", "passed")


@dataclass(frozen=True, slots=True)
class Row:
    """What became of the letters under one trick; of which it was milder or harder than of their twins."""

    trick: Trick
    counts: Counter[str]
    milder: tuple[str, ...]
    harder: tuple[str, ...]

    def lost(self, kind: str) -> tuple[str, ...]:
        """The letters that are judged less rightly than their twins."""
        return self.milder if kind == "fraud" else self.harder


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--mails", type=Path, help="directory of mails (default: held out of tests/mails)")
    parser.add_argument("-n", type=int, default=40, help="how many letters (default 40)")
    parser.add_argument("--kind", choices=("fraud", "legitimate"), default="fraud")
    parser.add_argument("--named", action="store_true", help="keep the senders")
    parser.add_argument("--only", default="", help="the tricks with these words in their names")
    parser.add_argument("-v", action="store_true", help="name the letters that are lost, but none held out")
    chosen = parser.parse_args()
    directory = chosen.mails or MAILS
    cases = [case for case in cases_in(directory) if case.kind == chosen.kind]
    letters = chosen_letters([case for case in cases if chosen.mails or case.holdout], chosen.n)
    if not letters:
        parser.error(f"no letters of that kind below {directory}")
    tricks = [trick for trick in TRICKS if chosen.only in trick.name]
    rows = asyncio.run(_judge_all(letters if chosen.named else [one.anonymous for one in letters], tricks))
    secret = {case.name for case in cases if case.holdout}
    _print_table(rows, chosen.kind, secret if chosen.v else None)
    manner = "named" if chosen.named else "anonymous"
    _print_changes(rows, _LAST_RUNS / f"{name_of(directory)}-{chosen.kind}-{manner}-{_digest(letters)}.json")


def chosen_letters(cases: Sequence[Case], count: int) -> list[Letter]:
    """So many letters, by chance, but always the same ones while no mail is added."""
    letters: list[Letter] = []
    for case in sorted(cases, key=lambda case: hashlib.sha256(case.name.encode()).digest()):
        letter = letter_of(case.raw, case.name)
        letters += [letter] if letter else []
        if len(letters) == count:
            break
    return letters


async def _judge_all(letters: Sequence[Letter], tricks: Sequence[Trick]) -> list[Row]:
    """A row for each trick, that of the letters as they are first."""
    with DnsServer() as dns:
        judge = build_judge(load(shipped(), to_serve=False), Resolver([dns.address], timeout=2.0))
        try:
            twins = [await _outcome(judge, TWIN, letter) for letter in letters]
            rows = [_row(TWIN, letters, twins, twins)]
            for number, trick in enumerate(tricks, 1):
                outcomes = [await _outcome(judge, trick, letter) for letter in letters]
                rows.append(_row(trick, letters, twins, outcomes))
                if number % 20 == 0:
                    print(f"  {number} of {len(tricks)} tricks", file=sys.stderr, flush=True)
        finally:
            judge.close()
    return rows


async def _outcome(judge: Judge, trick: Trick, letter: Letter) -> str:
    verdict = await judge.judge(Message(trick.mail(letter)), None)
    return outcome_of(verdict.finding)


def _row(trick: Trick, letters: Sequence[Letter], twins: Sequence[str], outcomes: Sequence[str]) -> Row:
    steps = [
        (letter.name, _OUTCOMES.index(outcome) - _OUTCOMES.index(twin))
        for letter, twin, outcome in zip(letters, twins, outcomes, strict=True)
    ]
    milder = tuple(name for name, step in steps if step < 0)
    return Row(trick, Counter(outcomes), milder, tuple(name for name, step in steps if step > 0))


def _print_table(rows: Sequence[Row], kind: str, secret: set[str] | None) -> None:
    """With the names of what is lost, but for the `secret` ones; without any for None."""
    twin, *others = rows
    others.sort(key=lambda row: len(row.lost(kind)), reverse=True)
    evasions = [row for row in others if not row.trick.honest]
    print(f"{kind}: {twin.counts.total()} letters, {len(others)} tricks")
    print(f"{'':<55}{''.join(f'{name:>12}' for name in (*_SHOWN, 'milder', 'harder'))}")
    for row in (twin, *evasions):
        _print_row(row.trick.name, row)
        if secret is not None:
            print("".join(f"    {name}\n" for name in row.lost(kind) if name not in secret), end="")
    _print_row("all of these", _sum(evasions))
    for row in others:
        if row.trick.honest:
            _print_row(f"no evasion: {row.trick.name}", row)


def _print_row(name: str, row: Row) -> None:
    figures = (*(row.counts[outcome] for outcome in _SHOWN), len(row.milder), len(row.harder))
    print(f"{name:<50}{row.trick.section:<5}{''.join(f'{figure:>12}' for figure in figures)}")


def _sum(rows: Sequence[Row]) -> Row:
    milder = tuple(name for row in rows for name in row.milder)
    harder = tuple(name for row in rows for name in row.harder)
    return Row(TWIN, sum((row.counts for row in rows), Counter()), milder, harder)


def _print_changes(rows: Sequence[Row], last_run: Path) -> None:
    now = {row.trick.name: dict(row.counts) for row in rows}
    before = json.loads(last_run.read_text()) if last_run.exists() else {}
    for name, counts in now.items():
        if name in before and before[name] != counts:
            print(f"before -> now, {name}: {counted(Counter(before[name]))} -> {counted(Counter(counts))}")
    last_run.parent.mkdir(parents=True, exist_ok=True)
    last_run.write_text(json.dumps(before | now, indent=0))


def _digest(letters: Sequence[Letter]) -> str:
    return hashlib.sha256("\n".join(letter.name for letter in letters).encode()).hexdigest()[:8]


if __name__ == "__main__":
    main()
