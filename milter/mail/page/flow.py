"""How does the text of this tree stand on the page?

Never raises. Lines for blocks and rows, a blank between cells, single letters in cells put together.
"""

import re

from milter.mail.dom import Element, Node, Text

_MAX_ANCESTORS = 40
# Blanks and marks between two cells of one drawn word.
_WIDEST_GAP = 19

_CELLS = frozenset({"td", "th"})
_BLOCKS = frozenset(
    [
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "button",
            "caption",
            "center",
            "dd",
            "details",
        ),
        *(
            "dialog",
            "dir",
            "div",
            "dl",
            "dt",
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "form",
            "h1",
            "h2",
        ),
        *(
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hr",
            "html",
            "legend",
            "li",
            "listing",
            "main",
            "menu",
            "nav",
            "ol",
        ),
        *("option", "p", "plaintext", "pre", "search", "section", "select", "summary", "table", "tbody"),
        *("textarea", "tfoot", "thead", "tr", "ul", "xmp"),
        # A line of its own in a picture (SVG).
        "text",
    ]
)
_CONTAINERS = _BLOCKS | _CELLS
_VERBATIM = frozenset({"pre", "listing", "xmp", "plaintext", "textarea"})
# Never part of the text, whatever a style says.
_SILENT = frozenset({"script", "style", "title", "head", "metadata", "desc"})
# Fields of forms, that say more in their attributes than in their text.
_FIELDS = frozenset({"input", "textarea", "option", "optgroup"})
_SAID_BY_FIELDS = ("value", "placeholder", "label")
_SILENT_INPUTS = frozenset({"hidden", "checkbox", "radio", "password", "color", "range", "image", "file"})

# Between lines, and between cells of a row: a separator that str.split takes for a blank.
_LINE, _CELL = "\0", "\x1f"
_MARKS = frozenset({_LINE, _CELL})
_MARK_OF = {
    **dict.fromkeys(_BLOCKS | {"br"}, _LINE),
    **dict.fromkeys(_CELLS, _CELL),
    **dict.fromkeys(_FIELDS, "?"),
}
# What begins or ends a line or cell, the usual ones first: a selector of them is tried in this order.
_USUAL = ("td", "tr", "table", "tbody", "div", "p", "br", "li", "ul")
LINE_MAKERS = (*_USUAL, *sorted(_MARK_OF.keys() - set(_USUAL)))
# What stands so many empty lines further down is read by few.
_FAR_LINES = 25
FAR_DOWN = re.compile(rf"\n(?:[^\S\n]*+\n){{{_FAR_LINES - 1},}}")
_far_gap = re.compile(rf"\x00(?:\s*+\x00){{{_FAR_LINES},}}")
# The searches begin with a fixed letter, which makes them nearly free; most mails have no such cells.
_two_single_cells = re.compile(r"\x1f[\x00\s]{0,9}\w[\x00\s]{0,9}\x1f[\x00\s]{0,9}\w(?![^\x00\s])")
_three_single_lines = re.compile(r"\n\w\n\w\n\w(?![^\n])")
_single_lines = re.compile(r"^\w(?:\n\w){2,}$", re.MULTILINE)


def visible_text(root: Node) -> str:
    """The text below `root`, white space folded, one line for each block."""
    pieces: list[str] = []
    add = pieces.append
    last: Node | None = None
    for node in root.descendants:
        # The exact types: this loop is a third of the time a newsletter takes.
        if type(node) is Text:
            data = node.data
            if data.isspace():
                if pieces and pieces[-1] not in _MARKS:
                    add(" ")
            elif container := _container(node):
                if container is not last:
                    add(_LINE if last and pieces[-1] not in _MARKS else "")
                    last = container
                add(data.replace("\n", _LINE) if container.tag in _VERBATIM else data)
        elif type(node) is Element and (mark := _MARK_OF.get(node.tag)):
            add(mark if mark in _MARKS else _field_text(node))
    return _fold("".join(pieces))


def _container(text: Text) -> Element | None:
    """The block or cell the text stands in, or the top of its tree; None where it is not shown."""
    node: Node | None = text.parent
    found: Element | None = None
    for _ in range(_MAX_ANCESTORS):
        if type(node) is not Element:
            break
        found, tag = node, node.tag
        if tag in _CONTAINERS:
            break
        if tag in _SILENT:
            return None
        node = node.parent
    return found


def _field_text(element: Element) -> str:
    """What a field says before anybody fills it in: its value, its placeholder, the label of a choice."""
    kind = element.attrs.get("type")
    if element.tag == "input" and isinstance(kind, str) and kind.strip().lower() in _SILENT_INPUTS:
        return _LINE
    names = _SAID_BY_FIELDS if element.tag == "input" else _SAID_BY_FIELDS[1:]
    said = [value for name in names if isinstance(value := element.attrs.get(name), str)]
    return _LINE.join(("", *said, ""))


def _fold(text: str) -> str:
    """Blanks folded, letters of one-letter cells joined, marks turned into lines and blanks. Empty lines are
    left out, but where what follows stands far down.
    """
    if _CELL in text and _two_single_cells.search(text):
        text = _draw_together(text)
    if far := _far_gap.search(text):
        empty = "\n" * (_FAR_LINES + 1)
        return f"{_lines(text[: far.start()])}{empty}{_lines(text[far.end() :])}"
    return _lines(text)


def _lines(text: str) -> str:
    """The lines, those of a letter each joined to a word."""
    text = "\n".join(filter(None, (" ".join(line.split()) for line in text.split(_LINE))))
    if _three_single_lines.search("\n" + text):
        return _single_lines.sub(lambda found: found[0].replace("\n", ""), text)
    return text


def _draw_together(text: str) -> str:
    """The text with neighbouring cells of one sign each put together; one that says more ends the word.

    So `7 | 3 408,55` stays two numbers. Empty cells between letters part nothing.
    """
    drawn: list[str] = []
    gap, ends_single = "", False
    for cell in text.split(_CELL):
        lines = [bare for line in cell.split(_LINE) if (bare := line.strip())]
        if not lines:
            gap += cell + _CELL
            continue
        start = cell.index(lines[0])
        gap += cell[:start]
        if not (ends_single and _is_single(lines[0]) and len(gap) <= _WIDEST_GAP):
            drawn.append(gap)
        said = cell[start : cell.rindex(lines[-1]) + len(lines[-1])]
        drawn.append(said)
        gap, ends_single = cell[start + len(said) :] + _CELL, _is_single(lines[-1])
    return "".join((*drawn, gap))


def _is_single(line: str) -> bool:
    return len(line) == 1 and (line.isalnum() or line == "_")
