"""What does this document say? Text and links of DOCX, XLSX, PPTX and ODF: XML in a ZIP.

Raises nothing that a sender writes. No document type declaration is read, and so no entity.
"""

import re
import zipfile
from xml.parsers import expat

from milter.attachment.archive import is_office_picture, read_member
from milter.attachment.found import File, Found
from milter.mail.reading import LinkKind

_MARKS = (
    "[Content_Types].xml",
    "content.xml",
    "word/document.xml",
    "xl/workbook.xml",
    "ppt/presentation.xml",
)
_TEXTS = re.compile(
    r"(?:word/(?:document|header\d*|footer\d*|footnotes|comments)|xl/sharedStrings|xl/worksheets/sheet\d+|"
    r"ppt/(?:slides|notesSlides)/\w+|content|styles)\.xml\Z"
)
# What the document says, and where it leads, is read first: any number of empty headers may stand before it.
_FIRST = re.compile(
    r"word/(?:document\.xml|_rels/document\.xml\.rels)\Z|xl/sharedStrings\.xml\Z|content\.xml\Z|"
    r"ppt/slides/(?:slide\d+\.xml|_rels/slide\d+\.xml\.rels)\Z"
)
_RELATIONS = re.compile(r"(?:word|xl|ppt)/(?:\w+/)?_rels/[\w.]+\.rels\Z")
_MAX_ENTRIES = 2000
_MAX_MEMBERS = 200
_MAX_PICTURES = 6
# Elements whose end ends a line, in any of the formats; and those that stand for a blank.
_LINES = frozenset({"p", "h", "br", "row", "tr", "table-row", "line-break", "si", "list-item"})
_BLANKS = frozenset({"tab", "tc", "table-cell", "c", "s"})
_TEXT = frozenset({"t", "instrText", "delText"})
_field_link = re.compile(r"HYPERLINK\s{1,10}\"([^\"]{3,2000})\"")


class _RefusedError(Exception):
    """The XML declares a document type."""


def is_office(archive: zipfile.ZipFile) -> bool:
    """True for a document of an office program."""
    names = set(archive.namelist()[:_MAX_ENTRIES])
    return any(mark in names for mark in _MARKS)


def read_office(file: File, archive: zipfile.ZipFile, found: Found) -> None:
    """Note what the document says, and `files` where it is made of too many; its pictures wait."""
    members = 0
    pictures = 0
    entries = archive.infolist()
    if len(entries) > _MAX_ENTRIES:
        found.words.add("files")
    for info in sorted(entries[:_MAX_ENTRIES], key=lambda info: not _FIRST.match(info.filename)):
        picture = is_office_picture(info.filename) and pictures < _MAX_PICTURES
        reader = _reader_of(info.filename)
        if not (picture or reader) or found.budget.late():
            continue
        if reader and members == _MAX_MEMBERS:
            found.words.add("files")
            continue
        data = read_member(archive, info, found)
        if data is None:
            continue
        if picture:
            pictures += 1
            found.waiting.append(File(info.filename, "image/png", data, file.depth + 1, file.nested))
        elif reader:
            members += 1
            reader.read(data, file, found)


class _Words:
    """Collects the words of one XML member."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.links: list[str] = []
        self._inside = 0
        self._everything = False

    @classmethod
    def read(cls, data: bytes, file: File, found: Found) -> None:
        """Note text and links."""
        words = cls()
        _parse(data, words, found)
        text = "".join(words.pieces)
        if "HYPERLINK" in text:
            words.links += _field_link.findall(text)
            text = _field_link.sub(" ", text)
        found.add_text(_squeezed(text), nested=file.nested)
        for target in words.links:
            found.add_link(target, target)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        prefix, _, local = name.rpartition(":")
        # In ODF every letter is text; in the others only what stands in <w:t>, <a:t>, <t>.
        self._everything = self._everything or prefix == "office"
        self._inside += local in _TEXT
        if target := attributes.get("xlink:href"):
            self.links.append(target)
        if local in _BLANKS:
            self.pieces.append(" ")

    def end(self, name: str) -> None:
        """An element ends."""
        local = name.rpartition(":")[2]
        self._inside -= local in _TEXT
        if local in _LINES:
            self.pieces.append("\n")

    def letters(self, text: str) -> None:
        """Letters of the element that is open."""
        if self._inside > 0 or self._everything:
            self.pieces.append(text)


class _Relations:
    """Collects what a member of the document is connected with."""

    def __init__(self) -> None:
        self.links: list[str] = []

    @classmethod
    def read(cls, data: bytes, _: File, found: Found) -> None:
        """Note what leads out of the document."""
        relations = cls()
        _parse(data, relations, found)
        for target in relations.links:
            found.add_link(target, target, LinkKind.DOCUMENT)

    def start(self, _: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if attributes.get("TargetMode", "").lower() == "external":
            self.links.append(attributes.get("Target", ""))

    def end(self, _: str) -> None:
        """Nothing stands at an end."""

    def letters(self, _: str) -> None:
        """No letters are read."""


def _reader_of(name: str) -> type[_Words] | type[_Relations] | None:
    if _TEXTS.match(name):
        return _Words
    return _Relations if _RELATIONS.match(name) else None


def _parse(data: bytes, into: _Words | _Relations, found: Found) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = into.start
    parser.EndElementHandler = into.end
    parser.CharacterDataHandler = into.letters
    parser.StartDoctypeDeclHandler = _refuse
    parser.buffer_text = True
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, _RefusedError, ValueError, LookupError):
        found.words.add("xml")


def _refuse(*_: object) -> None:
    raise _RefusedError


def _squeezed(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
