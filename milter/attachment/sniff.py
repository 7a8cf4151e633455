"""What kind of file is this, whatever it is called? By its first octets, then by name and declared type.

Pure. Never raises.
"""

import re
from enum import StrEnum

from milter.mail.structure.attached import kind_of
from milter.mail.sweep import looks_like_markup

_HEAD = 4096


class Kind(StrEnum):
    """What a file is read as."""

    PDF = "pdf"
    ZIP = "zip"
    GZIP = "gzip"
    CLOSED = "closed"  # an archive of a kind that is not opened here
    PROGRAM = "program"  # what runs when it is opened
    PICTURE = "picture"
    HTML = "html"
    CALENDAR = "calendar"
    MESSAGE = "message"
    RTF = "rtf"
    STORED = "stored"  # containers of Microsoft programs, whose texts are found
    TEXT = "text"
    OTHER = "other"


_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"PK\3\4", Kind.ZIP),
    (b"PK\5\6", Kind.ZIP),
    (b"\x1f\x8b", Kind.GZIP),
    (b"Rar!\x1a\x07", Kind.CLOSED),
    (b"7z\xbc\xaf\x27\x1c", Kind.CLOSED),
    (b"\x28\xb5\x2f\xfd", Kind.CLOSED),  # zstd
    (b"\xfd7zXZ\0", Kind.CLOSED),
    (b"BZh", Kind.CLOSED),
    (b"MSCF", Kind.CLOSED),
    (b"\x89PNG\r\n\x1a\n", Kind.PICTURE),
    (b"\xff\xd8\xff", Kind.PICTURE),
    (b"GIF8", Kind.PICTURE),
    (b"BM", Kind.PICTURE),
    (b"II*\0", Kind.PICTURE),
    (b"MM\0*", Kind.PICTURE),
    (b"\0\0\0\x0cjP  \r\n\x87\n", Kind.PICTURE),  # JPEG 2000, in its file
    (b"\xff\x4f\xff\x51", Kind.PICTURE),  # and bare
    (b"{\\rt", Kind.RTF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.STORED),
    (b"\x78\x9f\x3e\x22", Kind.STORED),
)
_BY_NAME = {"html": Kind.HTML, "calendar": Kind.CALENDAR, "message": Kind.MESSAGE, "text": Kind.TEXT}
_ZIPPED = frozenset({"zip", "docx", "docm", "xlsx", "xlsm", "pptx", "odt", "ods", "odp"})
_calendar = re.compile(rb"BEGIN:VC(?:ALENDAR|ARD)", re.IGNORECASE)
_END_OF_ZIP = b"PK\5\6"
_END_TAIL = 66_000
# What Windows runs on a double click, by itself or after a warning.
_PROGRAMS = frozenset(
    {"exe", "com", "scr", "pif", "bat", "cmd", "ps1", "js", "jse", "vbs", "vbe", "wsf", "wsh", "hta", "lnk"}
    | {"msi", "msc", "cpl", "jar", "reg", "chm", "url", "appref-ms"}
)
_AVIF = frozenset({b"avif", b"avis"})
_MAX_BRANDS = 256
_CLOSED_TYPES = ("rar", "7z", "zst", "br", "xz", "bz2", "cab", "iso", "img", "vhd")


def sniff(data: bytes, content_type: str, name: str) -> Kind:
    """The kind of the file; what its octets say comes before what it is called."""
    head = data[:_HEAD]
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if (head.startswith(b"RIFF") and head[8:12] == b"WEBP") or is_avif(head):
        return Kind.PICTURE
    # Readers of PDF look for the mark in the first kilobyte.
    if b"%PDF-" in head[:1024]:
        return Kind.PDF
    ending = name.rpartition(".")[2].lower()
    if ending in _PROGRAMS:
        return Kind.PROGRAM
    if ending in _CLOSED_TYPES:
        return Kind.CLOSED
    # An archive may stand behind other octets: its directory is at the end.
    if ending in _ZIPPED and _END_OF_ZIP in data[-_END_TAIL:]:
        return Kind.ZIP
    return _as_text(head, content_type, name)


def is_avif(data: bytes) -> bool:
    """True where the first box of the file says so (AVIF 1.1 section 6, ISO/IEC 14496-12 section 4.3)."""
    length = int.from_bytes(data[:4], "big")
    brands = data[8 : min(length, _MAX_BRANDS)]
    return data[4:8] == b"ftyp" and any(brands[at : at + 4] in _AVIF for at in range(0, len(brands), 4))


def _as_text(head: bytes, content_type: str, name: str) -> Kind:
    declared = _BY_NAME.get(kind_of(content_type, name)) or _BY_NAME.get(
        kind_of("application/octet-stream", name)
    )
    if declared in {Kind.HTML, Kind.MESSAGE}:
        return declared
    plain = head.replace(b"\0", b"")
    if _calendar.search(plain[:200]):
        return Kind.CALENDAR
    if plain.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1] == b"<" and looks_like_markup(plain):
        return Kind.HTML
    if declared is not None:
        return declared
    return Kind.TEXT if _is_text(head) else Kind.OTHER


def _is_text(head: bytes) -> bool:
    controls = sum(head.count(octet) for octet in range(32) if octet not in (9, 10, 12, 13))
    return bool(head) and controls == 0
