"""Senders that keep a journal of what they were told: what was acknowledged must be somewhere."""

import re
import smtplib
import threading
from collections.abc import Iterable
from pathlib import Path

from tests.serving import Gateway


class Sender(threading.Thread):
    """Sends mails one after the other, each until it is acknowledged, as a mail server with a queue does."""

    def __init__(self, gateway: Gateway, template: bytes, names: Iterable[str]) -> None:
        super().__init__()
        self.acknowledged: list[str] = []
        self.other_codes: set[int] = set()
        self._gateway = gateway
        self._template = template
        self._names = iter(names)

    def run(self) -> None:
        client: smtplib.SMTP | None = None
        name = next(self._names, None)
        while name is not None and self._gateway.process.poll() is None:
            try:
                client = client or self._gateway.smtp()
                mail = b"X-Name: " + name.encode() + b"\r\n" + self._template
                client.sendmail("from@client.example", ["to@town-hall.example"], mail)
            except smtplib.SMTPResponseException as error:
                self.other_codes.add(error.smtp_code)
                client = None
            except (OSError, smtplib.SMTPException):
                client = None
            else:
                self.acknowledged.append(name)
                name = next(self._names, None)


def delivered(maildir: Path) -> list[str]:
    """The names of the mails that lie there, in no order."""
    found = (
        re.search(rb"^X-Name: (\S+)", mail.read_bytes(), re.MULTILINE) for mail in (maildir / "new").iterdir()
    )
    return [one[1].decode() for one in found if one]
