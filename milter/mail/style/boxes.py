"""In which ways does this style hide a box?

Pure. Never raises. Strings only, as in `css.py`.
"""

import re
from collections.abc import Iterator, Mapping
from enum import IntEnum
from itertools import chain
from typing import NamedTuple


class Hiding(IntEnum):
    """How surely a box is hidden.

    Doubtful: for some readers, and shown to others. Away: out of sight, unless what stands in it is put back.
    """

    NO = 0
    DOUBTFUL = 1
    AWAY = 2
    YES = 3


class Way(NamedTuple):
    """One way in which a style hides a box; whoever sets another value for one of `names` may undo it."""

    hiding: Hiding
    names: frozenset[str]


_number_of = r"[+-]?(?:\d{1,9}(?:\.\d{0,20})?|\.\d{1,20})(?:e[+-]?\d{1,3})?"
_length = re.compile(rf"\s*({_number_of})\s*(px|pt|em|rem|ex|%|vw|vh|cm|mm|in|pc)?\s*")
# Roughly in pixels, where letters are of the usual size and screens of a middling one.
_USUAL_SIZE = 16.0
_UNITS = {
    "em": 16.0, "rem": 16.0, "ex": 8.0, "vw": 10.0, "vh": 8.0, "cm": 38.0, "mm": 3.8, "in": 96.0, "pc": 16.0,
}  # fmt: skip
_OF_OTHERS = frozenset({"em", "rem", "ex", "%"})
_TINY = 2.0  # pixels
_SIZES = frozenset({"height", "max-height", "width", "max-width"})
_OVERFLOW = frozenset({"overflow", "overflow-x", "overflow-y"})
_SIDES = frozenset({"left", "top", "right", "bottom", "margin-left", "margin-top", "inset"})
# What puts a box, or the text in it, elsewhere, or makes one larger.
MOVES = frozenset({
    *_SIDES, *_OVERFLOW, "position", "margin", "text-indent", "transform", "translate", "padding",
    "padding-left", "padding-top", "min-height", "min-width",
})  # fmt: skip
_BACK = (
    "padding",
    "padding-left",
    "padding-top",
    "padding-bottom",
    "padding-right",
    "min-height",
    "min-width",
)
# Without one of these nothing is hidden by its box.
_BOXES = frozenset({
    *_OVERFLOW, "clip", "clip-path", "content-visibility", "display", "filter", "inset", "line-height",
    "margin-left", "mso-hide", "opacity", "position", "scale", "text-indent", "transform", "translate",
})  # fmt: skip
# What a style says of these may undo what another one says.
MATTERING = _BOXES | _SIZES | MOVES
_away = re.compile(r"-\d{3,}(?:\.\d+)?px|-\d{2,}(?:\.\d+)?(?:em|rem|in|cm|vw|vh)|-\d{3,}%")
_far_in = re.compile(r"(?:100|\d{4,6})(?:\.\d+)?%|\d{4,6}px|\d{3,5}(?:em|rem|cm|vw)")
_nothing_clip = re.compile(
    r"inset\(\s*(?:100|[5-9]\d)(?:\.\d+)?%|circle\(\s*0|rect\(\s*[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?"
)
_no_scale = re.compile(r"scale(?:x|y|3d)?\(\s*0(?:\.0\d*)?\s*[,)]")


def way_of(said: Mapping[str, str]) -> Way | None:
    """How a box with these declarations is hidden, the surest way of several; None for most."""
    if _BOXES.isdisjoint(said):
        return None
    return next(chain(_surely(said), _put_away(said), _doubtfully(said)), None)


def _surely(said: Mapping[str, str]) -> Iterator[Way]:
    get = said.get
    for name, hidden in (
        ("display", get("display") == "none"),
        ("opacity", _number(get("opacity", "1")) <= 0.05),
        ("filter", "opacity(0" in get("filter", "").replace(" ", "")),
        ("clip-path", _nothing_clip.search(get("clip-path", ""))),
        ("clip", get("position") and _nothing_clip.search(get("clip", ""))),
        ("transform", _no_scale.search(get("transform", ""))),
    ):
        if hidden:
            yield Way(Hiding.YES, frozenset({name}))


def _put_away(said: Mapping[str, str]) -> Iterator[Way]:
    """The ways that put a box out of sight; doubtful where the same style may put it back."""
    get = said.get
    back = Hiding.DOUBTFUL if any(get(name, "").strip(" 0pxemt") for name in _BACK) else Hiding.AWAY
    cut = "hidden" in " ".join(get(name, "") for name in _OVERFLOW)
    if cut and any(_pixels(get(name, "")) <= 1 for name in _SIZES):
        yield Way(back, _OVERFLOW | _SIZES)
    placed = get("position") in ("absolute", "fixed", "relative")
    if placed and any(_away.match(get(name, "")) for name in _SIDES):
        yield Way(Hiding.AWAY, _SIDES | {"position"})
    if _away.match(get("margin-left", "")):
        yield Way(back, frozenset({"margin-left", "margin"}))
    transform, indent = get("transform", ""), get("text-indent", "")
    if _away.search(transform):
        yield Way(Hiding.AWAY if transform.count("(") == 1 else Hiding.DOUBTFUL, frozenset({"transform"}))
    if _away.match(indent) or _far_in.match(indent):
        yield Way(Hiding.AWAY, frozenset({"text-indent"}))


def _doubtfully(said: Mapping[str, str]) -> Iterator[Way]:
    get = said.get
    # Outlook alone obeys mso-hide, newer programs the others; lines of no height still show one of them.
    for name, hidden in (
        ("mso-hide", get("mso-hide") == "all"),
        ("line-height", get("line-height") in ("0", "0px")),
        ("content-visibility", get("content-visibility") == "hidden"),
        ("scale", _number(get("scale", "1")) <= 0),
        ("translate", _away.search(get("translate", ""))),
        ("display", "var(" in get("display", "")),
    ):
        if hidden:
            yield Way(Hiding.DOUBTFUL, frozenset({name}))


def _number(value: str) -> float:
    found = _length.fullmatch(value)
    return float(found[1]) / (100 if found[2] == "%" else 1) if found else 1.0


def _pixels(value: str, percent: float = 10.0) -> float:
    """The length, roughly in pixels; large where it is none. `percent`: what one is of, in pixels."""
    found = _length.fullmatch(value)
    if not found:
        return 1e6
    unit = found[2] or "px"
    return float(found[1]) * (percent if unit == "%" else _UNITS.get(unit, 1.0))


def letters(size: str) -> tuple[Hiding, bool | None]:
    """How surely a box hides letters of this size, and whether they are surely too small; None without one.

    A part of the size outside may be large there.
    """
    if not size:
        return Hiding.NO, None
    pixels = abs(_pixels(size, _USUAL_SIZE / 100))
    if pixels > _TINY:
        return Hiding.NO, False
    found = _length.fullmatch(size)
    doubtful = pixels > 0 and found is not None and found[2] in _OF_OTHERS
    return (Hiding.DOUBTFUL, False) if doubtful else (Hiding.NO, True)


def font_size(font: str) -> str:
    """The size out of the shorthand: the first length in it, weights left out."""
    for word in font.split("/", maxsplit=1)[0].split() if font else ():
        if (word[0] in ".0123456789" and not word.isdigit()) or word == "0":
            return word
    return ""
