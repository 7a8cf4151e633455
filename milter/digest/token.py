"""May whoever has this link ask for this mail? Tokens of links, and of the form behind them. Pure.

A token is a number and a secret. Of the secret only a hash is stored, of it and of the mail and the recipient
that it is for. A form carries a token of its own, made for a time: who only follows links, or only sends what
a link says, as scanners of mail do, has asked for nothing.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from milter.quarantine.told import Told

# 32 octets.
_TOKEN = re.compile(r"([1-9][0-9]{0,15})-([A-Za-z0-9_-]{43})")
_FORM = re.compile(r"([0-9]{10,11})-([0-9a-f]{64})")
# As long as somebody looks at the page before he decides.
_FORM_HOLDS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Token:
    """The token of a link."""

    id: int
    secret: str = field(repr=False)

    def __str__(self) -> str:
        """As it stands in the link."""
        return f"{self.id}-{self.secret}"

    @classmethod
    def read(cls, text: str) -> "Token | None":
        """The token that is written exactly so; None for anything else. Never raises."""
        found = _TOKEN.fullmatch(text)
        return cls(int(found[1]), found[2]) if found else None

    def opens(self, told: Told) -> bool:
        """True for the token that was made for this."""
        made_for = hash_of(self.secret, told.mail_id, told.recipient)
        # Always compared, in one time.
        return hmac.compare_digest(made_for, told.token_hash) and told.id == self.id


def new_secret() -> str:
    """A secret that nobody guesses."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str, mail_id: int, recipient: str) -> str:
    """What is stored of it. It has 256 bits by itself, so that a fast hash will do."""
    line = f"{secret}\n{mail_id}\n{recipient}"
    return hashlib.sha256(line.encode("utf-8", "surrogateescape")).hexdigest()


def form_token(key: bytes, token: Token, now: datetime) -> str:
    """What the form behind the link carries, for an hour. `key` is the secret of the database."""
    until = int((now + _FORM_HOLDS).timestamp())
    return f"{until}-{_form_mark(key, token, until)}"


def has_form_token(key: bytes, token: Token, given: object, now: datetime) -> bool:
    """True where a form carries it, and not too late. Never raises."""
    found = _FORM.fullmatch(given) if isinstance(given, str) else None
    if found is None:
        return False
    until = int(found[1])
    return hmac.compare_digest(_form_mark(key, token, until), found[2]) and now.timestamp() < until


def _form_mark(key: bytes, token: Token, until: int) -> str:
    return hmac.new(key, f"ask\n{until}\n{token}".encode(), hashlib.sha256).hexdigest()
