"""What stands in the files of this mail? Opens every file that the first reading left closed.

To be called where it may be killed. Raises nothing that a sender writes, but for a shortage of memory.
"""

import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from milter.attachment.archive import open_zip, read_gzip, read_zip
from milter.attachment.budget import MAX_DEPTH, Budget
from milter.attachment.found import File, Found
from milter.attachment.ocr import Reader
from milter.attachment.office import is_office, read_office
from milter.attachment.pdf import read_pdf
from milter.attachment.picture import read_drawn, read_picture
from milter.attachment.sniff import Kind, sniff
from milter.attachment.stored import stored_text
from milter.mail.coding.charset import decode_text
from milter.mail.message import Message
from milter.mail.page.drawn import drawings
from milter.mail.page.html import read_page
from milter.mail.page.rich import LONGEST_RICH, read_rtf
from milter.mail.reading import LED_TO, MOST_LINKS, LinkKind, Reading
from milter.mail.structure.attached import ENCRYPTED_TYPES, heading_of, kind_of, read_calendar
from milter.mail.structure.mime import walk
from milter.mail.structure.part import Part

# Encoded octets of one part that are decoded: a whole mail of the usual limit.
_MAX_ENCODED = 36 * 1024 * 1024
_READ_ALREADY = frozenset({"html", "text", "calendar", "message"})
_ALREADY = {"html": Kind.HTML, "text": Kind.TEXT, "calendar": Kind.CALENDAR, "message": Kind.MESSAGE}
_data_picture = re.compile(rb"data:image/[a-z.+-]{2,20};base64,([A-Za-z0-9+/=%\s]{80,})", re.IGNORECASE)
# Below this a text is only a cover note, and pictures may hold what is to be said.
_FEW_WORDS = 60


def files_of(message: Message) -> Iterator[File]:
    """The parts that are files: everything but the texts that the reader of the mail sees at once."""
    for part in walk(message).parts:
        if part.content_type == "message/rfc822":
            continue
        kind = kind_of(part.content_type, part.name)
        if kind in _READ_ALREADY:
            yield from _hidden_in_text(part, kind)
        else:
            yield File(part.name, part.content_type, part.decoded(_MAX_ENCODED), nested=part.nested)


def _hidden_in_text(part: Part, kind: str) -> Iterator[File]:
    """What calls itself text and is something else, and pictures inside HTML."""
    data = part.decoded()
    if sniff(data, part.content_type, part.name) not in {_ALREADY[kind], Kind.TEXT, Kind.HTML, Kind.OTHER}:
        yield File(part.name, part.content_type, part.decoded(_MAX_ENCODED), nested=part.nested)
    elif kind == "html":
        yield from _data_pictures(data, part.nested)


def _data_pictures(html: bytes, nested: bool) -> Iterator[File]:
    for found in _data_picture.finditer(html):
        letters = found[1].replace(b"%2B", b"+").replace(b"%2F", b"/").replace(b"%3D", b"=")
        letters = letters.translate(None, b"\r\n\t %=")
        try:
            data = binascii.a2b_base64(letters[: len(letters) - (len(letters) % 4 == 1)] + b"==")
        except binascii.Error:
            continue
        yield File("", "image/png", data, nested=nested)


def open_files(message: Message, reading: Reading, budget: Budget) -> Found:
    """What the files say; what of them could not be read is in `words`."""
    found = Found(budget)
    found.words.update(reading.unreadable - {"encrypted"})
    if any(len(part.raw) > _MAX_ENCODED for part in walk(message).parts):
        found.words.add("size")
    for rows in drawings(walk(message)):
        read_drawn(rows, found)
    for file in files_of(message):
        if not budget.take_file():
            break
        found.waiting.append(file)
        while found.waiting and not budget.late():
            _read(found.waiting.pop(0), found)
    return found


def merged(reading: Reading, found: Found) -> Reading:
    """The reading of the mail, and what its files say."""
    known = {(link.target, link.kind) for link in reading.links}
    links = (*reading.links, *(one for one in found.links if (one.target, one.kind) not in known))
    if len(links) > MOST_LINKS:
        found.words.add("links")
    return replace(
        reading,
        attached="\n".join(filter(None, (reading.attached, *found.texts))),
        quoted="\n".join(filter(None, (reading.quoted, *found.quoted))),
        links=links,
        forms=(*reading.forms, *found.forms),
        unreadable=frozenset(found.words),
    )


def read_opened(
    message: Message,
    reading: Reading,
    budget: Budget,
    find: Callable[[], Reader | None],
    as_meant: Callable[[Reading], Reading] = lambda reading: reading,
) -> Iterator[Reading]:
    """The mail as it is meant with what its files say; and with what its pictures say, where that is nearly
    all, and OCR is found.
    """
    found = open_files(message, reading, budget)
    opened = as_meant(merged(reading, found))
    yield opened
    if found.pages and has_little_text(opened) and (reader := find()):
        look_for_text(found, reader)
        yield as_meant(merged(reading, found))


def look_for_text(found: Found, reader: Reader) -> None:
    """Read the text of the pictures, the largest first, while there is time."""
    if found.unseen:
        found.words.add("pictures")
    for page in sorted(found.pages, key=lambda page: -page.width * page.height):
        if found.budget.late():
            return
        text = reader.read(page, found.budget.left())
        if text is None:
            found.words.add("picture")
        else:
            found.add_text(text)


def has_little_text(reading: Reading) -> bool:
    """True where what can be read is at most a cover note."""
    return len(reading.note.split()) + len(reading.attached.split()) < _FEW_WORDS


def _read(file: File, found: Found) -> None:
    if file.content_type in ENCRYPTED_TYPES:
        found.words.add("encrypted")
        return
    reader = _READERS.get(sniff(file.data, file.content_type, file.name))
    if reader is not None:
        reader(file, found)


def _note_closed(_: File, found: Found) -> None:
    found.words.add("archive")


def _note_program(_: File, found: Found) -> None:
    found.words.add("program")


def _read_calendar(file: File, found: Found) -> None:
    found.add_text(read_calendar(decode_text(file.data)[0]), nested=file.nested)


def _read_text(file: File, found: Found) -> None:
    found.add_text(decode_text(file.data)[0], nested=file.nested)


def _read_rtf(file: File, found: Found) -> None:
    text = decode_text(file.data)[0]
    if len(text) > LONGEST_RICH:
        found.words.add("size")
    rich = read_rtf(text)
    for target, shown in rich.links:
        found.add_link(target, shown or target)
    found.add_text(rich.text, nested=file.nested)


def _read_stored(file: File, found: Found) -> None:
    text, whole = stored_text(file.data)
    found.add_text(text, nested=file.nested)
    if not whole:
        found.words.add("size")


def _read_zip(file: File, found: Found) -> None:
    archive = open_zip(file.data, found)
    if archive is None:
        return
    with archive:
        (read_office if is_office(archive) else read_zip)(file, archive, found)


def _read_html(file: File, found: Found) -> None:
    reading = read_page(decode_text(file.data)[0])
    found.add_text("\n".join(filter(None, (reading.title, reading.text, reading.quoted))), nested=file.nested)
    for link in reading.links:
        found.add_link(link.target, link.shown, LinkKind.DOCUMENT if link.kind in LED_TO else link.kind)
    found.add_forms(reading.forms)
    found.words.update(reading.unreadable)
    for picture in _data_pictures(file.data, file.nested):
        if not found.budget.take_file():
            return
        found.waiting.append(picture)


def _read_message(file: File, found: Found) -> None:
    """A mail as a file: its text is read, and its files wait to be opened."""
    message = Message(file.data)
    found.add_text("\n".join(heading_of(message)), nested=file.nested)
    if file.depth >= MAX_DEPTH:
        found.words.add("depth")
        return
    for part in walk(message).parts:
        if part.content_type == "message/rfc822":
            # The header of a mail inside; its parts are parts of this one.
            found.add_text("\n".join(heading_of(Message(part.raw))), nested=file.nested)
        elif found.budget.take_file():
            data = part.decoded(_MAX_ENCODED)
            found.waiting.append(File(part.name, part.content_type, data, file.depth + 1, file.nested))


_READERS: dict[Kind, Callable[[File, Found], None]] = {
    Kind.PDF: read_pdf,
    Kind.ZIP: _read_zip,
    Kind.GZIP: read_gzip,
    Kind.CLOSED: _note_closed,
    Kind.PROGRAM: _note_program,
    Kind.PICTURE: read_picture,
    Kind.HTML: _read_html,
    Kind.MESSAGE: _read_message,
    Kind.CALENDAR: _read_calendar,
    Kind.TEXT: _read_text,
    Kind.RTF: _read_rtf,
    Kind.STORED: _read_stored,
}
