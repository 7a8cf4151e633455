"""What happens to mail when a node dies under load? Runs where the guide many-nodes was followed.

Each node is a network namespace. Sends through HAProxy, takes a node away meanwhile as a power cut would (the
wire is dead, then every process), and counts: each mail that heard 250 was delivered or is held. Then it
comes back, and the review pages of both are compared. The next hop is a server of our own.
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
PASSWORD = "a plant in every pot"
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


def vigimel(*arguments: str, typed: str = "") -> str:
    """A command of the second node, as the user of the service; what it says."""
    user = ["setpriv", "--reuid=vigimel", "--regid=vigimel", "--init-groups"]
    command = [*user, "vigimel", *arguments, "--config", "/etc/vigimel/node2.toml"]
    return subprocess.run(
        command, input=typed, stdout=subprocess.PIPE, text=True, check=True, timeout=120
    ).stdout


def held() -> set[str]:
    """Whose mail is held."""
    items = map(json.loads, vigimel("quarantine", "list", "--json", "--limit", "100000").splitlines())
    return {recipient for item in items for recipient in item["forward_paths"]}


def page(node: int) -> str:
    """What the review page of a node lists, asked from the node itself."""
    script = [sys.executable, str(Path(__file__).parent / "review_page.py"), "ada", PASSWORD]
    command = ["ip", "netns", "exec", f"vigimel{node}", *script]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=120).stdout


def cut(node: int) -> None:
    """Take a node away: nothing of it is heard any more, not even that its connections end."""
    subprocess.run(["ip", "link", "set", f"to{node}", "down"], check=True, timeout=60)
    # The service is a session of its own: all its processes go at once, as with the machine.
    os.killpg(int(Path(f"/run/vigimel{node}.pid").read_text()), signal.SIGKILL)


def bring_back(node: int) -> None:
    """Start it again."""
    subprocess.run(["ip", "link", "set", f"to{node}", "up"], check=True, timeout=60)
    subprocess.run(["systemctl", "restart", f"vigimel{node}"], check=True, timeout=120)


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
    server = Lmtp(hop, hostname="10.77.0.1", port=10024)
    server.start()
    vigimel("admin", "add", "ada", "--role", "viewer", typed=f"{PASSWORD}\n")
    senders = [Sender(f"s{number}") for number in range(4)]
    for sender in senders:
        sender.start()
    wait("both nodes hold mail", lambda: min(held_by(1), held_by(2)) > 2)
    cut(1)
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
    waiting = held()
    bring_back(1)
    pages = [page(1), page(2)]
    server.stop()
    figures = {"acknowledged": len(acknowledged), "delivered": len(hop.taken), "held": len(waiting)}
    said = {
        **figures,
        "lost": sorted(acknowledged - hop.taken - waiting),
        "not_shown": sorted(recipient for recipient in waiting if recipient not in pages[0]),
        "both_show_the_same": pages[0] == pages[1],
    }
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main()
