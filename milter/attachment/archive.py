"""What lies in this archive? ZIP and gzip, opened within limits that their headers cannot talk away.

Raises nothing that a sender writes.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable

from milter.attachment.budget import MAX_DEPTH
from milter.attachment.found import File, Found

_CHUNK = 64 * 1024
# The directory of a ZIP is read as a whole; a hundred files need a few kilobytes of it.
_MAX_DIRECTORY = 512 * 1024
_END = b"PK\5\6"
_END_TAIL = 66_000
_MAX_ENDS = 50
_PLAIN = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_LOCKED = 0x1

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
    IndexError,
    OverflowError,
    UnicodeError,
)
_picture_of_office = re.compile(r"(?:word|ppt|xl)/media/|Pictures/")


def open_zip(data: bytes, found: Found) -> zipfile.ZipFile | None:
    """The archive, with a directory small enough to have been read; None, and a word, where not."""
    if not _is_small(data):
        found.words.add("files")
        return None
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN:
        found.words.add("archive")
        return None


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, found: Found) -> bytes | None:
    """The member's octets; None, and a word, where it is locked, broken or too much."""
    if info.flag_bits & _LOCKED:
        found.words.add("encrypted")
        return None
    if info.compress_type not in _PLAIN:
        found.words.add("archive")
        return None
    try:
        with archive.open(info) as member:
            return _limited(member.read, info.compress_size, found)
    except _BROKEN:
        found.words.add("archive")
        return None


def read_zip(file: File, archive: zipfile.ZipFile, found: Found) -> None:
    """The members wait to be opened; the names of those that cannot be are read as text."""
    for info in archive.infolist():
        if info.is_dir():
            continue
        if not found.budget.take_file():
            return
        data = read_member(archive, info, found)
        if data is None:
            # Its name is shown even where the file is closed.
            found.add_text(info.filename[-200:], nested=file.nested)
        else:
            _wait(file, info.filename[-200:], data, found)


def read_gzip(file: File, found: Found) -> None:
    """The file inside waits to be opened."""
    inflate = zlib.decompressobj(31)
    source = io.BytesIO(file.data)

    def read(size: int) -> bytes:
        piece = b""
        while not piece and not inflate.eof:
            packed = inflate.unconsumed_tail or source.read(_CHUNK)
            if not packed:
                break
            piece = inflate.decompress(packed, size)
        return piece

    try:
        data = _limited(read, len(file.data), found) if found.budget.take_file() else None
    except zlib.error:
        found.words.add("archive")
        return
    if data is not None:
        _wait(file, file.name.removesuffix(".gz"), data, found)


def _wait(file: File, name: str, data: bytes, found: Found) -> None:
    if file.depth >= MAX_DEPTH:
        found.words.add("depth")
        return
    found.waiting.append(File(name, "application/octet-stream", data, file.depth + 1, file.nested))


def _limited(read: Callable[[int], bytes], packed: int, found: Found) -> bytes | None:
    """All that can be read, in pieces, within the budget."""
    data = bytearray()
    while piece := read(_CHUNK):
        if not found.budget.take_unpacked(len(piece), packed, len(data)) or found.budget.late():
            return None
        data += piece
    return bytes(data)


def _is_small(data: bytes) -> bool:
    """False where any end record says that the directory is large, whichever of them a reader believes."""
    start = max(0, len(data) - _END_TAIL)
    at = data.find(_END, start)
    for _ in range(_MAX_ENDS):
        if at < 0:
            return True
        if int.from_bytes(data[at + 12 : at + 16], "little") > _MAX_DIRECTORY:
            return False
        at = data.find(_END, at + 4)
    return False


def is_office_picture(name: str) -> bool:
    """True for a picture inside a document of an office program."""
    return _picture_of_office.match(name) is not None
