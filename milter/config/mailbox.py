"""Is this an address that mail of ours can be sent to? Pure."""

import re

# What a mail server takes without SMTPUTF8, and what cannot end a header field or an SMTP command.
MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")


def check_mailbox(text: str) -> str:
    """The text when it is an address of ASCII; else ValueError with the sentence for whoever wrote it."""
    if not MAILBOX.fullmatch(text):
        raise ValueError(f"is no mail address: {text!r}")
    return text
