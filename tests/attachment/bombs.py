"""Files made to exhaust whoever opens them: D11 to D20 of the catalogue of threats."""

import gzip
import io
import struct
import zlib
from collections.abc import Callable

from tests.attachment.made import docx, pdf, pdf_file, stream, zipped

_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
_ZEROS = bytes(50 * 1024 * 1024)


def zip_of_zeros() -> bytes:
    """D11: 50 MiB in 51 KB."""
    return zipped({"zeros.txt": _ZEROS})


def zip_in_zip(depth: int = 6) -> bytes:
    """D12: an archive in an archive in an archive, ten in each."""
    data = zipped({"page.html": b"<p>deep</p>" * 1000})
    for level in range(depth):
        data = zipped({f"{level}-{n}.zip": data for n in range(10)})
    return data


def zip_of_overlapping_entries(count: int = 2000) -> bytes:
    """D13: so many names for one compressed file of 10 MiB."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packed.compress(bytes(10 * 1024 * 1024)) + packed.flush()
    crc = zlib.crc32(bytes(10 * 1024 * 1024))
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, crc, len(data), 10485760, 1, 0) + b"a"
    entry = struct.pack(
        "<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 0, crc, len(data), 10485760, 1, 0, 0, 0, 0, 0, 0
    )
    directory = (entry + b"a") * count
    start = len(local) + len(data)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count % 65536, count % 65536, len(directory), start, 0)
    return local + data + directory + end


def zip_of_names() -> bytes:
    """D14: nothing but names, as many as a mail of the usual limit can hold."""
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    directory = entry * 380_000
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 0, 0, 0, 0, 1, 0) + b"a"
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65535, 65535, len(directory), len(local), 0)
    return local + directory + end


def zip_that_hides_its_directory_in_the_comment() -> bytes:
    """D14 again: the first end record is small, and another one stands behind it."""
    bomb = zip_of_names()
    return bomb + zipped({"a.txt": b"a"})


def zip_of_path_tricks() -> bytes:
    """D15: names that lead elsewhere, and a name of 64 KB."""
    names = ("../../etc/passwd", "C:\\x", "nul\0byte", "/abs", "a/" * 500, "n" * 65000)
    return zipped(dict.fromkeys(names, b"text of a file"))


def pdf_flate() -> bytes:
    """D16: a page whose content is 100 MiB in 102 KB."""
    return pdf_file(_one_page(stream(b"0 0 m " * (100 * 1024 * 1024 // 6))))


def pdf_flate_of_flate() -> bytes:
    """D16 twice: 100 MiB packed two times."""
    inner = zlib.compress(b"BT (x) Tj ET " * 8_000_000, 9)
    twice = zlib.compress(inner, 9)
    content = b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>\nstream\n%s\nendstream" % (len(twice), twice)
    return pdf_file(_one_page(content))


def pdf_picture_of_a_gigapixel() -> bytes:
    """D16 as a picture of 30,000 x 30,000."""
    packed = zlib.compress(bytes(100 * 1024 * 1024), 9)
    head = b"<</Type/XObject/Subtype/Image/Width 30000/Height 30000/ColorSpace/DeviceGray/BitsPerComponent 8"
    picture = head + b"/Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream" % (len(packed), packed)
    page = _one_page(stream(b"q 500 0 0 500 0 0 cm /P Do Q"), b"/XObject<</P 5 0 R>>")
    return pdf_file([*page, picture])


def pdf_kids_cycle() -> bytes:
    """D17: a tree of pages that is its own child."""
    tree = b"<</Type/Pages/Count 1000000/Kids[2 0 R 2 0 R 2 0 R]>>"
    return pdf_file([b"<</Type/Catalog/Pages 2 0 R>>", tree])


def pdf_of_a_million_objects() -> bytes:
    """D17: a million objects, none of use."""
    return pdf_file([*_one_page(stream(b"BT ET")), *[b"null"] * 1_000_000])


def pdf_filter_chain() -> bytes:
    """D17: a hundred filters one after the other."""
    filters = b"/ASCIIHexDecode" * 100
    return pdf_file(
        _one_page(b"<</Length 100000/Filter[%s]>>\nstream\n%s\nendstream" % (filters, b"4" * 100_000))
    )


def pdf_of_many_pages() -> bytes:
    """Ten thousand pages."""
    return pdf([f"Ligne {n}" for n in range(50)], pages=10_000)


def docx_billion_laughs() -> bytes:
    """D18: entities of entities."""
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{_LAUGHS}]>'
    text = f"{head}<w:document><w:t>&l9;</w:t></w:document>"
    return docx([], extra={"word/document.xml": text.encode()})


def docx_outside_entity() -> bytes:
    """D18: an entity that is a file of ours."""
    text = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><w:t>&f;</w:t>'
    return docx([], extra={"word/document.xml": text})


def docx_of_deep_elements() -> bytes:
    """Elements in elements, a million deep."""
    return docx([], extra={"word/document.xml": b"<a>" * 1_000_000})


def png_of_2500_megapixels() -> bytes:
    """D19: 50,000 x 50,000."""
    return _png(50_000, 50_000, zlib.compress(bytes(1024 * 1024), 9))


def png_just_below_the_limit() -> bytes:
    """A picture as large as is read, from a few octets."""
    return _png(5_000, 5_000, zlib.compress(bytes(5_000 * 5_001), 9))


def png_of_many_texts() -> bytes:
    """Chunks of text that inflate."""
    text = zlib.compress(bytes(30 * 1024 * 1024), 9)
    chunks = b"".join(_chunk(b"zTXt", b"k%d\0\0" % n + text) for n in range(20))
    return _png(100, 100, zlib.compress(bytes(101 * 100), 9), chunks)


def gzip_of_zeros() -> bytes:
    """D20: gzip."""
    return gzip.compress(_ZEROS)


def gzip_of_many_members() -> bytes:
    """D20: a hundred thousand empty ones."""
    return gzip.compress(b"") * 100_000


def zstd_of_zeros() -> bytes:
    """D20: zstd."""
    return b"\x28\xb5\x2f\xfd" + bytes(5000)


def brotli_of_zeros() -> bytes:
    """D20: brotli has no mark; its name tells."""
    return b"\x5b\xff\xff\x07\x40" + bytes(5000)


def html_in_gzip() -> bytes:
    """A large page in a small file."""
    return gzip.compress(b"<div>" * 2_000_000)


def _one_page(content: bytes, resources: bytes = b"") -> list[bytes]:
    return [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<%s>>>>" % resources,
        content,
    ]


def _png(width: int, height: int, packed: bytes, more: bytes = b"") -> bytes:
    out = io.BytesIO()
    out.write(b"\x89PNG\r\n\x1a\n")
    out.write(_chunk(b"IHDR", struct.pack(">2L5B", width, height, 8, 0, 0, 0, 0)))
    out.write(more)
    out.write(_chunk(b"IDAT", packed) + _chunk(b"IEND", b""))
    return out.getvalue()


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "D11 zip of zeros": (zip_of_zeros, "a.zip"),
    "D12 zip in zip": (zip_in_zip, "a.zip"),
    "D13 overlapping entries": (zip_of_overlapping_entries, "a.zip"),
    "D14 nothing but names": (zip_of_names, "a.zip"),
    "D14 two directories": (zip_that_hides_its_directory_in_the_comment, "a.zip"),
    "D15 path tricks": (zip_of_path_tricks, "a.zip"),
    "D16 pdf flate": (pdf_flate, "a.pdf"),
    "D16 pdf flate of flate": (pdf_flate_of_flate, "a.pdf"),
    "D16 pdf gigapixel": (pdf_picture_of_a_gigapixel, "a.pdf"),
    "D17 pdf kids cycle": (pdf_kids_cycle, "a.pdf"),
    "D17 pdf million objects": (pdf_of_a_million_objects, "a.pdf"),
    "D17 pdf filter chain": (pdf_filter_chain, "a.pdf"),
    "D17 pdf many pages": (pdf_of_many_pages, "a.pdf"),
    "D18 docx billion laughs": (docx_billion_laughs, "a.docx"),
    "D18 docx outside entity": (docx_outside_entity, "a.docx"),
    "D18 docx deep elements": (docx_of_deep_elements, "a.docx"),
    "D19 png 2,500 megapixels": (png_of_2500_megapixels, "a.png"),
    "D19 png 25 megapixels": (png_just_below_the_limit, "a.png"),
    "D19 png many texts": (png_of_many_texts, "a.png"),
    "D20 gzip of zeros": (gzip_of_zeros, "a.gz"),
    "D20 gzip many members": (gzip_of_many_members, "a.gz"),
    "D20 zstd": (zstd_of_zeros, "a.zst"),
    "D20 brotli": (brotli_of_zeros, "a.br"),
    "D20 html in gzip": (html_in_gzip, "a.html.gz"),
}
