"""Who has begun to log in at the identity provider, and what may he do who comes back? Pure, but for `of`."""

import hmac
import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from milter.config.options import Config, OidcConfig
from milter.errors import ConfigError
from milter.review.accounts import Role
from milter.review.oidc import Begun, Client, Provider, texts_of

BACK = "/login/oidc/back"
# So long may somebody look for his password, or his telephone.
LASTS = timedelta(minutes=10)
SECRET = "VIGIMEL_OIDC_SECRET"


class Stray(StrEnum):
    """Why somebody did not come in who was sent to the provider."""

    AWAY = "The identity provider does not answer. Try again in a moment."
    BEGUN = "This login was not started in this browser, took too long, or was already used. Start again."
    REFUSED = "The identity provider did not let you in."
    FORGED = "The identity provider's answer was not verified. Tell your admin: the reason is in the log."
    NO_ROLE = "The identity provider knows you, but gives you no role here. Ask your admin for one."
    NO_NAME = "The identity provider sent no usable account name. Ask your admin."
    TAKEN = "There is already an account with your name that is not yours. Ask your admin."
    DISABLED = "Your account is disabled. Ask your admin."


# Who has shown the provider who he is, and is a matter of the admin's; anybody can be one of the others.
KNOWN_THERE = frozenset({Stray.NO_ROLE, Stray.NO_NAME, Stray.TAKEN, Stray.DISABLED})


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The provider, and what its words mean here. `key` is what only the gateways of this database know."""

    provider: Provider
    config: OidcConfig
    key: bytes

    @classmethod
    def of(cls, config: Config, key: bytes) -> "Elsewhere | None":
        """That of a configuration; None where it has none."""
        oidc = config.oidc
        if not oidc.issuer:
            return None
        back = config.review.url.rstrip("/") + BACK
        client = Client(oidc.issuer, oidc.client_id, _secret_of(oidc), back, oidc.scopes)
        return cls(Provider(client, oidc.ca), oidc, hmac.digest(key, b"login elsewhere", "sha256"))

    @property
    def name(self) -> str:
        """What people call the provider."""
        return self.config.name or urlsplit(self.config.issuer).hostname or ""

    @property
    def wanted(self) -> frozenset[str]:
        """The claims that name and role are taken from."""
        names = {self.config.role_claim, self.config.name_claim}
        return frozenset(names | ({"email_verified"} if "email" in names else set()))

    def sealed(self, begun: Begun, now: datetime) -> str:
        """What the browser keeps until it comes back."""
        until = int((now + LASTS).timestamp())
        text = json.dumps([begun.state, begun.nonce, begun.verifier, until]).encode()
        return f"{urlsafe_b64encode(text).decode()}.{self._mark(text)}"

    def opened(self, kept: str, state: str, now: datetime) -> Begun | None:
        """What was sealed for this state; None for what is forged, of another login, or too old."""
        body, _, mark = kept.partition(".")
        try:
            text = urlsafe_b64decode(body.encode("ascii"))
        except ValueError:
            return None
        if not hmac.compare_digest(self._mark(text).encode(), mark.encode("utf-8", "replace")):
            return None
        kept_state, nonce, verifier, until = json.loads(text)
        is_this = hmac.compare_digest(kept_state.encode(), state.encode("utf-8", "replace"))
        return Begun(kept_state, nonce, verifier) if is_this and now.timestamp() < until else None

    def role_of(self, claims: Mapping[str, Any]) -> Role | None:
        """The highest role that the claims give; None where they give none."""
        values, config = texts_of(claims, self.config.role_claim), self.config
        by_role = {Role.ADMIN: config.admins, Role.REVIEWER: config.reviewers, Role.VIEWER: config.viewers}
        return next((role for role, named in by_role.items() if not values.isdisjoint(named)), None)

    def name_of(self, claims: Mapping[str, Any]) -> str:
        """What an account of these claims is called; nothing where they do not say."""
        return next(iter(sorted(texts_of(claims, self.config.name_claim))), "")

    def subject_of(self, claims: Mapping[str, Any]) -> str:
        """Whose account it is: names change hands, this does not (OpenID Connect Core section 5.7)."""
        return f"{self.config.issuer} {claims['sub']}"

    def _mark(self, text: bytes) -> str:
        return hmac.new(self.key, text, "sha256").hexdigest()


def _secret_of(oidc: OidcConfig) -> str:
    if not oidc.client_secret_file:
        return os.environ.get(SECRET, "")
    try:
        return Path(oidc.client_secret_file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"oidc.client_secret_file {oidc.client_secret_file}: cannot be read"]) from error
