"""How are others told of a fraud? A report as RFC 5965 has it, and a text for the forms of the authorities.

Pure. Nothing of this leaves by itself: whoever asks for it sees it first.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from email.generator import BytesGenerator
from email.message import EmailMessage, Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.policy import SMTP, compat32
from email.utils import format_datetime
from io import BytesIO

from milter.brand.names import NO_NAMES, Names
from milter.claim.claim import Likeness
from milter.quarantine.held import Held
from milter.report.redact import REMOVED, Left, Redacted
from milter.report.words import say
from milter.speech.grounds import grounds_of
from milter.speech.show import one_line

# Where people in France report, and for what (read on 2026-11-28 in the notes of the brand file's sources).
PLACES = (
    ("https://www.internet-signalement.gouv.fr/", "a page or a site that is a fraud (PHAROS, the police)"),
    ("https://www.cybermalveillance.gouv.fr/", "help for people who have answered, and what to do next"),
    ("https://www.33700.fr/", "a number to call back or a text message"),
)
_WHAT = "This mail presents itself as {name}. It does not come from there."
# True of a text that speaks as the organisation, and of one that only speaks of it.
_WHAT_BY_ITS_TEXT = "The text of this mail brings {name} to mind. It does not come from there."
_WIRE = SMTP.clone(cte_type="7bit", max_line_length=76)
_OLD_WIRE = compat32.clone(cte_type="7bit", max_line_length=76, linesep="\r\n")


@dataclass(frozen=True, slots=True)
class Kit:
    """Everything one needs to tell others of a mail. `text` is for forms and for the eye."""

    held: Held
    redacted: Redacted
    text: str


def recipients_of(held: Held) -> tuple[str, ...]:
    """Who must not be seen in it."""
    return (*held.envelope.forward_paths, *held.delivered)


def kit(held: Held, redacted: Redacted, language: str, names: Names = NO_NAMES) -> Kit:
    """What may leave of a held mail."""
    return Kit(held, redacted, _text(held, redacted, language, names.of(held.brand, language)))


def feedback(made: Kit, sender: str, to: str, hostname: str, now: datetime) -> bytes:
    """The report as a mail (RFC 5965), whose third part is what is left of the fraud."""
    held = made.held
    mail = MIMEMultipart("report", policy=_OLD_WIRE)
    mail.set_param("report-type", "feedback-report")
    mail["From"] = f"Vigimel <{sender}>"
    mail["To"] = to
    mail["Subject"] = f"Fraud report: phishing from [{_address(held)}]"
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{secrets.token_hex(12)}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.attach(MIMEText(made.text, "plain", "utf-8", policy=_OLD_WIRE))
    machine = MIMENonMultipart("message", "feedback-report", policy=_OLD_WIRE)
    machine.set_payload("".join(f"{name}: {value}\n" for name, value in _feedback_fields(made, hostname)))
    mail.attach(machine)
    nested: Message = MIMENonMultipart("message", "rfc822", policy=_OLD_WIRE)
    nested.set_payload(_remains(made.redacted).decode("ascii"))
    mail.attach(nested)
    out = BytesIO()
    BytesGenerator(out, mangle_from_=False, policy=_OLD_WIRE).flatten(mail)
    return out.getvalue()


def _feedback_fields(made: Kit, hostname: str) -> list[tuple[str, str]]:
    held = made.held
    fields = [
        ("Feedback-Type", "fraud"),
        ("User-Agent", "Vigimel/1"),
        ("Version", "1"),
        ("Arrival-Date", format_datetime(held.received)),
        ("Reporting-MTA", f"dns; {hostname}"),
    ]
    if address := _address(held):
        fields.append(("Source-IP", address))
    if return_path := next(
        (value for name, value in made.redacted.fields if name.lower() == "return-path"), ""
    ):
        fields.append(("Original-Mail-From", _ascii(return_path)))
    domain = held.author_address.rpartition("@")[2]
    if domain.isascii() and domain.replace(".", "").replace("-", "").isalnum():
        fields.append(("Reported-Domain", domain))
    # RFC 5965 section 3.2 allows many of them.
    fields += [("Reported-URI", _ascii(link)) for link in made.redacted.links[:20] if REMOVED not in link]
    return fields


def _remains(redacted: Redacted) -> bytes:
    """What is left, as a mail."""
    inner = EmailMessage(policy=_WIRE)
    inner.make_mixed()
    for part in redacted.parts:
        subtype = "html" if part.text is not None and part.content_type == "text/html" else "plain"
        piece = EmailMessage(policy=_WIRE)
        # A half surrogate, which a charset of the sender's may give, has no bytes.
        text = (part.text if part.text is not None else _instead(part)).encode("utf-8", "replace").decode()
        piece.set_content(text, subtype=subtype, cte="base64")
        inner.attach(piece)
    head = "".join(f"{name}: {_ascii(value)}\r\n" for name, value in redacted.fields if _is_name(name))
    return head.encode("ascii") + b"MIME-Version: 1.0\r\n" + inner.as_bytes()


def _instead(part: Left) -> str:
    kind = one_line(part.content_type)[:80]
    return f"{REMOVED} {kind}, {part.size} bytes, SHA-256 {part.sha256}\n"


def _text(held: Held, redacted: Redacted, language: str, name: str) -> str:
    rows = [
        (say(language, "received"), f"{held.received:%Y-%m-%d %H:%M} UTC"),
        (say(language, "from"), redacted.first("from")),
        (say(language, "envelope sender"), redacted.first("return-path")),
        (say(language, "subject"), redacted.first("subject")),
        (say(language, "sending server"), f"[{_address(held)}]"),
        ("Message-ID", redacted.first("message-id")),
    ]
    is_by_its_text = grounds_of(held)["claim"]["likeness"] == Likeness.VOICE
    lines = [say(language, _WHAT_BY_ITS_TEXT if is_by_its_text else _WHAT).format(name=name)]
    colon = say(language, ": ")
    lines += [
        "",
        *(f"{label[0].upper()}{label[1:]}{colon}{one_line(value)}" for label, value in rows if value),
    ]
    if redacted.links:
        lines += ["", say(language, "It leads to:"), *(one_line(link) for link in redacted.links)]
    return "\n".join(lines) + "\n"


def _address(held: Held) -> str:
    address = held.envelope.client_address
    return address if _is_address(address) else ""


def _is_address(text: str) -> bool:
    return 0 < len(text) <= 45 and all(c in "0123456789abcdefABCDEF.:" for c in text)


def _is_name(name: str) -> bool:
    return 0 < len(name) <= 76 and all("!" <= c <= "~" and c != ":" for c in name)


def _ascii(value: str) -> str:
    """On one line of a header field, in ASCII."""
    return " ".join(value.encode("ascii", "replace").decode().split())[:900]
