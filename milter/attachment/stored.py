"""What is written in containers of Microsoft programs: winmail.dat (TNEF), old Word and Excel files, .msg?

Pure. Never raises. Not parsed: their texts stand in them in pieces of windows-1252 or UTF-16, which are
found from the octets; what is packed (LZFu) is unpacked.
"""

import re

from milter.mail.page.rich import rtf_to_text

_MAX_UNPACKED = 1024 * 1024
_MAX_PACKED = 20
_LEAST = 6  # letters that are a piece of text, not chance
# Text in windows-1252, and in UTF-16 (little endian) of the Latin letters and the marks of a text.
_narrow = re.compile(rb"[\t\r\n\x20-\x7e\x80\x85\x91-\x97\x9c\xa0\xab\xb0\xbb\xc0-\xff]{%d,}" % _LEAST)
_wide = re.compile(rb"(?:[\t\r\n\x20-\x7e\xa0-\xff]\0|[\x10-\x3a\xac]\x20){%d,}" % _LEAST)
# Pictures and code hold letters, too, but no words beside each other, and no addresses.
_reads = re.compile(r"(?:[^\W\d_][\w'’.,:-]{0,30} ){2}[^\W\d_]{2}|https?://\w|@\w{1,60}\.\w", re.IGNORECASE)
# [MS-OXRTFCP] section 2.1.3.1: size packed, size unpacked, then this; and what the window begins with.
_PACKED = b"LZFu"
_BEFORE = 8
_WINDOW = 4096
_BEGINNING = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)


def stored_text(data: bytes) -> tuple[str, bool]:
    """The text, a line for each piece; False where some of it is packed in too many or too large pieces."""
    packed, whole = _packed_texts(data)
    narrow = (found[0].decode("cp1252", "replace") for found in _narrow.finditer(data))
    wide = (found[0].decode("utf-16-le", "replace") for found in _wide.finditer(data))
    lines = (" ".join(piece.split()) for piece in (*packed, *wide, *narrow))
    return "\n".join(dict.fromkeys(line for line in lines if _reads.search(line))), whole


def _packed_texts(data: bytes) -> tuple[list[str], bool]:
    texts: list[str] = []
    at = data.find(_PACKED)
    while at >= 0 and len(texts) < _MAX_PACKED:
        size = int.from_bytes(data[at - 4 : at], "little") if at >= _BEFORE else 0
        if size > _MAX_UNPACKED:
            return texts, False
        texts.append(rtf_to_text(unpacked(data[at + _BEFORE :], size).decode("cp1252", "replace")))
        at = data.find(_PACKED, at + 4)
    return texts, at < 0


def unpacked(packed: bytes, size: int) -> bytes:
    """The text of an LZFu ([MS-OXRTFCP] section 3.1.1): eight tokens behind each octet of flags, which are
    letters or places in the window.
    """
    out = bytearray(_BEGINNING)
    at, wanted = 0, len(_BEGINNING) + size
    while at < len(packed) and len(out) < wanted:
        flags, at = packed[at], at + 1
        for bit in range(8):
            if at + 1 >= len(packed):
                break
            if not flags >> bit & 1:
                out.append(packed[at])
                at += 1
                continue
            place = int.from_bytes(packed[at : at + 2], "big")
            at += 2
            begin, end = place >> 4, len(out) % _WINDOW
            if begin == end:
                # The end of it all.
                return bytes(out[len(_BEGINNING) :])
            back = (end - begin) % _WINDOW
            for _ in range((place & 15) + 2):
                out.append(out[-back] if back <= len(out) else 32)
    return bytes(out[len(_BEGINNING) :])
