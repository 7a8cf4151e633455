"""Which text do the styles of this document write into it?

Never raises. Before and after elements, as quotation marks, and as marks of lists; what custom properties and
counter styles are defined as is put where their names are said. A name means all that it is defined as
anywhere: which of it holds for an element is more than is followed here.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from milter.mail.dom import Document, Element, Text, attribute, attributes, select
from milter.mail.style.css import Look, Place, Rule, read_style
from milter.mail.style.media import Holds

_MOST_GENERATED = 256 * 1024
_LONGEST_DEFINED = 4096
_MOST_DEFINED = 500
# So many names in each other are followed.
_ROUNDS = 4
# Elements that get a mark; a search for those in another one costs as much as some.
_MOST_MARKED, _SEARCH = 10_000, 20
_QUOTES = {"open-quote": Place.BEFORE, "close-quote": Place.AFTER}
_IN_LISTS = frozenset({"li", "summary"})
# As `style/written.py` has it: what stands for another text, by its name.
_names = re.compile("\0([^\0]{1,50})\0")


def generated_text(document: Document, rules: Iterable[Rule]) -> bool:
    """Write into the tree the text that styles make: the last that is said of each element and place, as
    browsers do, and beside it what is said under a condition. False where that is too much, or stands before
    what may be in a list.
    """
    rules = [rule for rule in rules if rule.look.content or rule.look.said]
    own = _own_looks(document)
    if not rules and not own:
        return True
    texts = _Texts(*_definitions([*(rule.look for rule in rules), *own.values()]))
    for rule in rules:
        for element in select(document, rule.selector) if rule.look.writes else ():
            texts.note(element, rule)
    for element, look in own.items():
        texts.note_marks(element, look, Holds.ALWAYS)
    return texts.insert() and texts.whole


def _own_looks(document: Document) -> dict[Element, Look]:
    """The looks of elements whose own style says a text."""
    if not any(read_style(style).said for style in set(attributes(document, "style"))):
        return {}
    looks = ((one, read_style(attribute(one, "style"))) for one in select(document, "[style]"))
    return {one: look for one, look in looks if look.said}


def _definitions(looks: Iterable[Look]) -> tuple[dict[str, list[str]], bool]:
    """What each name stands for; False where that is not all."""
    found: dict[str, dict[str, None]] = {}
    whole = True
    for look in looks:
        for name, text in look.said:
            if name == "list-style":
                continue
            if len(found) >= _MOST_DEFINED and name not in found:
                whole = False
                continue
            texts = found.setdefault(name, {})
            whole = whole and len(texts) < _MOST_DEFINED
            if len(texts) < _MOST_DEFINED:
                texts[text] = None
    defined = {name: list(texts) for name, texts in found.items()}
    for _ in range(_ROUNDS):
        open_names = [name for name in defined if any("\0" in text for text in defined[name])]
        if not open_names:
            break
        defined |= {name: [_filled(one, defined) for one in defined[name]] for name in open_names}
    return defined, whole


def _filled(text: str, defined: Mapping[str, list[str]], element: Element | None = None) -> str:
    """The text with what its names stand for, as far as there is room."""
    if "\0" not in text:
        return text
    pieces: list[str] = []
    room = _LONGEST_DEFINED
    for number, piece in enumerate(_names.split(text)):
        put = _named(piece, defined, element) if number % 2 else piece
        pieces.append(put[:room])
        room -= len(put)
        if room <= 0:
            break
    return "".join(pieces)


def _named(name: str, defined: Mapping[str, list[str]], element: Element | None) -> str:
    """What stands for the name: defined somewhere, or an attribute of the element, once that is known."""
    if name[0] == ":":
        return " ".join(defined.get(name[1:], ()))
    return attribute(element, name) if element is not None else f"\0{name}\0"


class _Texts:
    """What is to be written where; `whole` is False where some is left out."""

    def __init__(self, defined: dict[str, list[str]], whole: bool) -> None:
        self._defined = defined
        self.whole = whole
        self._said: dict[tuple[Element, Place, Holds], str] = {}
        self._marked = 0

    def note(self, element: Element, rule: Rule) -> None:
        """Note what the rule writes into an element that it meets."""
        if rule.look.content and rule.place is Place.MARKER and element.tag not in _IN_LISTS:
            self.whole = False
        elif rule.look.content:
            # Attributes are put in last: a custom property may name one.
            text = _filled(_filled(rule.look.content, self._defined), {}, element)
            self._said[element, rule.place, rule.holds] = text
        self.note_marks(element, rule.look, rule.holds)

    def note_marks(self, element: Element, look: Look, holds: Holds) -> None:
        """Note the marks of its lists and quotations: those of the element, or else of all in it."""
        for name, text in look.said:
            if name == "list-style":
                marks = self._marks(text)
                for number, one in enumerate(self._holders(element, "li,summary") if marks else ()):
                    self._said[one, Place.MARKER, holds] = marks[number % len(marks)] + " "
            elif name in _QUOTES:
                for one in self._holders(element, "q"):
                    self._said[one, _QUOTES[name], holds] = text

    def _marks(self, text: str) -> list[str]:
        """What the lines of a list begin with, one after the other."""
        if text.startswith("\0:@"):
            return self._defined.get(text.strip("\0")[1:], [])
        return [_filled(text, self._defined)]

    def _holders(self, element: Element, tags: str) -> Iterator[Element]:
        """What has the mark: the element, or what is in it of these tags, to which it hands it down."""
        found: Sequence[Element] = (element,)
        if element.tag not in tags.split(",") and self._marked < _MOST_MARKED:
            self._marked += _SEARCH
            found = select(element, tags) or found
        for one in found:
            self._marked += 1
            if self._marked > _MOST_MARKED:
                self.whole = False
                return
            yield one

    def insert(self) -> bool:
        """Write it; False where that is too much."""
        room = _MOST_GENERATED
        for (element, place, _), text in self._said.items():
            room -= len(text)
            if room < 0:
                return False
            element.insert(len(element.children) if place is Place.AFTER else 0, Text(text))
        return True
