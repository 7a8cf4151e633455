"""How are the bytes of a mail kept small, and given back exactly?

Pure. Raises ValueError on bytes that are not what was stored.
"""

import hashlib

import zstandard

# LIBRARIES section 11: 50 KB to 7 KB in 0.1 ms; higher levels cost much and save little.
_LEVEL = 3


def pack(raw: bytes) -> tuple[bytes, str]:
    """The bytes compressed, and their SHA-256 in hexadecimal."""
    return zstandard.ZstdCompressor(level=_LEVEL).compress(raw), hashlib.sha256(raw).hexdigest()


def unpack(packed: bytes, size: int, sha256: str) -> bytes:
    """The bytes again."""
    try:
        # The library believes the size that the frame declares, whatever max_output_size says.
        if zstandard.frame_content_size(packed) != size:
            raise ValueError("stored mail has another size than its row says")
        raw = zstandard.ZstdDecompressor().decompress(packed, max_output_size=size)
    except zstandard.ZstdError as error:
        raise ValueError(f"stored mail cannot be decompressed: {error}") from error
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise ValueError("stored mail is not the one that was held")
    return raw
