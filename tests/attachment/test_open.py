import pytest

from milter.attachment.budget import MAX_FILES, Budget
from milter.attachment.open import open_files
from milter.mail.message import Message
from milter.mail.read import read
from tests.attachment.made import mail, pdf, zipped
from tests.attachment.opened import LETTER, opened

PAGE = (
    b"<html><title>Mon compte</title><p>Identifiez-vous</p>"
    b"<form action='https://fraude.example/f'><input name=nir></form>"
)


def test_a_link_of_a_file_in_rtf_shows_what_it_shows() -> None:
    rtf = rb'{\rtf1 RIB : {\field{\*\fldinst HYPERLINK "https://fraude.example/h"}{\fldrslt www.ameli.fr}}}'
    reading, _ = opened(("a.bin", "application/octet-stream", rtf))

    assert ("https://fraude.example/h", "www.ameli.fr") in {(one.target, one.shown) for one in reading.links}
    assert "RIB : www.ameli.fr" == reading.attached


@pytest.mark.parametrize("name", ["a.shtml", "a.html", "a.dat", "a"])
def test_an_html_file_gives_text_links_and_forms(name: str) -> None:
    reading, _ = opened((name, "application/octet-stream", PAGE))

    assert "Identifiez-vous" in reading.attached
    assert ["https://fraude.example/f"] == [form.action for form in reading.forms]


def test_more_files_than_are_read_are_noted() -> None:
    files = {f"{n}.txt": b"texte" for n in range(MAX_FILES)}
    reading, _ = opened(("a.zip", "application/zip", zipped(files)))

    assert {"files"} == reading.unreadable
    assert 0 < reading.attached.count("texte") < MAX_FILES


def test_a_calendar_of_no_type_is_read() -> None:
    calendar = (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Votre carte expire\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )

    assert "Votre carte expire" in opened(("a.bin", "application/octet-stream", calendar))[0].attached


def test_when_the_time_is_over_no_more_files_are_begun() -> None:
    message = Message(mail("A <a@b.example>", "s", "x\n", ("a.pdf", "application/pdf", pdf(LETTER))))
    found = open_files(message, read(message), Budget(ends=0.0))

    assert ([], {"time"}) == (found.texts, found.words)


def test_a_card_of_no_type_is_read_and_a_long_document_noted() -> None:
    card = b"BEGIN:VCARD\nNOTE;ENCODING=QUOTED-PRINTABLE:Votre=20carte\n"
    rtf = b"{\\rtf1{\\*\\x " + b"a" * 1_050_000 + b"}}"

    assert "Votre carte" == opened(("a", "application/x-any", card))[0].attached
    assert {"size"} == opened(("a.rtf", "application/rtf", rtf))[0].unreadable
