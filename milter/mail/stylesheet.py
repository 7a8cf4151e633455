"""Which rules of a <style> hide, show or add text?

Pure. Never raises; linear in the sheet.
"""

import re

from milter.mail.css import NOTHING, Rule, read_style
from milter.mail.remembered import remembered

_MAX_SHEET = 256 * 1024
_MAX_RULES = 300
_MAX_SELECTOR = 200
_MAX_NESTING = 20

_comment = re.compile(r"/\*[^*]*+(?:\*(?!/)[^*]*+)*(?:\*/|\Z)|<!--|-->")
_piece = re.compile(r"([^{}]*+)([{}]|\Z)")
_width = re.compile(r"(min|max)-(?:device-)?width\s*:\s*(\d{1,6})")
_acting = re.compile(r":(?:hover|active|focus|visited|target|checked|has)|::?(?:selection|placeholder)")
_generated = re.compile(r"::?(?:before|after)$")

# Between these widths lie the screens that mail is read on.
_NARROWEST, _WIDEST = 320, 1920


@remembered(64, longest=16 * 1024)
def read_sheet(text: str) -> tuple[Rule, ...]:
    """The rules that matter to visibility, in order, media conditions resolved.

    Rules for paper or for screens that do not exist are left out.
    """
    rules: list[Rule] = []
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
                break
            continue
        body.append(before)
        if mark == "}" and selector is not None:
            _add_rules(rules, selector, ";".join(body), conditions[-1])
            selector, body = None, []
        elif mark == "}" and len(conditions) > 1:
            conditions.pop()
    return tuple(rules[:_MAX_RULES])


def _add_rules(rules: list[Rule], selectors: str, body: str, always: bool | None) -> None:
    if always is None or len(rules) >= _MAX_RULES or (look := read_style(body)) is NOTHING or look == NOTHING:
        return
    for selector in selectors.split(",")[:50]:
        clean = " ".join(selector.split())
        generated = _generated.search(clean)
        # What only shows under the mouse is not shown; content is only made before and after.
        if (
            not clean
            or len(clean) > _MAX_SELECTOR
            or _acting.search(clean)
            or bool(generated) != bool(look.content)
        ):
            continue
        behind = generated is not None and generated[0].endswith("after")
        rules.append(Rule(_generated.sub("", clean) or "*", look, always, behind))


def _holds(prelude: str, outside: bool | None) -> bool | None:
    """True where the block always counts, False where it may, None where it never does."""
    if outside is None:
        return None
    if prelude.startswith(("@supports", "@layer", "@container", "@document", "@-moz-document")):
        return False
    if not prelude.startswith("@media"):
        return None
    answers = [_query_holds(query) for query in prelude.removeprefix("@media").split(",")[:20]]
    if True in answers:
        return outside
    return False if False in answers else None


def _query_holds(query: str) -> bool | None:
    words = query.replace("(", " (").split()
    medium = next((word for word in words if word not in ("only", "not") and not word.startswith("(")), "all")
    if medium in ("print", "speech", "tv", "tty", "braille", "projection") and "not" not in words[:1]:
        return None
    certain = "not" not in words[:1] or medium in ("print", "speech")
    rest = query
    for kind, digits in _width.findall(query):
        width = int(digits)
        if (kind == "min" and width > 2 * _WIDEST) or (kind == "max" and width < _NARROWEST // 2):
            return None
        certain = certain and (width <= _NARROWEST if kind == "min" else width >= _WIDEST)
        rest = rest.replace(f"{kind}-", "", 1)
    return certain and query.count("(") == len(_width.findall(query))
