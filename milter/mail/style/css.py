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
from milter.mail.style.written import TEXTS, said_in, written

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
        writes = name in TEXTS or name.startswith("--")
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
        said=said_in(said),
        about=about,
        firm=firm and bool(about or visibility or tiny is not None or "color" in said),
    )


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
