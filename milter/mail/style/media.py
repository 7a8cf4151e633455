"""Do the rules in this block of a style sheet hold where the mail is read?

Pure. Never raises.
"""

import re
from enum import IntEnum


class Holds(IntEnum):
    """For whom a rule holds. Somewhere: in programs that know of such blocks. Perhaps: on some screens."""

    NEVER = 0
    PERHAPS = 1
    SOMEWHERE = 2
    ALWAYS = 3


# What many mail programs drop with all that stands in it, and others follow.
_KNOWN_TO_SOME = ("@supports", "@layer", "@scope")
_OF_A_SCREEN = ("@container", "@document", "@-moz-document")
# Between these widths lie the screens that mail is read on.
_NARROWEST, _WIDEST = 320, 1920

# Media Queries 4, section 3: a query that is written otherwise is for nobody.
_query = re.compile(r"(?:(not|only)\s+)?([a-z-]+)(?:\s+and\s+(?=\()(.*))?|((?:not\s*)?\(.*)", re.DOTALL)
_width = re.compile(r"\(\s*(min|max)-(?:device-)?width\s*:\s*(0|\d{1,6}px)\s*\)")
_and = re.compile(r"\sand\s")


def block_holds(prelude: str) -> Holds:
    """For whom the block with this at-rule before it holds; `prelude` is in lower case."""
    if prelude.startswith("@media"):
        return media_hold(prelude.removeprefix("@media"))
    if prelude.startswith(_KNOWN_TO_SOME):
        return Holds.SOMEWHERE
    return Holds.PERHAPS if prelude.startswith(_OF_A_SCREEN) else Holds.NEVER


def media_hold(queries: str) -> Holds:
    """The same of a list of media queries, in lower case; an empty one is for all."""
    return max(map(_query_holds, queries.split(","))) if queries.strip() else Holds.ALWAYS


def _query_holds(query: str) -> Holds:
    found = _query.fullmatch(query.strip())
    if found is None:
        return Holds.NEVER
    prefix, medium, features, bare = found.groups()
    if bare is None and medium not in ("all", "screen"):
        # Paper, or what there is not.
        return (Holds.PERHAPS if features else Holds.ALWAYS) if prefix == "not" else Holds.NEVER
    if prefix == "not":
        return Holds.PERHAPS if features else Holds.NEVER
    described = features or bare
    return _features_hold(described) if described else Holds.ALWAYS


def _features_hold(features: str) -> Holds:
    certain = True
    for feature in _and.split(features):
        found = _width.fullmatch(feature.strip())
        if not found:
            certain = False
            continue
        most, width = found[1] == "max", int(found[2].removesuffix("px"))
        if width < _NARROWEST // 2 if most else width > 2 * _WIDEST:
            return Holds.NEVER
        certain = certain and (width >= _WIDEST if most else width <= _NARROWEST)
    return Holds.ALWAYS if certain else Holds.PERHAPS
