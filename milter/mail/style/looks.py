"""Which style has which element of this document, and which colour lies beneath it?

Never raises. Only what is asked for is looked up, each element once.
"""

from collections.abc import Iterator
from itertools import product
from typing import Any

from milter.mail.dom import Document, Element, Node, attribute, attributes, select
from milter.mail.style.boxes import MOVES, Way
from milter.mail.style.color import PICTURE, TRANSPARENT, WHITE, Color, read_color
from milter.mail.style.css import NOTHING, Look, Rule, read_style
from milter.mail.style.media import Holds

NEAR = 20  # of each of three: colours that nobody tells apart
_SIDE = NEAR + 1


class Looks:
    """The looks there are; which element has which, of itself or by style sheets, only when asked.

    In most mail no look hides anything, though every cell of every table has one.
    """

    def __init__(self, document: Document, rules: tuple[Rule, ...]) -> None:
        """`rules` of all style sheets of the document, in order."""
        self.document = document
        self.rules = rules
        looks = map(read_style, attributes(document, "style"))
        self.distinct = [look for look in looks if look is not NOTHING]
        self._own: dict[Element, Look] | None = None
        self._by_sheet: dict[Element, list[Rule]] | None = None
        self._holding_moved: set[Element] | None = None
        self._grounds: dict[Element, Color] = {}
        self._cubes: set[Color] = set()

    def may_swallow(self, color: Color | None) -> bool:
        """False for a colour that stands out from every ground in the mail, however many there are."""
        if color is None or color == PICTURE:
            return False
        if not self._cubes:
            self._cubes = {cube for ground in self._all_grounds() for cube in _cubes_around(ground)}
        return color == TRANSPARENT or _cube(color) in self._cubes

    def _all_grounds(self) -> set[Color]:
        """Those that any element may have, which are known."""
        grounds = {look.background for look in self.distinct} | {rule.look.background for rule in self.rules}
        for element in select(self.document, "[bgcolor]"):
            grounds.add(read_color(attribute(element, "bgcolor").lower()))
        return {WHITE, *(ground for ground in grounds if ground is not None and ground != PICTURE)}

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
        """What its own style says."""
        return self.own.get(element, NOTHING)

    def sheet(self, element: Element) -> list[Rule]:
        """What style sheets say of the element; every rule is matched once, at the first question."""
        if self._by_sheet is None:
            self._by_sheet = {}
            for rule in self.rules:
                for met in select(self.document, rule.selector):
                    said = self._by_sheet.setdefault(met, [])
                    if not said or said[-1] != rule:
                        said.append(rule)
        return self._by_sheet.get(element, [])

    def says(self, element: Element, name: str) -> bool:
        """True where any style has a word about this property of the element."""
        if getattr(self.of(element), name) is not None:
            return True
        return bool(self.rules) and any(getattr(rule.look, name) is not None for rule in self.sheet(element))

    def values(self, element: Element, name: str) -> set[Any]:
        """What the property may be: by its own style, unless a sheet insists on another value; else by any
        rule, under whatever condition. None among them where for some it may be none of these.
        """
        own = getattr(self.of(element), name)
        rules = self.sheet(element) if self.rules else ()
        found = {own}
        for rule in rules:
            value = getattr(rule.look, name)
            if value is not None and (own is None or rule.look.firm):
                found.add(value)
                if rule.holds is Holds.ALWAYS and own is None:
                    found.discard(None)
        return found

    def undoes(self, element: Element, way: Way, *, firmly: bool = False) -> bool:
        """True where a style sheet may undo that way to hide it, or unless `firmly` its own style."""
        if not firmly and self.of(element).undoes(way):
            return True
        rules = self.sheet(element) if self.rules else ()
        return any(rule.look.undoes(way) and (rule.look.firm or not firmly) for rule in rules)

    def holds_moved(self, element: Element) -> bool:
        """True where something in the element is put elsewhere, perhaps to where it is seen."""
        if self._holding_moved is None:
            self._holding_moved = set()
            moved = [one for one, look in self.own.items() if not look.about.isdisjoint(MOVES)]
            for rule in self.rules:
                if not rule.look.about.isdisjoint(MOVES):
                    moved += select(self.document, rule.selector)
            for one in moved:
                node = one.parent
                while isinstance(node, Element) and node not in self._holding_moved:
                    self._holding_moved.add(node)
                    node = node.parent
        return element in self._holding_moved

    def ground(self, element: Element) -> Color:
        """The colour under the element's text: its own or its nearest ancestor's, else white; a picture where
        it is not the same for all.
        """
        path: list[tuple[Element, Color | None]] = []
        node: Node | None = element
        found: Color | None = None
        while isinstance(node, Element) and found is None:
            found = self._grounds.get(node)
            if found is None:
                own, for_all = self._own_ground(node)
                path.append((node, own))
                found = own if for_all else None
            node = node.parent
        found = WHITE if found is None else found
        # Elements stand in each other 500 deep: the way up is gone once for all of them.
        for node, own in reversed(path):
            found = found if own in (None, found) else PICTURE
            self._grounds[node] = found
        return found

    def _own_ground(self, element: Element) -> tuple[Color | None, bool]:
        """Its colour, and whether it has that for everybody."""
        if (own := self.of(element).background) is not None:
            return own, True
        said = [rule for rule in self.sheet(element) if rule.look.background] if self.rules else ()
        if said:
            colors = {rule.look.background for rule in said}
            # Which of several it is would take to know which rule is the stronger one.
            color = colors.pop() if len(colors) == 1 else PICTURE
            return color, any(rule.holds is Holds.ALWAYS for rule in said)
        if element.attrs.get("background"):
            return PICTURE, True
        value = element.attrs.get("bgcolor")
        # A name that we do not know is a colour, too (HTML, section 2.3.6).
        return (read_color(value.lower()) or PICTURE) if isinstance(value, str) and value else None, True


def _cube(color: Color) -> Color:
    """Where it lies among colours: those near each other lie in the same cube or in neighbouring ones."""
    red, green, blue = color
    return red // _SIDE, green // _SIDE, blue // _SIDE


def _cubes_around(color: Color) -> Iterator[Color]:
    red, green, blue = _cube(color)
    return product((red - 1, red, red + 1), (green - 1, green, green + 1), (blue - 1, blue, blue + 1))
