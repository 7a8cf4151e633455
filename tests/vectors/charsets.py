"""THREATS C: charsets that are wrong, unknown, or no charsets at all."""
# ruff: noqa: E501  tables, as many words a line as fit

import unicodedata

from tests.vectors.lure import Body, html_mail

# Each spelled by Python's codec of that name, the rest as UTF-8.
SPELLED = {
    "utf-7": "utf-7", "utf-16": "utf-16", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be", "utf-32": "utf-32",
    "utf-8-sig": "utf-8-sig", "cp037": "cp037", "hz": "hz", "iso-2022-kr": "iso2022_kr", "iso-2022-jp": "iso2022_jp",
}  # fmt: skip
CHARSETS: tuple[str, ...] = (
    *SPELLED, "idna", "punycode", "undefined", "zlib", "bz2", "hex", "rot13", "base64", "uu", "quopri", "unicode_escape",
    "raw_unicode_escape", "x-user-defined", "unknown-8bit", "x-unknown", "UNICODE-1-1", "iso-8859-8-i", "mbcs", "\0", "utf-8\0",
    "../../etc/passwd", "a" * 5000, '"utf-8', "utf8;utf8", "latin1 utf8",
)  # fmt: skip
_WIDE = 0xFEE0  # from ASCII to the full-width forms


def charsets(body: Body) -> dict[str, bytes]:
    """C1 to C42: that text, in each charset and in seven that contradict themselves."""
    made = [
        html_mail(body.html.encode(SPELLED.get(name, "utf-8")), charset=name.encode()) for name in CHARSETS
    ]
    made += [html_mail(content, charset=b"utf-8") for content in _contradictions(body)]
    return {f"C{number}": raw for number, raw in enumerate(made, 1)}


def _contradictions(body: Body) -> list[bytes]:
    html = body.html.encode()
    wide = str.maketrans(
        {chr(code): chr(code + _WIDE) for code in range(0x21, 0x7F) if chr(code) not in "<>&;#"}
    )
    return [
        b"\xff\xfe" + body.html.encode("utf-16-le"),
        # Without a tag in ASCII.
        b'<meta charset="utf-7">' + html.replace(b"<", b"+ADw-").replace(b">", b"+AD4-"),
        html.replace(b"<p>", b"\xc0\xbcscript\xc0\xbe<p>"),
        html.replace(b"</p>", b" Am\xc3</p>"),
        html.replace(b"</p>", b" Am\xed\xa0\x80eli</p>"),
        body.spelled(lambda text: unicodedata.normalize("NFD", text)).raw_html.encode(),
        body.spelled(lambda text: text.translate(wide)).raw_html.encode(),
    ]
