"""Files that were valid before somebody changed them: nothing raises, and what comes out can be written."""

import gzip
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milter.attachment.budget import MAX_LINKS, MAX_TEXT, Budget
from milter.attachment.open import merged, open_files
from milter.attachment.sniff import Kind, sniff
from milter.mail.message import Message
from milter.mail.read import read
from tests.attachment.made import docx, encoded, mail, pdf, qr, zipped

URL = "https://fraude.example/v"
PAGE = b"<html><p>a</p><form action=x><input></form><svg><a xlink:href='b'>c</a></svg></html>"
VALID = {
    "pdf": pdf(["Assurance Maladie (a)"], [URL], [qr(URL)]),
    "docx": docx(["Votre RIB", "b"], [URL], {"word/media/a.png": encoded(qr(URL))}),
    "zip": zipped({"a.html": PAGE, "b.zip": zipped({"c.txt": b"d" * 100}), "e.gz": gzip.compress(b"f")}),
    "png": encoded(qr(URL)),
    "gif": encoded(qr(URL), "GIF"),
    "jpeg": encoded(qr(URL), "JPEG"),
    "avif": encoded(qr(URL), "AVIF"),
    "jp2": encoded(qr(URL), "JPEG2000"),
    "chunks": docx(
        ["a"], [], {"word/afchunk.mht": PAGE, "word/b.rtf": b"{\\rtf1 a}", "word/c.docx": docx(["d"])}
    ),
    "webp": encoded(qr(URL), "WEBP"),
    "tiff": encoded(qr(URL), "TIFF"),
    "gzip": gzip.compress(PAGE * 50),
    "calendar": b'BEGIN:VCALENDAR\r\nSUMMARY;X="a":b\\nc\r\n d\r\nEND:VCALENDAR\r\n',
    "message": mail("A <a@b.example>", "s", "t\n", ("a.pdf", "application/pdf", pdf(["x"]))),
    "html": PAGE,
}
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(("set", "cut", "copy", "insert")),
        st.floats(0, 1),
        st.binary(min_size=1, max_size=8),
        st.integers(1, 200),
    ),
    max_size=12,
)


def changed(data: bytes, changes: list[tuple[str, float, bytes, int]]) -> bytes:
    out = bytearray(data)
    for how, where, octets, length in changes:
        at = int(where * len(out))
        match how:
            case "set":
                out[at : at + len(octets)] = octets
            case "cut":
                del out[at : at + length]
            case "copy":
                out[at:at] = out[at : at + length]
            case _:
                out[at:at] = octets
    return bytes(out)


@pytest.mark.parametrize("kind", VALID)
@given(changes=CHANGES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_changed_file_raises_nothing(kind: str, changes: list[tuple[str, float, bytes, int]]) -> None:
    data = changed(VALID[kind], changes)
    message = Message(mail("A <a@b.example>", "s", "t\n", (f"a.{kind}", "application/octet-stream", data)))
    reading = read(message)
    found = open_files(message, reading, Budget(time.monotonic() + 60))
    whole = merged(reading, found)

    assert found.characters <= MAX_TEXT
    assert len(found.links) <= MAX_LINKS
    "".join((whole.attached, whole.quoted, *(link.target for link in whole.links))).encode("utf-8")


@given(data=st.binary(max_size=300), content_type=st.text(max_size=30), name=st.text(max_size=30))
def test_any_octets_have_a_kind(data: bytes, content_type: str, name: str) -> None:
    assert sniff(data, content_type, name) in Kind
