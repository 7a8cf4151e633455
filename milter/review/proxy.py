"""Whom does a server of ours in front speak for? The client's address, its scheme, who has logged in there.

Believed from `[review] trusted_proxies` only; what anybody else sends of it is not read.
"""

import re
from dataclasses import dataclass

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from milter import maillog
from milter.config.address import is_within
from milter.config.options import ReviewConfig

# RFC 7239 section 4: for=192.0.2.1, for="[2001:db8::1]:4711".
_FOR = re.compile(r'for="?([^",;\s]+)', re.IGNORECASE)
_PROTO = re.compile(r'proto="?([a-z]+)', re.IGNORECASE)
# An address with a port, or IPv6 in brackets.
_V4_PORT, _V6 = re.compile(r"([\d.]+):\d+"), re.compile(r"\[([0-9a-fA-F:.]+)\](?::\d+)?")
_MAX_NAME = 64


@dataclass(frozen=True, slots=True)
class Proxied:
    """Somebody who has logged in at the server in front, and the groups that it says of him."""

    name: str
    groups: frozenset[str]


class Behind:
    """Around the application: puts the client in place of the server in front, and who it is beside."""

    def __init__(self, app: ASGIApp, config: ReviewConfig) -> None:
        """`app` is what is asked in the end."""
        self._app, self._config = app, config

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on."""
        if scope["type"] == "http":
            request = Request(scope)
            peer = request.client.host if request.client else ""
            if is_within(peer, self._config.trusted_proxies):
                scope["client"] = (client_of(request, peer, self._config), 0)
                scope["scheme"] = scheme_of(request, self._config)
                scope.setdefault("state", {})["proxied"] = _user_of(request, self._config)
            elif self._config.proxy_user_header and self._config.proxy_user_header in request.headers:
                maillog.login_header_ignored(peer)
        await self._app(scope, receive, send)


def client_of(request: Request, peer: str, config: ReviewConfig) -> str:
    """The address nearest to us that is none of our servers: those before it a client can invent."""
    values = ",".join(request.headers.getlist(config.proxy_address_header))
    is_forwarded = config.proxy_address_header == "Forwarded"
    addresses = _FOR.findall(values) if is_forwarded else [part.strip() for part in values.split(",")]
    client = peer
    for address in reversed(addresses):
        client = _bare(address)[:_MAX_NAME] or client
        if not is_within(client, config.trusted_proxies):
            break
    return client


def scheme_of(request: Request, config: ReviewConfig) -> str:
    """How the browser came to the server nearest to us, as that says; as that came where it says nothing."""
    is_forwarded = config.proxy_address_header == "Forwarded"
    said = ",".join(request.headers.getlist("Forwarded" if is_forwarded else "X-Forwarded-Proto"))
    schemes = _PROTO.findall(said) if is_forwarded else said.split(",")
    scheme = schemes[-1].strip().lower() if schemes else ""
    return scheme if scheme in {"http", "https"} else request.url.scheme


def proxied(request: Request) -> Proxied | None:
    """Who has logged in at the server in front; None where nobody has, or it is none of ours."""
    found: Proxied | None = getattr(request.state, "proxied", None)
    return found


def _bare(address: str) -> str:
    found = _V4_PORT.fullmatch(address) or _V6.fullmatch(address)
    return found[1] if found else address


def _user_of(request: Request, config: ReviewConfig) -> Proxied | None:
    if not config.proxy_user_header:
        return None
    # Twice is once too often: the server in front did not take away what the client sent.
    names = request.headers.getlist(config.proxy_user_header)
    name = _decoded(names[0]) if len(names) == 1 else ""
    if not (0 < len(name) <= _MAX_NAME and name.isprintable()):
        return None
    header = config.proxy_groups_header
    groups = re.split("[,;|]", _decoded(",".join(request.headers.getlist(header)))) if header else []
    return Proxied(name, frozenset(filter(None, map(str.strip, groups))))


def _decoded(value: str) -> str:
    """A value as the server in front meant it: header fields come as Latin-1, people have other names."""
    return value.encode("latin-1", "replace").decode("utf-8", "replace").strip()
