"""Mails that were judged, as the trace has them."""

from datetime import UTC, datetime
from typing import Any

from milter.trace.traced import Traced

AT = datetime(2026, 11, 24, 8, 30, 0, 123456, tzinfo=UTC)
ROW = Traced(
    at=AT,
    mail_id="0123456789ab",
    client_address="192.0.2.1",
    reverse_path="a@b.example",
    recipients=("c@d.example", "e@d.example"),
    author_address="info@remboursement.example",
    author_domain="remboursement.example",
    message_id="<1@b.example>",
    size=1234,
    finding="impersonation",
    action="quarantine",
    brand="assurance-maladie",
    likeness="display_name",
    standing="unproven",
    asks=("bank_details", "link"),
    held_id=7,
    reply="250 2.0.0 Ok 0123456789ab",
    milliseconds=12,
)


def row(**changes: Any) -> Traced:
    return ROW._replace(**changes)


def official(standing: str, **changes: Any) -> Traced:
    """A mail whose author is at a domain of the organisation."""
    finding = "genuine" if standing == "proven" else "impersonation"
    return row(official="info.ameli.fr", standing=standing, finding=finding, likeness="", asks=(), **changes)
