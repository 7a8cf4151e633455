import pytest

from milter.mail.reading import LinkKind
from tests.attachment.made import docx, zipped
from tests.attachment.opened import LETTER, URL, opened, targets


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
