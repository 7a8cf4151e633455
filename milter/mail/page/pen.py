"""How are the letters of a picture (SVG) drawn: where, how large, and are they seen?

Never raises: what is no number is none.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from milter.mail.dom import Element, attribute
from milter.mail.page.matrix import UNMOVED, Matrix, matrix_of, moved, placed, stretch, times

_MOST_STYLE = 1000  # letters of a style that are read
_LONGEST_LIST = 40_000  # of the places of single letters
_LARGEST = 10_000.0

_USUAL_SIZE = 16.0
# Of the size of letters: what stands no further up or down is on the same line; no further aside, in the same
# word; how wide one is, about.
SAME_LINE = 0.35
_APART = 0.2
_WIDTH = 0.55

_PROPERTIES = (
    *("font-size", "text-anchor", "transform", "display"),
    *("visibility", "opacity", "fill", "stroke"),
)
_UNPAINTED = frozenset({"none", "transparent"})
_of_anchor = {"middle": 0.5, "end": 1.0}

_number = re.compile(r"[+-]?(?:\d{1,9}\.?\d{0,9}|\.\d{1,9})(?:e[+-]?\d(?!\d))?", re.IGNORECASE)
_numbers = re.compile(r"[^\s,]{1,40}")
_in_style = re.compile(rf"(?:\A|[;\s])({'|'.join(_PROPERTIES)})\s{{0,9}}:([^;]{{0,200}})")


@dataclass(frozen=True, slots=True)
class Look:
    """What an element has from those round it; `unseen`: the properties by which it is not."""

    matrix: Matrix = UNMOVED
    size: float = _USUAL_SIZE
    anchor: str = "start"
    unseen: frozenset[str] = frozenset()
    uses: int = 0


@dataclass(slots=True)
class Piece:
    """Some letters, or a piece of a page (<foreignObject>), and where they begin."""

    down: float
    across: float
    size: float
    letters: list[str]
    element: Element | None = None

    @property
    def shown(self) -> str:
        """The letters as one text."""
        return "".join(self.letters)


class Pen:
    """Where in a text the next letters are written."""

    def __init__(self) -> None:
        """At the beginning of a text."""
        self._across, self._down = 0.0, 0.0
        # Of single letters, where an element tells them.
        self._places: deque[float] = deque()
        self._open: Piece | None = None

    def move(self, element: Element, size: float) -> None:
        """To where an element begins; what goes on beside what stands before it is one piece with that."""
        places = [_value(one, size) for one in _numbers.findall(attribute(element, "x")[:_LONGEST_LIST])]
        aside, before = number(element, "dx", size), self._down
        if places:
            self._across = places[0]
            self._places = deque(places if len(places) > 1 else ())
        if element.attrs.get("y"):
            self._down = number(element, "y", size)
        self._across += aside
        self._down += number(element, "dy", size)
        if places or abs(aside) > _APART * size or abs(self._down - before) > SAME_LINE * size:
            self._open = None

    def write(self, letters: str, look: Look) -> Iterator[Piece]:
        """The pieces that these letters are."""
        if self._places:
            letters = " ".join(letters.split())
            alone = letters[: len(self._places)]
            letters = letters[len(alone) :]
            for letter in alone:
                self._across = self._places.popleft()
                yield self._piece(letter, look)
        if letters and self._open is not None:
            self._open.letters.append(letters)
        elif letters:
            self._open = self._piece(letters, look)
            yield self._open
        self._across += _WIDTH * look.size * len(letters)

    def _piece(self, letters: str, look: Look) -> Piece:
        width = _WIDTH * look.size * len(letters.strip())
        across, down = placed(
            look.matrix, self._across - width * _of_anchor.get(look.anchor, 0.0), self._down
        )
        return Piece(down, across, look.size * stretch(look.matrix), [letters])


def look_of(element: Element, look: Look) -> Look:
    """The look of an element, by its own attributes and style, where those round it have the other one."""
    said = _said(element)
    if not said:
        return look
    matrix = times(look.matrix, matrix_of(said["transform"])) if "transform" in said else look.matrix
    unseen = look.unseen | {name for name in ("display", "opacity") if _hides(name, said)}
    # What says so again is seen in what is not.
    for name in ("visibility", "fill"):
        if name in said or (name == "fill" and "stroke" in said):
            unseen = unseen | {name} if _hides(name, said) else unseen - {name}
    anchor = said.get("text-anchor", look.anchor).strip()
    size = _value(said["font-size"], look.size) if "font-size" in said else look.size
    return Look(matrix, min(max(size, 0.0), _LARGEST), anchor, unseen, look.uses)


def moved_by(element: Element, look: Look) -> Matrix:
    """The transformation with the place that an element tells as its beginning."""
    return times(look.matrix, moved(number(element, "x", look.size), number(element, "y", look.size)))


def number(element: Element, name: str, size: float) -> float:
    """The first number of an attribute, in pixels, where letters have that size."""
    found = _numbers.search(attribute(element, name)[:_MOST_STYLE])
    return _value(found[0], size) if found else 0.0


def _said(element: Element) -> dict[str, str]:
    """What its attributes say, and its style, which comes first."""
    get = element.attrs.get
    said = {name: value for name in _PROPERTIES if isinstance(value := get(name), str)}
    if isinstance(style := get("style"), str):
        said.update((found[1], found[2]) for found in _in_style.finditer(style[:_MOST_STYLE].lower()))
    return said


def _hides(name: str, said: dict[str, str]) -> bool:
    value = said.get(name, "").strip().lower()
    match name:
        case "opacity":
            return value != "" and _value(value, 1.0) == 0
        case "fill":
            return value in _UNPAINTED and said.get("stroke", "none").strip().lower() in _UNPAINTED
        case "visibility":
            return value in {"hidden", "collapse"}
    return value == "none"


def _value(text: str, size: float) -> float:
    text = text.strip()
    found = _number.match(text)
    if found is None:
        return 0.0
    unit = text[found.end() :].strip().lower()
    return float(found[0]) * {"em": size, "rem": _USUAL_SIZE, "ex": size / 2}.get(unit, 1.0)
