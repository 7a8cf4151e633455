"""PDF streams that become large: seen before a library unpacks them."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.attachment.swell import MAX_STREAM, swells

_MIB = 1024 * 1024


def _stream(content: bytes) -> bytes:
    return b"4 0 obj << /Filter /FlateDecode >> stream\r\n" + content + b"\nendstream endobj"


def _zeros(size: int) -> bytes:
    packer = zlib.compressobj(9)
    pieces = [packer.compress(bytes(min(_MIB, size - done))) for done in range(0, size, _MIB)]
    return b"".join((*pieces, packer.flush()))


@pytest.mark.parametrize(("size", "is_larger"), [(MAX_STREAM, False), (MAX_STREAM + 1, True)])
def test_a_stream_may_be_as_large_as_a_page_and_no_larger(size: int, *, is_larger: bool) -> None:
    """THREATS D16. Wherever in the file it stands."""
    assert is_larger is swells(b"%PDF-1.7\n" + _stream(b"q Q") + _stream(_zeros(size)) + b"%%EOF")


def test_a_stream_without_an_end_is_looked_at_too() -> None:
    """A library reads it to the end of the file."""
    assert swells(b"%PDF-1.7 stream\n" + _zeros(MAX_STREAM + 1))


def test_a_large_stream_that_is_not_deflated_is_none_of_ours() -> None:
    """A photograph is packed in its own way."""
    assert not swells(_stream(bytes(_MIB)))


@given(
    st.lists(st.one_of(st.binary(max_size=60), st.sampled_from([b"stream", b"endstream", b"\r\n", b"x\x9c"])))
)
def test_nothing_a_sender_writes_raises(pieces: list[bytes]) -> None:
    """Streams in streams, ends without a beginning."""
    assert not swells(b"".join(pieces))
