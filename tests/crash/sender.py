"""Who sends a mail until it is acknowledged, as a mail server with a queue does, and writes that down."""

import asyncio
import smtplib
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.crash.journal import Journal
from tests.crash.mails import name_of
from tests.intake.mta import Mta

Mail = tuple[str, bytes]
# A kill is over in less; the limit is there to end a test that is wrong.
_PATIENCE = 120


class Sender(threading.Thread):
    """One session at a time. `permanent` are replies that would have bounced a mail: there should be none."""

    def __init__(self, port: Callable[[], int], journal: Journal, mails: Iterable[Mail]) -> None:
        super().__init__(daemon=True)
        self.temporary: list[str] = []
        self.permanent: list[str] = []
        self.acknowledged = 0
        self.stops = False
        self._port = port
        self._journal = journal
        self._mails = mails
        self._client: smtplib.SMTP | None = None

    def run(self) -> None:
        for name, mail in self._mails:
            self._send(name, mail)
            if self.stops:
                break
        self._hang_up()

    def _send(self, name: str, mail: bytes) -> None:
        until = time.monotonic() + _PATIENCE
        while not self._is_acknowledged(mail):
            if self.permanent or time.monotonic() > until:
                return
        self._journal.add(name)
        self.acknowledged += 1

    def _is_acknowledged(self, mail: bytes) -> bool:
        try:
            code, text = self._transaction(mail)
        except (OSError, EOFError, smtplib.SMTPException):
            # Gone, or not yet there again.
            self._hang_up()
            time.sleep(0.02)
            return False
        if code == 250:
            return True
        (self.permanent if code >= 500 else self.temporary).append(f"{code} {text.decode()}")
        if code == 421:
            self._hang_up()
        return False

    def _transaction(self, mail: bytes) -> tuple[int, bytes]:
        """The last reply. No RSET comes after a refusal: the transaction is over by then."""
        if self._client is None:
            self._client = smtplib.SMTP("127.0.0.1", self._port(), "client.example", timeout=60)
            self._client.ehlo()
        client = self._client
        for command in ("MAIL FROM:<from@client.example>", "RCPT TO:<to@town-hall.example>", "DATA"):
            code, text = client.docmd(command)
            if code not in {250, 354}:
                return code, text
        client.send(mail.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        return client.getreply()

    def _hang_up(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None


class MilterSender(Sender):
    """A mail server with a milter, a connection for each mail.

    What it is told to go on with it delivers, and what it is told to discard it acknowledges as well.
    """

    def __init__(self, where: Path, delivered: Journal, journal: Journal, mails: Iterable[Mail]) -> None:
        super().__init__(lambda: 0, journal, mails)
        self._where = where
        self._delivered = delivered

    def _transaction(self, mail: bytes) -> tuple[int, bytes]:
        code, data = asyncio.run(self._ask(mail))
        if code == b"y":
            return int(data[:3]), data[4:].rstrip(b"\0")
        if code == b"t":
            return 451, b"tempfail"
        if code == b"c":
            name = name_of(mail)
            assert name
            self._delivered.add(name)
        else:
            assert code == b"d", code
        return 250, b"Ok"

    async def _ask(self, mail: bytes) -> tuple[bytes, bytes]:
        mta = await Mta.ready(self._where)
        try:
            return (await mta.mail(mail)).last
        finally:
            mta.close()
