"""What do texts in the older rich formats say: text/enriched (RFC 1896) and RTF?

Pure. Never raises; linear in the text.
"""

import re
from dataclasses import dataclass, field

LONGEST_RICH = 1024 * 1024

_parameter = re.compile(r"<param>[^<]{0,1000}</param>", re.IGNORECASE)
_line_ends = re.compile(r"\n++")

# A control word with its number, a control symbol, a group's brace, or text.
_token = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\"
)
# What a field does (ECMA-376 part 1 section 17.16.5.25): a target may stand without quotes, behind a switch.
_hyperlink = re.compile(
    r'\bHYPERLINK\s{1,9}(?:\\[mnt]\s{1,9}){0,3}(?:"([^"\r\n]{3,2000})"|([^\s"\\]{4,2000}))', re.IGNORECASE
)
_MAX_LINKS = 1000
_MAX_SHOWN = 500
_OF_FIELDS = frozenset({"field", "fldinst", "fldrslt"})
_LINES = frozenset({"par", "line", "row", "sect", "page", "pard"})
_SIGNS = {
    "tab": " ", "cell": " ", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "bullet": "•", "emspace": " ", "enspace": " ",
}  # fmt: skip
# Groups that hold no text of the document.
_APART = frozenset({
    "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "filetbl", "listtable", "rsidtbl",
    "generator", "themedata", "datastore", "latentstyles", "xmlnstbl", "listoverridetable",
})  # fmt: skip


def enriched_to_html(text: str) -> str:
    """The same text as HTML, of its first `LONGEST_RICH` characters.

    One line end is a blank, several are one fewer; `<<` is a sign.
    """
    text = _parameter.sub("", text[:LONGEST_RICH].replace("\r\n", "\n"))
    text = text.replace("&", "&amp;").replace("<<", "&lt;")
    return _line_ends.sub(lambda found: "<br>" * (len(found[0]) - 1) or " ", text)


@dataclass(frozen=True, slots=True)
class Rich:
    """What a document says, and its links: where each leads, and what it shows."""

    text: str
    links: tuple[tuple[str, str], ...]


def field_target(instruction: str) -> str:
    """Where a field of an office program leads, by what it does; empty for one that does something else."""
    found = _hyperlink.search(instruction)
    return "" if found is None else (found[1] or found[2]).strip()


def rtf_to_text(source: str) -> str:
    """The text of an RTF document, and where its links lead, one a line behind it."""
    rich = read_rtf(source)
    return "\n".join(filter(None, (rich.text, *(target for target, _ in rich.links))))


def read_rtf(source: str) -> Rich:
    """The text of an RTF document, hidden text left out, and its links.

    Of its first `LONGEST_RICH` characters.
    """
    reader = _Rtf()
    for found in _token.finditer(source[:LONGEST_RICH]):
        reader.take(*found.groups(""))
    reader.close_all()
    lines = "".join(reader.out).split("\n")
    return Rich("\n".join(filter(None, (" ".join(line.split()) for line in lines))), tuple(reader.links))


@dataclass(slots=True)
class _Field:
    """A field that is open: what it does, in pieces, and where in the text what it shows begins."""

    instruction: list[str] = field(default_factory=list)
    shows_from: int | None = None


class _Rtf:
    """The state while tokens come in: which groups are open, and what they show."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.links: list[tuple[str, str]] = []
        self._shown = [True]
        # The group of each field that is open, by how many are round it; and of one that tells what it does.
        self._fields: list[tuple[int, _Field]] = []
        self._telling: int | None = None
        # Characters still to be left out: what programs without Unicode show for `\\u233`.
        self._skip = 0

    def close_all(self) -> None:
        """The end of the document, where groups may still be open."""
        while self._fields:
            self._close_field()

    def take(self, word: str, number: str, byte: str, symbol: str, brace: str, text: str) -> None:
        """Take one token; exactly one of the arguments but `number` is not empty, or none for a line end."""
        if brace == "{":
            self._shown.append(self._shown[-1])
        elif brace and len(self._shown) > 1:
            self._shown.pop()
            self._close(len(self._shown))
        elif self._telling is not None:
            self._fields[-1][1].instruction.append(self._piece(word, number, byte, symbol, text) or symbol)
        elif word in _OF_FIELDS:
            self._take_field(word)
        elif word in _APART or symbol == "*":
            self._shown[-1] = False
        elif word == "v":
            # A group in one that is hidden begins hidden: the one around it speaks for all.
            self._shown[-1] = number == "0" and (len(self._shown) < 2 or self._shown[-2])
        elif self._shown[-1]:
            self.out.append(self._piece(word, number, byte, symbol, text))

    def _take_field(self, word: str) -> None:
        """A field begins, or what it does, or what it shows."""
        depth = len(self._shown)
        if (word == "field" or not self._fields) and len(self._fields) < _MAX_LINKS:
            self._fields.append((depth, _Field()))
        if word == "fldinst":
            self._telling = depth
        elif word == "fldrslt":
            self._fields[-1][1].shows_from = len(self.out)

    def _close(self, depth: int) -> None:
        """A group ends, and so does what only it holds."""
        if self._telling is not None and depth < self._telling:
            self._telling = None
        if self._fields and depth < self._fields[-1][0]:
            self._close_field()

    def _close_field(self) -> None:
        _, field = self._fields.pop()
        target = field_target("".join(field.instruction)[: 2 * LONGEST_RICH])
        if target and len(self.links) < _MAX_LINKS:
            start = len(self.out) if field.shows_from is None else field.shows_from
            shown = "".join(self.out[start : start + _MAX_SHOWN])
            self.links.append((target, " ".join(shown.split())[:_MAX_SHOWN]))

    def _piece(self, word: str, number: str, byte: str, symbol: str, text: str) -> str:
        if word == "u" and number:
            self._skip = 1
            code = int(number) % 65536
            return chr(code) if not 0xD800 <= code < 0xE000 else ""
        if word:
            return "\n" if word in _LINES else _SIGNS.get(word, "")
        skip, self._skip = self._skip, 0
        if byte:
            return "" if skip else bytes([int(byte, 16)]).decode("cp1252", "replace")
        if symbol:
            return " " if symbol == "~" else symbol if symbol in "\\{}" else ""
        return text[skip:]
