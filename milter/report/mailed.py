"""How does a report travel? As a mail of ours with a text and an HTML part, to one recipient. Pure."""

import secrets
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from milter.report.table import Document
from milter.report.written import as_html, as_text

# 7bit on the way, so that nothing has to change it; and no line that a server might cut.
_POLICY = SMTP.clone(cte_type="7bit", max_line_length=76)


def mail_of(document: Document, sender: str, to: str, now: datetime) -> EmailMessage:
    """The report as a mail."""
    return written(document.subject, as_text(document), as_html(document), sender, to, now)


def written(subject: str, text: str, html: str, sender: str, to: str, now: datetime) -> EmailMessage:
    """A mail of the gateway, which no robot answers (RFC 3834)."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address("Vigimel", addr_spec=sender)
    mail["To"] = Address(addr_spec=to)
    mail["Subject"] = subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{secrets.token_hex(12)}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(text, cte="base64")
    if html:
        mail.add_alternative(html, subtype="html", cte="base64")
    return mail
