import pytest

from tests.attachment.made import mail, pdf, zipped
from tests.attachment.opened import LETTER, opened

PAGE = (
    b"<html><title>Mon compte</title><p>Identifiez-vous</p>"
    b"<form action='https://fraude.example/f'><input name=nir></form>"
)


def test_files_in_archives_in_archives_are_read_three_deep() -> None:
    data = PAGE
    for _ in range(3):
        data = zipped({"a.bin": data})
    assert "Identifiez-vous" in opened(("a.zip", "application/zip", data))[0].attached

    reading, _ = opened(("a.zip", "application/zip", zipped({"a.zip": data})))
    assert "Identifiez-vous" not in reading.attached
    assert {"depth"} == reading.unreadable


def test_a_locked_archive_is_noted_and_its_names_are_read() -> None:
    reading, _ = opened(
        ("a.bin", "application/octet-stream", zipped({"Remboursement_ameli.pdf": b"x"}, locked=True))
    )

    assert {"encrypted"} == reading.unreadable
    assert "Remboursement_ameli.pdf" in reading.attached


@pytest.mark.parametrize(
    "data", [b"Rar!\x1a\x07\0", b"7z\xbc\xaf\x27\x1c", b"PK\3\4 and nothing", b"\x1f\x8b and nothing"]
)
def test_an_archive_that_is_not_opened_is_noted(data: bytes) -> None:
    assert {"archive"} == opened(("a.bin", "application/octet-stream", data))[0].unreadable


@pytest.mark.parametrize("name", ["releve.js", "releve.pdf.exe", "Facture.LNK"])
def test_a_program_is_noted_in_an_archive_and_beside_the_letter(name: str) -> None:
    data = b"// nothing"

    assert {"program"} == opened((name, "application/octet-stream", data))[0].unreadable
    assert {"program"} == opened(("a.zip", "application/zip", zipped({name: data})))[0].unreadable


def test_a_file_of_gzip_is_opened() -> None:
    import gzip

    assert LETTER[1] in opened(("a.pdf.gz", "application/gzip", gzip.compress(pdf(LETTER))))[0].attached


def test_a_mail_in_an_archive_is_read_with_its_files() -> None:
    inner = mail("B <b@c.example>", "Le sujet", "Le texte\n", ("a.pdf", "application/pdf", pdf(LETTER)))
    reading, _ = opened(("a.zip", "application/zip", zipped({"a.eml": inner})))

    assert all(words in reading.attached for words in ("Le sujet", "Le texte", LETTER[1]))


def test_mails_in_mails_in_an_archive_are_headed_by_what_their_readers_see() -> None:
    inner = mail("C <c@d.example>", "Votre carte à mettre à jour", "Le texte\n")
    outer = mail("B <b@c.example>", "Carte à jour", "Voir\n", ("b.eml", "message/rfc822", inner))
    reading, _ = opened(("a.zip", "application/zip", zipped({"a.eml": outer})))
    lines = [
        "B <b@c.example>",
        "Carte à jour",
        "C <c@d.example>",
        "Votre carte à mettre à jour",
        "Voir",
        "Le texte",
    ]

    assert lines == [line for line in reading.attached.splitlines() if line]


def test_the_heading_of_a_mail_in_an_archive_in_an_attached_mail_is_quoted() -> None:
    inner = mail("C <c@d.example>", "Votre RIB", "Le texte\n")
    outer = mail("B <b@c.example>", "s", "x\n", ("a.zip", "application/zip", zipped({"a.eml": inner})))
    reading, _ = opened(("m.eml", "message/rfc822", outer))

    assert "Votre RIB" in reading.quoted
    assert "Votre RIB" not in reading.attached
