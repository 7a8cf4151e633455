"""What stands in these bytes, whatever the structure says?

Pure. Never raises. Only asked where the structure is odd: it finds text that a lenient mail program may
show and our walk did not (388 of 388 MIMEminer vectors, where a parser alone misses two thirds).
"""

import binascii
import re

from milter.mail.coding.transfer import decode_quoted_printable, decode_uu

_MAX_RAW = 4 * 1024 * 1024
_MAX_RUNS = 500
_MAX_PIECES = 200

_run = re.compile(rb"[A-Za-z0-9+/]{20,}={0,2}")
_not_text = bytes({*range(9), 11, 12, *range(14, 32), 127})
_high = bytes(range(128, 256))
_encoded_line = re.compile(rb"(?m)^[A-Za-z0-9+/=]{16,}\r?$")
_noise_line = re.compile(
    rb"(?mi)^(?:--[^\r\n]{1,200}|[a-z][\w-]{1,40}[ \t]?:[ \t][^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)\r?$"
)
# The header of a mail, after what the run before it leaves.
_head = re.compile(
    rb"[^\n]{0,12}?(?:from|to|subject|date|mime-version|content-type|received|return-path|message-id):[^\n]*\n"
    rb"(?:(?:[a-z][\w-]{1,40}:|[ \t])[^\n]*\n)*\r?\n",
    re.IGNORECASE,
)
_markup = re.compile(
    rb"<(?:html|body|head|p|a|div|table|tr|td|br|span|font|b|strong|h[1-6]|form|svg)[\s>/]", re.IGNORECASE
)


def sweep(raw: bytes) -> tuple[bytes, ...]:
    """Every piece of text found in the bytes: base64 runs, the whole read as quoted-printable,
    uuencoded files; and once more inside what the base64 held."""
    pieces = list(_sweep_once(raw[:_MAX_RAW]))
    for piece in pieces[:20]:
        if b"\nContent-" in piece or piece.startswith(b"Content-") or b"base64" in piece:
            pieces += _sweep_once(piece)
    return tuple(dict.fromkeys(pieces))[:_MAX_PIECES]


def looks_like_markup(data: bytes) -> bool:
    """True where an HTML element begins somewhere in the bytes."""
    return _markup.search(data) is not None


def _sweep_once(raw: bytes) -> list[bytes]:
    plain = _noise_line.sub(b"", _encoded_line.sub(b"", decode_quoted_printable(raw)))
    return [*_base64_runs(raw), *(data for _, data in decode_uu(raw)), plain]


def _base64_runs(raw: bytes) -> list[bytes]:
    """Base64 without any field saying so: a run may begin with the tail of the line before, so it is
    tried from each of four places; only what reads as text is kept."""
    found: list[bytes] = []
    for count, run in enumerate(_run.finditer(raw.translate(None, b"\r\n\0"))):
        if count == _MAX_RUNS:
            break
        letters = run[0].rstrip(b"=")
        for offset in range(4):
            end = len(letters) - (len(letters) - offset) % 4
            tail = (len(letters) - offset) % 4
            data = _decode(letters[offset : end + (tail if tail > 1 else 0)])
            if _reads_as_text(data):
                # Of a mail in base64 no program shows the header as text.
                head = _head.match(data)
                found.append(data[head.end() :] if head else data)
    return found


def _decode(letters: bytes) -> bytes:
    try:
        return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
    except binascii.Error:
        return b""


def _reads_as_text(data: bytes) -> bool:
    """Hardly any control byte, and mostly ASCII."""
    if len(data) < 12:
        return False
    sample = data[:4096]
    controls = len(sample) - len(sample.translate(None, _not_text))
    high = len(sample) - len(sample.translate(None, _high))
    return controls * 50 <= len(sample) and (high * 10 <= len(sample) or _is_utf8(sample[:-3]))


def _is_utf8(data: bytes) -> bool:
    return "\ufffd" not in data.decode("utf-8", "replace")[:-1]
