"""A mail to hold, and a next hop to release it to."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from milter.config import NextHopConfig
from milter.mail.envelope import Envelope
from milter.quarantine.held import HeldMail
from milter.relay.next_hop import NextHop, next_hop
from milter.verdict.verdict import Finding

RECEIVED = datetime(2026, 11, 24, 8, 30, 0, 123456, tzinfo=UTC)
RAW = b"From: x\r\nSubject: \xe9\r\n\r\n.dot\r\nbare\n\0\r\n"
MAIL = HeldMail(
    envelope=Envelope(
        client_address="192.0.2.1",
        client_name="host.example",
        helo="client.example",
        reverse_path="a@b.example",
        forward_paths=("c@d.example", "e@d.example"),
        mail_parameters=("BODY=8BITMIME", "SIZE=12"),
        rcpt_parameters=(("NOTIFY=NEVER", "ORCPT=rfc822;all@d.example"), ()),
        tls=True,
    ),
    received=RECEIVED,
    finding=Finding.IMPERSONATION,
    reason="dit être l'Assurance Maladie",
    raw=RAW,
    brand="assurance-maladie",
    author="Votre Assurance Maladie",
    author_address="info@remboursement.example",
    subject="Votre remboursement",
    report='{"asks": [{"quote": "renseignez votre RIB"}]}',
    message_id="<1@b.example>",
)


def mail(**changes: Any) -> HeldMail:
    return replace(MAIL, **changes)


def hop(url: str, timeout: float = 20) -> NextHop:
    return next_hop(NextHopConfig(url=url, timeout=timeout, data_timeout=timeout), "gw.example")
