"""A letter that is written anew: what a mail says, and the pieces that mails saying the same are made of.

What is by chance goes by the name of the letter, so that a letter is always written in the same way.
"""

import base64
import html
import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from milter.mail.message import Message
from milter.mail.read import read
from milter.mail.reading import Link, LinkKind, Mailbox, Reading

# Text to HTML.
Spelling = Callable[[str], str]

SCHEMES = ("http://", "https://", "mailto:")
NOBODY = Mailbox("", "info@evil.example")
_MOST_LINKS = 6
_NO_LETTER = 150  # characters
# Honest words without a thought of insurance, as many as a letter has.
_SENTENCES = (
    "Le club de lecture se réunit jeudi à la bibliothèque municipale.",
    "Nous parlerons du dernier roman de l'automne et préparerons la promenade au bord du canal.",
    "Les inscriptions à l'atelier de reliure sont ouvertes, il reste quelques places.",
    "Le bureau remercie les bénévoles qui ont rangé les rayons pendant l'été.",
    "La recette du mois est une tarte aux pommes de la région, avec un peu de cannelle.",
    "Le train de Lyon part à neuf heures et arrive à midi.",
)
SALT = "\n".join(_SENTENCES * 4)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says: who, about what, in which words, with which links. `name` seeds what is by chance."""

    name: str
    author: Mailbox
    subject: str
    text: str
    links: tuple[Link, ...] = ()

    @property
    def lines(self) -> list[str]:
        """Those that say something."""
        return [line for line in self.text.split("\n") if line.strip()]

    @property
    def plain(self) -> str:
        """The text, and below it the targets of links that it does not show."""
        unseen = (link.target for link in self.links if link.target not in self.text)
        return "\n".join([self.text, *dict.fromkeys(unseen)])

    @property
    def anonymous(self) -> "Letter":
        """The same from a bare address, so that only the text speaks."""
        return replace(self, author=NOBODY)

    def chance(self, trick: str) -> random.Random:
        """Always the same for one trick on one letter."""
        return random.Random(f"{trick} {self.name}")

    def html(
        self,
        spell: Spelling = html.escape,
        *,
        head: str = "",
        before: str = "",
        after: str = "",
        block: str = "p",
    ) -> str:
        """An HTML document: a block a line, each link at the first line that shows it."""
        waiting = list(self.links)
        blocks = "".join(f"<{block}>{_linked(line, waiting, spell)}</{block}>" for line in self.lines)
        # Those that no line shows: pictures and buttons.
        unseen = "".join(f"<p>{_anchor(one, spell)}</p>" for one in waiting if not one.shown.strip())
        return f"<html><head>{head}</head><body>{before}{blocks}{unseen}{after}</body></html>"


def _linked(line: str, waiting: list[Link], spell: Spelling) -> str:
    for link in waiting:
        if link.shown.strip() and link.shown in line:
            before, after = line.split(link.shown, 1)
            waiting.remove(link)
            return spell(before) + _anchor(link, spell) + spell(after)
    return spell(line)


def _anchor(link: Link, spell: Spelling) -> str:
    return f'<a href="{html.escape(link.target)}">{spell(link.shown.strip() or "Continuer")}</a>'


def letter_of(raw: bytes, name: str) -> Letter | None:
    """The letter that a mail is; None for one of a few words, and where quotations or files say the rest."""
    reading = read(Message(raw))
    if len(reading.text) < _NO_LETTER or reading.attached or reading.attachments or reading.quoted:
        return None
    return Letter(name, reading.author or NOBODY, reading.subject, reading.text, _followed(reading))


def _followed(reading: Reading) -> tuple[Link, ...]:
    links = [link for link in reading.links if link.kind is not LinkKind.IMAGE]
    return tuple(link for link in links if link.target.startswith(SCHEMES))[:_MOST_LINKS]


def posted(
    letter: Letter, content: bytes | str, *, author: Mailbox | None = None, subject: str | None = None
) -> bytes:
    """A mail: the header fields of the letter, or that author and subject, above a `part` or a `multipart`.

    Text is an HTML document.
    """
    body = part(content) if isinstance(content, str) else content
    mailbox = author or letter.author
    shown = (
        f"{_encoded(mailbox.display_name)} <{mailbox.address}>"
        if mailbox.display_name
        else f"<{mailbox.address}>"
    )
    number = zlib.crc32(letter.name.encode() + body)
    about = letter.subject if subject is None else subject
    fields = (
        f"From: {shown}",
        "To: v@boite-mail.example",
        f"Subject: {_encoded(about)}",
        "Date: Mon, 16 Nov 2026 09:12:00 +0100",
        f"Message-ID: <{number:08x}@evil.example>",
        "MIME-Version: 1.0",
        "",
    )
    return "\r\n".join(fields).encode() + body


def part(content: bytes | str, kind: str = "text/html; charset=utf-8", *fields: str) -> bytes:
    """A part in base64, with these fields besides."""
    data = content.encode() if isinstance(content, str) else content
    head = (f"Content-Type: {kind}", "Content-Transfer-Encoding: base64", *fields, "", "")
    return "\r\n".join(head).encode() + base64.encodebytes(data).replace(b"\n", b"\r\n")


def plain_part(text: str) -> bytes:
    """A part of plain text."""
    return part(text.replace("\n", "\r\n"), "text/plain; charset=utf-8")


def multipart(kind: str, *parts: bytes) -> bytes:
    """The parts, in a multipart of that kind."""
    inside = b"".join(b"--B1\r\n" + one + b"\r\n" for one in parts)
    return f"Content-Type: multipart/{kind}; boundary=B1\r\n\r\n".encode() + inside + b"--B1--\r\n"


def _encoded(text: str) -> str:
    return f"=?utf-8?B?{base64.b64encode(text.encode()).decode()}?=" if text else ""
