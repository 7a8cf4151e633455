"""The letter in a file, below a note: which file, which note, who sends it."""
# ruff: noqa: E501  one line a trick

import base64
import html
import textwrap
from dataclasses import dataclass
from urllib.parse import quote

from milter.mail.reading import Mailbox
from tests.attachment.made import docx, pdf, zipped
from tests.vectors.frames import COLLEAGUE
from tests.vectors.letter import NOBODY, Letter, multipart, part, plain_part, posted
from tests.vectors.trick import Trick, Where

_NOTE = "Bonjour,\n\nVeuillez trouver le document ci-joint.\n\nCordialement"
_URGENT = "Bonjour,\n\nMerci de lire la pièce jointe et de suivre les instructions avant vendredi.\n\n"
_A_LINE = 95  # characters
_FILE = "Votre dossier"


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    kind: str
    content: bytes


def _pdf(letter: Letter) -> _File:
    lines = [line for text in letter.lines for line in textwrap.wrap(text, _A_LINE)]
    return _File("document.pdf", "application/pdf", pdf(lines, [link.target for link in letter.links]))


def _html(letter: Letter) -> _File:
    return _File("document.html", "text/html", letter.html().encode())


def _written(script: str) -> _File:
    return _File(
        "document.html", "text/html", f"<html><body><script>{script}</script></body></html>".encode()
    )


def _in_base64(letter: Letter) -> _File:
    coded = base64.b64encode(letter.html().encode()).decode()
    half = len(coded) // 2
    return _written(f"document.write(decodeURIComponent(escape(atob('{coded[:half]}' + '{coded[half:]}'))))")


def _in_percent(letter: Letter) -> _File:
    return _written(f"document.write(decodeURIComponent('{quote(letter.html(), safe='')}'))")


def _in_numbers(letter: Letter) -> _File:
    return _written(
        f"document.write(String.fromCharCode({','.join(str(ord(one)) for one in letter.html())}))"
    )


def _docx(letter: Letter) -> _File:
    content = docx(letter.plain.split("\n"), [link.target for link in letter.links])
    return _File("document.docx", "application/octet-stream", content)


def _svg(letter: Letter) -> _File:
    lines = enumerate(letter.plain.split("\n"), 1)
    shown = "".join(f'<text y="{20 * number}">{html.escape(line)}</text>' for number, line in lines)
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg">{shown}</svg>'
    return _File("document.svg", "image/svg+xml", drawn.encode())


def _text(letter: Letter) -> _File:
    return _File("document.txt", "text/plain; charset=utf-8", letter.plain.encode())


def _message(letter: Letter) -> bytes:
    """Attached as it is: no encoding but these is allowed for it (RFC 2046 section 5.2.1)."""
    head = b"Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename=message.eml\r\n\r\n"
    return posted(letter, multipart("mixed", plain_part(_NOTE), head + posted(letter, letter.html())))


def _meeting(letter: Letter) -> _File:
    told = letter.plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    lines = (
        "BEGIN:VCALENDAR", "BEGIN:VEVENT", f"SUMMARY:{letter.subject}", f"DESCRIPTION:{told}", "END:VEVENT", "END:VCALENDAR", "",
    )  # fmt: skip
    return _File("rendez-vous.ics", "text/calendar; charset=utf-8", "\r\n".join(lines).encode())


def _archive(file: _File) -> _File:
    return _File("document.zip", "application/zip", zipped({file.name: file.content}))


def _unnamed_kind(file: _File) -> _File:
    return _File("document.htm", "application/octet-stream", file.content)


def _enclosed(
    letter: Letter, file: _File, note: str = _NOTE, author: Mailbox | None = None, subject: str | None = None
) -> bytes:  # fmt: skip
    shown = f'Content-Disposition: attachment; filename="{file.name}"'
    parts = multipart("mixed", plain_part(note), part(file.content, file.kind, shown))
    return posted(letter, parts, author=author, subject=subject)


ENCLOSED = (
    Trick("HTML file", lambda letter: _enclosed(letter, _html(letter)), where=Where.FILE),
    Trick("HTML file of no kind", lambda letter: _enclosed(letter, _unnamed_kind(_html(letter))), "M80", Where.FILE),
    Trick("HTML file from a colleague, urgent", lambda letter: _enclosed(
        letter, _html(letter), _URGENT + COLLEAGUE.display_name, COLLEAGUE, _FILE), where=Where.FILE),
    Trick("HTML file written by a script, base64", lambda letter: _enclosed(letter, _in_base64(letter)), "H39", Where.FILE),
    Trick("HTML file written by a script, percent", lambda letter: _enclosed(letter, _in_percent(letter)), "H39", Where.FILE),
    Trick("HTML file written by a script, numbers", lambda letter: _enclosed(letter, _in_numbers(letter)), "H39", Where.FILE),
    Trick("DOCX file", lambda letter: _enclosed(letter, _docx(letter)), where=Where.FILE),
    Trick("SVG file", lambda letter: _enclosed(letter, _svg(letter)), where=Where.FILE),
    Trick("text file", lambda letter: _enclosed(letter, _text(letter)), where=Where.FILE),
    Trick("ZIP of an HTML file", lambda letter: _enclosed(letter, _archive(_html(letter))), where=Where.FILE),
    Trick("ZIP of a PDF", lambda letter: _enclosed(letter, _archive(_pdf(letter))), where=Where.FILE),
    Trick("attached mail", _message),
    Trick("meeting", lambda letter: _enclosed(letter, _meeting(letter)), where=Where.FILE),
    Trick("PDF", lambda letter: _enclosed(letter, _pdf(letter)), where=Where.FILE),
    Trick("PDF without a note", lambda letter: _enclosed(letter, _pdf(letter), ""), where=Where.FILE),
    Trick("PDF, urgent", lambda letter: _enclosed(
        letter, _pdf(letter), f"{_URGENT}Cordialement", NOBODY, _FILE), where=Where.FILE),
    Trick("PDF from a person", lambda letter: _enclosed(
        letter, _pdf(letter), author=COLLEAGUE, subject="Document"), where=Where.FILE),
    Trick("PDF from a person, one word", lambda letter: _enclosed(
        letter, _pdf(letter), "Voici.", COLLEAGUE, "Document"), where=Where.FILE),
    Trick("PDF from a person without a note", lambda letter: _enclosed(
        letter, _pdf(letter), "", COLLEAGUE, "Document"), where=Where.FILE),
    Trick("PDF from a person, urgent", lambda letter: _enclosed(
        letter, _pdf(letter), f"{_URGENT}Cordialement", COLLEAGUE, _FILE), where=Where.FILE),
    Trick("PDF from a person, urgent and signed", lambda letter: _enclosed(
        letter, _pdf(letter), _URGENT + COLLEAGUE.display_name, COLLEAGUE, _FILE), where=Where.FILE),
)  # fmt: skip
