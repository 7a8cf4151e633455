"""What does this PDF say? Text, link annotations, and what its pages show in pictures.

Raises nothing that a sender writes; where the library ends the process, its parent knows.
"""

import ctypes
from collections.abc import Iterator
from itertools import count

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from milter.attachment.found import File, Found
from milter.attachment.picture import page_of, read_codes
from milter.attachment.swell import swells
from milter.child.limits import address_space, no_more_than

_MAX_PAGES = 50
# Codes and pictures of text stand on the first pages; a page costs some 40 ms to draw and look at.
_MAX_PICTURES = 8
_MAX_LINKS = 500
_MAX_URI = 4096
_MAX_OBJECTS = 400
# A page with fewer letters is a picture of a page.
_LITTLE_TEXT = 40
# A code drawn of squares, not put in as a picture, has hundreds of them.
_MANY_SQUARES = 100
_WIDTH = 1300
# What is drawn on a page takes a hundred times its octets, and as one stream may be drawn again and again, no
# size tells of it. The library ends the process where it gets no memory.
_MORE_FOR_PAGES = 128 * 1024 * 1024


def read_pdf(file: File, found: Found) -> None:
    """Note what the PDF says; `encrypted` where it needs a password, `size` where it would swell in memory,
    `pdf` where it is none."""
    if swells(file.data):
        found.words.add("size")
        return
    try:
        document = pypdfium2.PdfDocument(file.data)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD
        found.words.add("encrypted" if locked else "pdf")
        return
    try:
        _read_pages(document, file, found)
    finally:
        document.close()


def _read_pages(document: pypdfium2.PdfDocument, file: File, found: Found) -> None:
    pictures = 0
    most = address_space() + _MORE_FOR_PAGES
    if len(document) > _MAX_PAGES:
        found.words.add("pages")
    for number in range(min(len(document), _MAX_PAGES)):
        if found.budget.late():
            return
        try:
            with no_more_than(most):
                page = document[number]
                text = _text_of(page)
                for uri in _links_of(document, page, found):
                    found.add_link(uri, uri)
                shows = _shows_pictures(page)
            if len(text.strip()) < _LITTLE_TEXT or shows:
                pictures += 1
                if pictures <= _MAX_PICTURES:
                    _look_at(page, found, for_text=len(text.strip()) < _LITTLE_TEXT)
            page.close()
        except pypdfium2.PdfiumError:
            found.words.add("pdf")
            continue
        found.add_text(text, nested=file.nested)
    if pictures > _MAX_PICTURES:
        found.words.add("pictures")


def _text_of(page: pypdfium2.PdfPage) -> str:
    text_page = page.get_textpage()
    try:
        text = str(text_page.get_text_bounded(errors="replace"))
    finally:
        text_page.close()
    return text.replace("\r\n", "\n").replace("\0", " ").replace("\ufffe", "").replace("\x02", "")


def _links_of(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, found: Found) -> Iterator[str]:
    """The URIs of the page's link annotations: what a click opens, whatever the text says. `links` is noted
    where not all are read.
    """
    position, link = ctypes.c_int(0), pdfium.FPDF_LINK()
    for number in count():
        if not pdfium.FPDFLink_Enumerate(page.raw, ctypes.byref(position), ctypes.byref(link)):
            return
        if number == _MAX_LINKS:
            found.words.add("links")
            return
        action = pdfium.FPDFLink_GetAction(link)
        if not action or pdfium.FPDFAction_GetType(action) != pdfium.PDFACTION_URI:
            continue
        size = pdfium.FPDFAction_GetURIPath(document.raw, action, None, 0)
        if size > _MAX_URI:
            found.words.add("links")
        elif size > 1:
            buffer = ctypes.create_string_buffer(size)
            pdfium.FPDFAction_GetURIPath(document.raw, action, buffer, size)
            yield buffer.value.decode("utf-8", "replace")


def _shows_pictures(page: pypdfium2.PdfPage) -> bool:
    squares = 0
    for number, one in enumerate(page.get_objects(max_depth=3)):
        if one.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            return True
        squares += one.type == pdfium.FPDF_PAGEOBJ_PATH
        if squares > _MANY_SQUARES or number > _MAX_OBJECTS:
            return True
    return False


def _look_at(page: pypdfium2.PdfPage, found: Found, *, for_text: bool) -> None:
    """Draw the page and read its codes; keep it for OCR where it has no text."""
    longest = max(page.get_size())
    if longest <= 0:
        return
    bitmap = page.render(scale=min(3.0, _WIDTH * 1.42 / longest), grayscale=True)
    try:
        picture = Image.frombuffer(
            "L", (bitmap.width, bitmap.height), bitmap.buffer, "raw", "L", bitmap.stride, 1
        ).copy()
    finally:
        bitmap.close()
    read_codes(picture, found)
    if for_text:
        found.add_page(page_of(picture))
