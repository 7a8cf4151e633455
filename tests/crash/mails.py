"""Mails with a name at the top and at the end, so that half a mail is none."""

import io
import re
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from tests.cases import MAILS
from tests.cli.command import FRAUD, ORDINARY

# Four pieces on their way to the next hop.
_FILLING = (b"Of all that we have to say to each other, this is the least.\r\n" * 4000)[:200_000] + b"\r\n"
_WITH_A_FILE = (MAILS / "attachment_pdf_letter_payment" / "message.eml").read_bytes()
_NAME = re.compile(rb"^X-Name: (\S+)\r\n", re.MULTILINE)


def ordinary(name: str, *, large: bool = False) -> bytes:
    """A mail that goes on."""
    return _named(name, ORDINARY + (_FILLING if large else b""))


def fraud(name: str) -> bytes:
    """A mail that is held."""
    return _named(name, FRAUD)


def with_a_file(name: str) -> bytes:
    """A mail whose PDF a child opens."""
    return _named(name, _WITH_A_FILE)


def with_a_picture(name: str) -> bytes:
    """A mail whose picture a child reads for half a second, where it has an OCR."""
    return _named(name, _picture_of_a_letter())


@cache
def _picture_of_a_letter() -> bytes:
    page = Image.new("L", (1000, 300), "white")
    text = "Votre Assurance Maladie vous informe : renseignez votre RIB et votre carte.\n" * 5
    ImageDraw.Draw(page).multiline_text((60, 60), text, "black", ImageFont.load_default(24))
    picture = io.BytesIO()
    page.save(picture, "PNG")
    mail = EmailMessage(SMTP)
    mail["From"] = '"Votre Assurance Maladie" <service@remboursement.example>'
    mail["To"] = "someone@town-hall.example"
    mail["Subject"] = "Votre remboursement"
    mail.set_content("L'Assurance Maladie")
    mail.add_attachment(picture.getvalue(), "image", "png", filename="lettre.png")
    return mail.as_bytes()


def name_of(raw: bytes) -> str | None:
    """Its name; None where it is not whole."""
    found = _NAME.search(raw)
    return found[1].decode() if found and raw.endswith(b"End of %s\r\n" % found[1]) else None


def _named(name: str, mail: bytes) -> bytes:
    return b"X-Name: %s\r\n%s\r\nEnd of %s\r\n" % (name.encode(), mail, name.encode())
