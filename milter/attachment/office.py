"""What does this document say? Text and links of DOCX, XLSX, PPTX and ODF: XML in a ZIP.

Raises nothing that a sender writes. No document type declaration is read, and so no entity.
"""

import re
import zipfile
from xml.parsers import expat

from milter.attachment.archive import is_office_picture, read_member
from milter.attachment.budget import MAX_DEPTH
from milter.attachment.found import File, Found
from milter.mail.page.rich import field_target
from milter.mail.reading import LinkKind

_MAIN = ("content.xml", "word/document.xml", "xl/workbook.xml", "ppt/presentation.xml")
_MARKS = ("[Content_Types].xml", *_MAIN)
# Text may stand in any member: the relations of a document say which (ECMA-376 part 2). Not in these, where
# office programs keep what concerns themselves.
_TEXTS = re.compile(
    r"(?!(?:meta|settings|manifest)\.xml\Z|(?:META-INF|docProps|customXml|Configurations2)/|\w+/(?:theme|_rels)/|"
    r"\w+/(?:settings|webSettings|fontTable|numbering|presProps|viewProps|tableStyles|calcChain)\.xml\Z).*\.xml\Z"
)
# What the document says, and where it leads, is read first: any number of empty headers may stand before it.
_FIRST = re.compile(
    r"word/(?:document\.xml|_rels/document\.xml\.rels)\Z|xl/sharedStrings\.xml\Z|content\.xml\Z|"
    r"ppt/slides/(?:slide\d+\.xml|_rels/slide\d+\.xml\.rels)\Z"
)
# Whole files that a document shows as part of its text (ECMA-376 part 1 section 17.17.2.1, altChunk), by the
# name that programs give them, or as what they end. Not what it only holds, to be opened by a click.
_CHUNK = re.compile(
    r"(?:\w+/)?(?:[^/]{0,100}afchunk[^/]{0,100}|[^/]{1,200}\.(?:x?html?|mht|mhtml|rtf|txt|docx?))\Z",
    re.IGNORECASE,
)
_RELATIONS = re.compile(r"(?:word|xl|ppt)/(?:\w+/)?_rels/[\w.]+\.rels\Z")
_MAX_ENTRIES = 2000
_MAX_MEMBERS = 200
# Elements whose end ends a line, in any of the formats; and those that stand for a blank.
_LINES = frozenset({"p", "h", "br", "row", "tr", "table-row", "line-break", "si", "list-item"})
_BLANKS = frozenset({"tab", "tc", "table-cell", "c", "s"})
_TEXT = frozenset({"t", "instrText", "delText"})
# =HYPERLINK("http://…";"shown"): the cell shows what the formula makes of it.
_formula_link = re.compile(r"HYPERLINK\s{0,9}\(\s{0,9}\"([^\"]{3,2000})\"", re.IGNORECASE)
_field_link = re.compile(r"HYPERLINK\s{1,10}\"([^\"]{3,2000})\"")
_LONGEST_FIELD = 5000


class _RefusedError(Exception):
    """The XML declares a document type."""


def is_office(archive: zipfile.ZipFile) -> bool:
    """True for a document of an office program."""
    names = set(archive.namelist()[:_MAX_ENTRIES])
    return any(mark in names for mark in _MARKS)


def read_office(file: File, archive: zipfile.ZipFile, found: Found) -> None:
    """Note what the document says, and `files` where it is made of too many; its pictures wait."""
    entries = archive.infolist()
    if len(entries) > _MAX_ENTRIES:
        found.words.add("files")
    before = found.characters
    _read_members(file, archive, sorted(entries[:_MAX_ENTRIES], key=_turn), found)
    if found.characters == before and not {info.filename for info in entries}.intersection(_MAIN):
        # What it says stands in a member whose name does not tell that it is XML.
        found.words.add("archive")


def _read_members(file: File, archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], found: Found) -> None:
    members = 0
    for info in entries:
        reader = _reader_of(info.filename)
        if found.budget.late():
            return
        if reader and members == _MAX_MEMBERS:
            found.words.add("files")
        elif reader and (data := read_member(archive, info, found)) is not None:
            members += 1
            reader.read(data, file, found)
        elif not reader and not _let_wait(info, archive, file, found):
            return


def _turn(info: zipfile.ZipInfo) -> int:
    """Texts come before pictures, which are large."""
    return 0 if _FIRST.match(info.filename) else 1 + is_office_picture(info.filename)


def _let_wait(info: zipfile.ZipInfo, archive: zipfile.ZipFile, file: File, found: Found) -> bool:
    """Let a picture, or a file that is shown as text, wait to be opened; False where no more are, which is
    noted.
    """
    is_picture = is_office_picture(info.filename)
    if not is_picture and not _CHUNK.match(info.filename):
        return True
    if not is_picture and file.depth >= MAX_DEPTH:
        # A document may hold another one, and so on.
        found.words.add("depth")
        return True
    if not found.budget.take_file():
        return False
    data = read_member(archive, info, found)
    if data is not None:
        content_type = "image/png" if is_picture else "application/octet-stream"
        found.waiting.append(File(info.filename, content_type, data, file.depth + 1, file.nested))
    return True


class _Words:
    """Collects the words of one XML member."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.links: list[str] = []
        self._inside = 0
        self._everything = False
        # In a cell of a table: its text where a formula makes it, and the formula.
        self._made = False
        self._formula: list[str] | None = None

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
        if local == "c":
            self._made = attributes.get("t") == "str"
        self._inside += local in _TEXT or (local == "v" and self._made)
        if local == "f":
            self._formula = []
        if target := attributes.get("xlink:href"):
            self.links.append(target)
        if local == "fldSimple" and (target := _target_of(attributes)):
            self.links.append(target)
        if local in _BLANKS:
            self.pieces.append(" ")

    def end(self, name: str) -> None:
        """An element ends."""
        local = name.rpartition(":")[2]
        self._inside -= local in _TEXT or (local == "v" and self._made)
        if local == "f" and self._formula is not None:
            self.links += _formula_link.findall("".join(self._formula))
            self._formula = None
        if local in _LINES:
            self.pieces.append("\n")

    def letters(self, text: str) -> None:
        """Letters of the element that is open."""
        if self._formula is not None:
            self._formula.append(text)
        elif self._inside > 0 or self._everything:
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


def _target_of(attributes: dict[str, str]) -> str:
    told = (value for name, value in attributes.items() if name.rpartition(":")[2] == "instr")
    return field_target(next(told, "")[:_LONGEST_FIELD])


def _refuse(*_: object) -> None:
    raise _RefusedError


def _squeezed(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
