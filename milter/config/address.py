"""Is this a place on the network? Listening addresses, nameservers, next hops, names, as written in config.

Pure. Each check gives back what it was given, or raises ValueError with the sentence for the operator.
"""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")

# As the driver's library reads it: a password may hold a slash and a question mark, and ends at the first @.
_POSTGRESQL = re.compile(
    r"postgresql://(?:(?P<user>[^:/@]*)(?::[^@]*)?@)?(?P<host>[^/?@]*)/(?P<name>[^?/]+)(?:\?(?P<options>.*))?",
    re.DOTALL,
)
# Options of PostgreSQL whose value nobody may see.
_SECRETS = frozenset({
    "password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class HostPort:
    """A host (name or address, IPv6 without brackets) and a port."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str, default_port: int | None = None) -> "HostPort":
        """Read `host:port` or `[IPv6]:port`, the port optional where a default is given."""
        host, port = _split(text, default_port)
        if not port.isascii() or not port.isdigit() or int(port) > 65535:
            raise ValueError(f"{text!r} must end in a port from 0 to 65535, as in 127.0.0.1:10025")
        if not (_is_ip(host) or is_host_name(host)):
            raise ValueError(f"{host!r} is neither an address nor a host name")
        return cls(host, int(port))

    @property
    def is_ip(self) -> bool:
        """True for an IPv4 or IPv6 address."""
        return _is_ip(self.host)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def overlaps(self, other: "HostPort") -> bool:
        """True where one socket could not listen beside the other. Port 0 (any free one) never overlaps."""
        if self.port != other.port or self.port == 0:
            return False
        if self.host == other.host:
            return True
        hosts = {self.host, other.host}
        return bool(
            ("0.0.0.0" in hosts and all(_version(h) == 4 for h in hosts))  # noqa: S104 compared, not bound
            or ("::" in hosts and all(_version(h) == 6 for h in hosts))
        )


def is_host_name(text: str) -> bool:
    """True for a host name (RFC 1123 section 2.1), one label included."""
    if len(text) > 253 or re.fullmatch(r"[0-9.]+", text):
        return False
    return all(_LABEL.fullmatch(label) for label in text.removesuffix(".").split("."))


def check_listen(text: str) -> str:
    """An address and a port to listen on."""
    HostPort.parse(text)
    return text


def check_nameserver(text: str) -> str:
    """The address of a nameserver; its name would need a nameserver first."""
    bare = HostPort(text, 53) if _version(text) == 6 else HostPort.parse(text, 53)
    if not bare.is_ip or bare.port == 0:
        raise ValueError(f"{text!r} must be an address with or without port, as in 127.0.0.1:5353")
    return text


def check_network(text: str) -> str:
    """An address, or a network of them."""
    try:
        ipaddress.ip_network(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not an address or a network, as in 192.0.2.0/24: {error}") from None
    return text


def is_within(address: str, networks: tuple[str, ...]) -> bool:
    """True where the address (anything else is nowhere) is in one of the networks."""
    if not networks:
        return False
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in ipaddress.ip_network(network) for network in networks)


def check_domain(text: str) -> str:
    """A host name, or nothing."""
    if text and not is_host_name(text):
        raise ValueError(f"{text!r} is not a host name")
    return text


def check_trusted(text: str) -> str:
    """The whole name of somebody who is believed: one word, or none, would be a name of many."""
    if "." not in text.strip(".") or not is_host_name(text):
        raise ValueError(f"{text!r} is not the full name of a host or domain, as in mx.example.org")
    return text


def check_next_hop(text: str) -> str:
    """A next hop: where it is, not whether it answers."""
    scheme, colon, rest = text.partition(":")
    if scheme in {"smtp", "lmtp"} and rest.startswith("//"):
        if HostPort.parse(rest[2:].removesuffix("/"), 25 if scheme == "smtp" else 24).port == 0:
            raise ValueError("0 is not a port to connect to")
    elif not (colon and scheme in {"maildir", "lmtp+unix"} and rest):
        raise ValueError(
            f"{text!r} must be smtp://host:port, lmtp://host:port, lmtp+unix:/path or maildir:path"
        )
    return text


def check_next_server(text: str) -> str:
    """A next hop that can be away, and that another can stand in for: a server."""
    if text.startswith("maildir:"):
        raise ValueError(f"{text!r} is no server: mail that goes there when the others fail would be missed")
    return check_next_hop(text)


def check_postgresql(text: str) -> str:
    """The address of a PostgreSQL database, or nothing. An error never shows it: it may hold a password."""
    if not text:
        return text
    found = _POSTGRESQL.fullmatch(text)
    if found is None:
        raise ValueError(
            "must be postgresql://user@host/name, or postgresql://user@/name?host=/run/postgresql"
        )
    names = {name for name, _ in parse_qsl(found["options"] or "", keep_blank_values=True)}
    if secret := sorted(names & _SECRETS):
        raise ValueError(
            f"must not hold {', '.join(secret)} behind the question mark: the password stands best in "
            "~/.pgpass, else before the host, as in postgresql://user:password@host/name"
        )
    return text


def without_password(url: str) -> str:
    """The address of a database as it may be shown: behind the question mark only the host, for
    a secret may stand there under a name that is wrong."""
    found = _POSTGRESQL.fullmatch(url)
    if found is None:
        return "postgresql:"
    user = "" if found["user"] is None else f"{found['user']}@"
    hosts = [value for name, value in parse_qsl(found["options"] or "") if name == "host"]
    options = f"?host={','.join(hosts)}" if hosts else ""
    return f"postgresql://{user}{found['host']}/{found['name']}{options}"


def _split(text: str, default_port: int | None) -> tuple[str, str]:
    port_if_none = "" if default_port is None else str(default_port)
    if text.startswith("["):
        host, bracket, port = text[1:].partition("]")
        if not bracket or _version(host) != 6:
            raise ValueError(f"{text!r} must be an IPv6 address in brackets, as in [::1]:10025")
        return host, port.removeprefix(":") if port.startswith(":") else port or port_if_none
    host, colon, port = text.rpartition(":")
    if ":" in host:
        raise ValueError(f"{text!r}: write an IPv6 address in brackets, as in [::1]:10025")
    return (host, port) if colon else (port, port_if_none)


def _version(host: str) -> int | None:
    try:
        return ipaddress.ip_address(host).version
    except ValueError:
        return None


def _is_ip(host: str) -> bool:
    return _version(host) is not None
