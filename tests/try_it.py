"""`make try`: send sample mails through a gateway and show what became of each.

The gateway is one of its own, started as `make run` starts it, but on a free port, below var/try and with
the test DNS: the official mail is signed with a test key that no other DNS knows. `make try TO=host:port`
sends to a gateway that runs already and shows what it answered.
"""

import argparse
import contextlib
import json
import re
import shutil
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from milter.cli.terminal import row
from milter.config.address import HostPort
from milter.errors import Reply
from milter.mail.coding.encoded_word import decode_words
from milter.mail.message import Message
from tests.cases import MAILS
from tests.dns_server import DnsServer

STATE = Path(__file__).parent.parent / "var" / "try"
SAMPLES = {
    "official mail, signed with the test key": "official_information_de_paiement_with_tracking_link",
    "fraud: wants bank details": "carte_vitale_v3_asks_to_send_back_attached_form_with_bank_slip",
    "fraud: the official address, forged": "exact_official_address_forged_with_payment_information_subject",
    "ordinary: a mutuelle writes about a refund": "mutuelle_refund_statement_names_health_insurance",
    "ordinary: a person called Amélie": "homonym_amelie_martin_sends_invoice",
}
READER = "reader@town-hall.example"
_CONFIG = """\
[state]
directory = "."
[review]
listen = []
[smtp]
listen = ["127.0.0.1:0"]
[dns]
nameservers = ["{nameserver}"]
"""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a mail, and where it lies."""

    finding: str
    action: str
    place: str
    reason: str


def main() -> None:
    """Send the samples, to the gateway named or to one of our own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", default="", help="host:port of a gateway that runs already")
    to = parser.parse_args().to
    if to:
        _send_all(HostPort.parse(to))
        return
    shutil.rmtree(STATE, ignore_errors=True)
    STATE.mkdir(parents=True)
    with DnsServer() as dns, _gateway(dns.address) as gateway:
        print(f"A gateway of its own on {gateway}, with the test DNS on {dns.address}.\n")
        for what, name in SAMPLES.items():
            raw = (MAILS / name / "message.eml").read_bytes()
            reply = _send(gateway, raw)
            fate = _fate(raw)
            print(what)
            rows = ("answered", str(reply)), ("finding", f"{fate.finding} -> {fate.action}")
            for label, value in (*rows, ("lies in", fate.place), ("reason", fate.reason)):
                print(row(label, value, 8))
            print()
    print(f"Look around: .venv/bin/vigimel quarantine list --config {_relative(STATE / 'vigimel.toml')}")


def _send_all(gateway: HostPort) -> None:
    for what, name in SAMPLES.items():
        print(f"{what}\n  answered  {_send(gateway, (MAILS / name / 'message.eml').read_bytes())}")
    print(
        "What it found stands in its log, in X-Vigimel-Finding of what it passed on, and in its quarantine."
    )
    print("The official mail can only be proven where the test DNS is asked (python -m tests.dns_server).")


def _send(gateway: HostPort, raw: bytes) -> Reply:
    """What the gateway answered to the mail."""
    with smtplib.SMTP(gateway.host, gateway.port, timeout=60) as smtp:
        smtp.ehlo("client.example")
        code, text = smtp.mail("bounces@sender.example")
        if code < 400:
            code, text = smtp.rcpt(READER)
        if code < 400:
            code, text = smtp.data(raw)
    return Reply(code, "", text.decode("utf-8", "replace"))


@contextlib.contextmanager
def _gateway(nameserver: str) -> Iterator[HostPort]:
    config = STATE / "vigimel.toml"
    config.write_text(_CONFIG.format(nameserver=nameserver), encoding="utf-8")
    command = [sys.executable, "-m", "milter", "serve", "--config", str(config)]
    with (
        (STATE / "log").open("wb") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            yield _address(process)
        finally:
            process.terminate()


def _address(process: "subprocess.Popen[str]") -> HostPort:
    """Where it says that it listens."""
    for line in process.stdout or ():
        if found := re.search(r"127\.0\.0\.1:\d+", line):
            return HostPort.parse(found[0])
    sys.exit((STATE / "log").read_text(encoding="utf-8", errors="replace"))


def _fate(raw: bytes) -> Fate:
    message_id = _field(raw, "message-id")
    for path in sorted((STATE / "maildir" / "new").glob("*")):
        delivered = path.read_bytes()
        if _field(delivered, "message-id") == message_id:
            tagged = _field(delivered, "subject") != _field(raw, "subject")
            finding, reason = _field(delivered, "x-vigimel-finding"), _field(delivered, "x-vigimel-reason")
            return Fate(finding, "tag" if tagged else "pass", _relative(path), reason)
    for held in _quarantine():
        if held["message_id"] == message_id:
            place = f"quarantine, number {held['id']}"
            return Fate(held["finding"], "quarantine", place, held["reason"])
    return Fate("-", "defer or reject", "nowhere: its sender still has it", _relative(STATE / "log"))


def _quarantine() -> list[dict[str, str]]:
    command = [sys.executable, "-m", "milter", "quarantine", "list", "--json", "-c", f"{STATE}/vigimel.toml"]
    lines = subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()
    return [json.loads(line) for line in lines]


def _field(raw: bytes, name: str) -> str:
    field = Message(raw).first(name)
    return decode_words(field.value).strip() if field else ""


def _relative(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


if __name__ == "__main__":
    main()
