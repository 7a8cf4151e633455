"""What may be shown of a held mail? The work of a child process, so that a hostile mail can be killed.

`begin` is what `milter.child.worker` calls. What it tells is plain text, masked, within limits; never markup.
"""

import hashlib
import time
from collections.abc import Callable
from typing import Any

from milter.attachment.budget import Budget
from milter.attachment.ocr import find_reader
from milter.attachment.open import read_opened
from milter.child.worker import Work
from milter.mail.coding.encoded_word import decode_words
from milter.mail.masking import mask
from milter.mail.message import Message
from milter.mail.read import read
from milter.mail.reading import Link, LinkKind, Reading
from milter.mail.structure.mime import walk
from milter.mail.structure.part import Part

# What a person reads through; the download has the rest.
_TEXT, _FIELD = 60_000, 2_000
_FIELDS, _PARTS, _LINKS = 200, 100, 100
# What is left of the time is for telling what was read.
_SHARE_OF_FILES = 0.7


def begin(_: object) -> Work:
    """Ready at once; the OCR is looked for when a picture is all that there is to read."""

    def work(options: dict[str, Any], content: bytes, tell: Callable[[Any], None]) -> None:
        ends = time.monotonic() + options["seconds"] * _SHARE_OF_FILES
        message = Message(content)
        # The cheapest first: if the child is killed, its last word stands.
        told: dict[str, Any] = {"fields": _fields(message)}
        tell(told)
        reading = read(message)
        told |= _texts(reading)
        tell(told)
        told["parts"] = [_part(part) for part in walk(message).parts[:_PARTS]]
        tell(told)
        find = find_reader if options["sees"] else _nothing
        for opened in read_opened(message, reading, Budget(ends), find):
            tell(told | _texts(opened))

    return work


def _nothing() -> None:
    """No OCR, where pictures are not to be read."""


def _fields(message: Message) -> list[list[str]]:
    return [
        [_cut(field.name, 100), mask(_cut(decode_words(field.value), _FIELD))]
        for field in message.fields[:_FIELDS]
    ]


def _texts(reading: Reading) -> dict[str, Any]:
    return {
        "text": mask(_cut(reading.text, _TEXT)),
        "quoted": mask(_cut(reading.quoted, _TEXT)),
        "hidden": mask(_cut(reading.hidden, _TEXT)),
        "attached": mask(_cut(reading.attached, _TEXT)),
        "links": [
            {
                "target": mask(_cut(link.target, 500)),
                "shown": mask(_cut(link.shown, 200)),
                "kind": link.kind.value,
            }
            for link in sorted(reading.links, key=_is_written)[:_LINKS]
        ],
    }


def _is_written(link: Link) -> bool:
    """False for what is drawn: nobody sees where a QR code leads, and it comes first."""
    return link.kind is not LinkKind.QR


def _part(part: Part) -> dict[str, Any]:
    return {
        "type": _cut(part.content_type, 100),
        "name": mask(_cut(part.name, 200)),
        "size": part.size,
        "attached": part.attached,
        "nested": part.nested,
        "sha256": hashlib.sha256(part.decoded(len(part.raw))).hexdigest(),
    }


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[:limit] + " […]"
