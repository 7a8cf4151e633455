"""What does this style do to what the reader sees?

Pure. Never raises. Strings only: which elements a rule meets is for `visibility.py`. Not a CSS engine: it
knows the ways to hide text, and where it cannot be sure it says doubtful, which keeps the text.
"""

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from milter.mail.octets import Patterns
from milter.mail.remembered import remembered

_MAX_STYLE = 4096
_MAX_SHEET = 256 * 1024
_MAX_RULES = 300
_MAX_SELECTOR = 200

Color = tuple[int, int, int]
TRANSPARENT: Color = (-1, -1, -1)
# A picture or gradient: the colour under the text is not known.
PICTURE: Color = (-2, -2, -2)
WHITE: Color = (255, 255, 255)


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
_length = re.compile(r"\s*(-?\d{0,6}(?:\.\d{0,6})?)\s*(px|pt|em|rem|ex|%|vw|vh|cm|mm|in|pc)?(?![\w.])")
_hex = re.compile(r"#([0-9a-f]{3,8})\b")
_rgb = re.compile(
    r"(rgb|hsl)a?\(\s*([\d.]+)(%?)[,\s]+([\d.]+)%?[,\s]+([\d.]+)%?\s*(?:[,/]\s*([\d.]+)(%?)\s*)?\)"
)
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
_names = {
    "white": WHITE, "black": (0, 0, 0), "red": (255, 0, 0), "blue": (0, 0, 255), "green": (0, 128, 0),
    "yellow": (255, 255, 0), "gray": (128, 128, 128), "grey": (128, 128, 128), "silver": (192, 192, 192),
    "navy": (0, 0, 128), "orange": (255, 165, 0), "snow": (255, 250, 250), "ivory": (255, 255, 240),
    "whitesmoke": (245, 245, 245), "ghostwhite": (248, 248, 255), "floralwhite": (255, 250, 240),
    "azure": (240, 255, 255), "mintcream": (245, 255, 250), "seashell": (255, 245, 238),
    "lightgray": (211, 211, 211), "lightgrey": (211, 211, 211), "transparent": TRANSPARENT,
}  # fmt: skip


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
    return Look(
        box=_box(said, display),
        displayed=bool(display) and display != "none",
        tiny=_is_tiny(get("font-size") or _font_size(get("font", ""))),
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
    try:
        return float(found[1]) / (100 if found[2] == "%" else 1) if found else 1.0
    except ValueError:
        return 1.0


def _pixels(value: str) -> float:
    """The length, roughly in pixels; large where it is none."""
    found = _length.match(value)
    if not found or found[1] in ("", "-", "."):
        return 1e6
    scale = {
        "em": 16.0,
        "rem": 16.0,
        "ex": 8.0,
        "%": 10.0,
        "vw": 10.0,
        "vh": 8.0,
        "cm": 38.0,
        "mm": 3.8,
        "in": 96.0,
        "pc": 16.0,
    }
    return float(found[1]) * scale.get(found[2] or "px", 1.0)


def _is_tiny(size: str) -> bool | None:
    if not size:
        return None
    return abs(_pixels(size)) <= (2 if size.endswith(("px", "pt", "0")) else 0.2)


def _font_size(font: str) -> str:
    """The size out of the shorthand: the first length in it, weights left out."""
    for word in font.split("/", maxsplit=1)[0].split() if font else ():
        if (word[0].isdigit() and not word.isdigit()) or word == "0":
            return word
    return ""


def _background(image: str, color: str, both: str) -> Color | None:
    if "url(" in image or "gradient" in image or "url(" in both or "gradient" in both:
        return PICTURE
    found = read_color(color) or read_color(both)
    return None if found == TRANSPARENT else found


@remembered(512, longest=100)
def read_color(value: str) -> Color | None:
    """The first colour in the value, None where there is none we know."""
    if found := _hex.search(value):
        digits = found[1]
        if len(digits) in (4, 8) and int(digits[len(digits) * 3 // 4 :], 16) == 0:
            return TRANSPARENT
        parts = [c * 2 for c in digits[:3]] if len(digits) < 5 else [digits[0:2], digits[2:4], digits[4:6]]
        return (int(parts[0] or "0", 16), int(parts[1] or "0", 16), int(parts[2] or "0", 16))
    if found := _rgb.search(value):
        return _rgb_color(found)
    return next((_names[word] for word in value.split() if word in _names), None)


def _rgb_color(found: re.Match[str]) -> Color | None:
    try:
        first, second, third = float(found[2]), float(found[4]), float(found[5])
        alpha = float(found[6]) / (100 if found[7] else 1) if found[6] else 1.0
    except ValueError:
        return None
    if alpha <= 0.05:
        return TRANSPARENT
    if found[1] == "hsl":
        return WHITE if third >= 97 else (0, 0, 0) if third <= 3 else None
    scale = 2.55 if found[3] else 1.0
    return (min(255, round(first * scale)), min(255, round(second * scale)), min(255, round(third * scale)))


def _quoted(value: str) -> str:
    """The strings of a `content`; `attr(x)` as its name between NULs, for whoever knows the element."""
    return "".join(
        f"\0{found[1]}\0" if found[1] else found[0][1:-1] for found in _content.finditer(value[:1000])
    )
