"""Is each vector of the threat catalogue against the review page (W) and against privacy (P) shown by a test?

`pytest -k W17` runs those that show W17; a test says what it shows by `@pytest.mark.threat("W17")`.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.review.hostile import MAILS

VECTORS = {f"W{number}" for number in range(1, 32)} | {f"P{number}" for number in range(1, 9)}


def test_each_vector_is_shown_by_a_test(checkout: Path) -> None:
    shown = {vector for file in (checkout / "tests").rglob("test_*.py") for vector in _said(file)}
    # The mails of the browser tests are named after what they try.
    shown |= {name.split()[0].upper() for name in MAILS}
    assert VECTORS == shown


def _said(file: Path) -> Iterator[str]:
    source = file.read_text("utf-8")
    if "mark.threat(" not in source:
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.threat":
            yield from (str(one.value) for one in node.args if isinstance(one, ast.Constant))
