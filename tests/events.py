"""Which events has the log? Read from the functions of `milter.maillog`, as the page for admins shows."""

import ast
from pathlib import Path

from milter import maillog

HEADER = """\
# The events of the log

One line each, on standard error: `timestamp`, `level` and `event`, then the values named here (those that are
not known are left out). `id` is our number of a mail, the same in all its lines; `item` is its number in the
quarantine. What others have written (`client`, `reply`, `why` ...) is cut to 256 characters; of the text of a
mail nothing is ever logged. `[log] level` is the least level written, `[log] format` is `text` or `json`.
What a command of `vigimel` does is told to whoever typed it and stands in the journal (`vigimel audit show`),
not here.

| event | level | values | |
|---|---|---|---|
"""


def table() -> str:
    """The whole page; `python -m tests.events` writes it."""
    tree = ast.parse(Path(maillog.__file__).read_text("utf-8"))
    rows = [row for node in tree.body if isinstance(node, ast.FunctionDef) for row in _rows(node)]
    return HEADER + "\n".join(rows) + "\n"


def _rows(function: ast.FunctionDef) -> list[str]:
    says = " ".join((ast.get_docstring(function) or "").split())
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    found = []
    for call in calls:
        if isinstance(call.func, ast.Name) and call.func.id == "_write":
            level, event = call.args
            levels = [
                node.value
                for node in ast.walk(level)
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            ]
            values = " ".join(f"`{keyword.arg}`" for keyword in call.keywords)
            found.append(f"| `{ast.literal_eval(event)}` | {' or '.join(levels)} | {values} | {says} |")
    return found


if __name__ == "__main__":
    page = Path(__file__).resolve().parents[1] / "deploy" / "monitoring" / "log-events.md"
    page.write_text(table(), "utf-8")
