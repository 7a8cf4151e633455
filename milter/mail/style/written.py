"""Which words does a style put into the text?

Pure. Never raises. Strings only: where the words are put is for `page/`.
"""

import re
from collections.abc import Iterable, Mapping

# Signs of quotation, and what the lines of a list begin with, are of a sender's choice.
_WRITING = frozenset({"quotes", "list-style", "list-style-type"})
_OF_COUNTERS = frozenset({"symbols", "additive-symbols", "prefix", "suffix"})
# Properties whose values hold text.
TEXTS = _WRITING | _OF_COUNTERS | {"content"}
_LISTS = _WRITING - {"quotes"}
_MOST_SAID, _MOST_MARKS = 50, 50
# Those of CSS; another word is the name of a `@counter-style`.
LIST_WORDS = frozenset({
    "none", "disc", "circle", "square", "decimal", "decimal-leading-zero", "lower-alpha", "upper-alpha",
    "lower-latin", "upper-latin", "lower-roman", "upper-roman", "lower-greek", "inside", "outside", "initial",
    "inherit", "unset", "revert", "revert-layer", "disclosure-open", "disclosure-closed", "important",
})  # fmt: skip
_address = re.compile(r"url\([^)]*+\)?", re.IGNORECASE)
_name = re.compile(r"(?<![\w(-])[a-zA-Z_][\w-]{0,40}+(?![\w(-])")
_words = re.compile(r"""["'][^"']{0,99}\w\w""")
_letters = re.compile(r"""["'][^"']{0,99}\w""")
_written = re.compile(
    r""""[^"]*+"|'[^']*+'|attr\(\s{0,5}([\w-]{1,40})\s{0,5}\)|var\(\s{0,5}(--[\w-]{1,40})"""
    r"""|\b(open-quote|close-quote)\b|counter\(\s{0,5}[\w-]{1,40}\s{0,5},\s{0,5}([\w-]{1,40})\s{0,5}\)"""
)
_mark = re.compile(r""""[^"]*+"|'[^']*+'|[^\s"',\d][^\s"',]*+""")


def written(value: str) -> str:
    """The strings of a value; between NULs what is put in their place: `attr(x)` as `x` for whoever knows the
    element, `var(--x)` as `:--x`, quotation marks and counters as their names after a colon.
    """
    return "".join(map(_written_piece, _written.finditer(value)))


def _written_piece(found: re.Match[str]) -> str:
    attribute, variable, quote, counter = found.groups()
    if attribute:
        return f"\0{attribute}\0"
    if name := variable or quote or (counter and f"@{counter}"):
        return f"\0:{name.lower()}\0"
    return found[0][1:-1]


def said_in(declared: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The words of quotation marks, lists and custom properties. Of a list the names that it has its marks by
    follow as such, of quotation marks the strings stand apart.
    """
    found: list[tuple[str, str]] = []
    for name, value in declared.items():
        if name.startswith("--"):
            if _letters.search(value) or "var(" in value or "attr(" in value:
                found.append((name, written(value)))
        elif name == "quotes" and _puts_words(value):
            found += zip(("open-quote", "close-quote"), _strings_in(value), strict=False)
        elif name in _LISTS and (text := _mark_of_list(value)):
            found.append(("list-style", text))
    return tuple(found[:_MOST_SAID])


def marks_of(declared: Iterable[tuple[str, str]]) -> list[str]:
    """The marks of a `@counter-style`, in the order of the lines that begin with them."""
    parts: dict[str, list[str]] = {}
    for name, value in declared:
        parts[name] = [one.strip("\"'") for one in _mark.findall(value)]
    before, after = ("".join(parts.get(name, ())) for name in ("prefix", "suffix"))
    marks = parts.get("symbols") or parts.get("additive-symbols") or [""]
    return [f"{before}{one}{after}" for one in marks[:_MOST_MARKS]]


def _puts_words(value: str) -> bool:
    """True where a string of it holds a word."""
    return _words.search(value) is not None


def _strings_in(value: str) -> list[str]:
    """The strings of a value, without their marks."""
    return [one[0][1:-1] for one in _written.finditer(value) if one[0][0] in "\"'"]


def _mark_of_list(value: str) -> str:
    value = _address.sub(" ", value) if "(" in value else value
    if "var(" in value or _puts_words(value):
        return written(value)
    if '"' in value or "'" in value:
        return ""
    names = (one[0].lower() for one in _name.finditer(value))
    return next((f"\0:@{one}\0" for one in names if one not in LIST_WORDS), "")
