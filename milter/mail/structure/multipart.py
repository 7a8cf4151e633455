"""Where do the parts of a multipart begin and end (RFC 2046 section 5.1)?

Pure. Never raises. Every liberty taken comes back as `boundary` or `separator`.
"""

import re

from milter.mail.coding.encoded_word import Parameter, parameters

_MAX_PARTS = 1000
_MAX_LOOKS = 20_000
_MAX_BOUNDARY = 2048
_MAX_OUTSIDE = 2000

# Written as it should be: once, quoted or a token. `=` in a token is common, `=?` is a trick.
_clean = re.compile(
    rb""";[ \t]*boundary=(?:"([^"\\\0-\x1f]+)"|([^\s";,()<>@:\\\0]+))[ \t]*(?:;|\Z)""", re.IGNORECASE
)
_loose = re.compile(rb"""boundary[*\d]*[ \t]*=[ \t"\\\0]*([^\s";,\\\0]{1,200})""", re.IGNORECASE)
_dash_line = re.compile(rb"(?:\A|[\r\n])[ \t]*--([^\s-][^\r\n]{0,200})")
_part_header = re.compile(rb"content-[a-z-]{2,30}:", re.IGNORECASE)


def find_boundary(value: bytes, source: bytes, start: int, end: int) -> tuple[bytes, set[str]]:
    """The boundary of a Content-Type whose body is `source[start:end]`; empty where none is found."""
    clean = _clean.search(value)
    if clean and value.lower().count(b"boundary") == 1:
        boundary = clean[1] or clean[2]
        if boundary == boundary.strip() and b"=?" not in boundary and len(boundary) < _MAX_BOUNDARY:
            return boundary, set()
    for candidate in _candidates(value, source, start, end):
        if candidate and source.find(b"--" + candidate, start, end) >= 0:
            return candidate, {"boundary"}
    return b"", {"boundary"}


def _candidates(value: bytes, source: bytes, start: int, end: int) -> list[bytes]:
    """What it may be, likelier first; the last guess is the first line of the body that begins with --."""
    declared = parameters(value).get("boundary", Parameter()).value[:_MAX_BOUNDARY]
    loose = [found[1] for found in list(_loose.finditer(value))[:5]]
    first = _dash_line.search(source, start, min(end, start + 65536))
    guess = [first[1].strip()] if first else []
    return [declared, declared.strip(b" \t\"'\0"), *loose, *guess]


def split_parts(
    source: bytes, start: int, end: int, boundary: bytes
) -> tuple[list[tuple[int, int]], set[str]]:
    """The spans of the parts, header included, and the oddities.

    Parts behind the closing line and a part in the preamble are odd, and read all the same.
    """
    lines, odd = _separators(source, start, end, b"--" + boundary)
    spans: list[tuple[int, int]] = []
    closed = False
    for number, (_, after, closing) in enumerate(lines):
        stop = lines[number + 1][0] if number + 1 < len(lines) else end
        if not closing:
            spans.append((after, max(after, stop)))
            odd |= {"separator"} if closed else set()
        elif number + 1 == len(lines) and _is_odd_outside(source[after:stop]):
            odd.add("separator")
        closed = closed or closing
    if lines and not closed:
        odd.add("boundary")
    if lines and _is_odd_outside(source[start : lines[0][0]]):
        odd.add("separator")
        spans.insert(0, (start, lines[0][0]))
    return spans, odd


def _is_odd_outside(text: bytes) -> bool:
    """True where the text before the first or after the last part may be a part to somebody; a note
    for old programs or the footer of a mailing list is not."""
    return len(text) > _MAX_OUTSIDE or _part_header.search(text) is not None


def _separators(
    source: bytes, start: int, end: int, mark: bytes
) -> tuple[list[tuple[int, int, bool]], set[str]]:
    """The separator lines: where the text before ends, where the next part starts, closing or not."""
    lines: list[tuple[int, int, bool]] = []
    odd: set[str] = set()
    at = source.find(mark, start, end)
    looks = 0
    while at >= 0 and len(mark) > 2 and looks < _MAX_LOOKS and len(lines) <= _MAX_PARTS:
        looks += 1
        begin = at
        while begin > start and source[begin - 1 : begin] in (b" ", b"\t") and at - begin < 100:
            begin -= 1
        if begin == start or source[begin - 1] in b"\r\n":
            after, closing, plain = _line_rest(source, at + len(mark), end)
            # Not every reader takes a lone CR before it for a line end.
            if not plain or begin != at or source[begin - 1 : begin] == b"\r":
                odd.add("separator")
            if plain:
                lines.append((_before_newline(source, begin, start), after, closing))
        at = source.find(mark, at + len(mark), end)
    return lines, odd


def _line_rest(source: bytes, at: int, end: int) -> tuple[int, bool, bool]:
    """Where the next line starts, whether this one closes, whether it holds nothing else."""
    stops = [found for mark in (b"\n", b"\r") if (found := source.find(mark, at, min(end, at + 2048))) >= 0]
    stop = min(stops, default=min(end, at + 2048))
    rest = source[at:stop].strip(b" \t")
    after = stop + (2 if source[stop : stop + 2] == b"\r\n" else 1)
    return min(after, end), rest == b"--", rest in (b"", b"--")


def _before_newline(source: bytes, at: int, start: int) -> int:
    """The line end before a separator belongs to it (RFC 2046 section 5.1.1)."""
    if at > start and source[at - 1 : at] == b"\n":
        at -= 1
    if at > start and source[at - 1 : at] == b"\r":
        at -= 1
    return at
