"""A digest as tests send it: the configuration, mails that may be asked for or not, and what arrives."""

import email
import email.policy
import json
import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from milter.config import Config
from milter.digest.post import DigestPost
from milter.mail.envelope import Envelope
from milter.quarantine.held import HeldMail
from milter.quarantine.store import Store
from milter.relay.next_hop import NextHop
from tests.quarantine.mails import mail

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
URL = "https://gate.example"
ADA, EVE = "ada@town-hall.example", "eve@town-hall.example"


def grounds(likeness: str = "display_name", strength: str = "likely", *asks: str) -> str:
    """Why a mail was held, as it is stored."""
    trace = {"where": "From", "shows": "Ameli", "folded": "ameli", "likeness": likeness}
    claim = {"likeness": likeness, "strength": strength, "evidence": [trace]}
    kinds = asks or ("link",)
    return json.dumps({"claim": claim, "asks": [{"kind": kind, "quote": "Cliquez"} for kind in kinds]})


def held_for(*recipients: str, **changes: Any) -> HeldMail:
    """A mail that its recipients may ask for, received before the digest is due."""
    envelope = Envelope("192.0.2.1", "client.example", "a@b.example", recipients or (ADA,))
    values = {"envelope": envelope, "received": NOW - timedelta(hours=9), "report": grounds(), **changes}
    return mail(**values)


def config(**digest: object) -> Config:
    """The configuration of a gateway of the town hall."""
    options = {"domains": ["town-hall.example"], "time_zone": "Europe/Paris", **digest}
    wanted = {"digest": options, "review": {"url": URL}, "smtp": {"hostname": "gate.example"}}
    return Config.model_validate(wanted, strict=False)


def post(store: Store, next_hop: NextHop, **digest: object) -> DigestPost:
    """Who sends it."""
    return DigestPost(store, next_hop, config(**digest), b"key")


def arrived(directory: Path) -> list[EmailMessage]:
    """What lies in a Maildir, by recipient."""
    files = sorted((directory / "new").glob("*")) if directory.exists() else []
    mails = [email.message_from_bytes(f.read_bytes(), policy=email.policy.SMTP) for f in files]
    return sorted(mails, key=lambda one: str(one["To"]))


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    """The text of a mail."""
    part = mail.get_body((kind,))
    assert part
    return str(part.get_content())


def links_of(mail: EmailMessage) -> list[str]:
    """The addresses behind the links of a digest, without the host."""
    return re.findall(rf'href="{URL}([^"]+)"', text_of(mail, "html"))
