"""Which rules of a <style> hide, show or add text?

Pure. Never raises; linear in the sheet.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from milter.mail.css import NOTHING, Look, Rule, read_style
from milter.mail.remembered import remembered

_MAX_SHEET = 256 * 1024
_MAX_RULES = 2000
_MAX_SELECTORS = 200
_MAX_SELECTOR = 200
_MAX_NESTING = 20

_comment = re.compile(r"/\*[^*]*+(?:\*(?!/)[^*]*+)*(?:\*/|\Z)|<!--|-->")
_piece = re.compile(r"([^{}]*+)([{}]|\Z)")
_width = re.compile(r"(min|max)-(?:device-)?width\s*:\s*(\d{1,6})")
_acting = re.compile(r":(?:hover|active|focus|visited|target|checked|has)|::?(?:selection|placeholder)")
_generated = re.compile(r"::?(?:before|after)$")
_comma_or_parenthesis = re.compile(r"[,()]")

# Between these widths lie the screens that mail is read on.
_NARROWEST, _WIDEST = 320, 1920


class Sheet(NamedTuple):
    """The rules that matter to visibility, in order, media conditions resolved; `left_out` is True where some
    were too many, or too long.
    """

    rules: tuple[Rule, ...]
    left_out: bool


@remembered(64, longest=16 * 1024)
def read_sheet(text: str) -> Sheet:
    """What the sheet says. Rules for paper or for screens that do not exist are none of it."""
    rules: list[Rule] = []
    left_out = len(text) > _MAX_SHEET
    # One entry a nested block: True always, False perhaps, None never.
    conditions: list[bool | None] = [True]
    selector: str | None = None
    body: list[str] = []
    for found in _piece.finditer(_comment.sub(" ", text[:_MAX_SHEET])):
        before, mark = found.groups()
        if mark == "{":
            said, _, prelude = before.rpartition(";")
            if prelude.lstrip().startswith("@"):
                body.append(said)
                conditions.append(_holds(prelude.strip().lower(), conditions[-1]))
            else:
                selector, body = prelude, []
            if len(conditions) > _MAX_NESTING:
                left_out = True
                break
            continue
        body.append(before)
        if mark == "}" and selector is not None:
            left_out |= not _add_rules(rules, selector, ";".join(body), conditions[-1])
            selector, body = None, []
        elif mark == "}" and len(conditions) > 1:
            conditions.pop()
    return Sheet(tuple(rules), left_out)


def _add_rules(rules: list[Rule], selectors: str, body: str, always: bool | None) -> bool:
    """Note a rule for each of the selectors; False where not all were."""
    if always is None:
        return True
    if len(rules) >= _MAX_RULES:
        return False
    look = read_style(body)
    if look is NOTHING or look == NOTHING:
        return True
    every = list(_parted(selectors))
    kept = [clean for one in every[:_MAX_SELECTORS] if len(clean := " ".join(one.split())) <= _MAX_SELECTOR]
    rules += filter(None, (_rule(clean, look, always) for clean in kept))
    return len(kept) == len(every)


def _parted(selectors: str) -> Iterator[str]:
    """The selectors of a list; commas in parentheses part nothing: `:is(.a,.b)`."""
    begin = depth = 0
    for found in _comma_or_parenthesis.finditer(selectors):
        if found[0] == "(":
            depth += 1
        elif found[0] == ")":
            depth = max(0, depth - 1)
        elif not depth:
            yield selectors[begin : found.start()]
            begin = found.end()
    yield selectors[begin:]


def _rule(selector: str, look: Look, always: bool) -> Rule | None:
    """The rule, if it shows without the mouse, and has what it is made for: only there content is made."""
    generated = _generated.search(selector)
    if not selector or _acting.search(selector) or bool(generated) != bool(look.content):
        return None
    behind = generated is not None and generated[0].endswith("after")
    return Rule(_generated.sub("", selector) or "*", look, always, behind)


def _holds(prelude: str, outside: bool | None) -> bool | None:
    """True where the block always counts, False where it may, None where it never does."""
    if outside is None:
        return None
    if prelude.startswith(("@supports", "@layer", "@container", "@document", "@-moz-document")):
        return False
    if not prelude.startswith("@media"):
        return None
    answers = [_query_holds(query) for query in prelude.removeprefix("@media").split(",")]
    if True in answers:
        return outside
    return False if False in answers else None


def _query_holds(query: str) -> bool | None:
    words = query.replace("(", " (").split()
    medium = next((word for word in words if word not in ("only", "not") and not word.startswith("(")), "all")
    if medium in ("print", "speech", "tv", "tty", "braille", "projection") and "not" not in words[:1]:
        return None
    certain = "not" not in words[:1] or medium in ("print", "speech")
    for kind, digits in _width.findall(query):
        width = int(digits)
        if (kind == "min" and width > 2 * _WIDEST) or (kind == "max" and width < _NARROWEST // 2):
            return None
        certain = certain and (width <= _NARROWEST if kind == "min" else width >= _WIDEST)
    return certain and query.count("(") == len(_width.findall(query))
