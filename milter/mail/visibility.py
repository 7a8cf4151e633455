"""Which text of this document does the reader not see?

Never raises. Takes the hidden parts out of the tree. What some readers see and others do not (a class
hidden on narrow screens, `mso-hide`) is taken out of its sentence too, but handed back apart, since it
may be either salt or lure.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product

from milter.mail.color import PICTURE, TRANSPARENT, WHITE, Color, read_color
from milter.mail.css import NOTHING, Hiding, Look, Rule, read_style
from milter.mail.dom import Document, Element, Node, Text, attribute, attributes, select

_MAX_ANCESTORS = 60
_NEAR = 20
_SIDE = _NEAR + 1
_MANY = 8  # doubtful pieces: newsletters have fewer

# As `css.py` writes `content: attr(x)`.
_attr = re.compile("\0([^\0]{1,40})\0")
_CLOSED = "template,[hidden],dialog:not([open]),datalist,noframes,noembed,iframe"
# Webmail puts a mail into an element of its own page, and drops what these say: a page that is hidden as a
# whole is shown there, or to nobody.
_PAGE = frozenset({"html", "body"})
# Shown where a mail program has no scripts, and knows that it has none; small letters above the line.
_ASIDE = "noscript,rt,rp"


@dataclass(slots=True)
class Removed:
    """What was taken out: whole elements, and single texts that were hidden by an inherited property."""

    hidden: list[Element] = field(default_factory=list)
    hidden_texts: list[str] = field(default_factory=list)
    doubtful: list[Element] = field(default_factory=list)

    @property
    def in_pieces(self) -> bool:
        """True where so many pieces are doubtful that words and sentences are made, or broken, by them."""
        return len(self.doubtful) >= _MANY and sum(bool(one.text.strip()) for one in self.doubtful) >= _MANY


class _Looks:
    """The looks there are; which element has which, of itself or by style sheets, only when asked.

    In most mail no look hides anything, though every cell of every table has one.
    """

    def __init__(self, document: Document, rules: tuple[Rule, ...]) -> None:
        self.document = document
        self.rules = rules
        looks = map(read_style, attributes(document, "style"))
        self.distinct = [look for look in looks if look is not NOTHING]
        self._own: dict[Element, Look] | None = None
        self.by_sheet: dict[Element, list[tuple[Look, bool]]] | None = None
        self.grounds = {look.background for look in self.distinct} | {rule.look.background for rule in rules}
        for element in select(document, "[bgcolor]"):
            self.grounds.add(read_color(attribute(element, "bgcolor").lower()))
        self.grounds.add(WHITE)
        self._cubes: set[Color] = set()

    def may_swallow(self, color: Color | None) -> bool:
        """False for a colour that stands out from every ground in the mail, however many there are."""
        if color is None or color == PICTURE:
            return False
        if not self._cubes:
            grounds = (ground for ground in self.grounds if ground is not None and ground != PICTURE)
            self._cubes = {cube for ground in grounds for cube in _cubes_around(ground)}
        return color == TRANSPARENT or _cube(color) in self._cubes

    @property
    def own(self) -> dict[Element, Look]:
        """The elements with a style of their own, as it was at the first question."""
        if self._own is None:
            self._own = {}
            for element in select(self.document, "[style]") if self.distinct else ():
                style = element.attrs.get("style")
                if isinstance(style, str) and (look := read_style(style)) is not NOTHING:
                    self._own[element] = look
        return self._own

    def of(self, element: Element) -> Look:
        return self.own.get(element, NOTHING)

    def sheet(self, element: Element) -> list[tuple[Look, bool]]:
        """What style sheets say of the element; every rule is matched once, at the first question."""
        if self.by_sheet is None:
            self.by_sheet = {}
            for rule in self.rules:
                for met in select(self.document, rule.selector):
                    self.by_sheet.setdefault(met, []).append((rule.look, rule.always))
        return self.by_sheet.get(element, [])


def take_hidden(document: Document, rules: tuple[Rule, ...], *, keep_doubtful: bool = False) -> Removed:
    """Take out what is hidden; `document` keeps what every reader sees, or any with `keep_doubtful`."""
    removed = Removed()
    looks = _Looks(document, rules)
    for element in select(document, _CLOSED):
        if element.tag in _PAGE:
            continue
        shown = looks.of(element).displayed and element.tag not in ("template", "iframe")
        (removed.doubtful if shown else removed.hidden).append(element)
    removed.doubtful += select(document, _ASIDE)
    _find_boxes(looks, removed)
    _take_inherited(looks, removed)
    for element in (*removed.hidden, *(() if keep_doubtful else removed.doubtful)):
        element.extract()
    return removed


def _find_boxes(looks: _Looks, removed: Removed) -> None:
    boxes = any(look.box for look in looks.distinct)
    for element, look in looks.own.items() if boxes else ():
        if look.box and element.tag not in _PAGE:
            (removed.hidden if look.box is Hiding.YES else removed.doubtful).append(element)
    decided = set(removed.hidden) | set(removed.doubtful)
    for rule in looks.rules:
        if not rule.look.box or not rule.always:
            continue
        for element in select(looks.document, rule.selector):
            if element in decided or element.tag in _PAGE:
                continue
            decided.add(element)
            shown = looks.of(element).displayed or any(look.displayed for look, _ in looks.sheet(element))
            sure = rule.look.box is Hiding.YES and not shown
            (removed.hidden if sure else removed.doubtful).append(element)


def _take_inherited(looks: _Looks, removed: Removed) -> None:
    """Letters too small, invisible, or of the colour beneath them, unless a child takes that back."""
    hiding = [
        rule
        for rule in looks.rules
        if rule.always and (rule.look.tiny or rule.look.invisible or rule.look.color)
    ]
    # Where no look hides a text, it does not matter whose it is.
    hides = any(look.tiny or look.invisible or looks.may_swallow(look.color) for look in looks.distinct)
    sources = dict(looks.own) if hides else {}
    for rule in hiding:
        if rule.look.tiny or rule.look.invisible or looks.may_swallow(rule.look.color):
            for element in select(looks.document, rule.selector):
                sources.setdefault(element, rule.look)
    for element, look in sources.items():
        if element.tag == "html":
            continue
        if look.tiny:
            _take_texts(
                element, removed, lambda child: _says(looks, child, "tiny") or bool(child.attrs.get("size"))
            )
        if look.invisible:
            _take_texts(element, removed, lambda child: _says(looks, child, "invisible"))
    _take_same_color(looks, sources, removed)


def _says(looks: _Looks, element: Element, name: str) -> bool:
    """True where the element has a word of its own about the property."""
    if getattr(looks.of(element), name) is not None:
        return True
    return bool(looks.rules) and any(getattr(look, name) is not None for look, _ in looks.sheet(element))


def _take_texts(element: Element, removed: Removed, stops: Callable[[Element], bool]) -> None:
    """Take the texts below the element, down to where a child decides for itself."""
    stack: list[Node] = list(element.children)
    while stack:
        node = stack.pop()
        if isinstance(node, Text):
            if node.data.strip():
                removed.hidden_texts.append(node.data)
                node.extract()
        elif isinstance(node, Element) and not stops(node):
            stack.extend(node.children)


def _take_same_color(looks: _Looks, sources: dict[Element, Look], removed: Removed) -> None:
    colored: list[tuple[Element, Color | None]] = [
        (one, look.color) for one, look in sources.items() if look.color
    ]
    colored += [(one, _attribute_color(one)) for one in select(looks.document, "font[color],body[text]")]
    suspect = {color for color in {color for _, color in colored} if looks.may_swallow(color)}
    for element, color in colored:
        if color in suspect and (color == TRANSPARENT or _near(color, _ground_of(looks, element))):
            _take_texts(element, removed, lambda child: child.tag == "a" or _repaints(looks, child))


def _attribute_color(element: Element) -> Color | None:
    value = attribute(element, "color") or attribute(element, "text")
    value = value.strip().lower()
    return read_color(value if not value[:1].isdigit() else "#" + value)


def _repaints(looks: _Looks, element: Element) -> bool:
    """True where the element has its own colour or ground."""
    if element.attrs.get("bgcolor") or element.attrs.get("background") or element.attrs.get("color"):
        return True
    return _says(looks, element, "color") or _says(looks, element, "background")


def _ground_of(looks: _Looks, element: Element) -> Color:
    """The colour under the element's text: its own or its nearest ancestor's, else white."""
    node: Node | None = element
    for _ in range(_MAX_ANCESTORS):
        if not isinstance(node, Element):
            break
        if (ground := _own_ground(looks, node)) is not None:
            return ground
        node = node.parent
    return WHITE


def _own_ground(looks: _Looks, element: Element) -> Color | None:
    if (own := looks.of(element).background) is not None:
        return own
    if looks.rules and (said := [look.background for look, _ in looks.sheet(element) if look.background]):
        return said[-1]
    if element.attrs.get("background"):
        return PICTURE
    value = element.attrs.get("bgcolor")
    return read_color(value.lower()) if isinstance(value, str) else None


def _cube(color: Color) -> Color:
    """Where it lies among colours: those near each other lie in the same cube or in neighbouring ones."""
    red, green, blue = color
    return red // _SIDE, green // _SIDE, blue // _SIDE


def _cubes_around(color: Color) -> Iterator[Color]:
    red, green, blue = _cube(color)
    return product((red - 1, red, red + 1), (green - 1, green, green + 1), (blue - 1, blue, blue + 1))


@lru_cache(maxsize=512)
def _near(one: Color | None, other: Color) -> bool:
    return (
        one is not None
        and other != PICTURE
        and all(abs(a - b) <= _NEAR for a, b in zip(one, other, strict=True))
    )


def generated_text(document: Document, rules: Iterable[Rule]) -> None:
    """Write into the tree the text that style sheets put before or after elements: the last that is said of
    each, as browsers do, and beside it what is said under a condition.
    """
    said: dict[tuple[Element, bool, bool], str] = {}
    for rule in rules:
        if not rule.look.content:
            continue
        for element in select(document, rule.selector)[:200]:
            text = _attr.sub(lambda found, of=element: attribute(of, found[1]), rule.look.content)  # type: ignore[misc]
            said[element, rule.behind, rule.always] = text
    for (element, behind, _), text in said.items():
        element.insert(len(element.children) if behind else 0, Text(text))
