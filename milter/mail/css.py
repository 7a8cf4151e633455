"""What does this style do to what the reader sees?

Pure. Never raises. Strings only: which elements a rule meets is for `visibility.py`. Not a CSS engine: it
knows the ways to hide text, and where it cannot be sure it says doubtful, which keeps the text.
"""

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from milter.mail.color import PICTURE, TRANSPARENT, Color, read_color
from milter.mail.octets import Patterns
from milter.mail.remembered import remembered

_MAX_STYLE = 4096


class Hiding(IntEnum):
    """How surely a box is hidden; doubtful is hidden for some readers and shown to others."""

    NO = 0
    DOUBTFUL = 1
    YES = 2


class Look(NamedTuple):
    """What a declaration block says about visibility; None where it says nothing.

    `box` hides the element with all in it. The others are inherited, and a child may take them back:
    `tiny` letters, `invisible`, `color`. `displayed`: display has a value other than none.
    """

    box: Hiding = Hiding.NO
    displayed: bool = False
    tiny: bool | None = None
    invisible: bool | None = None
    color: Color | None = None
    background: Color | None = None
    backwards: bool = False
    content: str = ""


class Rule(NamedTuple):
    """One rule of a style sheet.

    `always` is False inside a condition that may not hold; `behind` is True for `::after`.
    """

    selector: str
    look: Look
    always: bool
    behind: bool = False


NOTHING = Look()

_comment = re.compile(r"/\*[^*]*+(?:\*(?!/)[^*]*+)*(?:\*/|\Z)")
_escape = re.compile(r"\\([0-9a-fA-F]{1,6})[ \t\n]?|\\(.)")
_declaration = re.compile(r"""(?:[^;("']++|\([^)]*+\)?|"[^"]*+"?|'[^']*+'?)++""")
_number_of = r"[+-]?(?:\d{1,9}(?:\.\d{0,20})?|\.\d{1,20})(?:e[+-]?\d{1,3})?"
_length = re.compile(rf"\s*({_number_of})\s*(px|pt|em|rem|ex|%|vw|vh|cm|mm|in|pc)?(?![\w.])")
# Roughly in pixels, where letters are of the usual size and screens of a middling one.
_USUAL_SIZE = 16.0
_UNITS = {
    "em": 16.0, "rem": 16.0, "ex": 8.0, "vw": 10.0, "vh": 8.0, "cm": 38.0, "mm": 3.8, "in": 96.0, "pc": 16.0,
}  # fmt: skip
_OF_OTHERS = frozenset({"em", "rem", "ex", "%"})
_TINY = 2.0  # pixels
# Without one of these nothing is hidden by its box.
_BOXES = frozenset({
    "clip", "clip-path", "display", "filter", "line-height", "margin-left", "mso-hide", "opacity", "overflow",
    "overflow-x", "overflow-y", "position", "text-indent", "transform",
})  # fmt: skip
_away = re.compile(r"-\d{3,}(?:\.\d+)?px|-\d{2,}(?:\.\d+)?(?:em|rem|in|cm|vw|vh)|-\d{3,}%")
_far_in = re.compile(r"(?:100|\d{4,6})(?:\.\d+)?%|\d{4,6}px|\d{3,5}(?:em|rem|cm|vw)")
_nothing_clip = re.compile(
    r"inset\(\s*(?:100|[5-9]\d)(?:\.\d+)?%|circle\(\s*0|rect\(\s*[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?"
)
_no_scale = re.compile(r"scale(?:x|y|3d)?\(\s*0(?:\.0\d*)?\s*[,)]")
# What of a style is read at all begins with one of these, or may be written in a way that hides it.
_RELEVANT = (
    "\\|/*|display|visib|opacity|font|color|backgr|indent|position|overflow|clip|transform|mso-hide|direction"
    "|content|margin-t|margin-l"
)
_relevant = Patterns(*map(str.encode, _RELEVANT.split("|")))
_content = re.compile(r""""[^"]{0,500}"|'[^']{0,500}'|attr\(\s{0,5}([\w-]{1,40})\s{0,5}\)""")


@remembered(1024, longest=512)
def read_style(style: str) -> Look:
    """What a style attribute says; nothing beyond its first 4096 characters is read."""
    if not _relevant.stand_in(style.lower().encode("utf-8", "replace")):
        return NOTHING
    return _look(dict(_declarations(style[:_MAX_STYLE])))


def _declarations(style: str) -> Iterator[tuple[str, str]]:
    """Name and value, lower case but for `content`, later ones last, important ones after those."""
    style = _comment.sub(" ", style) if "/*" in style else style
    style = _escape.sub(_unescape, style) if "\\" in style else style
    important: list[tuple[str, str]] = []
    for found in _declaration.finditer(style):
        name, _, value = found[0].partition(":")
        name = name.strip().lower()
        value = value.strip() if name == "content" else value.strip().lower()
        if "!" in value and name != "content":
            important.append((name, value.partition("!")[0].strip()))
        else:
            yield name, value
    yield from important


def _unescape(found: re.Match[str]) -> str:
    if found[2]:
        return found[2]
    code = int(found[1], 16)
    return chr(code) if 31 < code < 0xD800 or 0xDFFF < code < 0x110000 else " "


def _look(said: dict[str, str]) -> Look:
    get = said.get
    display = get("display", "")
    visibility = get("visibility", "")
    small, tiny = _letters(get("font-size") or _font_size(get("font", "")))
    return Look(
        box=max(_box(said, display), small),
        displayed=bool(display) and display != "none",
        tiny=tiny,
        invisible=visibility in ("hidden", "collapse") if visibility else None,
        color=_letter_color(get("color", ""), get("-webkit-text-fill-color", "")),
        background=_background(
            get("background-image", ""), get("background-color", ""), get("background", "")
        ),
        backwards="override" in get("unicode-bidi", "") and get("direction") == "rtl",
        content=_quoted(get("content", "")),
    )


def _letter_color(color: str, fill: str) -> Color | None:
    """The colour of the letters; none where programs that know `fill` show another than the others."""
    found = read_color(color)
    return found if not fill or read_color(fill) == found else None


def _box(said: dict[str, str], display: str) -> Hiding:
    if _BOXES.isdisjoint(said):
        return Hiding.NO
    get = said.get
    if (
        display == "none"
        or _number(get("opacity", "1")) <= 0.05
        or "opacity(0" in get("filter", "").replace(" ", "")
    ):
        return Hiding.YES
    if "hidden" in (
        said.get("overflow", "") + said.get("overflow-x", "") + said.get("overflow-y", "")
    ) and any(_pixels(get(name, "")) <= 1 for name in ("height", "max-height", "width", "max-width")):
        return Hiding.YES
    if get("position") in ("absolute", "fixed", "relative") and any(
        _away.match(get(name, "")) for name in ("left", "top", "right", "bottom", "margin-left", "margin-top")
    ):
        return Hiding.YES
    clipped = _nothing_clip.search(get("clip-path", "") or (get("clip", "") if get("position") else ""))
    scaled = _no_scale.search(get("transform", "")) or _away.search(get("transform", ""))
    indented = _away.match(get("text-indent", "")) or _far_in.match(get("text-indent", ""))
    if clipped or scaled or indented or _away.match(get("margin-left", "")):
        return Hiding.YES
    # Outlook alone obeys mso-hide; lines of no height still show one of them.
    return (
        Hiding.DOUBTFUL if get("mso-hide") == "all" or get("line-height", "") in ("0", "0px") else Hiding.NO
    )


def _number(value: str) -> float:
    found = _length.match(value)
    return float(found[1]) / (100 if found[2] == "%" else 1) if found else 1.0


def _pixels(value: str, percent: float = 10.0) -> float:
    """The length, roughly in pixels; large where it is none. `percent`: what one is of, in pixels."""
    found = _length.match(value)
    if not found:
        return 1e6
    unit = found[2] or "px"
    return float(found[1]) * (percent if unit == "%" else _UNITS.get(unit, 1.0))


def _letters(size: str) -> tuple[Hiding, bool | None]:
    """How surely a box hides letters of this size, and whether they are surely too small; None without one.

    A part of the size outside may be large there.
    """
    if not size:
        return Hiding.NO, None
    pixels = abs(_pixels(size, _USUAL_SIZE / 100))
    if pixels > _TINY:
        return Hiding.NO, False
    found = _length.match(size)
    doubtful = pixels > 0 and found is not None and found[2] in _OF_OTHERS
    return (Hiding.DOUBTFUL, False) if doubtful else (Hiding.NO, True)


def _font_size(font: str) -> str:
    """The size out of the shorthand: the first length in it, weights left out."""
    for word in font.split("/", maxsplit=1)[0].split() if font else ():
        if (word[0] in ".0123456789" and not word.isdigit()) or word == "0":
            return word
    return ""


def _background(image: str, color: str, both: str) -> Color | None:
    if "url(" in image or "gradient" in image or "url(" in both or "gradient" in both:
        return PICTURE
    found = read_color(color) or read_color(both)
    return None if found == TRANSPARENT else found


def _quoted(value: str) -> str:
    """The strings of a `content`; `attr(x)` as its name between NULs, for whoever knows the element."""
    return "".join(
        f"\0{found[1]}\0" if found[1] else found[0][1:-1] for found in _content.finditer(value[:1000])
    )
