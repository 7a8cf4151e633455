import pytest

from milter.mail.reading import LinkKind
from tests.attachment.made import pdf
from tests.attachment.opened import LETTER, URL, opened, targets


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("a.pdf", "application/pdf"),
        ("a.dat", "application/octet-stream"),
        ("a.txt", "text/plain"),
        ("a.png", "image/png"),
    ],
)
def test_a_pdf_is_read_whatever_it_is_called(name: str, content_type: str) -> None:
    reading, _ = opened((name, content_type, pdf(LETTER, [URL])))

    assert "\n".join(LETTER) in reading.attached
    assert [URL] == targets(reading, LinkKind.DOCUMENT)
    assert frozenset() == reading.unreadable


def test_a_pdf_behind_other_octets_is_a_pdf() -> None:
    assert LETTER[2] in opened(("a.pdf", "application/pdf", b"\n" * 500 + pdf(LETTER)))[0].attached


def test_a_pdf_that_needs_a_password_is_unreadable_and_one_that_does_not_is_not() -> None:
    locked = pdf(LETTER).replace(
        b"/Root 1 0 R",
        b"/Root 1 0 R/Encrypt<</Filter/Standard/V 1/R 2/O(%s)/U(%s)/P -4>>" % (b"x" * 32, b"y" * 32)
        + b"/ID[(a)(a)]",
    )

    assert {"encrypted"} == opened(("a.pdf", "application/pdf", locked))[0].unreadable
    assert frozenset() == opened(("a.pdf", "application/pdf", pdf([*LETTER, "/Encrypt"])))[0].unreadable


def test_a_file_that_only_says_it_is_a_pdf_is_unreadable() -> None:
    assert {"pdf"} == opened(("a.pdf", "application/pdf", b"%PDF-1.4 and nothing"))[0].unreadable


def test_links_that_are_written_in_a_pdf_are_links() -> None:
    reading, _ = opened(("a.pdf", "application/pdf", pdf(["Rendez-vous sur www.fraude.example/x"])))

    assert any("www.fraude.example/x" in target for target in targets(reading, LinkKind.DOCUMENT))


def test_links_of_a_page_that_are_too_many_are_noted() -> None:
    home = [f"https://www.ameli.fr/{number}" for number in range(500)]
    reading, _ = opened(("a.pdf", "application/pdf", pdf(LETTER, [*home[:300], URL])))

    assert URL in targets(reading, LinkKind.DOCUMENT)
    assert frozenset() == reading.unreadable
    for links in ([*home, URL], [URL + "x" * 4096]):
        assert {"links"} == opened(("a.pdf", "application/pdf", pdf(LETTER, links)))[0].unreadable


def test_the_fifty_first_page_is_not_read_and_that_is_noted() -> None:
    assert frozenset() == opened(("a.pdf", "application/pdf", pdf(LETTER, pages=50)))[0].unreadable
    assert {"pages"} == opened(("a.pdf", "application/pdf", pdf(LETTER, pages=51)))[0].unreadable
