"""What kind of file is attached, what of it is text underneath, and how is a mail inside it headed?

Pure. Never raises. The name counts as much as the declared type: readers open by name.
"""

import re
from itertools import islice

from milter.mail.coding.charset import decode_text
from milter.mail.coding.encoded_word import decode_words
from milter.mail.coding.transfer import decode_quoted_printable
from milter.mail.message import Message
from milter.mail.structure.part import Part

_BY_NAME = {
    **dict.fromkeys(("htm", "html", "shtml", "xhtml", "xht", "svg", "hta"), "html"),
    **dict.fromkeys(("txt", "csv", "md", "log", "text"), "text"),
    **dict.fromkeys(("ics", "vcs", "vcf"), "calendar"),
    **dict.fromkeys(("eml", "msg822", "mht", "mhtml"), "message"),
}
_CARDS = ("text/x-vcard", "text/vcard", "text/directory")
_BY_TYPE = {
    "text/html": "html", "application/xhtml+xml": "html", "image/svg+xml": "html", "text/x-amp-html": "html",
    "text/calendar": "calendar", "application/ics": "calendar", "text/enriched": "html", "text/rtf": "",
    "text/css": "", **dict.fromkeys(_CARDS, "calendar"),
}  # fmt: skip
ENCRYPTED_TYPES = frozenset(
    {"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"}
)
_TAIL = 8192
_MAX_OF_A_FIELD = 3

# What programs show of an invitation (RFC 5545) and of a card (RFC 6350).
_calendar_words = re.compile(
    r"^(?:(?:[\w-]{1,40}\.)?(?:SUMMARY|(?:STYLED-)?DESCRIPTION|LOCATION|URL|COMMENT|CONTACT|ORGANIZER|CATEGORIES"
    r"|X-ALT-DESC|X-WR-CALNAME|FN|N|NICKNAME|NOTE|ORG|TITLE|ROLE|EMAIL|TEL|ADR|LABEL))[^:\n]*+:(.*)$",
    re.MULTILINE | re.IGNORECASE,
)
# As the versions before these RFC write what is not ASCII: over several lines, too.
_calendar_quoted = re.compile(
    r"^([^:\n]{1,200}?;(?:ENCODING=)?QUOTED-PRINTABLE[^:\n]{0,200}:)((?:[^\n]*=\n)*[^\n]*)",
    re.MULTILINE | re.IGNORECASE,
)
_card_number = re.compile(r"^(?:[\w-]{1,40}\.)?TEL\b[^:\n]{0,200}:(.{1,60})", re.MULTILINE | re.IGNORECASE)
_not_dialled = re.compile(r"[^\d+]")
_MAX_NUMBERS, _SHORTEST_NUMBER = 20, 4
_calendar_escape = re.compile(r"\\([nN,;\\])")


def kind_of(content_type: str, name: str) -> str:
    """`html`, `text`, `calendar` (cards, too), `message`, `image`, or empty for what only later stages can
    read.
    """
    if content_type in _BY_TYPE:
        return _BY_TYPE[content_type]
    # Windows leaves out blanks and dots at the end of a name.
    by_name = _BY_NAME.get(name.rstrip(". ").rpartition(".")[2].lower(), "") if name else ""
    if by_name and content_type in (
        "application/octet-stream",
        "text/plain",
        "application/x-unknown",
        "application/html",
    ):
        return by_name
    if content_type.startswith("image/"):
        return "image"
    return "text" if content_type.startswith(("text/", "message/")) else by_name


def is_card(content_type: str, name: str) -> bool:
    """True for a card with somebody's name and numbers (RFC 6350)."""
    return content_type in _CARDS or (
        kind_of(content_type, name) == "calendar" and name.rstrip(". ").lower().endswith(".vcf")
    )


def numbers_of(card: str) -> tuple[str, ...]:
    """The telephone numbers of a card, as they are dialled."""
    found = islice(_card_number.finditer(card), _MAX_NUMBERS)
    return tuple(number for one in found if len(number := _not_dialled.sub("", one[1])) >= _SHORTEST_NUMBER)


def heading_of(message: Message) -> tuple[str, ...]:
    """What a mail inside another is headed by: its authors and subjects, decoded."""
    fields = (one for key in ("from", "subject") for one in message.all(key)[:_MAX_OF_A_FIELD])
    return tuple(decode_words(one.value) for one in fields)


def encrypted(part: Part) -> bool:
    """True where the file can only be opened with a key or password."""
    if part.content_type in ENCRYPTED_TYPES:
        return True
    ending = part.name.rpartition(".")[2].lower()
    if ending == "zip" or "zip" in part.content_type:
        head = part.decoded(64)
        # General purpose flag of the first local header, bit 0 (APPNOTE 4.4.4).
        return head.startswith(b"PK\3\4") and len(head) > 6 and bool(head[6] & 1)
    if ending == "pdf" or part.content_type == "application/pdf":
        return b"/Encrypt" in _tail(part)
    return False


def _tail(part: Part) -> bytes:
    """The last bytes of the file, decoded; a PDF keeps its trailer there."""
    if part.encoding != "base64":
        return part.raw[-_TAIL:]
    letters = part.raw[-2 * _TAIL :].translate(None, b"\r\n \t")
    whole = len(letters) - len(letters) % 4
    cut = Part(
        part.content_type, "", "", "base64", attached=True, nested=False, raw=letters[len(letters) - whole :]
    )
    return cut.decoded(4 * _TAIL)


def read_calendar(text: str) -> str:
    """What an invitation (RFC 5545) or a card (RFC 6350) says to its reader: unfolded, escapes undone."""
    text = text.replace("\r\n", "\n")
    unfolded = _calendar_quoted.sub(_unquoted, text).replace("\n ", "").replace("\n\t", "")
    lines = [found[1] for found in _calendar_words.finditer(unfolded)]
    return "\n".join(
        _calendar_escape.sub(lambda found: "\n" if found[1] in "nN" else found[1], line) for line in lines
    )


def _unquoted(line: re.Match[str]) -> str:
    """The line without its quoted-printable; line ends in it are written as the newer versions do."""
    said = decode_text(decode_quoted_printable(line[2].encode("utf-8", "replace")))[0]
    return line[1] + "\\n".join(said.splitlines())
