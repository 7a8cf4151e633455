"""What do texts in the older rich formats say: text/enriched (RFC 1896) and RTF?

Pure. Never raises; linear in the text.
"""

import re

LONGEST_RICH = 1024 * 1024

_parameter = re.compile(r"<param>[^<]{0,1000}</param>", re.IGNORECASE)
_line_ends = re.compile(r"\n++")

# A control word with its number, a control symbol, a group's brace, or text.
_token = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\"
)
_target = re.compile(r'HYPERLINK\s{1,9}"([^"\r\n]{1,2000})"')
_MAX_LINKS = 1000
_LINES = frozenset({"par", "line", "row", "sect", "page", "pard"})
_SIGNS = {
    "tab": " ", "cell": " ", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "bullet": "•", "emspace": " ", "enspace": " ",
}  # fmt: skip
# Groups that hold no text of the document.
_APART = frozenset({
    "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "filetbl", "listtable", "rsidtbl",
    "generator", "themedata", "datastore", "fldinst", "latentstyles", "xmlnstbl", "listoverridetable",
})  # fmt: skip


def enriched_to_html(text: str) -> str:
    """The same text as HTML, of its first `LONGEST_RICH` characters.

    One line end is a blank, several are one fewer; `<<` is a sign.
    """
    text = _parameter.sub("", text[:LONGEST_RICH].replace("\r\n", "\n"))
    text = text.replace("&", "&amp;").replace("<<", "&lt;")
    return _line_ends.sub(lambda found: "<br>" * (len(found[0]) - 1) or " ", text)


def rtf_to_text(source: str) -> str:
    """The text of an RTF document, hidden text left out, and where its links lead, one a line behind it.

    Of its first `LONGEST_RICH` characters.
    """
    reader = _Rtf()
    for found in _token.finditer(source[:LONGEST_RICH]):
        reader.take(*found.groups(""))
    lines = "".join(reader.out).split("\n")
    targets = [found[1] for found in _target.finditer(source[:LONGEST_RICH])][:_MAX_LINKS]
    return "\n".join(filter(None, (*(" ".join(line.split()) for line in lines), *targets)))


class _Rtf:
    """The state while tokens come in: which groups are open, and what they show."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self._shown = [True]
        # Characters still to be left out: what programs without Unicode show for `\\u233`.
        self._skip = 0

    def take(self, word: str, number: str, byte: str, symbol: str, brace: str, text: str) -> None:
        """Take one token; exactly one of the arguments but `number` is not empty, or none for a line end."""
        if brace == "{":
            self._shown.append(self._shown[-1])
        elif brace and len(self._shown) > 1:
            self._shown.pop()
        elif word in _APART or symbol == "*":
            self._shown[-1] = False
        elif word == "v":
            # A group in one that is hidden begins hidden: the one around it speaks for all.
            self._shown[-1] = number == "0" and (len(self._shown) < 2 or self._shown[-2])
        elif self._shown[-1]:
            self.out.append(self._piece(word, number, byte, symbol, text))

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
