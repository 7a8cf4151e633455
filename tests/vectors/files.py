"""Small files of the kinds that mails bring: ZIP, PDF, DOCX, PNG, and a PNG of a QR code."""

import io
import struct
import zipfile
import zlib
from typing import Any, cast

import zxingcpp
from PIL import Image


def zip_of(files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def pdf_of(stream: bytes, filters: str, more: str = "") -> bytes:
    objects = (
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
        b"4 0 obj<</Length %d/Filter%b>>stream\n%b\nendstream endobj\n%b"
        % (len(stream), filters.encode(), stream, more.encode())
    )
    return b"%PDF-1.4\n" + objects + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def docx_of(document: bytes) -> bytes:
    kind = (
        b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    )
    return zip_of({"[Content_Types].xml": kind, "word/document.xml": document})


def png_of(width: int, height: int) -> bytes:
    """Of one bit a pixel, all black."""
    packed = zlib.compressobj(9)
    row = b"\0" * (width // 8 + 2)
    data = b"".join([*(packed.compress(row) for _ in range(height)), packed.flush()])

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def qr_of(text: str) -> bytes:
    """A PNG of the QR code, black on white, with its quiet zone."""
    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_image(scale=6)
    height, width = drawn.shape
    held = io.BytesIO()
    Image.frombytes("L", (width, height), memoryview(cast(Any, drawn)).tobytes()).save(held, "PNG")
    return held.getvalue()
