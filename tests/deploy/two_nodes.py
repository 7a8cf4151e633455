"""What happens to mail when a node dies under load? Runs where the guide many-nodes was followed.

Sends through HAProxy, kills every process of a node meanwhile, and counts: each mail that heard 250 was
delivered or is held. The next hop is a server of this script's own, which keeps the recipients it was given.
"""

import json
import os
import signal
import smtplib
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

FRAUD = b"""\
From: "Votre Assurance Maladie" <service@remboursement.example>\r
Subject: Votre remboursement\r
Date: Tue, 3 Feb 2026 10:00:00 +0100\r
Content-Type: text/plain; charset=utf-8\r
\r
Votre Assurance Maladie vous informe qu'un remboursement de 214,70 euros vous attend.\r
Veuillez renseigner votre RIB et votre carte bancaire pour le recevoir.\r
"""
ORDINARY = b"From: Lucie <lucie@firm.example>\r\nSubject: Lunch\r\nDate: Tue, 3 Feb 2026 10:00:00 +0100\r\n"


class NextHop:
    """Takes all mail."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep whose mail it is."""
        self.taken.add(envelope.rcpt_tos[0])
        return "250 2.0.0 Ok"


class Lmtp(Controller):
    """Dovecot's place."""

    def factory(self) -> LMTP:
        """One session."""
        return LMTP(self.handler)


class Sender(threading.Thread):
    """Sends until it is told to stop; each mail to a recipient of its own, tried until it is acknowledged."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.acknowledged: list[str] = []
        self.done = threading.Event()

    def run(self) -> None:
        """Send."""
        number = 0
        while not self.done.is_set():
            recipient = f"{self.name}-{number}@town-hall.example"
            mail = FRAUD if number % 2 else ORDINARY + b"\r\nSee you at noon.\r\n"
            try:
                with smtplib.SMTP("127.0.0.1", 25, timeout=60) as client:
                    client.sendmail("a@client.example", [recipient], mail)
            except (OSError, smtplib.SMTPException):
                time.sleep(0.1)
                continue
            self.acknowledged.append(recipient)
            number += 1


def held(node: int) -> set[str]:
    """Whose mail a node shows as held."""
    command = [
        "setpriv",
        "--reuid=vigimel",
        "--regid=vigimel",
        "--init-groups",
        "vigimel",
        "quarantine",
        "list",
    ]
    command += ["--json", "--limit", "100000", "--config", f"/etc/vigimel/node{node}.toml"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    items = [json.loads(line) for line in done.stdout.splitlines()]
    return {recipient for item in items for recipient in item["forward_paths"]}


def wait(what: str, holds: Callable[[], bool]) -> None:
    """Until it holds."""
    until = time.monotonic() + 120
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError(what)
        time.sleep(0.1)


def held_by(node: int) -> int:
    """How many mails the log of a node says that it held."""
    return Path(f"/var/log/vigimel{node}.log").read_text().count("event=held")


def main() -> None:
    """Send; kill the first node once both have held mail; go on; count."""
    hop = NextHop()
    server = Lmtp(hop, hostname="127.0.0.1", port=10024)
    server.start()
    senders = [Sender(f"s{number}") for number in range(4)]
    for sender in senders:
        sender.start()
    wait("both nodes hold mail", lambda: min(held_by(1), held_by(2)) > 2)
    # The service is a session of its own: all its processes go at once, as with the machine.
    os.killpg(int(Path("/run/vigimel1.pid").read_text()), signal.SIGKILL)
    before = [len(sender.acknowledged) for sender in senders]
    wait(
        "mail goes on by the other node",
        lambda: all(len(s.acknowledged) > n + 3 for s, n in zip(senders, before, strict=True)),
    )
    for sender in senders:
        sender.done.set()
    for sender in senders:
        sender.join(120)
    acknowledged = {recipient for sender in senders for recipient in sender.acknowledged}
    seen = [held(node) for node in (1, 2)]
    server.stop()
    lost = acknowledged - hop.taken - seen[1]
    figures = {"acknowledged": len(acknowledged), "delivered": len(hop.taken), "held": len(seen[1])}
    said = {**figures, "lost": sorted(lost), "both_show_the_same": seen[0] == seen[1]}
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main()
