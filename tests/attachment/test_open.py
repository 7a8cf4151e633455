import io
import time

import pytest
from PIL import Image

from milter.attachment import picture
from milter.attachment.budget import MAX_FILES, Budget
from milter.attachment.found import Found, Page
from milter.attachment.ocr import Reader, find_reader
from milter.attachment.open import look_for_text, merged, open_files
from milter.mail.message import Message
from milter.mail.read import read
from milter.mail.reading import LinkKind, Reading
from tests.attachment.made import data_address, docx, encoded, mail, pdf, picture_of_text, qr, zipped

LETTER = ["Assurance Maladie", "Votre carte Vitale expire.", "Renseignez votre RIB."]
URL = "https://fraude.example/v/1"
PAGE = (
    b"<html><title>Mon compte</title><p>Identifiez-vous</p>"
    b"<form action='https://fraude.example/f'><input name=nir></form>"
)


def opened(
    *files: tuple[str, str, bytes], html: str = "", inline: tuple[tuple[str, bytes], ...] = ()
) -> tuple[Reading, Found]:
    raw = mail("A <a@b.example>", "s", "Voir la pièce jointe.\n", *files, html=html, inline=inline)
    message = Message(raw)
    reading = read(message)
    found = open_files(message, reading, Budget(time.monotonic() + 60))
    return merged(reading, found), found


def targets(reading: Reading, kind: LinkKind) -> list[str]:
    return [link.target for link in reading.links if link.kind is kind]


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


def test_a_docx_gives_text_and_the_links_behind_it() -> None:
    reading, _ = opened(("a.docx", "application/octet-stream", docx(LETTER, [URL])))

    assert "\n".join(LETTER) in reading.attached
    assert [URL] == targets(reading, LinkKind.DOCUMENT)


def test_what_a_document_says_is_read_before_any_number_of_headers() -> None:
    headers = {f"word/header{number}.xml": b"<w/>" for number in range(250)}
    body = b"<w:document><w:p><w:t>Votre RIB</w:t></w:p></w:document>"
    for members, noted in (
        ({**headers, "word/document.xml": body}, {"files"}),
        ({"word/document.xml": body}, set()),
    ):
        reading, _ = opened(("a.docx", "application/zip", zipped(members)))

        assert "Votre RIB" in reading.attached
        assert noted == reading.unreadable


@pytest.mark.parametrize(
    ("name", "chunk"),
    [
        ("word/afchunk.html", b"<p>Votre RIB</p><a href='https://fraude.example/v/1'>ici</a>"),
        ("word/afchunk1.dat", b"<html><p>Votre RIB</p><a href='https://fraude.example/v/1'>ici</a>"),
        ("letter.mht", b"MIME-Version: 1.0\nContent-Type: text/html\n\nVotre RIB https://fraude.example/v/1"),
        ("word/x.rtf", rb"{\rtf1\ansi Votre RIB \par https://fraude.example/v/1}"),
        ("word/x.docx", docx(["Votre RIB"], [URL])),
    ],
)
def test_a_file_that_a_document_shows_as_its_text_is_read(name: str, chunk: bytes) -> None:
    reading, _ = opened(("a.docx", "application/zip", docx(["Madame,"], extra={name: chunk})))

    assert "Votre RIB" in reading.attached
    assert [URL] == targets(reading, LinkKind.DOCUMENT)
    assert frozenset() == reading.unreadable


def test_what_a_document_only_holds_is_not_its_text() -> None:
    held = docx([], extra={"word/embeddings/a.docx": docx(["Votre RIB"]), "word/fonts/x.txt": b"Votre RIB"})

    assert "RIB" not in opened(("a.docx", "application/zip", held))[0].attached


def test_documents_that_show_one_another_are_read_to_a_depth() -> None:
    inner = docx(["Votre RIB"])
    for depth in range(6):
        inner = docx([f"Page {depth}"], extra={"word/x.docx": inner})
    reading, _ = opened(("a.docx", "application/zip", inner))

    assert {"depth"} == reading.unreadable
    assert "Page 5" in reading.attached
    assert "RIB" not in reading.attached


def test_more_files_than_are_opened_are_noted_of_a_document_too() -> None:
    many = {f"word/{number}.txt": b"x" for number in range(150)}

    assert {"files"} == opened(("a.docx", "application/zip", docx(["a"], extra=many)))[0].unreadable


def test_a_link_that_a_field_of_a_docx_hides_is_a_link() -> None:
    field = (
        b'<w:document><w:p><w:instrText> HYPERLINK "https://fraude.example/h" </w:instrText>'
        b"<w:t>ici</w:t></w:p></w:document>"
    )
    reading, _ = opened(("a.docx", "application/zip", docx([], extra={"word/document.xml": field})))

    assert ["https://fraude.example/h"] == targets(reading, LinkKind.DOCUMENT)
    assert "HYPERLINK" not in reading.attached


def test_a_link_of_a_simple_field_is_a_link() -> None:
    field = (
        b'<w:document><w:p><w:fldSimple w:instr=" HYPERLINK &quot;https://fraude.example/h&quot; ">'
        b"<w:t>www.ameli.fr</w:t></w:fldSimple></w:p></w:document>"
    )
    reading, _ = opened(("a.docx", "application/zip", docx([], extra={"word/document.xml": field})))

    assert "https://fraude.example/h" in targets(reading, LinkKind.DOCUMENT)
    assert "www.ameli.fr" == reading.attached


def test_a_link_of_a_file_in_rtf_shows_what_it_shows() -> None:
    rtf = rb'{\rtf1 RIB : {\field{\*\fldinst HYPERLINK "https://fraude.example/h"}{\fldrslt www.ameli.fr}}}'
    reading, _ = opened(("a.bin", "application/octet-stream", rtf))

    assert ("https://fraude.example/h", "www.ameli.fr") in {(one.target, one.shown) for one in reading.links}
    assert "RIB : www.ameli.fr" == reading.attached


def test_tables_slides_and_open_documents_are_read() -> None:
    sheet = zipped(
        {"xl/workbook.xml": b"<w/>", "xl/sharedStrings.xml": b"<sst><si><t>Votre RIB</t></si></sst>"}
    )
    slide = b"<p:sld><a:p><a:r><a:t>Votre RIB</a:t></a:r></a:p></p:sld>"
    slides = zipped({"ppt/presentation.xml": b"<p/>", "ppt/slides/slide1.xml": slide})
    body = b"<text:p>Votre <text:span>RIB</text:span></text:p>"
    link = b'<text:a xlink:href="https://fraude.example/o">x</text:a>'
    text = zipped({"content.xml": b"<office:document>" + body + link + b"</office:document>"})
    for data in (sheet, slides, text):
        assert "Votre RIB" in opened(("a", "application/octet-stream", data))[0].attached
    assert ["https://fraude.example/o"] == targets(
        opened(("a.odt", "application/zip", text))[0], LinkKind.DOCUMENT
    )


@pytest.mark.parametrize("name", ["a.shtml", "a.html", "a.dat", "a"])
def test_an_html_file_gives_text_links_and_forms(name: str) -> None:
    reading, _ = opened((name, "application/octet-stream", PAGE))

    assert "Identifiez-vous" in reading.attached
    assert ["https://fraude.example/f"] == [form.action for form in reading.forms]


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


def test_more_files_than_are_read_are_noted() -> None:
    files = {f"{n}.txt": b"texte" for n in range(MAX_FILES)}
    reading, _ = opened(("a.zip", "application/zip", zipped(files)))

    assert {"files"} == reading.unreadable
    assert 0 < reading.attached.count("texte") < MAX_FILES


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


def test_a_calendar_of_no_type_is_read() -> None:
    calendar = (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Votre carte expire\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )

    assert "Votre carte expire" in opened(("a.bin", "application/octet-stream", calendar))[0].attached


def test_when_the_time_is_over_no_more_files_are_begun() -> None:
    message = Message(mail("A <a@b.example>", "s", "x\n", ("a.pdf", "application/pdf", pdf(LETTER))))
    found = open_files(message, read(message), Budget(ends=0.0))

    assert ([], {"time"}) == (found.texts, found.words)


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


def test_any_member_of_a_document_may_say_what_it_says() -> None:
    said = b"<w><t>Votre RIB</t></w>"
    for name in ("word/document2.xml", "xl/drawings/drawing1.xml", "word/diagrams/data1.xml", "x/y.xml"):
        data = zipped({"[Content_Types].xml": b"<Types/>", name: said})
        reading, _ = opened(("a.docx", "application/zip", data))

        assert ("Votre RIB", frozenset()) == (reading.attached, reading.unreadable)


def test_a_document_whose_text_is_not_where_it_belongs_is_noted() -> None:
    data = zipped({"[Content_Types].xml": b"<Types/>", "word/document.bin": b"<w><t>Votre RIB</t></w>"})

    assert {"archive"} == opened(("a.docx", "application/zip", data))[0].unreadable


def test_what_formulas_of_a_table_make_is_read_with_their_links() -> None:
    formula = b'<f>HYPERLINK("https://fraude.example/x","Votre RIB")</f>'
    cell = b'<c t="str">' + formula + b"<v>Votre RIB</v></c><c><v>7</v></c>"
    members = {"xl/workbook.xml": b"<w/>", "xl/worksheets/sheet1.xml": b"<row>" + cell + b"</row>"}
    reading, _ = opened(("a.xlsx", "application/zip", zipped(members)))

    assert "Votre RIB" == reading.attached
    assert ["https://fraude.example/x"] == targets(reading, LinkKind.DOCUMENT)


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


def test_a_card_of_no_type_is_read_and_a_long_document_noted() -> None:
    card = b"BEGIN:VCARD\nNOTE;ENCODING=QUOTED-PRINTABLE:Votre=20carte\n"
    rtf = b"{\\rtf1{\\*\\x " + b"a" * 1_050_000 + b"}}"

    assert "Votre carte" == opened(("a", "application/x-any", card))[0].attached
    assert {"size"} == opened(("a.rtf", "application/rtf", rtf))[0].unreadable
