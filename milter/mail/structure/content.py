"""What does the header of an entity say of its body (RFC 2045)?

Pure. Never raises. Lenient; where two mail programs may understand it differently, `ambiguous` says so.
"""

import re
from dataclasses import dataclass

from milter.mail.coding.encoded_word import Parameter, decode_words, parameters
from milter.mail.message import Field, read_header
from milter.mail.remembered import remembered

_EMPTY_LINE = b"\r\n\r\n"
_LONGEST_KNOWN = 400
_LONGEST_NAME = 500
_LONGEST_ADDRESS = 2000

_clean_type = re.compile(rb"[ \t]*([\w.+-]{1,80}/[\w.+-]{1,120})[ \t]*(?:;|\Z)")
_any_type = re.compile(
    rb"(text|multipart|message|application|image|audio|video)\0*/\0*([\w.+-]{1,80})", re.IGNORECASE
)
_any_encoding = re.compile(rb"base64|quoted-printable|uu", re.IGNORECASE)
# Folded into another field; the list of names in a DKIM signature looks nearly so.
_folded_field = re.compile(
    rb"\n[ \t]{1,20}content-(?:type[ \t]*:[ \t]*[a-z]+/|transfer-encoding[ \t]*:[ \t]*[a-z78]+[-\d\r\n])",
    re.IGNORECASE,
)

_ENCODINGS = {
    **dict.fromkeys((b"", b"7bit", b"8bit", b"binary"), ""),
    **dict.fromkeys((b"uu", b"x-uuencode", b"uuencode", b"x-uue"), "uu"),
    b"base64": "base64",
    b"quoted-printable": "quoted-printable",
}
_SINGLE = ("content-type", "content-transfer-encoding", "content-disposition")
_KNOWN = frozenset({
    *_SINGLE, "content-id", "content-description", "content-location", "content-language", "content-md5",
    "content-class", "content-base", "content-length", "content-features", "content-duration",
    "content-return", "content-identifier", "content-alternative", "content-style",
    "content-script-type", "content-style-type", "content-translation-type", "content-transfer-length",
})  # fmt: skip
_HEADER_ODDITIES = frozenset({
    "bare_cr", "mixed_line_ends", "leading_space", "blank_continuation", "not_a_field", "nul", "header_size",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class MimeHeader:
    """What its header says of an entity; the type is empty where nothing readable is said. `delsp`: lines of
    the text may go on in the next one without the blank at their end (RFC 3676). `elsewhere`: the address of
    its content (RFC 2046 section 5.2.3, RFC 2017).
    """

    content_type: str
    value: bytes
    charset: str
    encoding: str
    name: str
    attached: bool
    ambiguous: frozenset[str]
    delsp: bool = False
    elsewhere: str = ""


NO_MIME_HEADER = MimeHeader("", b"", "", "", "", attached=False, ambiguous=frozenset())


def mime_header_at(source: bytes, start: int, end: int) -> tuple[MimeHeader, int]:
    """What the header there says, and where the body starts."""
    empty_line = source.find(_EMPTY_LINE, start, min(end, start + _LONGEST_KNOWN))
    if empty_line >= 0:
        header, length = _known(source[start : empty_line + len(_EMPTY_LINE)])
        return header, start + length
    fields, body, defects = read_header(source, start, end)
    return mime_header_of(fields, defects), body


# Most parts of all mail have one of a few headers.
@remembered(256, longest=_LONGEST_KNOWN)
def _known(header: bytes) -> tuple[MimeHeader, int]:
    """The same of octets that hold an empty line."""
    fields, body, defects = read_header(header, 0, len(header))
    return mime_header_of(fields, defects), body


def mime_header_of(fields: tuple[Field, ...], defects: frozenset[str]) -> MimeHeader:
    """What these fields say, of which a header is made."""
    content = {one.key: one for one in reversed(fields) if one.key.startswith("content-")}
    ambiguous = _header_oddities(fields, defects)
    content_type = _type_of(content.get("content-type"), ambiguous)
    encoding = _encoding_of(content.get("content-transfer-encoding"), ambiguous)
    value = content["content-type"].value if "content-type" in content else b""
    name, attached, charset, delsp, elsewhere = "", False, "", False, ""
    if not content_type.startswith("multipart/"):
        name, attached = _name_of(content, ambiguous)
        found = parameters(value)
        charset = found.get("charset", Parameter()).value.decode("latin-1")
        flowed = found.get("format", Parameter()).value.lower() == b"flowed"
        delsp = flowed and found.get("delsp", Parameter()).value.lower() == b"yes"
        elsewhere = _address_in(found) if content_type == "message/external-body" else ""
    odd = frozenset(ambiguous)
    return MimeHeader(content_type, value, charset, encoding, name, attached, odd, delsp, elsewhere)


def _header_oddities(fields: tuple[Field, ...], defects: frozenset[str]) -> set[str]:
    """`header` where programs may not see the same fields."""
    odd = bool(defects & _HEADER_ODDITIES)
    keys = [one.key for one in fields if one.key.startswith("content-")]
    odd = odd or any(keys.count(key) > 1 for key in _SINGLE)
    odd = odd or not _KNOWN.issuperset(keys)
    odd = odd or any(one.key.startswith("content-") and not one.plain for one in fields)
    folded = (one.raw for one in fields if b"ontent-" in one.raw and one.raw.count(b"\n") > 1)
    return {"header"} if odd or any(map(_folded_field.search, folded)) else set()


def _type_of(one: Field | None, ambiguous: set[str]) -> str:
    if one is None:
        return ""
    if clean := _clean_type.match(one.value):
        return clean[1].decode("ascii").lower()
    ambiguous.add("type")
    if loose := _any_type.search(one.value):
        return f"{loose[1].decode('ascii')}/{loose[2].decode('ascii')}".lower()
    return ""


def _encoding_of(one: Field | None, ambiguous: set[str]) -> str:
    if one is None:
        return ""
    value = one.value.strip().lower()
    if value in _ENCODINGS:
        return _ENCODINGS[value]
    ambiguous.add("encoding")
    loose = _any_encoding.search(value.translate(None, b" \t\0"))
    return _ENCODINGS[loose[0]] if loose else ""


def _name_of(content: dict[str, Field], ambiguous: set[str]) -> tuple[str, bool]:
    """The file name, and whether it says to be an attachment. Where two fields give two names, both; programs
    open what the second one ends with, but for some, and `name` is noted if the other ends otherwise.
    """
    name, other, attached = "", "", False
    if one := content.get("content-disposition"):
        attached = one.value.strip().lower().startswith(b"attachment")
        name = parameters(one.value).get("filename", Parameter()).text
    if (one := content.get("content-type")) and b"name" in one.value.lower():
        other = parameters(one.value).get("name", Parameter()).text
    if not name and not other and attached and (one := content.get("content-description")):
        name = decode_words(one.value)
    if name and other and name.casefold() != other.casefold():
        if name.rpartition(".")[2].casefold() != other.rpartition(".")[2].casefold():
            ambiguous.add("name")
        return f"{other[:_LONGEST_NAME]} / {name[:_LONGEST_NAME]}", attached
    return (name or other)[:_LONGEST_NAME], attached


def _address_in(found: dict[str, Parameter]) -> str:
    """Where these parameters say that the content is."""
    url, server, site, folder, name = (
        found.get(key, Parameter()).text for key in ("url", "server", "site", "directory", "name")
    )
    if url:
        return "".join(url.split())[:_LONGEST_ADDRESS]
    if site:
        return "/".join(filter(None, (f"ftp://{site}", folder.strip("/"), name)))[:_LONGEST_ADDRESS]
    return f"mailto:{server}"[:_LONGEST_ADDRESS] if server else ""
