"""What does this picture say? The QR codes in it, and the picture itself for OCR.

Nothing a sender writes raises, but for a shortage of memory, of which the child dies.
"""

import io
from collections.abc import Iterator
from itertools import count

import zxingcpp
from PIL import (  # loaded for what they open
    AvifImagePlugin,  # noqa: F401
    Image,
    Jpeg2KImagePlugin,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
    UnidentifiedImageError,
    WebPImagePlugin,  # noqa: F401
    features,
)

from milter.attachment.found import File, Found, Page
from milter.attachment.sniff import is_avif
from milter.mail.reading import LinkKind
from milter.mail.urls import links_in_text

# The library may have been built without the last two (Debian's is, without the first).
_BUILT = [name for name, feature in (("AVIF", "avif"), ("JPEG2000", "jpg_2000")) if features.check(feature)]
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", *_BUILT)
# A4 at 300 dpi has 8.7 million; a JPEG is shrunk while it is read, so that photographs may be larger.
_MAX_PIXELS = 25_000_000
_MAX_JPEG_PIXELS = 200_000_000
_MAX_SIDE = 2000
# Less cannot hold a line of text, or a code.
_LEAST_SIDE = 30
_MAX_CODES = 100
_HEAD = 256
# Modules round a code that are light (ISO 18004), and pixels on a side of each.
_QUIET, _OF_A_MODULE = 4, 4
_CODES = zxingcpp.BarcodeFormats(
    (zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.MicroQRCode, zxingcpp.BarcodeFormat.RMQRCode)
)
_BROKEN = (
    *(OSError, RuntimeError, ValueError, SyntaxError, EOFError),
    *(KeyError, IndexError, TypeError, OverflowError),
)
_SCHEMES = ("http:", "https:", "tel:", "sms:", "smsto:", "mailto:", "data:")

# What opens the others, too: once, not by each child, and not from what an update has put there since.
Image.preinit()

# Our own limits come first, and know the format; the library's would only warn.
Image.MAX_IMAGE_PIXELS = None


def read_picture(file: File, found: Found) -> None:
    """Note the QR codes of the picture, of each frame if it has several; the first and last wait for OCR."""
    first = last = None
    for frame in _frames(file.data, found):
        read_codes(frame, found)
        first, last = first or frame, frame
    if first is not None:
        found.add_page(page_of(first))
    if last is not None and last is not first:
        found.add_page(page_of(last))


def read_codes(picture: Image.Image, found: Found) -> None:
    """Note where the QR codes of a grey picture lead, and `codes` where they are too many."""
    codes = zxingcpp.read_barcodes(picture, formats=_CODES)
    if len(codes) > _MAX_CODES:
        found.words.add("codes")
    for code in codes[:_MAX_CODES]:
        for target in _targets(code.text):
            found.add_link(target, "QR", LinkKind.QR)


def read_drawn(rows: list[list[bool]], found: Found) -> None:
    """Note where the code leads that is drawn like this, True for a dark module."""
    width = max(map(len, rows)) + 2 * _QUIET
    picture = Image.new("L", (width, len(rows) + 2 * _QUIET), 255)
    for down, row in enumerate(rows, _QUIET):
        for across in (at for at, dark in enumerate(row, _QUIET) if dark):
            picture.putpixel((across, down), 0)
    size = (picture.width * _OF_A_MODULE, picture.height * _OF_A_MODULE)
    read_codes(picture.resize(size, Image.Resampling.NEAREST), found)


def page_of(picture: Image.Image) -> Page:
    """The grey picture as a value."""
    return Page(picture.width, picture.height, picture.tobytes())


def _targets(payload: str) -> Iterator[str]:
    """Where a telephone would go that reads this."""
    payload = payload.strip()[:4096]
    if payload.lower().startswith(_SCHEMES):
        # Codes of capitals are smaller; scheme and host mean the same in either case.
        yield payload.lower() if payload.isupper() else payload
    else:
        yield from links_in_text(payload)


def _frames(data: bytes, found: Found) -> Iterator[Image.Image]:
    """What the reader sees, one after the other, in grey and not larger than needed; nothing where there is
    no picture. `size` is noted where it is too large, `frames` where all of them together are, and `picture`
    where it is of a kind that cannot be opened here, but may be where it is read.
    """
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            room = _MAX_JPEG_PIXELS if picture.format == "JPEG" else _MAX_PIXELS
            for number in count():
                if number and not _shows_another(picture, number):
                    return
                room -= picture.width * picture.height
                if room < 0 or (number and found.budget.late()):
                    found.words.add("frames" if number else "size")
                    return
                if min(picture.size) >= _LEAST_SIDE:
                    picture.draft("L", (_MAX_SIDE, _MAX_SIDE))
                    yield _shrunk(picture)
    except UnidentifiedImageError:
        if _newer_kind(data) not in {None, *_FORMATS}:
            found.words.add("picture")
    except _BROKEN:
        # What Pillow raises for broken files is not one family. A picture that nobody can see says nothing.
        return


def _newer_kind(data: bytes) -> str | None:
    if is_avif(data[:_HEAD]):
        return "AVIF"
    return "JPEG2000" if data.startswith((b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51")) else None


def _shows_another(picture: Image.Image, number: int) -> bool:
    try:
        picture.seek(number)
    except EOFError:
        return False
    return True


def _shrunk(picture: Image.Image) -> Image.Image:
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        picture = Image.alpha_composite(paper, clear)
    grey = picture.convert("L")
    if max(grey.size) > _MAX_SIDE:
        grey.thumbnail((_MAX_SIDE, _MAX_SIDE))
    return grey
