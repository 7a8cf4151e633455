"""Is it worth the cost to look closer at this mail? Most mail is not.

Pure.
"""

from milter.attachment.sniff import Kind, sniff
from milter.claim.claim import Basis, Claim
from milter.mail.message import Message
from milter.mail.page.drawn import has_drawings
from milter.mail.reading import Reading
from milter.mail.structure.attached import ENCRYPTED_TYPES, kind_of
from milter.mail.structure.mime import Structure
from milter.mail.structure.part import Part

# Words of a cover note with its signature, beside which a document says what there is to say.
_COVER_NOTE = 150
# Words beside which a picture may be the mail itself, and octets of a picture that can hold some lines.
_CAPTION = 50
_PICTURE_OF_TEXT = 6 * 1024
# Words beside which it is nothing else, and octets of one that is more than a logo.
_HARDLY_A_WORD, _PICTURE = 5, 2 * 1024
# What is read here keeps other mail waiting, and no limit of time holds for it: not more octets of text,
# parts, and questions whether a rule of style is for an element (braces times tags) than these. What is so
# small costs little, whatever it is made of.
_LARGE = 256 * 1024
_MANY_PARTS = 100
_MUCH_STYLE = 200_000
_SMALL = 16 * 1024
_TEXTS = frozenset({"html", "text", "calendar", "message"})
_FILES = frozenset({Kind.PDF, Kind.ZIP, Kind.GZIP, Kind.CLOSED, Kind.PICTURE, Kind.STORED})
_HEAD = 4096
# Enough of a mail to know what its reader sees first.
_FIRST_FIELDS, _FIRST_TEXT = 256 * 1024, 64 * 1024
_NOTHING_TO_READ = frozenset({
    "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature",
    *ENCRYPTED_TYPES,
})  # fmt: skip


def is_large(message: Message, structure: Structure) -> bool:
    """True where reading the mail may take long: much text, many parts, many rules of style, or a structure
    that must be swept.
    """
    if len(message.raw) <= _SMALL:
        return False
    if len(structure.parts) > _MANY_PARTS:
        return True
    texts = [part for part in structure.parts if _kind(part) in _TEXTS]
    if len(message.raw) > _LARGE and (
        structure.ambiguous or structure.unreadable or sum(len(part.raw) for part in texts) > _LARGE
    ):
        return True
    return any(map(_has_much_style, texts))


def _has_much_style(part: Part) -> bool:
    content = part.text[:_LARGE]
    return content.count(b"{") * content.count(b"<") > _MUCH_STYLE


def beginning(message: Message) -> Message:
    """The first fields and the first part of the text."""
    body = message.raw[message.body_start : message.body_start + _FIRST_TEXT]
    if message.body_start <= _FIRST_FIELDS:
        return Message(message.raw[: message.body_start] + body)
    return Message(message.raw[:_FIRST_FIELDS].rpartition(b"\n")[0] + b"\r\n\r\n" + body)


def has_files_worth_opening(structure: Structure, reading: Reading, claim: Claim | None) -> bool:
    """True where a claim is in sight and there is any file; else where files stand for a text."""
    # No more are counted than are compared with.
    words = len(reading.note.split(None, _COVER_NOTE))
    if claim is not None and claim.basis is Basis.WORDED:
        # A manner is no claim that a file could bear out.
        claim = None
    if claim is None and words > _COVER_NOTE:
        return False
    if (claim is not None or words < _CAPTION) and has_drawings(structure):
        return True
    return any(
        _is_worth(part, claim, words)
        for part in structure.parts
        if part.content_type != "message/rfc822" and (part.attached or part.content_type != "text/plain")
    )


def _is_worth(part: Part, claim: Claim | None, words: int) -> bool:
    kind = _kind(part)
    if kind == "image":
        least = _PICTURE if words < _HARDLY_A_WORD else _PICTURE_OF_TEXT
        return claim is not None or (words < _CAPTION and part.size > least)
    if kind == "html":
        return b"data:image/" in part.raw[:_LARGE] and (claim is not None or words < _CAPTION)
    if kind in _TEXTS:
        # Read already, unless it only calls itself a text.
        return sniff(part.decoded(_HEAD), part.content_type, part.name) in _FILES
    return part.content_type not in _NOTHING_TO_READ and not part.content_type.startswith(
        ("audio/", "video/")
    )


def _kind(part: Part) -> str:
    return kind_of(part.content_type, part.name)
