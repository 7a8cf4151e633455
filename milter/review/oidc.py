"""Who does the identity provider say it is? OpenID Connect Core 1.0, the authorization code flow with PKCE.

joserfc checks signatures and claims. Raises Away where the provider does not answer as one, Forged for what
it cannot have said to us now.
"""

import hashlib
import json
import secrets
import ssl
import time
from base64 import urlsafe_b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

# Neither none nor those of a shared secret: what signs must be a key that the provider alone has.
_ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519",
)  # fmt: skip
_SECONDS, _MAX_BYTES = 5.0, 512 * 1024
# So long is believed what the provider says of itself.
_KEEP = 600.0
# Clocks differ.
_LEEWAY = 60
_WELL_KNOWN = "/.well-known/openid-configuration"


class Away(Exception):
    """The provider does not answer, or not as one; the text is for the operator."""


class Forged(Exception):
    """Not said by the provider, or not to us, or not now; the text is for the operator."""


@dataclass(frozen=True, slots=True)
class Client:
    """What we are there. `secret` is empty for a public client; `back` is where people come back to."""

    issuer: str
    client_id: str
    secret: str
    back: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Begun:
    """What a browser keeps of a login that has begun, until it comes back."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Begun":
        """One that nobody can guess."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))

    @property
    def challenge(self) -> str:
        """The verifier as the provider sees it first (RFC 7636 section 4.2)."""
        return urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


class Provider:
    """An identity provider."""

    def __init__(
        self, client: Client, ca: str = "", transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """Nothing is asked yet. `transport` stands in for the network."""
        self._client, self._ca, self._transport = client, ca, transport
        self._metadata: dict[str, Any] = {}
        self._known_at = float("-inf")

    @property
    def back(self) -> str:
        """Where people come back to: the redirect address of the client there."""
        return self._client.back

    async def check(self) -> None:
        """Nothing, where it answers as a provider with keys that we know; else Away."""
        metadata = await self._discovered(0)
        for name in ("authorization_endpoint", "token_endpoint"):
            _endpoint(metadata, name)
        where = _endpoint(metadata, "jwks_uri")
        keys = (await self._ask("GET", where)).get("keys")
        if not isinstance(keys, list) or not any(map(_is_public, keys)):
            raise Away(f"{where}: has no key to sign with")

    async def address(self, begun: Begun) -> str:
        """Where a browser is sent to log in."""
        # Anew: who is sent to one that is away sees no page of ours, only that of his browser.
        metadata = await self._discovered(0)
        asked = {
            "response_type": "code",
            "client_id": self._client.client_id,
            "redirect_uri": self._client.back,
            "scope": " ".join(dict.fromkeys(["openid", *self._client.scopes])),
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": begun.challenge,
            "code_challenge_method": "S256",
        }
        endpoint = _endpoint(metadata, "authorization_endpoint")
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    async def claims(
        self, begun: Begun, code: str, said_issuer: str, wanted: Collection[str]
    ) -> dict[str, Any]:
        """What the provider says of who has logged in there; that at its userinfo endpoint, too, where the ID
        token lacks one of these claims."""
        metadata = await self._discovered()
        is_said = bool(metadata.get("authorization_response_iss_parameter_supported"))
        # RFC 9207: the answer of one provider must not be brought to another.
        if (said_issuer or is_said) and said_issuer != self._client.issuer:
            raise Forged("the answer names another issuer")
        token = await self._token(metadata, begun, code)
        keys = await self._ask("GET", _endpoint(metadata, "jwks_uri"))
        claims = checked(str(token.get("id_token") or ""), keys, self._client, begun.nonce)
        if "userinfo_endpoint" in metadata and any(claim_of(claims, name) is None for name in wanted):
            more = await self._userinfo(metadata, str(token.get("access_token") or ""))
            # OpenID Connect Core section 5.3.2: it may be about somebody else.
            if more.get("sub") != claims["sub"]:
                raise Forged("the userinfo endpoint speaks of another subject")
            claims = {**more, **claims}
        return claims

    async def _token(self, metadata: Mapping[str, Any], begun: Begun, code: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._client.back,
            "code_verifier": begun.verifier,
        }
        ways = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        auth = None
        if not self._client.secret or "client_secret_basic" not in ways:
            form["client_id"] = self._client.client_id
        if self._client.secret:
            if "client_secret_basic" in ways:
                auth = httpx.BasicAuth(self._client.client_id, self._client.secret)
            else:
                form["client_secret"] = self._client.secret
        return await self._ask("POST", _endpoint(metadata, "token_endpoint"), data=form, auth=auth)

    async def _userinfo(self, metadata: Mapping[str, Any], access_token: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {access_token}"}
        return await self._ask("GET", _endpoint(metadata, "userinfo_endpoint"), headers=headers)

    async def _discovered(self, not_older: float = _KEEP) -> dict[str, Any]:
        if time.monotonic() - self._known_at >= not_older:
            found = await self._ask("GET", self._client.issuer.rstrip("/") + _WELL_KNOWN)
            # OpenID Connect Discovery section 4.3.
            if found.get("issuer") != self._client.issuer:
                raise Away(
                    f"it calls itself {found.get('issuer')!r}, and [oidc] issuer is {self._client.issuer!r}"
                )
            self._metadata, self._known_at = found, time.monotonic()
        return self._metadata

    async def _ask(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        """The object that it answers; no redirect is followed."""
        trust = ssl.create_default_context(cafile=self._ca or None)
        headers = {"Accept": "application/json", **more.pop("headers", {})}
        try:
            async with (
                httpx.AsyncClient(verify=trust, timeout=_SECONDS, transport=self._transport) as client,
                client.stream(method, url, headers=headers, **more) as answer,
            ):
                body = await _read(answer)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise Away(f"{url}: {str(error) or type(error).__name__}") from error
        return _object_of(url, answer.status_code, body)


def checked(id_token: str, keys: Mapping[str, Any], client: Client, nonce: str) -> dict[str, Any]:
    """The claims of an ID token, which is the provider's, for us, of now and of this login
    (OpenID Connect Core section 3.1.3.7)."""
    registry = jwt.JWTClaimsRegistry(
        leeway=_LEEWAY,
        iss={"essential": True, "value": client.issuer},
        aud={"essential": True, "value": client.client_id},
        nonce={"essential": True, "value": nonce},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        # Keys that are none of those we know say nothing; the others still do.
        known = KeySet.import_key_set({"keys": [one for one in keys.get("keys", ()) if _is_public(one)]})
        claims = jwt.decode(id_token, known, algorithms=_ALGORITHMS).claims
        registry.validate(claims)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Forged(f"ID token: {error}") from error
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    party = claims.get("azp", client.client_id if len(audience) == 1 else None)
    if party != client.client_id or not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise Forged("ID token: for another party, or of nobody")
    return dict(claims)


def claim_of(claims: Mapping[str, Any], name: str) -> Any:
    """The claim of this name, or inside others where dots stand in it; None where there is none."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def texts_of(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    """The values of a claim that has one or many; an address that nobody has verified is none."""
    if name == "email" and claims.get("email_verified") is not True:
        return frozenset()
    value = claim_of(claims, name)
    return frozenset(one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str))


def _is_public(key: object) -> bool:
    return isinstance(key, dict) and key.get("kty") in {"RSA", "EC", "OKP"} and key.get("use", "sig") == "sig"


def _endpoint(metadata: Mapping[str, Any], name: str) -> str:
    value = metadata.get(name)
    # One that is reached in safety does not send us where anybody listens.
    scheme = str(metadata["issuer"]).partition(":")[0]
    if not isinstance(value, str) or not value.startswith((f"{scheme}://", "https://")):
        raise Away(f"it names no {name}")
    return value


async def _read(answer: httpx.Response) -> bytes:
    body = b""
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > _MAX_BYTES:
            raise httpx.ReadError("too long an answer")
    return body


def _object_of(url: str, status: int, body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if status in {400, 401, 403}:
        # Never its description, which may have what was sent.
        said = found.get("error") if isinstance(found, dict) else None
        raise Forged(f"{url}: {status} {str(said)[:60]!r}")
    if status != 200 or not isinstance(found, dict):
        raise Away(f"{url}: {status}, and no object of JSON" if status == 200 else f"{url}: {status}")
    return found
