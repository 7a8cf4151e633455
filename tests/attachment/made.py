"""Files made for tests: PDF, DOCX, ZIP, QR codes and pictures of text, each as a program would write it."""

import base64
import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from typing import Any
from xml.sax.saxutils import escape

import zxingcpp
from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"


def pdf(
    lines: Sequence[str] = (), links: Sequence[str] = (), pictures: Sequence[Image.Image] = (), pages: int = 1
) -> bytes:
    """A PDF of so many pages: text lines, link annotations and pictures on each."""
    objects: list[bytes] = []

    def add(content: bytes) -> int:
        objects.append(content)
        return len(objects)

    catalog, tree = add(b""), add(b"")
    font = add(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
    shown = [add(_pdf_picture(one)) for one in pictures]
    kids = []
    for _ in range(pages):
        content = add(stream(_pdf_content(lines, pictures)))
        notes = [
            add(b"<</Type/Annot/Subtype/Link/Rect[60 60 400 90]/A<</S/URI/URI(%s)>>>>" % u.encode())
            for u in links
        ]
        resources = b"/Font<</F %d 0 R>>/XObject<<%s>>" % (
            font,
            b"".join(b"/P%d %d 0 R" % (n, number) for n, number in enumerate(shown)),
        )
        kids.append(
            add(
                b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 595 842]"
                b"/Contents %d 0 R/Resources<<%s>>/Annots[%s]>>"
                % (tree, content, resources, b" ".join(b"%d 0 R" % n for n in notes))
            )
        )
    objects[catalog - 1] = b"<</Type/Catalog/Pages %d 0 R>>" % tree
    objects[tree - 1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, b" ".join(b"%d 0 R" % n for n in kids))
    return pdf_file(objects)


def pdf_file(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """The objects with their table; the first one is the catalog."""
    out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        trailer,
        table,
    )
    return bytes(out)


def stream(content: bytes, keys: bytes = b"") -> bytes:
    """A compressed stream object."""
    packed = zlib.compress(content, 9)
    return b"<</Length %d/Filter/FlateDecode%s>>\nstream\n%s\nendstream" % (len(packed), keys, packed)


def _pdf_content(lines: Sequence[str], pictures: Sequence[Image.Image]) -> bytes:
    drawn = b"BT /F 12 Tf 16 TL 60 780 Td "
    for line in lines:
        letters = (
            line.encode("cp1252", "replace")
            .replace(b"\\", rb"\\")
            .replace(b"(", rb"\(")
            .replace(b")", rb"\)")
        )
        drawn += b"(%s) Tj T* " % letters
    drawn += b"ET "
    for number, one in enumerate(pictures):
        width = min(475, one.width)
        height = width * one.height // one.width
        drawn += b"q %d 0 0 %d 60 %d cm /P%d Do Q " % (
            width,
            height,
            max(20, 420 - height - 10 * number),
            number,
        )
    return drawn


def _pdf_picture(picture: Image.Image) -> bytes:
    grey = picture.convert("L")
    keys = (
        b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8" % grey.size
    )
    return stream(grey.tobytes(), keys)


def docx(
    paragraphs: Sequence[str], links: Sequence[str] = (), extra: Mapping[str, bytes] | None = None
) -> bytes:
    """A DOCX with these paragraphs, and links that a click on them opens."""
    body = "".join(f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>" for text in paragraphs)
    relations = "".join(
        f'<Relationship Id="r{n}" Type="hyperlink" Target="{escape(link)}" TargetMode="External"/>'
        for n, link in enumerate(links)
    )
    document = f'<w:document xmlns:w="w"><w:body>{body}</w:body></w:document>'
    members = {
        "[Content_Types].xml": b'<?xml version="1.0"?><Types/>',
        "word/document.xml": b'<?xml version="1.0" encoding="UTF-8"?>' + document.encode(),
        "word/_rels/document.xml.rels": f"<Relationships>{relations}</Relationships>".encode(),
    }
    return zipped({**members, **(extra or {})})


def zipped(members: Mapping[str, bytes], *, locked: bool = False) -> bytes:
    """A ZIP; `locked` sets the flag that a password is needed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 3, 2, 9, 0, 0)), content, zipfile.ZIP_DEFLATED)
    data = bytearray(out.getvalue())
    if locked:
        for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
            at = data.find(mark)
            while at >= 0:
                data[at + offset] |= 1
                at = data.find(mark, at + 4)
    return bytes(data)


def qr(content: str, scale: int = 4) -> Image.Image:
    """A QR code."""
    code = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.QRCode)
    drawn: Any = zxingcpp.write_barcode_to_image(code, scale=scale, add_quiet_zones=True)
    rows, columns = drawn.shape[:2]
    return Image.frombytes("L", (columns, rows), bytes(memoryview(drawn)))


def picture_of_text(lines: Sequence[str], size: int = 26, beside: Image.Image | None = None) -> Image.Image:
    """Black letters on white paper, and another picture below them."""
    font = ImageFont.truetype(FONT, size)
    width = int(max((font.getlength(line) for line in lines), default=100)) + 80
    below = beside.height + 40 if beside else 0
    picture = Image.new("L", (max(width, 300), int(len(lines) * size * 1.5) + 80 + below), "white")
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        draw.text((40, 40 + number * size * 1.5), line, "black", font=font)
    if beside:
        picture.paste(beside, (40, picture.height - below))
    return picture


def encoded(picture: Image.Image, form: str = "PNG") -> bytes:
    """The picture as a file."""
    out = io.BytesIO()
    picture.save(out, form)
    return out.getvalue()


def mail(
    author: str,
    subject: str,
    text: str,
    *files: tuple[str, str, bytes],
    html: str = "",
    inline: Sequence[tuple[str, bytes]] = (),
    to: str = "lecteur@mairie.example",
) -> bytes:
    """A mail with these files (name, type, content); `inline` are PNG pictures that the HTML shows by cid."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = author, to, subject
    message["Date"] = "Mon, 02 Mar 2026 09:12:44 +0100"
    domain = author.rpartition("@")[2].strip(">")
    message["Message-ID"] = f"<20260302091244.{zlib.crc32(subject.encode() + text.encode()):x}@{domain}>"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
        shown: Any = message.get_payload(1)
        for cid, data in inline:
            shown.add_related(
                data, "image", "png", cid=f"<{cid}>", disposition="inline", filename=f"{cid}.png"
            )
    for name, content_type, data in files:
        main, _, sub = content_type.partition("/")
        message.add_attachment(data, maintype=main, subtype=sub, filename=name)
    boundaries = iter(f"----=_Part_{zlib.crc32(text.encode()) % 9000}_{n}" for n in range(9))
    for part in message.walk():
        if part.is_multipart():
            part.set_boundary(next(boundaries))
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def data_address(picture: Image.Image) -> str:
    """The picture as a `data:` address (RFC 2397)."""
    return "data:image/png;base64," + base64.b64encode(encoded(picture)).decode()
