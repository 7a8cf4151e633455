"""Which codes may be drawn in this mail, module by module: in cells with colours, or in block characters?

Pure. Never raises. What cannot be one costs a look at its octets.
"""

import re
from collections.abc import Iterator
from html import unescape
from itertools import chain, groupby, islice

from milter.mail.coding.charset import decode_text
from milter.mail.dom import Document, Element, attribute, parse_html, select
from milter.mail.structure.attached import kind_of
from milter.mail.structure.mime import Structure
from milter.mail.structure.part import Part
from milter.mail.style.looks import Looks
from milter.mail.style.sheets import sheets_of

# Modules on a side of a QR code (ISO 18004), with four of quiet zone round it.
_LEAST, _MOST = 21, 177 + 8
_MOST_DRAWINGS = 2
_MOST_TEXTS = 4
# Tables are looked at that have as many cells as the smallest code.
_CELLS = _LEAST * _LEAST
# So many are left where cells of one colour that stand side by side are one cell.
_RUNS = _CELLS // 4
_MOST_CELLS = _MOST * _MOST
_MOST_SOURCE = 1024 * 1024
# Of a code about half is dark; less than this of either is a table with some colour.
_LEAST_SHARE = 0.2
_DARK = 128 * 3

_cell = re.compile(rb"<(?:t[dhr]|div|span|i|b)\b", re.IGNORECASE)
_block = re.compile(
    rb"\xe2\x96[\x80-\x9f]|\xe2\xac[\x9b\x9c]|&#(?:96\d\d|x25[89]|11035|x2b1b);?", re.IGNORECASE
)
# One of these stands before each.
_BLOCK_MARKS = (b"\xe2\x96", b"\xe2\xac", b"&#96", b"&#x2", b"&#X2", b"&#11035")
_new_line = re.compile(r"<(?:br|/p|/div|/tr|/pre)\b[^<>]{0,200}>", re.IGNORECASE)
_tag = re.compile(r"<[^<>]{0,1000}>")
_DRAWN = "\u2580\u2584\u2588\u25a0\u2b1b"
_line = re.compile(f"[ \u00a0\u2007\u3000\u25a1\u2b1c{_DRAWN}]*")
# Both halves of a sign, the upper first.
_HALVES = {"\u2580": (True, False), "\u2584": (False, True)}
_WIDE = "\u2b1b\u2b1c\u25a0\u25a1\u3000"

Rows = list[list[bool]]


def may_be_drawn(part: Part) -> bool:
    """True where the text holds as many cells or block characters as a code has."""
    source = part.text[:_MOST_SOURCE]
    if _is_html(part) and (
        (source.count(b"<") >= _CELLS and _has(source, _cell, _CELLS)) or source.count(b"colspan") >= _RUNS
    ):
        return True
    return any(mark in source for mark in _BLOCK_MARKS) and _has(source, _block, _LEAST * _LEAST // 4)


def drawings(structure: Structure) -> Iterator[Rows]:
    """What may be a code in the first texts of a mail, the first few of each: a row after the other, True for
    what is dark.
    """
    for part in filter(may_be_drawn, _texts_of(structure)):
        source = decode_text(part.text[:_MOST_SOURCE], part.charset)[0]
        found = chain(_in_blocks(source, is_html=_is_html(part)), _in_cells(source))
        yield from islice(filter(_may_be_code, found), _MOST_DRAWINGS)


def has_drawings(structure: Structure) -> bool:
    """False for most mail: nothing in it can be drawn."""
    return any(map(may_be_drawn, _texts_of(structure)))


def _texts_of(structure: Structure) -> list[Part]:
    """What is shown as the mail, or as a page in a file."""
    kinds = ((part, kind_of(part.content_type, part.name)) for part in structure.parts)
    return [part for part, kind in kinds if kind in ("html", "text")][:_MOST_TEXTS]


def _is_html(part: Part) -> bool:
    return part.content_type != "text/plain"


def _has(source: bytes, sign: re.Pattern[bytes], least: int) -> bool:
    return any(number + 1 >= least for number, _ in enumerate(sign.finditer(source)))


def _in_blocks(source: str, *, is_html: bool) -> Iterator[Rows]:
    """Lines that follow each other of nothing but block characters and blanks."""
    if is_html:
        source = unescape(_tag.sub("", _new_line.sub("\n", source)))
    lines = source.splitlines()
    for is_drawn, run in groupby(lines, _is_drawn):
        drawn = [one for one in run if one.strip()] if is_drawn else []
        if _LEAST // 2 <= len(drawn) <= _MOST:
            yield _rows_of_blocks(drawn)


def _is_drawn(line: str) -> bool:
    return len(line) <= 2 * _MOST and _line.fullmatch(line) is not None


def _rows_of_blocks(lines: list[str]) -> Rows:
    """A module for each half of a sign; without halves a sign is square, or twice as high as wide."""
    width = max(map(len, lines))
    padded = [one.ljust(width) for one in lines]
    together = "".join(lines)
    if any(half in together for half in _HALVES):
        halves = [[_HALVES.get(sign, (sign in _DRAWN,) * 2) for sign in one] for one in padded]
        return [[both[half] for both in row] for row in halves for half in (0, 1)]
    times = 1 if any(sign in together for sign in _WIDE) else 2
    return [[sign in _DRAWN for sign in one] for one in padded for _ in range(times)]


def _in_cells(source: str) -> Iterator[Rows]:
    """The tables, and boxes of rows of boxes, in which nothing is written."""
    if source.count("<") < _RUNS:
        return
    document = parse_html(source)
    looks: Looks | None = None
    for rows in _grids(document):
        looks = looks or Looks(document, sheets_of(document).rules)
        drawn = [_row_of_cells(cells, looks) for cells in rows]
        width = max(map(len, drawn))
        yield [one + [False] * (width - len(one)) for one in drawn]


def _grids(document: Document) -> Iterator[list[list[Element]]]:
    seen = 0
    for holder in select(document, "table,div"):
        rows = _rows_in(holder)
        cells = sum(map(len, rows))
        if not _LEAST <= len(rows) <= _MOST or cells < _RUNS or cells > _MOST_CELLS:
            continue
        seen += cells
        if seen > 2 * _MOST_CELLS:
            return
        if not any(one.text.strip() for cells_of in rows for one in cells_of):
            yield rows


def _rows_in(holder: Element) -> list[list[Element]]:
    """The cells of each row; of a table those of its bodies, too."""
    rows = _children(holder)
    if holder.tag == "table":
        rows = [row for body in rows for row in (_children(body) if body.tag != "tr" else [body])]
    return [_children(row) for row in rows] if len(rows) >= _LEAST else []


def _children(element: Element) -> list[Element]:
    return [one for one in element.children if isinstance(one, Element)]


def _row_of_cells(cells: list[Element], looks: Looks) -> list[bool]:
    row: list[bool] = []
    for cell in cells:
        span = attribute(cell, "colspan")
        times = int(span) if span.isascii() and span.isdigit() and len(span) < 4 else 1
        row += [sum(looks.ground(cell)) < _DARK] * min(max(times, 1), _MOST)
    return row[:_MOST]


def _may_be_code(rows: Rows) -> bool:
    """True where it is large enough and neither light nor dark throughout."""
    width = max(map(len, rows), default=0)
    if not (_LEAST <= len(rows) <= 2 * _MOST and _LEAST <= width <= 2 * _MOST):
        return False
    share = sum(map(sum, rows)) / (width * len(rows))
    return _LEAST_SHARE <= share <= 1 - _LEAST_SHARE
