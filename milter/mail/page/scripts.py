"""What does a page write by its scripts, and where do they lead? Asked of files, which a browser opens.

Never raises. Linear. No script is run: only what its strings and numbers are coded in is undone (escapes,
`+`, percent, base64, hex, the codes of characters). What it fetches, or makes by more, is not known.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from milter.mail.coding.charset import decode_text, visible_controls
from milter.mail.dom import Document, attribute, parse_html, select

_MOST_SCRIPTS, _LONGEST_SCRIPT, _MOST_LETTERS = 50, 256 * 1024, 512 * 1024
_MOST_STRINGS, _MOST_DOCUMENTS, _MOST_ADDRESSES = 5000, 10, 20
# A page that is written may write another; and what is coded may be coded again.
_DEEPEST, _MOST_CODINGS = 2, 4
_EVENTS = ("onload", "onerror", "onbegin")
# One that has no end ends where the line does, or the script, so that none is looked through twice.
_string = re.compile(
    r"\"((?:[^\"\\\n]++|\\.)*)(?:\"|\n|\Z|\\\Z)"
    r"|'((?:[^'\\\n]++|\\.)*)(?:'|\n|\Z|\\\Z)"
    r"|`((?:[^`\\]++|\\.)*)(?:`|\Z|\\\Z)",
    re.DOTALL,
)
_numbers = re.compile(
    r"(?<![\w.])(?:0x[0-9a-f]{1,4}|\d{1,5})(?:\s*+,\s*+(?:0x[0-9a-f]{1,4}|\d{1,5})){11,}", re.IGNORECASE
)
_escape = re.compile(
    r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|u\{([0-9a-f]{1,6})\}|(.))", re.IGNORECASE | re.DOTALL
)
_SIGNS = {"n": "\n", "t": "\t", "r": "\r", "\n": ""}
_old_percent = re.compile(r"%u([0-9a-f]{4})", re.IGNORECASE)
_percent = re.compile(r"%(?:u00)?3c", re.IGNORECASE)
_base64 = re.compile(r"[A-Za-z0-9+/_\s-]{20,}={0,2}\s*")
_hex = re.compile(r"(?:[0-9a-f]{2}){12,}", re.IGNORECASE)
_markup = re.compile(r"<[a-z!][^<>]{0,2000}>", re.IGNORECASE)
_address = re.compile(r"https?://[^\s\"'<>\\]{4,2000}", re.IGNORECASE)
_no_text = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u2400-\u2421\ufffd]")
# Of all the addresses in a script the reader is led to those that such a one holds.
_leads = re.compile(r"\blocation\b|\bwindow\s*\.\s*open\b|\bhttp-?equiv\b", re.IGNORECASE)


class _String(NamedTuple):
    """A string of a script: where it begins and ends, and what it holds."""

    start: int
    end: int
    text: str


class Written(NamedTuple):
    """The sources of the pages that it writes, and the addresses to which it leads."""

    documents: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


def written_by(document: Document) -> Written:
    """What the scripts of the page write, and what those of the pages that they write do."""
    documents: dict[str, None] = {}
    addresses: dict[str, None] = {}
    room = _MOST_LETTERS
    waiting = [(document, 0)]
    while waiting:
        page, depth = waiting.pop(0)
        for script in _scripts_of(page):
            leads = _leads.search(script) is not None
            for text in map(visible_controls, _meant_by(script)):
                if leads and _address.fullmatch(text):
                    addresses[text] = None
                elif _is_new_page(text, documents) and len(text) <= room:
                    room -= len(text)
                    documents[text] = None
                    waiting += [(parse_html(text), depth + 1)] if depth < _DEEPEST else []
    return Written(tuple(documents), tuple(islice(addresses, _MOST_ADDRESSES)))


def _is_new_page(text: str, documents: dict[str, None]) -> bool:
    return len(documents) < _MOST_DOCUMENTS and text not in documents and _markup.search(text) is not None


def _scripts_of(document: Document) -> Iterator[str]:
    room = _MOST_LETTERS
    handlers = ",".join(f"[{name}]" for name in _EVENTS)
    for element in islice(select(document, f"script,{handlers}"), _MOST_SCRIPTS):
        found = [element.text] if element.tag == "script" else [attribute(element, one) for one in _EVENTS]
        for script in filter(None, found):
            if room <= 0:
                return
            room -= len(script)
            yield script[:_LONGEST_SCRIPT]


def _meant_by(script: str) -> Iterator[str]:
    """Its strings as they are meant, those together that it puts together; and its rows of numbers."""
    strings = _joined_by("+", _strings(script), script)
    meant = False
    for text in (*_rows(script), *_listed(strings, script)):
        meant = meant or _says_something(text)
        yield text
    if not meant and len(strings) > 1:
        # In pieces that stand apart.
        yield _uncoded("".join(one.text for one in strings))


def _strings(script: str) -> list[_String]:
    found = islice(_string.finditer(script), _MOST_STRINGS)
    return [_String(one.start(), one.end(), _unescaped(one[1] or one[2] or one[3] or "")) for one in found]


def _joined_by(sign: str, strings: list[_String], script: str) -> list[_String]:
    """The strings, those as one between which nothing stands but the sign."""
    runs = _runs(sign, strings, script)
    return [_String(run[0].start, run[-1].end, "".join(one.text for one in run)) for run in runs]


def _listed(strings: list[_String], script: str) -> Iterator[str]:
    """Each string; those in a row as one, if that says something and none of them is an address."""
    for run in _runs(",", strings, script):
        plain = [_uncoded(one.text) for one in run]
        whole = _uncoded("".join(one.text for one in run)) if len(run) > 1 else ""
        if whole and _says_something(whole) and not any(map(_address.fullmatch, plain)):
            yield whole
        else:
            yield from plain


def _runs(sign: str, strings: list[_String], script: str) -> list[list[_String]]:
    runs: list[list[_String]] = []
    for one in strings:
        if runs and script[runs[-1][-1].end : one.start].strip() == sign:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _says_something(text: str) -> bool:
    return _markup.search(text) is not None or _address.fullmatch(text) is not None


def _rows(script: str) -> Iterator[str]:
    for row in _numbers.finditer(script):
        codes = (int(one, 0) if one[:2] in ("0x", "0X") else int(one) for one in re.split(r"[\s,]+", row[0]))
        yield _uncoded("".join(map(_letter, codes)))


def _unescaped(text: str) -> str:
    return _escape.sub(_sign, text) if "\\" in text else text


def _sign(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    return _letter(int(code, 16)) if code else _SIGNS.get(found[4], found[4])


def _letter(code: int) -> str:
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""


def _uncoded(text: str) -> str:
    """What is left of a string when all is undone that it is coded in."""
    for _ in range(_MOST_CODINGS):
        plain = _undone(text) or _undone(text[::-1])
        if not plain:
            break
        text = plain
    return text


def _undone(text: str) -> str:
    """The text without one coding; empty where it is in none, or not in one that makes a text of it."""
    if _markup.search(text) or _address.match(text):
        return ""
    if _percent.search(text) or text[:13].lower().startswith(("http%3a", "https%3a")):
        codes = _old_percent.sub(lambda one: _letter(int(one[1], 16)), text)
        return decode_text(unquote_to_bytes(codes))[0]
    bare = "".join(text.split())
    data = b""
    if _hex.fullmatch(bare):
        data = bytes.fromhex(bare)
    elif _base64.fullmatch(text):
        try:
            letters = bare.rstrip("=").translate(str.maketrans("-_", "+/"))
            data = base64.b64decode(letters + "=" * (-len(letters) % 4))
        except (binascii.Error, ValueError):
            return ""
    plain = decode_text(data)[0] if data else ""
    return plain if _is_text(plain) else ""


def _is_text(plain: str) -> bool:
    """False for what only happens to be letters of base64, such as a name."""
    return bool(plain) and _no_text.search(plain[:400]) is None
