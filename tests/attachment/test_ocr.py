import time

import pytest

from milter.attachment.ocr import find_reader
from milter.attachment.open import look_for_text
from tests.attachment.made import encoded, pdf, picture_of_text
from tests.attachment.opened import opened


@pytest.mark.needs("tesseract")
def test_the_text_of_pictures_and_of_scanned_pages_is_read() -> None:
    picture = picture_of_text(["Votre carte Vitale expire", "Appelez le 08 99 12 34 56"])
    for file in (
        ("a.png", "image/png", encoded(picture)),
        ("a.pdf", "application/pdf", pdf(pictures=[picture])),
    ):
        _, found = opened(file)
        assert [] == found.texts
        reader = find_reader()
        assert reader is not None
        look_for_text(found, reader)
        assert "carte Vitale" in "".join(found.texts)
        assert "08 99 12 34 56" in "".join(found.texts)


@pytest.mark.needs("tesseract")
def test_letters_as_small_as_on_a_screen_are_read() -> None:
    _, found = opened(
        ("a.png", "image/png", encoded(picture_of_text(["Votre carte Vitale expire"], size=11)))
    )
    reader = find_reader()
    assert reader is not None
    look_for_text(found, reader)

    assert "Votre carte Vitale expire" == "".join(found.texts).strip()


@pytest.mark.needs("tesseract")
def test_a_picture_that_takes_too_long_to_read_is_noted() -> None:
    _, found = opened(("a.png", "image/png", encoded(picture_of_text(["Texte"] * 30))))
    reader = find_reader()
    assert reader is not None
    found.budget.ends = time.monotonic() + 0.01
    look_for_text(found, reader)

    assert found.words & {"picture", "time"}
