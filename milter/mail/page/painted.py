"""In which lines do the texts of a picture (SVG) stand?

Never raises. Each stands where its coordinates put it, whatever comes first in the source: texts at one
height are one line to the eye, from left to right (SVG 2, chapters 5, 8 and 11).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from milter.mail.dom import Element, Node, Text, attribute, select
from milter.mail.page.matrix import placed
from milter.mail.page.pen import SAME_LINE, Look, Pen, Piece, look_of, moved_by, number

# Of all pictures of a document: nodes that are looked at, and letters that are shown; a text may be used
# again (<use>), and what is used may use another.
_MOST_NODES = 60_000
_MOST_LETTERS = 400_000
_DEEPEST_USE = 4
# How many times further than others a letter stands that begins a word.
_NEW_WORD = 1.6
# Shown where something uses them.
_FOR_USE = frozenset({"defs", "symbol"})
_SILENT = frozenset({"title", "desc", "metadata", "style", "script"})
_MOVING = "animate,animateTransform,animateMotion,set"

_Stack = list[tuple[Node, Look]]


@dataclass(slots=True)
class Painted:
    """What of the pictures is shown nowhere; `whole`: all of them was read."""

    hidden: list[str] = field(default_factory=list)
    whole: bool = True


def write_out(root: Node, *, is_plain: bool) -> Painted:
    """Put in the place of each picture below `root` the lines that it shows.

    `is_plain`: no style sheet may show what an attribute hides.
    """
    painted = Painted()
    pictures = select(root, "svg:not(svg svg)")
    if pictures:
        # What is unseen at first may come to be seen.
        painter = _Painter(root, painted, is_plain=is_plain and not select(root, _MOVING))
        for picture in pictures:
            if lines := painter.lines(picture):
                page = Element("div")
                page.extend(lines)
                picture.replace_with(page)
    return painted


class _Painter:
    """Draws the texts of the pictures of one document."""

    def __init__(self, root: Node, painted: Painted, *, is_plain: bool) -> None:
        self._painted = painted
        self._is_plain = is_plain
        self._nodes = _MOST_NODES
        self._letters = _MOST_LETTERS
        self._named = {attribute(one, "id"): one for one in reversed(select(root, "svg [id]"))}
        self._used: set[Element] = set()
        self._apart: list[Element] = []

    def lines(self, picture: Element) -> list[Element]:
        """An element for each line."""
        self._apart = []
        pieces = [one for one in self._pieces(picture) if one.element or one.shown.strip()]
        unused = (one for one in self._apart if self._used.isdisjoint((one, *select(one, "[id]"))))
        self._painted.hidden += filter(None, (" ".join(one.text.split()) for one in unused))
        return [_line(one) for one in _in_lines(pieces)]

    def _pieces(self, picture: Element) -> Iterator[Piece]:
        stack: _Stack = [(picture, Look())]
        below = 0.0
        while stack and self._take_node():
            node, look = stack.pop()
            if isinstance(node, Text):
                # Letters in no text are shown where somebody drops the elements of the picture.
                yield Piece(below, 0.0, 0.0, [self._kept(node.data)])
            elif isinstance(node, Element) and node.tag not in _SILENT:
                for piece in self._of_element(node, look_of(node, look), stack):
                    below = max(below, piece.down + piece.size)
                    yield piece

    def _of_element(self, element: Element, look: Look, stack: _Stack) -> Iterator[Piece]:
        """The pieces of an element; what stands in it, or is used by it, waits in the stack."""
        tag = element.tag
        if tag == "text":
            yield from self._of_text(element, look)
        elif tag == "foreignObject":
            place = number(element, "x", look.size), number(element, "y", look.size)
            across, down = placed(look.matrix, *place)
            yield Piece(down, across, 0.0, [], element)
        elif tag in _FOR_USE and not look.uses:
            self._apart.append(element)
        elif tag == "use":
            self._use(element, look, stack)
        else:
            inner = replace(look, matrix=moved_by(element, look)) if tag == "svg" else look
            stack.extend((child, inner) for child in reversed(list(element.children)))

    def _use(self, element: Element, look: Look, stack: _Stack) -> None:
        name = (attribute(element, "href") or attribute(element, "xlink:href")).strip()
        used = self._named.get(name[1:]) if name[:1] == "#" else None
        if look.uses == _DEEPEST_USE:
            self._painted.whole = False
        elif used is not None:
            self._used.add(used)
            stack.append((used, replace(look, matrix=moved_by(element, look), uses=look.uses + 1)))

    def _of_text(self, text: Element, look: Look) -> Iterator[Piece]:
        """The pieces of a text, each at its place: a new one wherever an element has a place of its own."""
        pen = Pen()
        stack: _Stack = [(text, look)]
        while stack and self._take_node():
            node, look = stack.pop()
            if isinstance(node, Text):
                letters = self._kept(node.data)
                if look.unseen and self._is_plain:
                    self._painted.hidden += filter(None, [" ".join(letters.split())])
                else:
                    yield from pen.write(letters, look)
            elif isinstance(node, Element) and node.tag not in _SILENT:
                look = look if node is text else look_of(node, look)
                pen.move(node, look.size)
                stack.extend((child, look) for child in reversed(list(node.children)))

    def _take_node(self) -> bool:
        self._nodes -= 1
        self._painted.whole = self._painted.whole and self._nodes >= 0 and self._letters > 0
        return self._painted.whole

    def _kept(self, letters: str) -> str:
        self._letters -= len(letters)
        return letters if self._letters > 0 else ""


def _in_lines(pieces: list[Piece]) -> Iterator[list[Piece]]:
    """The pieces from top to bottom, those of a line together, from left to right."""
    line: list[Piece] = []
    for piece in sorted(pieces, key=lambda one: one.down):
        near = line and abs(piece.down - line[0].down) <= SAME_LINE * min(piece.size, line[0].size)
        if line and (not near or piece.element is not None):
            yield sorted(line, key=lambda one: one.across)
            line = []
        line.append(piece)
    if line:
        yield sorted(line, key=lambda one: one.across)


def _line(pieces: list[Piece]) -> Element:
    line = Element("div")
    element = pieces[0].element
    if element is not None:
        line.extend(list(element.children))
    else:
        line.append(Text(_joined(pieces)))
    return line


def _joined(pieces: list[Piece]) -> str:
    """The letters of a line: a blank between its texts, but not between the letters of a word."""
    pairs = list(pairwise(pieces))
    steps = sorted(after.across - before.across for before, after in pairs if _are_letters(before, after))
    widest = _NEW_WORD * steps[len(steps) // 2] if steps else 0.0
    joined = [pieces[0].shown]
    for before, after in pairs:
        in_a_word = _are_letters(before, after) and after.across - before.across <= widest
        joined += ["" if in_a_word else " ", after.shown]
    return "".join(joined)


def _are_letters(before: Piece, after: Piece) -> bool:
    return len(before.shown.strip()) == 1 == len(after.shown.strip())
