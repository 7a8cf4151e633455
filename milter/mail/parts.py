"""What does each part of a mail say, as the mail itself or as an attachment that is text underneath?

Pure. Never raises.
"""

from milter.mail.coding.charset import decode_text
from milter.mail.coding.delsp import rejoined
from milter.mail.collected import MOST_TEXT, Collected
from milter.mail.message import Message
from milter.mail.page.html import HtmlReading, read_html, read_page
from milter.mail.page.rich import LONGEST_RICH, enriched_to_html, rtf_to_text
from milter.mail.reading import LED_TO, Attachment, Link, LinkKind
from milter.mail.structure.attached import encrypted, heading_of, kind_of, numbers_of, read_calendar
from milter.mail.structure.mime import walk
from milter.mail.structure.part import MAX_TEXT, Part
from milter.mail.sweep import looks_like_markup
from milter.mail.text.alternatives import lines_with_new_words
from milter.mail.text.bidi import displayed_order
from milter.mail.text.quoting import split_quoted
from milter.mail.text.references import with_letters

_RICH = "text/rtf"
_OF_RICH = {"text/enriched": enriched_to_html, _RICH: rtf_to_text}


def read_part(part: Part, found: Collected) -> None:
    """Note what the part says, and what it is."""
    kind = kind_of(part.content_type, part.name)
    if part.content_type == "message/rfc822":
        _note_message(part, found)
    elif kind == "image" and not part.attached:
        found.image_names += [part.name] if part.name else []
    elif part.attached or not part.content_type.startswith("text/"):
        _note_attachment(part, found)
        _read_attachment(part, kind, found)
    elif kind == "calendar":
        _read_attachment(part, kind, found)
    else:
        _read_text(part, kind, found)


def _decoded_text(part: Part, found: Collected) -> str:
    text, odd = decode_text(part.text, part.charset)
    if odd:
        found.unreadable.add("charset")
    if len(part.raw) > MAX_TEXT:
        found.unreadable.add("size")
    return text


def _read_text(part: Part, kind: str, found: Collected) -> None:
    """A text that is shown as the mail itself, or as part of a mail inside it."""
    text = _without_richness(_decoded_text(part, found), part, found)
    if (
        kind != "html"
        and text[:200].lstrip()[:1] == "<"
        and looks_like_markup(text[:65536].encode("utf-8", "replace"))
    ):
        # Some programs look at the content and show it as HTML.
        found.ambiguous.add("type")
        kind = "html"
    own, quoted = (_markup if kind == "html" else _plain)(text, part, found)
    found.alternatives = found.alternatives or (part.alternative and kind != "html")
    if part.nested:
        found.nested += [own, quoted]
        return
    (found.html if kind == "html" else found.plain).append(own[:MOST_TEXT])
    if quoted:
        found.quoted.append(quoted)


def _without_richness(text: str, part: Part, found: Collected) -> str:
    """The text; of one in an older rich format what it says, as text or as HTML."""
    reader = _OF_RICH.get(_RICH if text.startswith("{\\rtf") else part.content_type)
    if reader is None:
        return text
    found.unreadable |= {"size"} if len(text) > LONGEST_RICH else set()
    return reader(text)


def _markup(text: str, part: Part, found: Collected) -> tuple[str, str]:
    """What an HTML document says, and what it quotes; note all else of it."""
    reading = read_html(text)
    own, quoted = split_quoted(with_letters(reading.text))
    if found.html and part.alternative:
        # The same for programs that know AMP, or the other of two: each thing is said once.
        own = lines_with_new_words(own, found.words_of_html())
    _add_html(reading, found, nested=part.nested)
    return own, quoted


def _plain(text: str, part: Part, found: Collected) -> tuple[str, str]:
    """What a text says, and what it quotes."""
    if len(text) > MOST_TEXT:
        found.unreadable.add("size")
    text = text[:MOST_TEXT].replace("\r\n", "\n").replace("\r", "\n")
    text = rejoined(text) if part.delsp else text
    return split_quoted(displayed_order(with_letters(text)))


def _add_html(reading: HtmlReading, found: Collected, *, nested: bool = False) -> None:
    """Everything of an HTML document but its text."""
    (found.nested if nested else found.marked).extend([reading.quoted] if reading.quoted else [])
    found.hidden += [reading.hidden] if reading.hidden else []
    found.titles += [reading.title] if reading.title and not nested else []
    found.image_names += reading.image_names
    if reading.seen_by_all and not nested:
        found.seen_by_all.append(split_quoted(with_letters(reading.seen_by_all))[0])
    found.links += reading.links
    found.forms += reading.forms
    found.unreadable |= reading.unreadable


def _note_message(part: Part, found: Collected) -> None:
    """A mail inside: its subject and author are quoted words, if it is attached."""
    lines = heading_of(Message(part.raw))
    if not part.nested:
        found.plain.append("\n".join(lines))
        return
    found.nested += lines
    found.attachments.append(
        Attachment(part.name or (lines[-1] if lines else ""), part.content_type, part.size)
    )


def _note_attachment(part: Part, found: Collected) -> None:
    found.attachments.append(Attachment(part.name, part.content_type, part.size))
    found.links += [Link(part.elsewhere, part.name, LinkKind.DOCUMENT)] if part.elsewhere else []
    if encrypted(part):
        found.unreadable.add("encrypted")


def _read_attachment(part: Part, kind: str, found: Collected) -> None:
    """The text of an attachment that is text underneath."""
    if kind == "html":
        reading = read_page(_decoded_text(part, found))
        found.attached += filter(None, (reading.title, reading.text, reading.quoted))
        links = tuple(
            link._replace(kind=LinkKind.DOCUMENT) if link.kind in LED_TO else link for link in reading.links
        )
        _add_html(HtmlReading("", hidden=reading.hidden, links=links, forms=reading.forms), found)
        found.unreadable |= reading.unreadable & {"scripts"}
    elif kind == "text":
        found.attached.append(displayed_order(_decoded_text(part, found))[:MOST_TEXT])
    elif kind == "calendar":
        text = _decoded_text(part, found)
        found.attached.append(read_calendar(text)[:MOST_TEXT])
        found.links += [Link(f"tel:{number}", number, LinkKind.DOCUMENT) for number in numbers_of(text)]
    elif kind == "message":
        _read_attached_message(part.decoded(), found)


def _read_attached_message(raw: bytes, found: Collected) -> None:
    """A mail attached as a plain file: its texts are quoted; what it carries is not opened again."""
    inner = Message(raw)
    structure = walk(inner)
    found.nested += heading_of(inner)
    found.unreadable |= structure.unreadable
    for part in structure.parts:
        if part.content_type == "text/html":
            reading = read_html(_decoded_text(part, found))
            found.nested.append(reading.text)
            _add_html(reading, found, nested=True)
        elif part.content_type == "text/plain":
            found.nested.append(_decoded_text(part, found))
