"""What stands round the letter: plain text, other blocks, marks of a quotation, fields, a forwarder's note."""
# ruff: noqa: E501  one line a trick

import html
import textwrap

from milter.mail.reading import Mailbox
from tests.attachment.made import encoded, qr
from tests.vectors.letter import Letter, multipart, part, plain_part, posted
from tests.vectors.trick import Trick

COLLEAGUE = Mailbox("Claire Martin", "claire.martin@evil.example")
_STAFF = Mailbox("Direction RH", "rh@evil.example")
_STYLES = "<style>" + "".join(f".c{n}{{margin:{n}px;color:#333}}" for n in range(2000)) + "</style>"

_NOTES = {
    "without a word": "",
    "for information": "Pour info.\n\nClaire\n",
    "to be done by Friday": "Bonjour,\n\nA faire avant vendredi SVP.\n\nClaire\n",
    "to do what is needed": "Bonjour,\n\nCi-dessous le mail reçu ce matin, merci de faire le nécessaire.\n\nClaire Martin\nRessources humaines\n",
    "to follow the link": "Il faut suivre le lien et remplir le formulaire.\n",
    "by a friend who reminds": "Tu as oublié de faire ça, c'est important pour tes remboursements.\nBisous\n",
}  # fmt: skip
# They say themselves what they think of it.
_DOUBTS = {"in doubt": "Tu crois que c'est vrai ?\n", "with a warning": "Attention, arnaque !\n"}


def _blocks(block: str, before: str = "", after: str = "") -> Trick:
    def mail(letter: Letter) -> bytes:
        return posted(letter, letter.html(block=block, before=before, after=after))

    return Trick(f"each line in a <{block}>", mail)


def _forwarded(letter: Letter, note: str, author: Mailbox) -> bytes:
    first = letter.author
    head = (
        "---------- Forwarded message ---------", f"De : {first.display_name} <{first.address}>",
        "Date: lun. 16 nov. 2026 à 09:00", f"Subject: {letter.subject}", "To: <v@boite-mail.example>",
    )  # fmt: skip
    text = "\n".join((note, *head, "", letter.plain))
    return posted(letter, plain_part(text), author=author, subject=f"Fwd: {letter.subject}")


def _forward(name: str, note: str, author: Mailbox = COLLEAGUE, *, honest: bool = False) -> Trick:
    return Trick(f"forwarded {name}", lambda letter: _forwarded(letter, note, author), honest=honest)


def _alts(letter: Letter) -> bytes:
    lines = "".join(f'<img src="cid:x" alt="{html.escape(line)}">' for line in letter.lines)
    links = "".join(
        f'<a href="{html.escape(link.target)}"><img src="cid:y" alt="{html.escape(link.shown)}"></a>'
        for link in letter.links
    )
    return posted(letter, lines + links)


def _code(letter: Letter) -> bytes:
    """The links lead nowhere; the first is in a picture."""
    if not letter.links:
        return posted(letter, letter.html())
    unlinked = Letter(letter.name, letter.author, letter.subject, letter.text)
    picture = part(encoded(qr(letter.links[0].target)), "image/png", "Content-ID: <q>")
    shown = part(unlinked.html(after='<img src="cid:q">'))
    return posted(letter, multipart("related", shown, picture))


def _wrapped(letter: Letter) -> bytes:
    lines = (
        textwrap.fill(line, 34, break_long_words=False, break_on_hyphens=False)
        for line in letter.plain.split("\n")
    )
    return posted(letter, plain_part("\n".join(lines)))


FRAMED = (
    Trick("plain text", lambda letter: posted(letter, plain_part(letter.plain))),
    Trick("plain text in short lines", _wrapped),
    Trick("plain text in one line", lambda letter: posted(letter, plain_part(" ".join(letter.plain.split())))),
    Trick("lines by <br>", lambda letter: posted(letter, letter.html(block="span").replace("</span>", "</span><br>"))),
    Trick("all in one line", lambda letter: posted(letter, letter.html(block="span").replace("</span>", "</span> "))),
    *(_blocks(block) for block in ("blockquote", "pre", "button")),
    _blocks("td", "<table>", "</table>"),
    _blocks("option", "<select multiple>", "</select>"),
    Trick("all in a field", lambda letter: posted(letter, f"<textarea readonly>{html.escape(letter.plain)}</textarea>")),
    Trick("all in tables of thirty floors", lambda letter: posted(
        letter, letter.html(before="<table><tr><td>" * 30, after="</td></tr></table>" * 30))),
    Trick("below two thousand style rules", lambda letter: posted(letter, letter.html(head=_STYLES))),
    Trick("as alternative texts of pictures", _alts, "H25"),
    Trick("the first link as a QR code", _code, "H40"),
    Trick("as lines quoted from nobody", lambda letter: posted(
        letter, plain_part("\n".join(f"> {line}" for line in letter.plain.split("\n"))))),
    *(_forward(name, note) for name, note in _NOTES.items()),
    _forward("by the staff to all", "Chers collègues,\n\nMerci de mettre à jour votre dossier comme demandé ci-dessous.\n\n"
             "La direction\n", _STAFF),
    *(_forward(name, note, honest=True) for name, note in _DOUBTS.items()),
)  # fmt: skip
