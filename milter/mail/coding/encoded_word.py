"""What does a header field say, once its encoded words are read (RFC 2047, RFC 2231)?

Pure. Never raises.
"""

import binascii
import re
from operator import itemgetter
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from milter.mail.coding.charset import decode_text
from milter.mail.coding.transfer import decode_base64

_MAX_WORDS = 1000
# Longer than the 75 of RFC 2047 section 2, because readers show longer ones; of few question marks, because
# a field of nothing but starts would cost its square.
_word = re.compile(rb"=\?([^?]{1,100})\?([bBqQ])\?([^?]*+(?:\?(?!=)[^?]*+){0,20})\?=")
_between = re.compile(rb"[ \t\r\n]*")
_breaks = str.maketrans("\r\n\t\x0b\x0c", "     ")


def decode_words(value: bytes) -> str:
    """The value as text: one line, no control characters but their pictures."""
    return decode_words_oddly(value)[0]


def decode_words_oddly(value: bytes) -> tuple[str, bool]:
    """The value as text, and whether a charset was odd or there were too many words.

    Words may stand without the blank between them, be split inside a character, lack their padding or
    name a charset nobody knows: mail programs read all that.
    """
    if b"=?" not in value:
        return decode_text(value)[0].translate(_breaks).strip(), False
    chunks: list[tuple[str, bytes]] = []
    end, odd = 0, False
    for count, found in enumerate(_word.finditer(value)):
        if count == _MAX_WORDS:
            odd = True
            break
        _add_between(chunks, value[end : found.start()])
        charset, encoding, text = found.groups()
        chunks.append((_charset_name(charset), _decode_one(encoding, text)))
        end = found.end()
    if end < len(value) and value[end:].strip():
        chunks.append(("", value[end:]))
    return _join(chunks, odd)


def _add_between(chunks: list[tuple[str, bytes]], gap: bytes) -> None:
    """Keep what stands before a word; blanks between two words are no text (RFC 2047 section 6.2)."""
    if gap and not (chunks and chunks[-1][0] and _between.fullmatch(gap)):
        chunks.append(("", gap))


def _join(chunks: list[tuple[str, bytes]], odd: bool) -> tuple[str, bool]:
    """Decode, neighbours of one charset together: a character may be split between two words."""
    texts: list[str] = []
    held = b""
    for number, (charset, data) in enumerate(chunks):
        held += data
        if charset and number + 1 < len(chunks) and chunks[number + 1][0] == charset:
            continue
        text, strange = decode_text(held, charset)
        texts.append(text)
        odd, held = odd or (strange and bool(charset)), b""
    return "".join(texts).translate(_breaks).strip(), odd


def _charset_name(name: bytes) -> str:
    """The charset without the language that RFC 2231 section 5 allows behind it; never empty."""
    return name.partition(b"*")[0].decode("latin-1").lower() or "?"


def _decode_one(encoding: bytes, text: bytes) -> bytes:
    if encoding in b"bB":
        return decode_base64(text)[0]
    return binascii.a2b_qp(text.replace(b" ", b"_"), header=True)


_parameter = re.compile(
    rb""";[ \t\r\n]*+([^\s=;"]{1,100}+)[ \t\r\n]*+=[ \t\r\n]*+("(?:[^"\\]|\\.)*(?:"|\Z)|[^;]*+)""", re.DOTALL
)
_declared = re.compile(rb"([!-&(-~]{0,39})'[^']*'")


class Parameter(NamedTuple):
    """The value of a parameter, and the charset that an extended one declares (RFC 2231 section 4)."""

    value: bytes = b""
    charset: str | None = None

    @property
    def text(self) -> str:
        """The value as text: in its charset; as mail programs read it, which know encoded words, without."""
        if self.charset is None:
            return decode_words(self.value)
        return decode_text(self.value, self.charset)[0].translate(_breaks).strip()


def parameters(value: bytes) -> dict[str, Parameter]:
    """The parameters behind a Content-Type or Content-Disposition, names in lower case.

    The first of a name counts. Pieces of RFC 2231 (`name*0*=`) are joined in order under the plain name.
    """
    found: dict[str, Parameter] = {}
    pieces: dict[str, list[tuple[int, Parameter]]] = {}
    for match in _parameter.finditer(value):
        name = match[1].decode("latin-1").lower()
        base, star, number = name.partition("*")
        if star:
            order = number.rstrip("*")
            index = int(order) if order.isascii() and order.isdigit() and len(order) < 5 else 0
            extended = number.endswith("*") or not number
            pieces.setdefault(base, []).append((index, _piece(_unquoted(match[2]), index, extended)))
        else:
            found.setdefault(name, Parameter(_unquoted(match[2])))
    for base, parts in pieces.items():
        parts.sort(key=itemgetter(0))
        joined = b"".join(part.value for _, part in parts)
        found.setdefault(base, Parameter(joined, parts[0][1].charset))
    return found


def _piece(value: bytes, index: int, extended: bool) -> Parameter:
    """A piece, its percent signs read where it is extended; the first one then says charset and language.

    Elsewhere an apostrophe is one: what stands before it must not be lost to us, whose reader sees it.
    """
    declared = _declared.match(value) if extended and not index else None
    charset = declared[1].decode("ascii") if declared else None
    value = value[declared.end() :] if declared else value
    return Parameter(unquote_to_bytes(value) if extended else value, charset)


def _unquoted(value: bytes) -> bytes:
    value = value.strip()
    if value.startswith(b'"'):
        value = value[1:].removesuffix(b'"')
        if b"\\" in value:
            value = re.sub(rb"\\(.)", rb"\1", value)
    return value
