"""What may others see of a held mail? Its sender's side, without who it was for. Pure, never raises.

Only header fields of a short list are kept, only text parts, and of links no parameters: what names or
counts a recipient has no place to stand. Where an address still shows after that, the whole piece goes.
"""

import base64
import hashlib
import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from email.utils import getaddresses
from urllib.parse import unquote

from ahocorasick_rs import AhoCorasick, MatchKind

from milter.claim.names.vocabulary import ordinary_words
from milter.mail.coding.encoded_word import decode_words
from milter.mail.masking import mask
from milter.mail.message import Message
from milter.mail.structure.mime import walk
from milter.mail.structure.part import Part
from milter.mail.text.folding import phrase

REMOVED = "[removed]"

_FIELDS = frozenset({
    "received", "return-path", "from", "sender", "reply-to", "subject", "date", "message-id", "x-mailer",
    "user-agent", "x-originating-ip", "x-php-originating-script", "received-spf",
})  # fmt: skip
# In others an address can be written so that it is not found.
_CHARSETS = re.compile(r"(?:|us-ascii|utf-8|iso-8859-\d{1,2}|windows-125\d)", re.IGNORECASE)
_MOST_FIELDS, _MOST_PARTS, _LONGEST = 60, 20, 200_000
# Of all parts; as JSON, at its longest, it goes into one frame of a child.
_LONGEST_OF_ALL = 300_000
_LONGEST_FIELD = 900
_MOST_PEOPLE, _SHORTEST = 100, 4
# A post that every mail server has (RFC 5321 section 4.5.1), and no dictionary.
_POSTMASTER = "postmaster"

_FOR = re.compile(r"(?i)\bfor\s+<?[^\s<>;]{1,320}>?")
_LINK = re.compile(r"(?i)(https?://[^\s\"'<>?#]{1,500})([?#][^\s\"'<>]{0,3000})?")
# A piece of a path that nobody would type: a number of the recipient's, perhaps.
_TOKEN = re.compile(r"(?<=/)(?=[^/]*\d)[A-Za-z0-9_=%.~+-]{16,}(?=/|$)")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]|<[^<>]{0,2000}>")


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a part: its type and its text; no text where it was taken away whole."""

    content_type: str
    text: str | None
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Redacted:
    """A mail without its recipients."""

    fields: tuple[tuple[str, str], ...]
    parts: tuple[Left, ...]
    links: tuple[str, ...]

    def first(self, key: str) -> str:
        """The value of the first field of this name (lower case); nothing where there is none."""
        return next((value for name, value in self.fields if name.lower() == key), "")


def redacting(raw: bytes, recipients: Sequence[str]) -> Iterator[Redacted]:
    """What is left of a mail that came for these recipients, in steps: each more than the one before."""
    message = Message(raw)
    blind = _Blind([*recipients, *_named(message)])
    fields: list[tuple[str, str]] = []
    for field in message.fields:
        if field.key not in _FIELDS or len(fields) >= _MOST_FIELDS:
            continue
        text = (
            _FOR.sub("", decode_words(field.value)) if field.key == "received" else decode_words(field.value)
        )
        fields.append(
            (field.name if field.plain else field.key, blind.text(text[:_LONGEST_FIELD]) or REMOVED)
        )
    yield Redacted(tuple(fields), (), ())
    parts, room = [], _LONGEST_OF_ALL
    for part in walk(message).parts[:_MOST_PARTS]:
        left = _left(part, blind)
        if left.text is not None and len(left.text) > room:
            left = replace(left, text=None)
        room -= len(left.text or "")
        parts.append(left)
    links = dict.fromkeys(
        found for part in parts for found in re.findall(r"https?://[^\s\"'<>]{1,600}", part.text or "")
    )
    yield Redacted(tuple(fields), tuple(parts), tuple(links)[:50])


def _named(message: Message) -> list[str]:
    """The recipients that its header names, as addresses and as names."""
    values = [
        decode_words(field.value)[:4000]
        for key in ("to", "cc", "delivered-to", "x-original-to", "envelope-to")
        for field in message.all(key)[:20]
    ]
    try:
        return [text for pair in getaddresses(values)[:200] for text in pair if text]
    except (ValueError, IndexError, TypeError, RecursionError):
        return values


def _left(part: Part, blind: "_Blind") -> Left:
    content = part.decoded(_LONGEST)
    digest = hashlib.sha256(part.decoded(len(part.raw))).hexdigest()
    readable = part.content_type in {"text/plain", "text/html"} and _CHARSETS.fullmatch(part.charset)
    if not readable or b"\0" in content:
        return Left(part.content_type, None, part.size, digest)
    text = content.decode(part.charset or "utf-8", "replace")
    return Left(part.content_type, blind.text(text), part.size, digest)


class _Blind:
    """Who must not be seen: every way to write him that we know of."""

    def __init__(self, people: Iterable[str]) -> None:
        known = dict.fromkeys(_lower(text.strip()) for text in people)
        chosen = [*filter(_tells_who, known)][:_MOST_PEOPLE]
        ways = sorted({way for text in chosen for way in map(_lower, _ways(text)) if len(way) >= _SHORTEST})
        self._ways = AhoCorasick(ways, matchkind=MatchKind.LeftmostLongest) if ways else None
        self._plain = tuple(dict.fromkeys(plain for text in chosen for plain in _plain_ways(text)))

    def text(self, text: str) -> str | None:
        """The text without them; None where one still shows."""
        cut = mask(_LINK.sub(_bare, self._without(text)))
        return None if self._shows(cut) else cut

    def _without(self, text: str) -> str:
        pieces, at = [], 0
        found = self._ways.find_matches_as_indexes(_lower(text)) if self._ways else []
        for _, start, end in found:
            pieces += [text[at:start], REMOVED]
            at = end
        return "".join((*pieces, text[at:]))

    def _shows(self, text: str) -> bool:
        seen = _lower(_UNSEEN.sub("", html.unescape(unquote(unquote(html.unescape(text))))))
        return any(one in seen for one in self._plain)


def _lower(text: str) -> str:
    """Lower case, of the same length."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c if len(c.lower()) > 1 else c.lower() for c in text)


def _bare(link: re.Match[str]) -> str:
    head, slashes, rest = link[1].partition("://")
    return head + slashes + _TOKEN.sub(REMOVED, rest) + (f"?{REMOVED}" if link[2] else "")


def _tells_who(text: str) -> bool:
    """False for what stands in any text, whoever it is for: few letters, or an ordinary word (`vous`)."""
    is_ordinary = text == _POSTMASTER or (text.isalpha() and phrase(text) in ordinary_words())
    return len(text) >= _SHORTEST and not is_ordinary


def _plain_ways(person: str) -> tuple[str, ...]:
    local, at, _ = person.partition("@")
    return (person, local) if at and _tells_who(local) else (person,)


def _ways(person: str) -> Iterable[str]:
    yield from _plain_ways(person)
    octets = person.encode("utf-8", "replace")
    yield from (person.replace("@", "="), person.replace("@", "%40"), person.replace("@", "%2540"))
    yield octets.hex()
    for name in ("md5", "sha1", "sha256"):
        yield hashlib.new(name, octets, usedforsecurity=False).hexdigest()
    # Within a longer text of base64 it stands in one of three ways; the ends depend on what is beside it.
    for start in range(3):
        coded = base64.b64encode(b"\0" * start + octets).decode()
        yield coded[(0, 2, 3)[start] : len(coded) // 4 * 4 - 4]
        yield coded.translate(str.maketrans("+/", "-_"))[(0, 2, 3)[start] : len(coded) // 4 * 4 - 4]
