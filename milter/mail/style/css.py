"""What does this style do to what the reader sees?

Pure. Never raises. Strings only: which elements a rule meets is for `page/`. Not a CSS engine: it
knows the ways to hide text, and where it cannot be sure it says doubtful, which keeps the text.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from milter.mail.octets import Patterns
from milter.mail.remembered import remembered
from milter.mail.style.blocks import without_comments
from milter.mail.style.boxes import MATTERING, Hiding, Way, font_size, letters, way_of
from milter.mail.style.color import PICTURE, TRANSPARENT, Color, is_color, read_color
from milter.mail.style.media import Holds

LONGEST_STYLE = 4096


class Look(NamedTuple):
    """What a declaration block says about visibility; None where it says nothing.

    `way` hides the element with all in it. The others are inherited, and a child may take them back:
    `tiny` letters, `invisible`, `color`. `displayed`: display has a value other than none. `about`: the
    properties set that may undo a way in which another block hides; `firm`: some of all this is important.
    `content` and `said`: what it puts into the text; `said` by property, or by the name that it defines.
    """

    way: Way | None = None
    displayed: bool = False
    tiny: bool | None = None
    invisible: bool | None = None
    color: Color | None = None
    background: Color | None = None
    backwards: bool = False
    content: str = ""
    said: tuple[tuple[str, str], ...] = ()
    about: frozenset[str] = frozenset()
    firm: bool = False

    @property
    def box(self) -> Hiding:
        """How surely it hides the element."""
        return self.way.hiding if self.way else Hiding.NO

    @property
    def says_more(self) -> bool:
        """True where it says anything but what may undo another one."""
        return self._replace(about=frozenset(), firm=False) != NOTHING

    @property
    def writes(self) -> bool:
        """True where it puts words into the text by itself."""
        return bool(self.content) or any(name[0] not in "-@" for name, _ in self.said)

    def undoes(self, way: Way) -> bool:
        """True where it sets another value for what the way hides by."""
        return self.box < Hiding.AWAY and not self.about.isdisjoint(way.names)


class Place(StrEnum):
    """Where text is put that a style makes; a marker stands before what is in a list."""

    BEFORE = "before"
    AFTER = "after"
    MARKER = "marker"


class Rule(NamedTuple):
    """One rule of a style sheet: `holds` says for whom, `place` where its `content` is put."""

    selector: str
    look: Look
    holds: Holds
    place: Place = Place.BEFORE


NOTHING = Look()
_DOUBTFUL_LETTERS = Way(Hiding.DOUBTFUL, frozenset({"font-size", "font"}))

_escape = re.compile(r"\\([0-9a-fA-F]{1,6})[ \t\n]?|\\(.)")
_declaration = re.compile(r"""(?:[^;("']++|\([^)]*+\)?|"[^"]*+"?|'[^']*+'?)++""")
_display = re.compile(
    r"(?:-[a-z]+-)?(?:block|inline|flex|grid|table|none|contents|flow|list-item|run-in|ruby|initial|inherit"
    r"|unset|revert|box|var\()[\w -]*"
)
# What draws the letters in another colour than their own, or beside it.
_RIMS = frozenset({"text-shadow", "-webkit-text-stroke", "-webkit-text-stroke-width", "mix-blend-mode"})
_NO_RIM = frozenset({"none", "0", "0px", "normal", "initial", "inherit", "unset"})
_GROUNDS = frozenset({"background-image", "background-color", "background", "box-shadow"})
_DRAWN = ("url(", "gradient", "image-set(", "element(", "var(")
_NO_GROUND = frozenset({
    "none", "initial", "inherit", "unset", "revert", "0", "0%", "left", "top", "center", "scroll", "repeat",
    "no-repeat", "auto",
})  # fmt: skip
# What of a style is read at all begins with one of these, or may be written in a way that hides it.
_RELEVANT = (
    "\\|/*|display|visib|opacity|font|color|backgr|indent|position|overflow|clip|transform|mso-hide|direction"
    "|content|margin|scale|translate|inset|padding|height|width|quotes|list-style|--"
)
_relevant = Patterns(*map(str.encode, _RELEVANT.split("|")))
# Signs of quotation, and what the lines of a list begin with, are of a sender's choice.
_WRITING = frozenset({"quotes", "list-style", "list-style-type"})
_OF_COUNTERS = frozenset({"symbols", "additive-symbols", "prefix", "suffix"})
_TEXTS = _WRITING | _OF_COUNTERS | {"content"}
_LISTS = _WRITING - {"quotes"}
_MOST_SAID = 50
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


@remembered(1024, longest=512)
def read_style(style: str) -> Look:
    """What a style attribute says; nothing beyond its first `LONGEST_STYLE` characters is read."""
    if not _relevant.stand_in(style.lower().encode("utf-8", "replace")):
        return NOTHING
    style = style[:LONGEST_STYLE]
    return _look(dict(declarations(style)), firm="!" in style)


def declarations(style: str) -> Iterator[tuple[str, str]]:
    """Name and value, lower case but for what holds text, later ones last, important ones after those."""
    style = without_comments(style)
    style = _escape.sub(_unescape, style) if "\\" in style else style
    important: list[tuple[str, str]] = []
    plain = not ("(" in style or '"' in style or "'" in style)
    for one in style.split(";") if plain else _declaration.findall(style):
        name, _, value = one.partition(":")
        name = name.strip().lower()
        writes = name in _TEXTS or name.startswith("--")
        value = value.strip() if writes else value.strip().lower()
        if "!" in value and not writes:
            important.append((name, value.partition("!")[0].strip()))
        elif name != "display" or _display.match(value):
            # What no program knows is as if it were not written.
            yield name, value
    yield from important


def _unescape(found: re.Match[str]) -> str:
    if found[2]:
        return found[2]
    code = int(found[1], 16)
    return chr(code) if 31 < code < 0xD800 or 0xDFFF < code < 0x110000 else " "


def _look(said: dict[str, str], *, firm: bool) -> Look:
    get = said.get
    display = get("display", "")
    visibility = get("visibility", "")
    small, tiny = letters(get("font-size") or font_size(get("font", "")))
    way = way_of(said) or (_DOUBTFUL_LETTERS if small else None)
    about = MATTERING.intersection(said)
    return Look(
        way=way,
        displayed=bool(display) and display != "none",
        # Whoever is enlarged again is not small.
        tiny=False if tiny and ("zoom" in said or "scale" in get("transform", "")) else tiny,
        invisible=visibility in ("hidden", "collapse") if visibility else None,
        color=_letter_color(said),
        background=_background(said),
        backwards="override" in get("unicode-bidi", "") and get("direction") == "rtl",
        content=written(get("content", "")),
        said=_said(said),
        about=about,
        firm=firm and bool(about or visibility or tiny is not None or "color" in said),
    )


def puts_words(value: str) -> bool:
    """True where a string of it holds a word."""
    return _words.search(value) is not None


def _letter_color(said: dict[str, str]) -> Color | None:
    """The colour of the letters; none where some programs, or all, draw them in another, or with a rim."""
    color, fill = said.get("color", ""), said.get("-webkit-text-fill-color", "")
    if (
        not color
        or any(said[name] not in _NO_RIM for name in _RIMS.intersection(said))
        or _shows_ground(said)
    ):
        return None
    found = read_color(color) if is_color(color) else None
    return found if not fill or read_color(fill) == found else None


def _shows_ground(said: dict[str, str]) -> bool:
    """True where the letters are cut out of the ground."""
    return "text" in (said.get("background-clip"), said.get("-webkit-background-clip"))


def _background(said: dict[str, str]) -> Color | None:
    """The colour of the ground; a picture where it is a colour that we do not know, or may be changed."""
    if _GROUNDS.isdisjoint(said):
        return None
    image, color, both = (
        said.get(name, "") for name in ("background-image", "background-color", "background")
    )
    if any(one in f"{image} {both}" for one in _DRAWN) or "inset" in said.get("box-shadow", ""):
        return PICTURE
    if not (color or both):
        return None
    found = read_color(color) or read_color(both)
    if found is None:
        return None if _NO_GROUND.issuperset((color or both).split()) else PICTURE
    return None if found == TRANSPARENT else found


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


def _said(declared: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The words of quotation marks, lists and custom properties. Of a list the names that it has its marks by
    follow as such, of quotation marks the strings stand apart.
    """
    found: list[tuple[str, str]] = []
    for name, value in declared.items():
        if name.startswith("--"):
            if _letters.search(value) or "var(" in value or "attr(" in value:
                found.append((name, written(value)))
        elif name == "quotes" and puts_words(value):
            found += zip(("open-quote", "close-quote"), strings_in(value), strict=False)
        elif name in _LISTS and (text := _mark_of_list(value)):
            found.append(("list-style", text))
    return tuple(found[:_MOST_SAID])


def strings_in(value: str) -> list[str]:
    """The strings of a value, without their marks."""
    return [one[0][1:-1] for one in _written.finditer(value) if one[0][0] in "\"'"]


def _mark_of_list(value: str) -> str:
    value = _address.sub(" ", value) if "(" in value else value
    if "var(" in value or puts_words(value):
        return written(value)
    if '"' in value or "'" in value:
        return ""
    names = (one[0].lower() for one in _name.finditer(value))
    return next((f"\0:@{one}\0" for one in names if one not in LIST_WORDS), "")
