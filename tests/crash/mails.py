"""Mails with a name at the top and at the end, so that half a mail is none."""

import re

from tests.cases import MAILS
from tests.cli.command import FRAUD, ORDINARY

# Four pieces on their way to the next hop.
_FILLING = (b"Of all that we have to say to each other, this is the least.\r\n" * 4000)[:200_000] + b"\r\n"
# A child reads it for a second or two: a picture of a letter within a PDF.
_WITH_A_FILE = (MAILS / "attachment_pdf_letter_payment" / "message.eml").read_bytes()
_NAME = re.compile(rb"^X-Name: (\S+)\r\n", re.MULTILINE)


def ordinary(name: str, *, large: bool = False) -> bytes:
    """A mail that goes on."""
    return _named(name, ORDINARY + (_FILLING if large else b""))


def fraud(name: str) -> bytes:
    """A mail that is held."""
    return _named(name, FRAUD)


def with_a_file(name: str) -> bytes:
    """A mail that is held for what stands in its file."""
    return _named(name, _WITH_A_FILE)


def name_of(raw: bytes) -> str | None:
    """Its name; None where it is not whole."""
    found = _NAME.search(raw)
    return found[1].decode() if found and raw.endswith(b"End of %s\r\n" % found[1]) else None


def _named(name: str, mail: bytes) -> bytes:
    return b"X-Name: %s\r\n%s\r\nEnd of %s\r\n" % (name.encode(), mail, name.encode())
