"""Which text of this document does the reader not see?

Never raises. Takes the hidden parts out of the tree. What some readers see and others do not (a class
hidden on narrow screens, `mso-hide`) is taken out of its sentence too, but handed back apart, since it
may be either salt or lure.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from milter.mail.dom import Document, Element, Node, Text, attribute, select
from milter.mail.style.boxes import Hiding, Way
from milter.mail.style.color import PICTURE, TRANSPARENT, Color, read_color
from milter.mail.style.css import Rule
from milter.mail.style.looks import NEAR, Looks
from milter.mail.style.media import Holds

_MANY = 8  # doubtful pieces: newsletters have fewer

_CLOSED = "template,[hidden],dialog:not([open]),datalist,noframes,noembed,iframe"
# Webmail puts a mail into an element of its own page, and drops what these say: a page that is hidden as a
# whole is shown there, or to nobody.
_PAGE = frozenset({"html", "body"})
# Shown where a mail program has no scripts, and knows that it has none; small letters above the line.
_ASIDE = "noscript,rt,rp"
_OF_OWN_SIZE = frozenset({"input", "textarea", "select", "button", "table"})
_OF_OWN_COLOR = frozenset({"a", "input", "textarea", "select", "button", "mark"})


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


def take_hidden(document: Document, rules: tuple[Rule, ...], *, keep_doubtful: bool = False) -> Removed:
    """Take out what is hidden; `document` keeps what every reader sees, or any with `keep_doubtful`."""
    removed = Removed()
    looks = Looks(document, rules)
    for element in select(document, _CLOSED):
        if element.tag in _PAGE:
            continue
        shown = _is_displayed(looks, element) and element.tag not in ("template", "iframe")
        (removed.doubtful if shown else removed.hidden).append(element)
    removed.doubtful += select(document, _ASIDE)
    _find_boxes(looks, removed)
    _take_inherited(looks, removed)
    for element in (*removed.hidden, *(() if keep_doubtful else removed.doubtful)):
        element.extract()
    return removed


def _is_displayed(looks: Looks, element: Element) -> bool:
    return looks.of(element).displayed or any(rule.look.displayed for rule in looks.sheet(element))


def _find_boxes(looks: Looks, removed: Removed) -> None:
    boxes = any(look.box for look in looks.distinct)
    for element, look in looks.own.items() if boxes else ():
        if look.way and element.tag not in _PAGE:
            _place(element, look.way, looks, removed)
    decided = set(removed.hidden) | set(removed.doubtful)
    for rule in looks.rules:
        if not rule.look.way or rule.holds < Holds.SOMEWHERE:
            continue
        for element in select(looks.document, rule.selector):
            if element not in decided and element.tag not in _PAGE:
                decided.add(element)
                _place(element, rule.look.way, looks, removed, rule.holds)


def _place(element: Element, way: Way, looks: Looks, removed: Removed, of_sheet: Holds | None = None) -> None:
    """Say of an element that is hidden this way, by its own style or by a sheet, whether that is sure."""
    sure = way.hiding is Hiding.YES or (way.hiding is Hiding.AWAY and not looks.holds_moved(element))
    sure = sure and of_sheet in (None, Holds.ALWAYS)
    sure = sure and not looks.undoes(element, way, firmly=of_sheet is None)
    (removed.hidden if sure else removed.doubtful).append(element)


def _take_inherited(looks: Looks, removed: Removed) -> None:
    """Letters too small, invisible, or of the colour beneath them, unless a child takes that back."""
    for name, stops in (("tiny", _resizes), ("invisible", _reveals)):
        for element in _with(looks, name, bool):
            if element.tag == "html":
                continue
            if all(looks.values(element, name)):
                _take_texts(element, removed, lambda child, stops=stops: stops(looks, child))  # type: ignore[misc]
            elif element.tag not in _PAGE:
                removed.doubtful.append(element)
    _take_same_color(looks, removed)


def _with(looks: Looks, name: str, hides: Callable[[Any], bool]) -> list[Element]:
    """The elements of which a style of their own, or a rule that may always hold, may hide the text."""
    found: dict[Element, None] = {}
    if any(hides(getattr(look, name)) for look in looks.distinct):
        found.update((one, None) for one, look in looks.own.items() if hides(getattr(look, name)))
    for rule in looks.rules:
        if rule.holds >= Holds.SOMEWHERE and hides(getattr(rule.look, name)):
            # Its own style speaks against most rules.
            met = (
                one
                for one in select(looks.document, rule.selector)
                if getattr(looks.of(one), name) is None or rule.look.firm
            )
            found.update(dict.fromkeys(met))
    return list(found)


def _resizes(looks: Looks, element: Element) -> bool:
    # Fields have letters of their own size; so have tables, where a page names no version of HTML.
    return element.tag in _OF_OWN_SIZE or looks.says(element, "tiny") or bool(element.attrs.get("size"))


def _reveals(looks: Looks, element: Element) -> bool:
    return looks.says(element, "invisible")


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


def _take_same_color(looks: Looks, removed: Removed) -> None:
    for element in _with(looks, "color", looks.may_swallow):
        hidden = {_is_swallowed(looks, element, color) for color in looks.values(element, "color")}
        if hidden == {True}:
            _take_colored(looks, element, removed)
        elif True in hidden and element.tag not in _PAGE:
            removed.doubtful.append(element)
    for element in select(looks.document, "font[color],body[text]"):
        color = _attribute_color(element)
        if (
            looks.may_swallow(color)
            and _is_swallowed(looks, element, color)
            and not looks.says(element, "color")
        ):
            _take_colored(looks, element, removed)


def _is_swallowed(looks: Looks, element: Element, color: Color | None) -> bool:
    return color == TRANSPARENT or _near(color, looks.ground(element))


def _take_colored(looks: Looks, element: Element, removed: Removed) -> None:
    _take_texts(element, removed, lambda child: child.tag in _OF_OWN_COLOR or _repaints(looks, child))


def _attribute_color(element: Element) -> Color | None:
    value = attribute(element, "color") or attribute(element, "text")
    value = value.strip().lower()
    return read_color(value if not value[:1].isdigit() else "#" + value)


def _repaints(looks: Looks, element: Element) -> bool:
    """True where the element has its own colour or ground."""
    if element.attrs.get("bgcolor") or element.attrs.get("background") or element.attrs.get("color"):
        return True
    return looks.says(element, "color") or looks.says(element, "background")


@lru_cache(maxsize=512)
def _near(one: Color | None, other: Color) -> bool:
    return (
        one is not None
        and other != PICTURE
        and all(abs(a - b) <= NEAR for a, b in zip(one, other, strict=True))
    )
