"""How is a verdict written down? As a line of JSON, and as a block that a person reads.

Pure. Numbers that identify a person are masked in both.
"""

from typing import Any, TypeAlias

from milter.action.action import Action
from milter.action.grounds import grounds
from milter.cli.terminal import row, shown
from milter.cli.texts import TEXTS
from milter.mail.masking import mask
from milter.verdict.reason import reason
from milter.verdict.verdict import Verdict

# What leaves the program: the keys are those of README.md, the values plain.
Report: TypeAlias = dict[str, Any]


def report(name: str, verdict: Verdict, action: Action, language: str, cpu_ms: float) -> Report:
    """What `vigimel judge --json` writes for one mail."""
    return {
        "file": name,
        **grounds(verdict, action.value, language),
        "reason": mask(reason(verdict, language)),
        "cpu_ms": round(cpu_ms, 3),
    }


def block(report: Report, language: str) -> str:
    """The same for a person: the mail, what is believed and done, why, and what it cost."""
    text = TEXTS[language]
    rows = [
        (text["finding"], f"{report['finding']} -> {report['action']}"),
        (text["reason"], report["reason"]),
    ]
    if report["claim"]:
        rows.append((text["proof"], _proof_line(report["proof"])))
    rows += [(text["ask"], f"{ask['kind']}: {ask['quote']}") for ask in report["asks"]]
    rows.append((text["cost"], f"{report['cpu_ms']:.1f} ms CPU"))
    width = max(len(label) for label, _ in rows)
    return "\n".join([shown(report["file"]), *(row(label, value, width) for label, value in rows)]) + "\n"


def _proof_line(proof: Report) -> str:
    results = [
        f"{result['method']}={result['result']}" + (f" {result['domain']}" if result["domain"] else "")
        for result in proof["results"]
    ]
    return f"{proof['standing']} ({', '.join(results)})" if results else str(proof["standing"])
