"""Which selectors stand before the declarations of a rule, in another rule or a scope, too?

Pure. Never raises. Strings only: what they meet is for `dom.py`.
"""

import re

_bracket = re.compile(r"""[()\[\]"'\\]""")
_bracket_or_comma = re.compile(r"""[,()\[\]]|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|\\.""", re.DOTALL)
_compound = r"[.#]?[a-zA-Z_][\w-]*+(?>(?:[.#][a-zA-Z_][\w-]*+)*)"
_plain = re.compile(rf"\s*{_compound}(?>(?:(?:\s*[>,]\s*|\s+){_compound})*)\s*")
# Classes and identifiers do not begin with a digit (CSS Syntax, section 4.3.9), though parsers take them.
_odd = re.compile(r"[.#]-?\d")
_joining = re.compile(r"[>+~]")
_type_behind = re.compile(r"&([a-zA-Z][\w-]*)")
# What follows a whole selector, or begins one: only there `&` can be replaced by any other.
_first = re.compile(r"&(?![\w-])[^&]*")
_pseudo_element = re.compile(
    r"(?:::?(?:before|after|first-line|first-letter)|::(?:marker|selection|placeholder|backdrop|-webkit-[\w-]+))\s*$"
)


def parted(selectors: str) -> list[str]:
    """The selectors of a list; commas in brackets and strings part nothing: `:is(.a,.b)`."""
    if _bracket.search(selectors) is None:
        return selectors.split(",")
    found: list[str] = []
    begin = depth = 0
    for mark in _bracket_or_comma.finditer(selectors):
        if mark[0] in "([":
            depth += 1
        elif mark[0] in ")]":
            depth = max(0, depth - 1)
        elif mark[0] == "," and not depth:
            found.append(selectors[begin : mark.start()])
            begin = mark.end()
    return [*found, selectors[begin:]]


def are_plain(selectors: str) -> bool:
    """True of a list of tags, classes and identifiers, which every program knows: `p.a, #b > i`."""
    return _plain.fullmatch(selectors) is not None


def is_odd(selector: str) -> bool:
    """True where a class or an identifier begins with a digit, which no browser takes for one."""
    return _odd.search(selector) is not None


def without_pseudo_element(selector: str) -> str:
    """The selector of the elements whose parts it is for: `p` of `p::before`."""
    return _pseudo_element.sub("", selector) or "*"


def nested(selector: str, outer: str) -> str:
    """What the selector of a rule in a rule for `outer` meets (CSS Nesting, section 3)."""
    if "&" not in selector:
        return f"{outer}{' ' if not _joining.match(selector) else ''}{selector}"
    if _first.fullmatch(selector):
        return outer + selector[1:]
    return _type_behind.sub(r"\1&", selector).replace("&", f":is({outer})")


def scoped(selector: str, root: str) -> str:
    """What the selector of a rule in `@scope (root)` meets: what is in the root, or the root itself."""
    element = without_pseudo_element(selector)
    made = selector.removeprefix(element)
    at_root = element.replace("&", ":scope").replace(":scope", f":is({root})")
    return f"{at_root}:is({root},:is({root}) *){made}"
