"""What is one part of a mail, and which bytes does it hold?

Pure. Never raises.
"""

from dataclasses import dataclass, field

from milter.mail.coding.transfer import decode_base64, decode_quoted_printable, decode_uu

MAX_TEXT = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of the mail, or the header of a mail inside it (`message/rfc822`).

    `name` as shown to the reader, `attached` where it says to be an attachment, `nested` where it
    stands in a mail that is attached to this one, `alternative` directly in a
    multipart/alternative, `delsp` in format=flowed with DelSp=yes. `elsewhere`: the address of its content,
    where that is not in the mail (`message/external-body`).
    """

    content_type: str
    charset: str
    name: str
    encoding: str
    attached: bool
    nested: bool
    raw: bytes = field(repr=False)
    alternative: bool = False
    delsp: bool = False
    elsewhere: str = ""
    _text: list[bytes] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def text(self) -> bytes:
        """What `decoded` gives, kept: a text is looked at, glimpsed and read."""
        if not self._text:
            self._text.append(self.decoded())
        return self._text[0]

    @property
    def size(self) -> int:
        """Bytes when decoded; for base64 counted without decoding."""
        if self.encoding != "base64":
            return len(self.raw)
        letters = len(self.raw) - self.raw.count(b"\n") - self.raw.count(b"\r")
        return letters * 3 // 4 - self.raw[-8:].count(b"=")

    def decoded(self, limit: int = MAX_TEXT) -> bytes:
        """The bytes the transfer encoding stands for, of at most `limit` encoded bytes."""
        return decode(self.raw[:limit], self.encoding)


def decode(data: bytes, encoding: str) -> bytes:
    """What the transfer encoding stands for; the bytes themselves where it is none we know."""
    if encoding == "base64":
        return decode_base64(data)[0]
    if encoding == "quoted-printable":
        return decode_quoted_printable(data)
    if encoding == "uu":
        return b"".join(data for _, data in decode_uu(data))
    return data
