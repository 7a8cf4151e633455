"""Who else may say who somebody is? Pure."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from milter.config.options.section import Section

_URL = re.compile(r"(https|http)://(?:localhost|127\.0\.0\.1|\[::1\]|([^\s/?#@]+?))(?::\d+)?(?:/[^\s?#]*)?")


def _check_issuer(text: str) -> str:
    found = _URL.fullmatch(text)
    # In the clear on this machine only: what is said of a login must not be changed on its way.
    if text and (found is None or (found[1] == "http" and found[2])):
        raise ValueError(f"an address that begins with https://, without ? and #, not {text!r}")
    return text


Issuer = Annotated[str, AfterValidator(_check_issuer)]
Claim = Annotated[str, Field(pattern=r"^[^\s]{1,200}$")]


class OidcConfig(Section):
    """[oidc]: an identity provider (OpenID Connect) that people log in at for the review page."""

    issuer: Issuer = Field(
        "",
        description="The issuer of the identity provider, exactly as it calls itself, as in "
        '"https://login.town-hall.example/realms/staff"; the rest is read from its '
        ".well-known/openid-configuration. There, the gateway is a confidential client with the "
        "authorization code flow, and its redirect address is [review] url with /login/oidc/back behind it. "
        "Empty: people log in with a password of ours.",
    )
    client_id: str = Field("", description="What the gateway is called there.")
    client_secret_file: str = Field(
        "",
        description="A file with the secret of that client, readable for the user that the gateway runs as "
        "alone. A relative path starts at the directory of this file. Empty: the environment variable "
        "VIGIMEL_OIDC_SECRET; without either the client is a public one, which PKCE alone protects.",
    )
    ca: str = Field(
        "",
        description="Certificates of the authorities, in one PEM file, that the provider's certificate must "
        "come from. A relative path starts at the directory of this file. Empty: those of the system.",
    )
    name: str = Field("", max_length=60, description="What the login page calls it. Empty: its host.")
    scopes: tuple[Claim, ...] = Field(
        ("openid", "profile", "email"), description='What is asked for; some providers want "groups", too.'
    )
    name_claim: Claim = Field(
        "preferred_username",
        description='The claim that names the account when it is first made, such as "email". An account '
        "belongs to the issuer and its subject, so that nobody can take over another user's name.",
    )
    role_claim: Claim = Field(
        "groups",
        description='The claim that the role is taken from, such as "roles", "email" or, inside another one, '
        '"realm_access.roles". It is looked for in the ID token, then at the userinfo endpoint. An e-mail '
        "address counts only where the provider says that it has verified it.",
    )
    admins: tuple[str, ...] = Field((), description="Users with one of these values are admins.")
    reviewers: tuple[str, ...] = Field((), description="Users with one of these are reviewers.")
    viewers: tuple[str, ...] = Field(
        (),
        description="Users with one of these are viewers. Users with none of all three are refused. The "
        "role is read at each login, and a login lasts 8 hours at most.",
    )
    passwords: bool = Field(
        True,
        description="Accounts with a password of this gateway may log in, too. With false nobody can log in "
        "while the provider is unreachable.",
    )
