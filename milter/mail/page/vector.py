"""How is a picture (SVG) that is written in XML written in HTML?

Pure. Never raises. Names without their prefix, entities that its document type declares put in their places.
"""

import re
from itertools import islice

_MOST_PREFIXES = 10
_MOST_ENTITIES = 100
_MOST_LEVELS = 4
_MAX_SOURCE = 1024 * 1024
_HEAD = 64 * 1024

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_prefix = re.compile(r"xmlns:([A-Za-z_][\w.-]{0,40})\s{0,9}=\s{0,9}[\"']([^\"'<>]{1,100})[\"']")
_entity = re.compile(
    r"<!ENTITY\s{1,20}([A-Za-z_][\w.-]{0,100})\s{1,20}(?:\"([^\"]{0,2000})\"|'([^']{0,2000})')\s{0,20}>"
)
_declaration = re.compile(r"<!DOCTYPE\b[^\[<>]{0,500}\[[^\]]{0,64000}\]\s{0,20}>", re.IGNORECASE)
_reference = re.compile(r"&([A-Za-z_][\w.-]{0,100});")


def as_html(source: str) -> str:
    """The source; of a picture in XML the same as HTML, no longer than `_MAX_SOURCE` where it grows."""
    head = source[:_HEAD]
    if _SVG not in head:
        return source
    return _without_prefixes(_with_entities(source, head), head)


def _with_entities(source: str, head: str) -> str:
    declared: dict[str, str] = {}
    for found in islice(_entity.finditer(head), _MOST_ENTITIES):
        declared.setdefault(found[1], found[2] or found[3] or "")
    if not declared:
        return source
    at = head.upper().find("<!DOCTYPE")
    if at >= 0 and (declaration := _declaration.match(source, at)):
        source = source[:at] + source[declaration.end() :]
    for _ in range(_MOST_LEVELS):
        named = (found[1] for found in _reference.finditer(source))
        longer = sum(len(declared.get(name, "")) for name in named)
        if not longer or len(source) + longer > _MAX_SOURCE:
            break
        source = _reference.sub(lambda found: declared.get(found[1], found[0]), source)
    return source


def _without_prefixes(source: str, head: str) -> str:
    spaces = dict.fromkeys((found[1], found[2].strip()) for found in _prefix.finditer(head))
    for name, space in islice(spaces, _MOST_PREFIXES):
        if space == _SVG:
            source = re.sub(rf"<(/?){re.escape(name)}:", r"<\1", source)
        elif space == _XLINK and name != "xlink":
            source = source.replace(f" {name}:href", " xlink:href")
    return source
