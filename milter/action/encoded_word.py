"""How is a sentence written into a header field? RFC 2047 encoded words, and folding. Pure.

The standard library's own writer raises on lone surrogates and re-encodes what it is given; these are our
own words, and few.
"""

from collections.abc import Iterator
from functools import lru_cache

# RFC 2047 section 2: an encoded word has at most 75 octets; RFC 5322 section 2.1.1: a line at most 78.
_MAX_WORD = 75
_MAX_LINE = 76
# Long enough for any reason, short enough for every header limit on the way.
_LONGEST = 1000

_HEAD, _TAIL = b"=?utf-8?q?", b"?="
# RFC 2047 section 5 rule 3: what may stand as it is in an encoded word anywhere.
_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")


def encode_word(text: str) -> bytes:
    """The text as it may stand in an unstructured field: itself if ASCII, else as encoded words."""
    return b" ".join(_words(_one_line(text), _MAX_WORD))


def encode_text(text: str, used: int) -> bytes:
    """The text folded into lines, `used` octets being taken in the first one."""
    lines: list[bytes] = []
    line = b""
    for word in _words(_one_line(text[:_LONGEST]), _MAX_LINE - used):
        room = _MAX_LINE - (0 if lines else used)
        if line and len(line) + 1 + len(word) > room:
            lines.append(line)
            line = word
        else:
            line = line + b" " + word if line else word
    return b"\r\n ".join([*lines, line])


def _one_line(text: str) -> str:
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def _words(text: str, room: int) -> Iterator[bytes]:
    if text.isascii() and "=?" not in text and all(len(word) <= _MAX_WORD for word in text.split()):
        yield from (word.encode("ascii") for word in text.split(" ") if word)
        return
    word = b""
    for character in text:
        piece = _encode(character)
        if len(_HEAD) + len(word) + len(piece) + len(_TAIL) > room:
            yield _HEAD + word + _TAIL
            word, room = b"", _MAX_WORD
        word += piece
    if word:
        yield _HEAD + word + _TAIL


@lru_cache(maxsize=512)
def _encode(character: str) -> bytes:
    # A whole character at a time: RFC 2047 section 5 forbids to split one between two words.
    octets = character.encode("utf-8", "replace")
    return b"".join(
        b"_" if octet == 0x20 else bytes((octet,)) if octet in _SAFE else b"=%02X" % octet for octet in octets
    )
