"""Of which parts is this mail made (RFC 2045, RFC 2046)?

Pure. Never raises, never recurses. The walk is lenient and keeps every alternative; where two mail
programs may see different parts it leaves a word in `ambiguous`, and `sweep.py` looks underneath.
"""

import re
from dataclasses import dataclass, field

from milter.mail.encoded_word import decode_parameter, decode_words, parameters
from milter.mail.message import Field, Message, read_header
from milter.mail.multipart import find_boundary, split_parts
from milter.mail.part import MAX_TEXT, Part, decode

_MAX_DEPTH = 50
_MAX_PARTS = 1000
_MAX_LOOKS = 100
_MAX_DECODED = 32 * 1024 * 1024

_clean_type = re.compile(rb"[ \t]*([\w.+-]{1,80}/[\w.+-]{1,120})[ \t]*(?:;|\Z)")
_any_type = re.compile(
    rb"(text|multipart|message|application|image|audio|video)\0*/\0*([\w.+-]{1,80})", re.IGNORECASE
)
_any_encoding = re.compile(rb"base64|quoted-printable|uu", re.IGNORECASE)
# Fields of a part where a text should be, or folded into another field: the structure is not what it
# seems to somebody.
_stray_field = re.compile(
    rb"(?:\A|[\r\n])[ \t]{0,20}content-(?:type|transfer-encoding|disposition)[ \t]*:", re.IGNORECASE
)
# Folded into another field; the list of names in a DKIM signature looks nearly so.
_folded_field = re.compile(
    rb"\n[ \t]{1,20}content-(?:type[ \t]*:[ \t]*[a-z]+/|transfer-encoding[ \t]*:[ \t]*[a-z78]+[-\d\r\n])",
    re.IGNORECASE,
)
_uuencoded = re.compile(rb"(?m)^begin 6[0-7]{2} \S")

_ENCODINGS = {
    **dict.fromkeys((b"", b"7bit", b"8bit", b"binary"), ""),
    **dict.fromkeys((b"uu", b"x-uuencode", b"uuencode", b"x-uue"), "uu"),
    b"base64": "base64",
    b"quoted-printable": "quoted-printable",
}
_SINGLE = ("content-type", "content-transfer-encoding", "content-disposition")
_KNOWN = frozenset({
    *_SINGLE, "content-id", "content-description", "content-location", "content-language", "content-md5",
    "content-class", "content-base", "content-length", "content-features", "content-duration",
    "content-return", "content-identifier", "content-alternative", "content-style",
    "content-script-type", "content-style-type", "content-translation-type", "content-transfer-length",
})  # fmt: skip
_HEADER_ODDITIES = frozenset({
    "bare_cr", "mixed_line_ends", "leading_space", "blank_continuation", "not_a_field", "nul", "header_size",
})  # fmt: skip
_MESSAGES = frozenset({"message/rfc822", "message/global", "message/partial", "message/news"})


@dataclass(frozen=True, slots=True)
class Structure:
    """The parts in the order they stand, and what was odd about them."""

    parts: tuple[Part, ...]
    unreadable: frozenset[str]
    ambiguous: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Entity:
    """A header and body still to be looked at: `source[start:end]`, header included."""

    source: bytes
    start: int
    end: int
    depth: int = 0
    nested: bool = False
    container: str = ""
    default_type: str = "text/plain"
    boundaries: tuple[bytes, ...] = ()


@dataclass(slots=True)
class _Walk:
    """What was found so far."""

    parts: list[Part] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)
    ambiguous: set[str] = field(default_factory=set)
    entities: int = 0
    decoded: int = 0


def walk(message: Message) -> Structure:
    """Every leaf part of the mail, within the limits; `depth`, `parts`, `size` say what was cut."""
    found = _Walk()
    stack = [_Entity(message.raw, 0, len(message.raw))]
    while stack:
        entity = stack.pop()
        if found.entities >= _MAX_PARTS:
            found.unreadable.add("parts")
            break
        found.entities += 1
        whole = (message.fields, message.body_start, message.defects)
        header = whole if entity.depth == 0 else read_header(entity.source, entity.start, entity.end)
        stack.extend(reversed(_look_at(entity, *header, found)))
    return Structure(tuple(found.parts), frozenset(found.unreadable), frozenset(found.ambiguous))


def _look_at(
    entity: _Entity, fields: tuple[Field, ...], body: int, defects: frozenset[str], found: _Walk
) -> list[_Entity]:
    """Note a leaf, or give back what the entity is made of."""
    content = {one.key: one for one in reversed(fields) if one.key.startswith("content-")}
    found.ambiguous |= _header_oddities(fields, defects)
    content_type = _type_of(content.get("content-type"), entity.default_type, found.ambiguous)
    encoding = _encoding_of(content.get("content-transfer-encoding"), found.ambiguous)
    container = content_type.startswith("multipart/") or content_type in _MESSAGES
    if not container:
        _note_leaf(entity, body, content_type, encoding, content, found)
        return []
    if entity.depth >= _MAX_DEPTH:
        found.unreadable.add("depth")
        return []
    if encoding:
        entity = _decoded_entity(entity, body, encoding, found)
        body = 0
    if content_type in _MESSAGES:
        return _open_message(entity, body, content_type, content, found)
    return _open_multipart(
        entity, body, content_type, content["content-type"].value if content else b"", found
    )


def _decoded_entity(entity: _Entity, body: int, encoding: str, found: _Walk) -> _Entity:
    """The same entity with its body decoded: not allowed (RFC 2045 section 6.4), but read by some."""
    found.ambiguous.add("encoding")
    room = max(0, _MAX_DECODED - found.decoded)
    if entity.end - body > room:
        found.unreadable.add("size")
    data = decode(entity.source[body : min(entity.end, body + room)], encoding)
    found.decoded += len(data)
    return _Entity(data, 0, len(data), entity.depth, entity.nested, entity.container,
                   entity.default_type, entity.boundaries)  # fmt: skip


def _open_message(
    entity: _Entity, body: int, content_type: str, content: dict[str, Field], found: _Walk
) -> list[_Entity]:
    """The mail inside. In a multipart it is an attachment; alone it is what the reader sees."""
    partial = content_type == "message/partial"
    found.ambiguous |= {"partial"} if partial else set()
    nested = entity.nested or (bool(entity.container) and not partial)
    _, inner_body, _ = read_header(entity.source, body, entity.end)
    head = entity.source[body : min(inner_body, body + 16384)]
    name, attached = _name_of(content)
    found.parts.append(Part("message/rfc822", "", name, "", attached, nested, head))
    return [_Entity(entity.source, body, entity.end, entity.depth + 1, nested)]


def _open_multipart(
    entity: _Entity, body: int, content_type: str, value: bytes, found: _Walk
) -> list[_Entity]:
    boundary, odd = find_boundary(value, entity.source, body, entity.end)
    found.ambiguous |= odd
    if boundary in entity.boundaries:
        found.ambiguous.add("boundary")
    spans, odd = split_parts(entity.source, body, entity.end, boundary)
    found.ambiguous |= odd
    if not spans:
        # Nothing found where parts were promised: what stands there is read as text.
        found.ambiguous.add("boundary")
        _note_leaf(entity, body, "text/plain", "", {}, found)
    default = "message/rfc822" if content_type == "multipart/digest" else "text/plain"
    known, depth = (*entity.boundaries, boundary), entity.depth + 1
    return [
        _Entity(entity.source, start, end, depth, entity.nested, content_type, default, known)
        for start, end in spans
    ]


def _note_leaf(
    entity: _Entity, body: int, content_type: str, encoding: str, content: dict[str, Field], found: _Walk
) -> None:
    name, attached = _name_of(content)
    raw = entity.source[body : entity.end]
    if content_type.startswith("text/"):
        found.ambiguous |= _text_oddities(raw)
    value = content["content-type"].value if "content-type" in content else b""
    charset = parameters(value).get("charset", b"").decode("latin-1")
    alternative = entity.container == "multipart/alternative"
    found.parts.append(Part(content_type, charset, name, encoding, attached, entity.nested, raw, alternative))


def _text_oddities(raw: bytes) -> set[str]:
    """`header` where fields of a part stand in a text, `uuencode` where a file does."""
    odd: set[str] = set()
    at = raw.find(b"ontent-")
    for _ in range(_MAX_LOOKS):
        if at < 0:
            break
        if _stray_field.search(raw, max(0, at - 24), at + 40):
            odd.add("header")
            break
        at = raw.find(b"ontent-", at + 1)
    if b"begin 6" in raw and _uuencoded.search(raw[:MAX_TEXT]):
        odd.add("uuencode")
    return odd


def _header_oddities(fields: tuple[Field, ...], defects: frozenset[str]) -> set[str]:
    """`header` where programs may not see the same fields."""
    odd = bool(defects & _HEADER_ODDITIES)
    keys = [one.key for one in fields if one.key.startswith("content-")]
    odd = odd or any(keys.count(key) > 1 for key in _SINGLE)
    odd = odd or not _KNOWN.issuperset(keys)
    odd = odd or any(one.key.startswith("content-") and not one.plain for one in fields)
    folded = (one.raw for one in fields if b"ontent-" in one.raw and one.raw.count(b"\n") > 1)
    return {"header"} if odd or any(map(_folded_field.search, folded)) else set()


def _type_of(one: Field | None, default: str, ambiguous: set[str]) -> str:
    if one is None:
        return default
    if clean := _clean_type.match(one.value):
        return clean[1].decode("ascii").lower()
    ambiguous.add("type")
    if loose := _any_type.search(one.value):
        return f"{loose[1].decode('ascii')}/{loose[2].decode('ascii')}".lower()
    return default


def _encoding_of(one: Field | None, ambiguous: set[str]) -> str:
    if one is None:
        return ""
    value = one.value.strip().lower()
    if value in _ENCODINGS:
        return _ENCODINGS[value]
    ambiguous.add("encoding")
    loose = _any_encoding.search(value.translate(None, b" \t\0"))
    return _ENCODINGS[loose[0]] if loose else ""


def _name_of(content: dict[str, Field]) -> tuple[str, bool]:
    """The file name, of either field that may give one, and whether it says to be an attachment."""
    name, attached = "", False
    if one := content.get("content-disposition"):
        attached = one.value.strip().lower().startswith(b"attachment")
        name = decode_parameter(parameters(one.value).get("filename", b""))
    if not name and (one := content.get("content-type")) and b"name" in one.value.lower():
        name = decode_parameter(parameters(one.value).get("name", b""))
    if not name and attached and (one := content.get("content-description")):
        name = decode_words(one.value)
    return name[:500], attached
