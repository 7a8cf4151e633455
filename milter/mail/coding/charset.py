"""Which characters are these bytes?

Pure. Never raises: only codecs of the list are ever called, since others raise even with
errors="replace" (`idna`, `punycode`), inflate (`zlib`) or read escapes (`unicode_escape`).
"""

import re

# Of mainframes (IANA's IBM037, IBM01147 ...). Python has no codec for the French ones, 297 and 1147: all but
# accents and some signs stand where 500 has them.
_EBCDIC = {
    "037": "cp037", "37": "cp037", "273": "cp273", "297": "cp500", "500": "cp500", "1026": "cp1026",
    "1140": "cp1140", "1141": "cp273", "1147": "cp500", "1148": "cp500",
}  # fmt: skip
# Python's codec for a declared name. Web and mail programs read iso-8859-1 and us-ascii as windows-1252
# (https://encoding.spec.whatwg.org/#names-and-labels), and so does the reader of the mail.
_CODECS = {
    **dict.fromkeys(("utf-8", "utf8", "unicode-1-1-utf-8", "utf-8-sig", "cp65001"), "utf-8"),
    **dict.fromkeys(
        ("us-ascii", "ascii", "iso-8859-1", "iso8859-1", "latin1", "latin-1", "l1", "windows-1252", "cp1252",
         "x-cp1252", "ansi_x3.4-1968", "cp-1252", "win-1252", "iso_8859-1", "iso-8859-1-windows-latin-1"),
        "cp1252",
    ),
    **dict.fromkeys(("iso-8859-15", "iso8859-15", "latin9", "latin-9", "iso_8859-15"), "iso8859-15"),
    **{f"iso-8859-{n}": f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 16)},
    "iso-8859-8-i": "iso8859-8", "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874",
    **{f"windows-{n}": f"cp{n}" for n in (874, 1250, 1251, 1253, 1254, 1255, 1256, 1257, 1258)},
    **{f"cp{n}": f"cp{n}" for n in (437, 850, 852, 858, 866, 1250, 1251, 1253, 1254, 1256)},
    "koi8-r": "koi8-r", "koi8-u": "koi8-u", "macintosh": "mac-roman", "x-mac-roman": "mac-roman",
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "x-gbk", "gb_2312-80", "cp936"), "gb18030"),
    "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "euc-kr": "cp949", "ks_c_5601-1987": "cp949",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "euc-jp": "euc_jp",
    "iso-2022-jp": "iso2022_jp", "iso-2022-kr": "iso2022_kr", "hz-gb-2312": "hz", "hz": "hz",
    "utf-16": "utf-16", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be", "utf-32": "utf-32",
    "utf-7": "utf-7", "unicode-1-1-utf-7": "utf-7",
    **{f"{of}{n}": codec for of in ("cp", "ibm", "ibm0") for n, codec in _EBCDIC.items()},
}  # fmt: skip

# Where ASCII bytes do not stand for themselves, or not always: a program that does not know the charset
# shows the bytes as they are, so that is a second view.
_SHIFTED = frozenset(
    {"utf-7", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "hz", "iso2022_kr", *_EBCDIC.values()}
)

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\0\0", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
_ascii_words = re.compile(rb"[A-Za-z]{3}")
_utf7_run = re.compile(rb"\+[A-Za-z0-9+/]*+-?")

_CONTROLS = bytes({*range(9), 11, *range(14, 32), 127})
# Shown, not dropped: a control inside a word is a trick, and its picture (U+2400) tells the reader so.
_PICTURES = {n: 0x2400 + n for n in _CONTROLS if n != 127} | {127: 0x2421}


# What begins no character of several bytes in UTF-8.
_NO_BEGINNING = bytes(range(0xC2))


def decode_text(data: bytes, declared: str = "") -> tuple[str, bool]:
    """The text, and whether the charset was odd (unknown, contradicted, or undecodable).

    Order: byte order mark, UTF-8 in place of a declared windows-1252, declared charset, UTF-8, windows-1252.
    Where two readings are plausible both are returned, one after the other. Controls become visible, so that
    no NUL and no escape comes out.
    """
    text, odd = _decode(data, declared)
    if data.translate(None, _CONTROLS) != data:
        text = visible_controls(text)
    return text, odd


def visible_controls(text: str) -> str:
    """The text with its control characters as their pictures; tab and line ends stay."""
    return text.translate(_PICTURES)


def _decode(data: bytes, declared: str) -> tuple[str, bool]:
    name = declared.strip().strip("\"'").lower()
    codec = _CODECS.get(name)
    for mark, marked in _BOMS:
        if data.startswith(mark):
            text = data.decode("utf-8-sig" if marked == "utf-8" else marked, "replace")
            return text, codec not in (marked, None)
    if codec in _SHIFTED:
        return _decode_shifted(data, codec), codec not in ("utf-16", "utf-16-le", "utf-16-be")
    if data.count(0) * 3 > len(data) > 3:
        return data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-16-be", "replace"), True
    if codec is None or codec == "utf-8":
        text, sure = _decode_utf8(data)
        return text, bool(name) and (codec is None or not sure)
    if codec == "cp1252" and not data.isascii() and (meant := _strict_utf8(data)) is not None:
        # Nobody writes "Ã©": a program that finds out shows what was meant.
        return meant, True
    try:
        return data.decode(codec), False
    except UnicodeError:
        # Five bytes of windows-1252 mean nothing; else the declaration is wrong.
        text, _ = _decode_utf8(data)
        return text, True


def _strict_utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeError:
        return None


def _decode_utf8(data: bytes) -> tuple[str, bool]:
    """UTF-8 where it is that, or nearly; else windows-1252."""
    if (whole := _strict_utf8(data)) is not None:
        return whole, True
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = len(data[:65536].translate(None, _NO_BEGINNING)) - bad
    # One planted byte must not turn every accent of a UTF-8 text into two wrong letters.
    if good > bad:
        return text, False
    return data.decode("cp1252", "replace"), False


def _decode_shifted(data: bytes, codec: str) -> str:
    # UTF-7 can spell half a surrogate pair, which no later encoder takes, and controls in plain letters.
    text = visible_controls(data.decode(codec, "replace").encode("utf-8", "replace").decode("utf-8"))
    # A name that is one UTF-7 run has no second view: its base64 is no words to anybody.
    plain = _utf7_run.sub(b"", data) if codec == "utf-7" else data
    if data.count(0) == 0 and _ascii_words.search(plain):
        bare = data.decode("utf-8", "replace")
        return text if bare == text else f"{text}\n{bare}"
    return text
