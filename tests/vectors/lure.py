"""What the vectors hide: a fraud in the name of the Assurance Maladie, and a club's letter of the same shape.

The fraud's words are those of a real one: a card to order, behind a link.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

LINK = "http://x.invalid/"
CLUB = "https://club-lecture.example/"


@dataclass(frozen=True, slots=True)
class Body:
    """One text, as HTML and as plain text."""

    lines: tuple[str, ...]
    link: str
    shown: str

    @property
    def text(self) -> str:
        """The plain text, with CRLF."""
        return "\r\n\r\n".join((*self.lines[:-1], f"{self.shown} : {self.link}", self.lines[-1], ""))

    @property
    def html(self) -> str:
        """The HTML in ASCII."""
        return entities(self.raw_html)

    @property
    def raw_html(self) -> str:
        """The HTML: a paragraph a line, the link before the last."""
        paragraphs = [f"<p>{line}</p>" for line in self.lines]
        paragraphs.insert(-1, f'<p><a href="{self.link}">{self.shown}</a></p>')
        return f"<html><body>{''.join(paragraphs)}</body></html>"

    def spelled(self, spell: Callable[[str], str]) -> "Body":
        """The same with every text passed through `spell`."""
        return replace(self, lines=tuple(map(spell, self.lines)), shown=spell(self.shown))


def entities(text: str) -> str:
    """The text in ASCII, all else as character references."""
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


FRAUD = Body(
    (
        "Assurance Maladie",
        "Chère assurée, cher assuré,",
        "Votre carte Vitale arrive à expiration. L'Assurance Maladie vous invite à commander la nouvelle.",
        "Sans réponse de votre part, vos remboursements seront suspendus.",
        "Pour recevoir votre carte, renseignez vos coordonnées bancaires avant le 30 du mois.",
        "Cordialement, votre caisse primaire d'Assurance Maladie",
    ),
    LINK,
    "Commander ma nouvelle carte Vitale",
)
# The same wish from nobody: what is left to find is who the sender says he is.
UNNAMED = Body(
    (
        "Bonjour,",
        "Votre dossier est incomplet et votre remboursement de 214,70 euros est en attente.",
        "Merci de renseigner vos coordonnées bancaires sous 48 heures.",
        "Cordialement, le service des remboursements",
    ),
    LINK,
    "Accéder à mon dossier",
)
LETTER = Body(
    (
        "Le club de lecture",
        "Chers amis,",
        "La rentrée approche et notre équipe prépare le programme de l'automne.",
        "Il y aura trois rencontres, un atelier de reliure et une promenade au bord du canal.",
        "La bibliothèque sera fermée lundi en raison de l'inventaire.",
        "À bientôt, le bureau du club",
    ),
    CLUB,
    "Voir le programme complet",
)

_TO = (
    b"To: v@b.example\r\nDate: Tue, 3 Feb 2026 10:00:00 +0100\r\n"
    b"Message-ID: <v1@x.example>\r\nMIME-Version: 1.0\r\n"
)


def plain_mail(header: bytes, body: Body = FRAUD) -> bytes:
    """That header block on top, then a plain text."""
    kind = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
    return header + _TO + kind + b"\r\n" + body.text.encode()


def html_mail(html: str | bytes, header: bytes = b"", charset: bytes = b"utf-8") -> bytes:
    """An HTML mail from nobody the reader knows, or with that header block on top."""
    header = header or b"From: Service client <x@evil.example>\r\nSubject: Votre dossier\r\n"
    kind = b"Content-Type: text/html; charset=" + charset + b"\r\nContent-Transfer-Encoding: 8bit\r\n"
    content = html.encode() if isinstance(html, str) else html
    return header + _TO + kind + b"\r\n" + content + b"\r\n"
