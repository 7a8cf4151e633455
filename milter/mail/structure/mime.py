"""Of which parts is this mail made (RFC 2045, RFC 2046)?

Pure. Never raises, never recurses. The walk is lenient and keeps every alternative; where two mail
programs may see different parts it leaves a word in `ambiguous`, and `sweep.py` looks underneath.
"""

import re
from dataclasses import dataclass, field

from milter.mail.message import Message, read_header
from milter.mail.octets import Patterns
from milter.mail.structure.cms import is_entity, is_smime, unwrap
from milter.mail.structure.content import NO_MIME_HEADER, MimeHeader, mime_header_at, mime_header_of
from milter.mail.structure.multipart import find_boundary, split_parts
from milter.mail.structure.part import MAX_TEXT, Part, decode

_MAX_DEPTH = 50
_MAX_PARTS = 1000
_MAX_LOOKS = 100
_MAX_HEADINGS = 20
_LONGEST_HEADING = 16384
_MAX_DECODED = 32 * 1024 * 1024

# Fields of a part where a text should be, or folded into another field: the structure is not what it
# seems to somebody.
_stray_field = re.compile(
    rb"(?:\A|[\r\n])[ \t]{0,20}content-(?:type|transfer-encoding|disposition)[ \t]*:", re.IGNORECASE
)
_uuencoded = re.compile(rb"(?m)^begin 6[0-7]{2} \S")
# Without these there is neither, and octets that hardly stand in a text (`octets.NOWHERE`).
_MARKS = Patterns(b"ontent-", b"begin 6", b"\0\0", b"\1\1")
_HEADINGS = frozenset({"from", "subject"})
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
        if entity.depth == 0:
            header, body = mime_header_of(message.fields, message.defects), message.body_start
        else:
            header, body = mime_header_at(entity.source, entity.start, entity.end)
        stack.extend(reversed(_look_at(entity, header, body, found)))
    return Structure(tuple(found.parts), frozenset(found.unreadable), frozenset(found.ambiguous))


def _look_at(entity: _Entity, header: MimeHeader, body: int, found: _Walk) -> list[_Entity]:
    """Note a leaf, or give back what the entity is made of."""
    found.ambiguous |= header.ambiguous
    content_type = header.content_type or entity.default_type
    if not content_type.startswith("multipart/") and content_type not in _MESSAGES:
        if is_smime(content_type, header.name) and (opened := _open_smime(entity, body, header, found)):
            return opened
        _note_leaf(entity, body, content_type, header, found)
        return []
    if entity.depth >= _MAX_DEPTH:
        found.unreadable.add("depth")
        return []
    if header.encoding:
        entity = _decoded_entity(entity, body, header.encoding, found)
        body = 0
    if content_type in _MESSAGES:
        return _open_message(entity, body, content_type, header, found)
    return _open_multipart(entity, body, content_type, header.value, found)


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
    entity: _Entity, body: int, content_type: str, header: MimeHeader, found: _Walk
) -> list[_Entity]:
    """The mail inside. In a multipart it is an attachment; alone it is what the reader sees."""
    partial = content_type == "message/partial"
    found.ambiguous |= {"partial"} if partial else set()
    nested = entity.nested or (bool(entity.container) and not partial)
    _, inner_body, _ = read_header(entity.source, body, entity.end)
    head = entity.source[body : min(inner_body, body + _LONGEST_HEADING)]
    found.parts.append(Part("message/rfc822", "", header.name, "", header.attached, nested, head))
    return [_Entity(entity.source, body, entity.end, entity.depth + 1, nested)]


def _open_smime(entity: _Entity, body: int, header: MimeHeader, found: _Walk) -> list[_Entity]:
    """What is signed or compressed in the part, which mail programs show as if it stood in its place; nothing
    where it is no such part, or is a file.
    """
    if entity.depth >= _MAX_DEPTH:
        found.unreadable.add("depth")
        return []
    room = max(0, _MAX_DECODED - found.decoded)
    unwrapped = unwrap(decode(entity.source[body : min(entity.end, body + room)], header.encoding), room)
    if unwrapped is None or not is_entity(unwrapped[0]):
        return []
    data, cut = unwrapped
    found.decoded += len(data)
    found.unreadable |= {"size"} if cut or entity.end - body > room else set()
    found.parts += _protected_heading(entity, body, data)
    depth, known = entity.depth + 1, entity.boundaries
    return [_Entity(data, 0, len(data), depth, entity.nested, entity.container, boundaries=known)]


def _protected_heading(entity: _Entity, body: int, data: bytes) -> list[Part]:
    """Author and subject that are signed with a mail, and that programs show instead (RFC 9788), unless they
    are those outside.
    """
    outside = entity.source[entity.start : body]
    fields, _, _ = read_header(data, 0, len(data))
    headings = [one.raw for one in fields if one.key in _HEADINGS][:_MAX_HEADINGS]
    raw = b"".join(one for one in headings if one.strip() not in outside)[:_LONGEST_HEADING]
    return [Part("message/rfc822", "", "", "", attached=False, nested=entity.nested, raw=raw)] if raw else []


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
        _note_leaf(entity, body, "text/plain", NO_MIME_HEADER, found)
    default = "message/rfc822" if content_type == "multipart/digest" else "text/plain"
    known, depth = (*entity.boundaries, boundary), entity.depth + 1
    return [
        _Entity(entity.source, start, end, depth, entity.nested, content_type, default, known)
        for start, end in spans
    ]


def _note_leaf(entity: _Entity, body: int, content_type: str, header: MimeHeader, found: _Walk) -> None:
    raw = entity.source[body : entity.end]
    if content_type.startswith("text/"):
        found.ambiguous |= _text_oddities(raw)
    alternative = entity.container == "multipart/alternative"
    found.parts.append(
        Part(
            content_type,
            header.charset,
            header.name,
            header.encoding,
            header.attached,
            entity.nested,
            raw,
            alternative,
            header.delsp,
            header.elsewhere,
        )
    )


def _text_oddities(raw: bytes) -> set[str]:
    """`header` where fields of a part stand in a text, `uuencode` where a file does."""
    odd: set[str] = set()
    if not _MARKS.stand_in(raw):
        return odd
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
