"""What does the reader of this mail see? Makes a `Reading` from a `Message`.

Pure. Never raises. Only what costs little is read here; PDF, archives and pictures are for later stages,
which start from the same parts.
"""

from milter.mail.address import read_addresses, read_readers
from milter.mail.coding.charset import decode_text
from milter.mail.coding.delsp import rejoined
from milter.mail.coding.encoded_word import decode_words_oddly
from milter.mail.collected import MOST_TEXT, Collected
from milter.mail.message import Message
from milter.mail.page.html import HtmlReading, read_html, read_page
from milter.mail.page.rich import LONGEST_RICH, enriched_to_html, rtf_to_text
from milter.mail.reading import LED_TO, Attachment, Link, LinkKind, Reading
from milter.mail.structure.attached import encrypted, heading_of, kind_of, numbers_of, read_calendar
from milter.mail.structure.mime import Structure, walk
from milter.mail.structure.part import MAX_TEXT, Part
from milter.mail.subject_only import letter_of
from milter.mail.sweep import looks_like_markup, sweep
from milter.mail.text.alternatives import lines_with_new_words
from milter.mail.text.bidi import displayed_order
from milter.mail.text.quoting import split_quoted
from milter.mail.text.references import with_letters

_MAX_ATTACHMENTS = 200
_MAX_SUBJECTS = 20
_RICH = "text/rtf"
_OF_RICH = {"text/enriched": enriched_to_html, _RICH: rtf_to_text}


def read(message: Message, structure: Structure | None = None) -> Reading:
    """The mail as its reader sees it: all alternatives, quotations and attachments apart.

    `structure` of the same mail, where it is at hand.
    """
    structure = structure or walk(message)
    found = Collected(unreadable=set(structure.unreadable), ambiguous=set(structure.ambiguous))
    for part in structure.parts:
        _read_part(part, found)
    if found.ambiguous or structure.unreadable:
        _add_swept(message.raw, found)
    subject, odd = _subject(message)
    addresses = read_addresses(message)
    if odd:
        found.unreadable.add("charset")
    text, quoted = found.own_and_quoted()
    text = found.with_pictures_texts(text)
    if not quoted and all(
        part.content_type.startswith("text/") and not part.attached for part in structure.parts
    ):
        text = letter_of(subject, text)
    versions = found.versions(text)
    found.add_text_links("\n".join((text, *versions)), LinkKind.TEXT)
    found.add_text_links("\n".join(found.attached), LinkKind.DOCUMENT)
    links, forms = found.most_telling_links(), found.first_forms()
    if len(found.attachments) > _MAX_ATTACHMENTS:
        found.unreadable.add("files")
    found.note_length(text)
    return Reading(
        subject=subject,
        authors=addresses.authors,
        reply_to=addresses.reply_to,
        text=text,
        versions=versions,
        quoted=quoted,
        hidden="\n".join(found.hidden)[:MOST_TEXT],
        attached="\n".join(found.attached)[:MOST_TEXT],
        title=" / ".join(found.titles),
        image_names=tuple(dict.fromkeys(found.image_names)),
        links=links,
        forms=forms,
        attachments=tuple(found.attachments[:_MAX_ATTACHMENTS]),
        unreadable=frozenset(found.unreadable) | addresses.unreadable,
        ambiguous=frozenset(found.ambiguous) | addresses.ambiguous,
        readers=read_readers(message),
    )


def read_header_only(message: Message) -> Reading:
    """What the header alone shows: subject and mailboxes. Costs little, however large the mail."""
    addresses = read_addresses(message)
    subject, odd = _subject(message)
    return Reading(
        subject=subject,
        authors=addresses.authors,
        reply_to=addresses.reply_to,
        text="",
        unreadable=addresses.unreadable | (frozenset({"charset"}) if odd else frozenset()),
        ambiguous=addresses.ambiguous,
    )


def _subject(message: Message) -> tuple[str, bool]:
    """Every Subject, decoded, as shown; True where a charset was odd, or not all are read."""
    subjects = message.all("subject")
    decoded = [decode_words_oddly(one.value) for one in subjects[:_MAX_SUBJECTS]]
    shown = with_letters(" / ".join(text for text, _ in decoded))
    return displayed_order(shown), len(subjects) > _MAX_SUBJECTS or any(odd for _, odd in decoded)


def _read_part(part: Part, found: Collected) -> None:
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
    text = _decoded_text(part, found)
    rich = _RICH if text.startswith("{\\rtf") else part.content_type
    if reader := _OF_RICH.get(rich):
        found.unreadable |= {"size"} if len(text) > LONGEST_RICH else set()
        text = reader(text)
    if (
        kind != "html"
        and text[:200].lstrip()[:1] == "<"
        and looks_like_markup(text[:65536].encode("utf-8", "replace"))
    ):
        # Some programs look at the content and show it as HTML.
        found.ambiguous.add("type")
        kind = "html"
    if kind == "html":
        reading = read_html(text)
        own, quoted = split_quoted(with_letters(reading.text))
        if found.html and part.alternative:
            # The same for programs that know AMP, or the other of two: each thing is said once.
            own = lines_with_new_words(own, found.words_of_html())
        _add_html(reading, found, nested=part.nested)
    else:
        if len(text) > MOST_TEXT:
            found.unreadable.add("size")
        text = text[:MOST_TEXT].replace("\r\n", "\n").replace("\r", "\n")
        text = rejoined(text) if part.delsp else text
        own, quoted = split_quoted(displayed_order(with_letters(text)))
    found.alternatives = found.alternatives or (part.alternative and kind != "html")
    if part.nested:
        found.nested += [own, quoted]
        return
    (found.html if kind == "html" else found.plain).append(own[:MOST_TEXT])
    if quoted:
        found.quoted.append(quoted)


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


def _add_swept(raw: bytes, found: Collected) -> None:
    """Words that stand in the bytes and that the walk did not find."""
    known = set(" ".join([*found.plain, *found.html, *found.quoted, *found.nested, *found.attached]).split())
    for piece in sweep(raw):
        text = decode_text(piece)[0]
        reading = None
        if looks_like_markup(piece):
            reading = read_html(text)
            text = reading.text
        fresh = lines_with_new_words(text, known)
        if fresh:
            found.plain.append(fresh[:MOST_TEXT])
            known.update(fresh.split())
            if reading:
                found.links += reading.links
                found.forms += reading.forms
