"""How is a verdict written down? As a line of JSON, and as a block that a person reads.

Pure. Numbers that identify a person are masked in both.
"""

from typing import Any, TypeAlias

from milter.action.action import Action
from milter.action.grounds import grounds
from milter.cli.terminal import row, shown
from milter.cli.texts import TEXTS
from milter.mail.masking import mask
from milter.proof.reason import in_words
from milter.verdict.reason import reason
from milter.verdict.verdict import Verdict

# What leaves the program: the keys are those of deploy/guides/*/deciding.md, the values plain.
Report: TypeAlias = dict[str, Any]


def report(name: str, verdict: Verdict, action: Action, language: str, cpu_ms: float) -> Report:
    """What `vigimel judge --json` writes for one mail."""
    return {
        "file": name,
        **grounds(verdict, action.value, language),
        "reason": mask(reason(verdict, language)),
        "cpu_ms": round(cpu_ms, 3),
    }


def block(report: Report, language: str, *, verbose: bool = False) -> str:
    """The same for a person: the mail, what is believed and done, why, and what it cost.

    Verbose: every piece of evidence, with where it stands in the mail and what it weighs.
    """
    text = TEXTS[language]
    rows = [
        (text["finding"], f"{report['finding']} -> {report['action']}"),
        (text["reason"], report["reason"]),
    ]
    if report["claim"] and verbose:
        rows += _evidence(report, language)
    elif report["claim"]:
        rows.append((text["proof"], _proof_line(report["proof"])))
        rows += [(text["ask"], f"{ask['kind']}: {ask['quote']}") for ask in report["asks"]]
    rows.append((text["cost"], f"{report['cpu_ms']:.1f} ms CPU"))
    width = max(len(label) for label, _ in rows)
    return "\n".join([shown(report["file"]), *(row(label, value, width) for label, value in rows)]) + "\n"


def _evidence(report: Report, language: str) -> list[tuple[str, str]]:
    text, claim, proof = TEXTS[language], report["claim"], report["proof"]
    rows = [(text["claim"], f"{report['brand']}: {claim['likeness']}, {claim['strength']}")]
    rows += [
        (text["trace"], f"{trace['weight']} {trace['where']}: {trace['shows']!r}{_folded(trace)}")
        for trace in claim["evidence"]
    ]
    rows.append((text["proof"], proof["standing"]))
    rows += [(text["trace"], _result(result, language)) for result in proof["results"]]
    for ask in report["asks"]:
        rows.append((text["ask"], f"{ask['kind']}, {ask['where']}: {ask['quote']!r}"))
        if ask["promise"]:
            rows.append((text["promise"], "{text} ({source}, {date})".format(**ask["promise"])))
    rows += [(text[key], ", ".join(report[key])) for key in ("unreadable", "ambiguous") if report[key]]
    return rows


def _folded(trace: Report) -> str:
    """What it folds to, where that is not what it shows."""
    return f" = {trace['folded']!r}" if trace["folded"].casefold() != trace["shows"].casefold() else ""


def _result(result: Report, language: str) -> str:
    shown = {**result, "reason": in_words(result["reason"], language)}
    named = (f"{key}={shown[key]}" for key in ("domain", "selector", "reason") if shown[key])
    return " ".join((f"{result['method']}={result['result']}", *named))


def _proof_line(proof: Report) -> str:
    results = [
        f"{result['method']}={result['result']}" + (f" {result['domain']}" if result["domain"] else "")
        for result in proof["results"]
    ]
    return f"{proof['standing']} ({', '.join(results)})" if results else str(proof["standing"])
