"""What does a header field say, once its encoded words are read (RFC 2047, RFC 2231)?

Pure. Never raises.
"""

import binascii
import re
from urllib.parse import unquote_to_bytes

from milter.mail.charset import decode_text
from milter.mail.transfer import decode_base64

_MAX_WORDS = 1000
# Longer than the 75 of RFC 2047 section 2, because readers show longer ones; bounded, because a field
# of nothing but starts would cost its square.
_word = re.compile(rb"=\?([^?]{1,100})\?([bBqQ])\?([^?]{0,4000}+(?:\?(?!=)[^?]{0,4000}+){0,20})\?=")
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
_MAX_PARAMETERS = 200


def parameters(value: bytes) -> dict[str, bytes]:
    """The parameters behind a Content-Type or Content-Disposition, names in lower case.

    The first of a name counts. Pieces of RFC 2231 (`name*0*=`) are joined in order under the plain
    name, percent-decoded, their charset left before the value as `charset''`.
    """
    found: dict[str, bytes] = {}
    pieces: dict[str, list[tuple[int, bytes]]] = {}
    for count, match in enumerate(_parameter.finditer(value)):
        if count == _MAX_PARAMETERS:
            break
        name = match[1].decode("latin-1").lower()
        base, star, number = name.partition("*")
        if star:
            order = number.rstrip("*")
            index = int(order) if order.isascii() and order.isdigit() and len(order) < 5 else 0
            pieces.setdefault(base, []).append(
                (index, _unquoted(match[2], number.endswith("*") or not number))
            )
        else:
            found.setdefault(name, _unquoted(match[2], False))
    for base, parts in pieces.items():
        found.setdefault(base, b"".join(text for _, text in sorted(parts)))
    return found


def decode_parameter(value: bytes) -> str:
    """The text of a parameter: RFC 2231 charset, encoded words, or plain bytes."""
    charset, quote, rest = value.partition(b"'")
    if quote and b"'" in rest and charset.isascii() and len(charset) < 40 and not charset.strip().count(b" "):
        text, _ = decode_text(rest.partition(b"'")[2], charset.decode("ascii"))
        return text.translate(_breaks).strip()
    return decode_words(value)


def _unquoted(value: bytes, percent: bool) -> bytes:
    value = value.strip()
    if value.startswith(b'"'):
        value = value[1:].removesuffix(b'"')
        if b"\\" in value:
            value = re.sub(rb"\\(.)", rb"\1", value)
    return unquote_to_bytes(value) if percent else value
