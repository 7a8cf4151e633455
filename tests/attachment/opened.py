"""A mail with files, opened as the child does that looks at it."""

import time

from milter.attachment.budget import Budget
from milter.attachment.found import Found
from milter.attachment.open import merged, open_files
from milter.mail.message import Message
from milter.mail.read import read
from milter.mail.reading import LinkKind, Reading
from tests.attachment.made import mail

LETTER = ["Assurance Maladie", "Votre carte Vitale expire.", "Renseignez votre RIB."]
URL = "https://fraude.example/v/1"


def opened(
    *files: tuple[str, str, bytes], html: str = "", inline: tuple[tuple[str, bytes], ...] = ()
) -> tuple[Reading, Found]:
    raw = mail("A <a@b.example>", "s", "Voir la pièce jointe.\n", *files, html=html, inline=inline)
    message = Message(raw)
    reading = read(message)
    found = open_files(message, reading, Budget(time.monotonic() + 60))
    return merged(reading, found), found


def targets(reading: Reading, kind: LinkKind) -> list[str]:
    return [link.target for link in reading.links if link.kind is kind]
