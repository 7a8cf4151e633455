"""What does the reader of this mail see? Makes a `Reading` from a `Message`.

Pure. Never raises. Only what costs little is read here; PDF, archives and pictures are for later stages,
which start from the same parts.
"""

from milter.mail.address import read_addresses, read_readers
from milter.mail.coding.charset import decode_text
from milter.mail.coding.encoded_word import decode_words_oddly
from milter.mail.collected import MOST_TEXT, Collected
from milter.mail.message import Message
from milter.mail.page.html import read_html
from milter.mail.parts import read_part
from milter.mail.reading import LinkKind, Reading
from milter.mail.structure.mime import Structure, walk
from milter.mail.subject_only import letter_of
from milter.mail.sweep import looks_like_markup, sweep
from milter.mail.text.alternatives import lines_with_new_words
from milter.mail.text.bidi import displayed_order
from milter.mail.text.references import with_letters

_MAX_ATTACHMENTS = 200
_MAX_SUBJECTS = 20


def read(message: Message, structure: Structure | None = None) -> Reading:
    """The mail as its reader sees it: all alternatives, quotations and attachments apart.

    `structure` of the same mail, where it is at hand.
    """
    structure = structure or walk(message)
    found = Collected(unreadable=set(structure.unreadable), ambiguous=set(structure.ambiguous))
    for part in structure.parts:
        read_part(part, found)
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
