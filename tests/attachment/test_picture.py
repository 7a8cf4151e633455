import io
import time

import pytest
from PIL import Image

from milter.attachment import picture
from milter.attachment.budget import MAX_FILES, Budget
from milter.attachment.found import Found, Page
from milter.attachment.ocr import Reader
from milter.attachment.open import look_for_text
from milter.mail.reading import LinkKind
from tests.attachment.made import data_address, docx, encoded, pdf, picture_of_text, qr
from tests.attachment.opened import LETTER, URL, opened, targets


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "JPEG2000"])
def test_the_code_in_a_picture_is_a_link(form: str) -> None:
    reading, _ = opened(("a.bin", "application/octet-stream", encoded(qr(URL), form)))

    assert [URL] == targets(reading, LinkKind.QR)


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "TIFF"])
@pytest.mark.parametrize("shown", [1, 20])
def test_the_code_in_any_frame_of_a_picture_is_a_link(form: str, shown: int) -> None:
    code = qr(URL)
    frames = [Image.new("L", code.size, 255 - number) for number in range(30)]
    frames[shown] = code
    data = io.BytesIO()
    frames[0].save(data, form, save_all=True, append_images=frames[1:])
    reading, _ = opened(("a", "application/octet-stream", data.getvalue()))

    assert [URL] == targets(reading, LinkKind.QR)
    assert frozenset() == reading.unreadable


def test_more_frames_than_are_looked_at_are_noted() -> None:
    frames = [Image.new("L", (2000, 2000), 255 - number) for number in range(8)]
    data = io.BytesIO()
    frames[0].save(data, "GIF", save_all=True, append_images=frames[1:])

    assert {"frames"} == opened(("a.gif", "image/gif", data.getvalue()))[0].unreadable


def test_codes_stand_in_the_mail_in_its_html_and_on_pages_too() -> None:
    shown, _ = opened(html="<img src='cid:q'>", inline=(("q", encoded(qr(URL))),))
    carried, _ = opened(html=f"<p>a</p><img src='{data_address(qr(URL))}'>")
    on_page, _ = opened(("a.pdf", "application/pdf", pdf(LETTER, pictures=[qr(URL)])))
    in_document, _ = opened(
        ("a.docx", "application/zip", docx(LETTER, extra={"word/media/image1.png": encoded(qr(URL))}))
    )

    assert [[URL]] * 4 == [targets(one, LinkKind.QR) for one in (shown, carried, on_page, in_document)]


def test_a_code_on_clear_ground_or_turned_or_in_capitals_is_read() -> None:
    code = qr(URL)
    clear = Image.merge("LA", (code, code.point(lambda grey: 255 - grey)))

    assert [URL] == targets(opened(("a.png", "image/png", encoded(clear)))[0], LinkKind.QR)
    assert [URL] == targets(opened(("a.png", "image/png", encoded(code.rotate(90))))[0], LinkKind.QR)
    assert ["https://fraude.example/v"] == targets(
        opened(("a.png", "image/png", encoded(qr("HTTPS://FRAUDE.EXAMPLE/V"))))[0], LinkKind.QR
    )


def test_a_code_that_leads_nowhere_is_no_link() -> None:
    assert [] == targets(opened(("a.png", "image/png", encoded(qr("BILLET 0042 LYON"))))[0], LinkKind.QR)


@pytest.mark.parametrize("form", ["AVIF", "JPEG2000"])
def test_a_picture_that_only_its_reader_can_open_is_noted(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the library was built without what opens it; one that is broken says nothing to anybody."""
    whole = encoded(qr(URL), form)
    broken = opened(("a", "image/x", whole[:40] + bytes(100)))[0]
    monkeypatch.setattr(picture, "_FORMATS", ("PNG", "JPEG"))

    assert frozenset() == broken.unreadable
    assert {"picture"} == opened(("a", "image/x", whole))[0].unreadable
    assert frozenset() == opened(("a", "image/x", b"\x89PNG\r\n\x1a\n"))[0].unreadable


def test_a_broken_picture_says_nothing() -> None:
    whole = encoded(qr(URL))
    for data in (whole[:60], whole[:8] + bytes(100), b"GIF89a", io.BytesIO(whole).read(len(whole) // 2)):
        assert [] == targets(opened(("a.png", "image/png", data))[0], LinkKind.QR)


def test_the_code_in_the_last_of_many_pictures_is_a_link() -> None:
    blank, code = encoded(picture_of_text([])), encoded(qr(URL))
    pictures = {f"word/media/image{number}.png": blank for number in range(20)}
    page = "".join(f"<img src='{data_address(picture_of_text([str(number)]))}'>" for number in range(20))
    for files, html in (
        ((("a.docx", "application/zip", docx(LETTER, extra={**pictures, "word/media/z.png": code})),), ""),
        ((), f"{page}<img src='{data_address(qr(URL))}'>"),
        ((("a.html", "text/html", f"{page}<img src='{data_address(qr(URL))}'>".encode()),), ""),
    ):
        reading, found = opened(*files, html=html)

        assert [URL] == targets(reading, LinkKind.QR)
        assert not found.words


def test_more_pictures_than_are_read_are_noted() -> None:
    pictures = {f"word/media/image{number}.png": b"x" for number in range(MAX_FILES)}
    document = docx(LETTER, extra=pictures)

    assert {"files"} == opened(("a.docx", "application/zip", document))[1].words


def test_more_pages_with_pictures_than_are_looked_at_are_noted() -> None:
    few, many = (pdf(["Bonjour"], pictures=[qr(URL)], pages=pages) for pages in (8, 9))

    assert not opened(("a.pdf", "application/pdf", few))[1].words
    assert {"pictures"} == opened(("a.pdf", "application/pdf", many))[1].words


def test_pictures_that_are_not_kept_to_be_read_are_noted() -> None:
    found = Found(Budget(time.monotonic() + 60))
    for side in (9, 2, 3, 4, 5, 6, 7):
        found.add_page(Page(side, side, b""))
    assert [9, 3, 4, 5, 6, 7] == [page.width for page in found.pages]
    look_for_text(found, Reader("/nowhere", ()))

    assert "pictures" in found.words
