"""Small files of one piece that is given as it is: the content of a page, a document, nothing but size."""

import struct
import zlib

from tests.attachment.made import zipped


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
    return zipped({"[Content_Types].xml": kind, "word/document.xml": document})


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
