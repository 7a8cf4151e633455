"""Does a stream of this PDF swell to more than any page needs, before a library unpacks it whole?

Pure. Never raises. Unpacked piece by piece and thrown away; only streams that are packed tight enough to
become that large are looked at, each once.
"""

import zlib
from collections.abc import Iterator

# A page scanned in colour, 600 dots an inch, takes 100 MB; as a blank one it is packed as tightly as a bomb.
MAX_STREAM = 64 * 1024 * 1024
# Deflate makes at most so much of an octet.
_TIGHTEST = 1032
_MAX_STREAMS = 2000
_PIECE = 256 * 1024
_BEGINS, _ENDS = b"stream", b"endstream"


def swells(data: bytes) -> bool:
    """True where one deflated stream of the file is larger than `MAX_STREAM`."""
    return any(_is_larger(data[start:end]) for start, end in _streams(data))


def _streams(data: bytes) -> Iterator[tuple[int, int]]:
    """The places of the streams that may be so large."""
    end = 0
    for _ in range(_MAX_STREAMS):
        start = data.find(_BEGINS, end)
        if start < 0:
            return
        start += len(_BEGINS)
        start += 2 if data[start : start + 2] == b"\r\n" else 1
        end = data.find(_ENDS, start)
        end = len(data) if end < 0 else end
        if (end - start) * _TIGHTEST > MAX_STREAM:
            yield start, end
        end += len(_ENDS)


def _is_larger(packed: bytes) -> bool:
    unpacker, size = zlib.decompressobj(), 0
    try:
        while packed and not unpacker.eof and size <= MAX_STREAM:
            size += len(unpacker.decompress(packed, _PIECE))
            packed = unpacker.unconsumed_tail
    except zlib.error:
        # What is broken, or not deflated, is the library's to refuse.
        pass
    return size > MAX_STREAM
