"""What is read of containers of Microsoft programs, and of RTF?"""

import random

import pytest

from milter.attachment.stored import stored_text, unpacked
from milter.mail.page.rich import rtf_to_text
from milter.mail.reading import LinkKind
from tests.attachment.made import zipped
from tests.attachment.opened import opened, targets

SAID = "Envoyez votre RIB à l’adresse https://fraude.example/x"
OLE, TNEF = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x78\x9f\x3e\x22"
CHANCE = random.Random(1).randbytes(100_000)


def packed(rtf: bytes, *, size: int | None = None) -> bytes:
    """RTF as winmail.dat packs it, all of it as it is ([MS-OXRTFCP] section 2.1)."""
    pieces = b"".join(b"\0" + rtf[at : at + 8] for at in range(0, len(rtf), 8))
    return bytes(4) + (size or len(rtf)).to_bytes(4, "little") + b"LZFu" + bytes(4) + pieces + bytes(2)


@pytest.mark.parametrize("mark", [OLE, TNEF])
@pytest.mark.parametrize("charset", ["cp1252", "utf-16-le"])
def test_what_stands_in_a_container_of_microsoft_programs_is_read(mark: bytes, charset: str) -> None:
    data = mark + bytes(100) + SAID.encode(charset) + bytes(50) + CHANCE
    reading, found = opened(("winmail.dat", "application/ms-tnef", data))

    assert "Envoyez votre RIB à l’adresse" in reading.attached
    assert "https://fraude.example/x" in targets(reading, LinkKind.DOCUMENT)
    assert not found.words


def test_a_letter_that_is_packed_is_read() -> None:
    rtf = b"{\\rtf1 Envoyez {\\v sel}votre \\b RIB\\b0  ici}"
    reading, _ = opened(("winmail.dat", "x/y", TNEF + packed(rtf)))

    assert "Envoyez votre RIB ici" in reading.attached


def test_what_is_repeated_in_a_packed_letter_is_unpacked() -> None:
    # [MS-OXRTFCP] section 4.1.1: "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}".
    example = (
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )

    assert "hello world" == rtf_to_text(unpacked(bytes.fromhex(example)[16:], 43).decode("ascii"))


def test_rtf_is_read_as_it_is_shown_whatever_it_is_called() -> None:
    said = b'{\\rtf1 Envoyez vo{\\v sel}tre RIB {\\field{\\*\\fldinst HYPERLINK "https://fraude.example/x"}}}'
    for one in (("a.doc", "application/msword", said), ("a.zip", "x/zip", zipped({"a.rtf": said}))):
        reading, _ = opened(one)

        assert "Envoyez votre RIB" in reading.attached
        assert ["https://fraude.example/x"] == targets(reading, LinkKind.DOCUMENT)


def test_what_is_packed_too_often_or_too_large_is_noted() -> None:
    assert stored_text(TNEF + packed(b"x") * 20)[1]
    assert not stored_text(TNEF + packed(b"x") * 21)[1]
    assert not stored_text(packed(b"x", size=2**30))[1]


def test_octets_that_are_no_text_say_hardly_anything_and_raise_nothing() -> None:
    assert len(stored_text(CHANCE)[0]) < 2000
    for at in range(0, 20_000, 100):
        stored_text(packed(CHANCE[at : at + 90])[:80] + CHANCE[at : at + 100])
