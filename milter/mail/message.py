"""What did the sender write, byte for byte, and where does each header field stand?

Pure. Never raises: whatever is wrong with the bytes becomes a word in `defects`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from milter.mail.remembered import remembered

_MAX_HEADER = 256 * 1024
_MAX_FIELD = 64 * 1024
_MAX_FIELDS = 1000
_MAX_NAME = 256
_MAX_KEPT = 1000

# What ends a line: CRLF, but also LF, a lone CR, and the CR CR LF that some relays make. The group is
# atomic, or else CRLF would be taken apart into two line ends, which is an empty line.
_NEWLINE = rb"(?>\r{0,2}\n|\r)"
_CR = 13
_newline = re.compile(_NEWLINE)
_header_end = re.compile(_NEWLINE + _NEWLINE)
_logical_line = re.compile(
    rb"[^\r\n]*+(?:" + _NEWLINE + rb"|\Z)(?:[ \t][^\r\n]*+(?:" + _NEWLINE + rb"|\Z))*+"
)
_plain_name = re.compile(rb"[!-9;-~]+")
_not_graphic = re.compile(rb"[^!-~]+")
_mbox_line = re.compile(rb"From \S")

# The first thousand of each are kept, however many fields stand before them: a flood must not hide the
# author or the structure, nor a forged result from those who strip it.
_ALWAYS_KEPT = frozenset({
    "from", "sender", "resent-from", "reply-to", "subject", "content-type", "content-transfer-encoding",
    "content-disposition", "dkim-signature", "authentication-results", "x-vigimel-finding",
    "x-vigimel-reason",
})  # fmt: skip
_kept_line = re.compile(
    rb"[\r\n](?=(" + b"|".join(sorted(map(str.encode, _ALWAYS_KEPT))) + rb")[ \t]*+:)", re.IGNORECASE
)


class Field(NamedTuple):
    """One header field (RFC 5322 section 2.2).

    `name` as written, without the blanks around it; `key` to compare by: lower case, printable ASCII
    only. `raw` with its line end, `value` unfolded and without line end; `raw` stands at
    `message.raw[start:end]`.
    """

    name: str
    key: str
    raw: bytes
    value: bytes
    start: int
    end: int

    @property
    def plain(self) -> bool:
        """False for a near-name: `From :`, ` From:`, `Fromÿ:`. Programs differ on whose field it is."""
        return self.raw[: len(self.name) + 1].lower() == self.key.encode("latin-1") + b":"


class Message:
    """A mail as received: `raw` is never changed, everything else is found in it.

    `body` is what follows the first empty line. `defects` holds one word for each liberty taken:
    `bare_cr`, `mixed_line_ends`, `leading_space`, `blank_continuation`, `not_a_field`, `near_name`,
    `nul`, `no_body`, `header_size`, `fields`, `field_size`.
    """

    # What is known of a mail is kept no longer than the mail: `weakref`.
    __slots__ = ("__weakref__", "_by_key", "body_start", "defects", "fields", "raw")

    def __init__(self, raw: bytes) -> None:
        """Read the header; the body is left alone until it is asked for."""
        self.raw = raw
        self.fields, self.body_start, self.defects = read_header(raw, 0, len(raw))
        self._by_key: dict[str, list[Field]] = {}
        for field in self.fields:
            self._by_key.setdefault(field.key, []).append(field)

    @property
    def body(self) -> bytes:
        """The bytes after the empty line; a copy."""
        return self.raw[self.body_start :]

    def all(self, key: str) -> tuple[Field, ...]:
        """Every field of that name (lower case), near-names too, in the order they stand."""
        return tuple(self._by_key.get(key, ()))

    def first(self, key: str) -> Field | None:
        """The first field of that name (lower case), or None."""
        found = self._by_key.get(key)
        return found[0] if found else None


def read_header(raw: bytes, start: int, end: int) -> tuple[tuple[Field, ...], int, frozenset[str]]:
    """The fields of the header at `raw[start:end]`, where its body starts, and the defects.

    Serves the parts of a multipart too, whose header may be empty. Linear in the header.
    """
    stop, body_start, defects = _find_header(raw, start, end)
    fields: list[Field] = []
    count, kept = 0, Counter[str]()
    for line in _logical_lines(raw, start, stop):
        field = _read_field(line[0], *line.span(), defects)
        if field is None:
            if line[0] and (line.start() != start or not _mbox_line.match(raw, start)):
                defects.add("not_a_field")
            continue
        count += 1
        always = field.key in _ALWAYS_KEPT
        if always:
            kept[field.key] += 1
        if count <= _MAX_FIELDS or (always and kept[field.key] <= _MAX_KEPT):
            fields.append(field)
    if count > _MAX_FIELDS:
        defects.add("fields")
    defects |= _line_end_defects(raw[start:body_start])
    return tuple(fields), body_start, frozenset(defects)


def _logical_lines(raw: bytes, start: int, stop: int) -> Iterator[re.Match[bytes]]:
    """The lines with what is folded behind them; beyond the limit those alone that are always kept."""
    for line in _logical_line.finditer(raw, start, stop):
        if line.start() >= start + _MAX_HEADER:
            beyond = line.start() - 1
            break
        yield line
    else:
        return
    seen = Counter[bytes]()
    for found in _kept_line.finditer(raw, beyond, stop):
        seen[found[1].lower()] += 1
        if seen[found[1].lower()] <= _MAX_KEPT and (kept := _logical_line.match(raw, found.end(), stop)):
            yield kept


def _find_header(raw: bytes, start: int, end: int) -> tuple[int, int, set[str]]:
    """Where the fields end, where the body starts, and the first defects."""
    if found := _newline.match(raw, start, end):
        return start, found.end(), set()
    limit = min(end, start + _MAX_HEADER)
    stop, body_start = _find_clean_end(raw, start, limit) or _find_any_end(raw, start, limit)
    if body_start:
        return stop, body_start, set()
    if limit == end:
        return end, end, {"no_body"}
    stop, body_start = _find_any_end(raw, limit - 4, end)
    if body_start:
        return stop, body_start, {"header_size"}
    cut = max(raw.rfind(b"\n", start, limit), raw.rfind(b"\r", start, limit)) + 1 or limit
    return cut, cut, {"header_size"}


def _find_clean_end(raw: bytes, start: int, limit: int) -> tuple[int, int] | None:
    """The empty line of a header with one kind of line end; None for any other."""
    first = raw.find(b"\n", start, limit)
    # The likelier one first, the other only before it: else the whole body is searched for it.
    if first > start and raw[first - 1] == _CR:
        both = raw.find(b"\n\r\n", start, limit)
        feeds = raw.find(b"\n\n", start, both if both >= 0 else limit)
    else:
        feeds = raw.find(b"\n\n", start, limit)
        both = raw.find(b"\n\r\n", start, feeds if feeds >= 0 else limit)
    if feeds < 0 < both:
        pairs = raw.count(b"\r\n", start, both + 1)
        clean = pairs == raw.count(b"\n", start, both + 1) == raw.count(b"\r", start, both + 1)
        return (both + 1, both + 3) if clean else None
    if feeds > 0 and raw.find(b"\r", start, feeds) < 0:
        return feeds + 1, feeds + 2
    return None


def _find_any_end(raw: bytes, start: int, limit: int) -> tuple[int, int]:
    """The first empty line, however its line ends are made; zeros where there is none."""
    found = _header_end.search(raw, start, limit)
    first = _newline.match(raw, found.start(), limit) if found else None
    return (first.end(), found.end()) if found and first else (0, 0)


def _read_field(line: bytes, begin: int, end: int, defects: set[str]) -> Field | None:
    """The field in a logical line, or None where it has no name."""
    colon = line.find(b":", 0, _MAX_NAME)
    if colon <= 0:
        return None
    shown, key, defect = _read_name(line[:colon])
    if defect:
        defects.add(defect)
    if not key:
        return None
    value = line[colon + 1 :].rstrip(b"\r\n")
    if len(value) > _MAX_FIELD:
        defects.add("field_size")
        value = value[:_MAX_FIELD]
    if b"\n" in value or b"\r" in value:
        if not all(map(bytes.strip, value.split(b"\n")[1:])):
            defects.add("blank_continuation")
        value = value.replace(b"\r", b"").replace(b"\n", b"")
    return Field(shown, key, line, value, begin, end)


@remembered(512, longest=100)
def _read_name(name: bytes) -> tuple[str, str, str]:
    """The name as shown, the key, and the defect, if any; an empty key for what is no name."""
    shown = name.strip().decode("latin-1")
    if _plain_name.fullmatch(name):
        return shown, shown.lower(), ""
    if len(name.strip(b" \t\r\n\0\x0b\x0c").split()) != 1:
        return shown, "", ""
    key = _not_graphic.sub(b"", name).lower().decode("ascii")
    return shown, key, "leading_space" if name[:1] in b" \t" else "near_name"


def _line_end_defects(header: bytes) -> set[str]:
    defects: set[str] = set()
    both, feeds, returns = header.count(b"\r\n"), header.count(b"\n"), header.count(b"\r")
    if returns != both:
        defects.add("bare_cr")
    if both and feeds != both:
        defects.add("mixed_line_ends")
    if b"\0" in header:
        defects.add("nul")
    return defects
