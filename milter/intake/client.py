"""Who is the client? The one who has connected, or the one whom a server of ours names in his place.

XCLIENT (https://www.postfix.org/XCLIENT_README.html) makes the whole connection that of somebody else,
XFORWARD (https://www.postfix.org/XFORWARD_README.html) the next mail. Who names a client names what SPF looks
at and what is logged and limited, so only whom the operator trusts may. Pure. Raises Refuse.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from milter.intake.commands import Refuse
from milter.mail.envelope import Envelope, Path
from milter.mail.remembered import remembered


@dataclass(frozen=True, slots=True)
class Hello:
    """What was said in EHLO or HELO."""

    name: str
    esmtp: bool


@dataclass(frozen=True, slots=True)
class Client:
    """What is known of a client; an empty text, or the port 0, is not known.

    `helo` and `esmtp` are None where his own EHLO says it.
    """

    address: str
    port: int = 0
    name: str = ""
    helo: str | None = None
    esmtp: bool | None = None
    login: str = ""

    def envelope(self, hello: Hello, path: Path, forward_paths: Sequence[Path], *, tls: bool) -> Envelope:
        """Of a mail that comes from him; `hello` is that of the connection, `path` the reverse-path."""
        return Envelope(
            client_address=self.address,
            helo=hello.name if self.helo is None else self.helo,
            reverse_path=path.address,
            forward_paths=tuple([each.address for each in forward_paths]),
            client_name=self.name,
            mail_parameters=path.parameters,
            rcpt_parameters=tuple([each.parameters for each in forward_paths]),
            esmtp=hello.esmtp if self.esmtp is None else self.esmtp,
            tls=tls,
            client_port=self.port,
            login=self.login,
        )


@remembered(512, longest=64)
def plain_address(text: str) -> str:
    """An address as we write it; ValueError where it is none. IPv4 in the form of IPv6 is IPv4."""
    # The name of an interface behind a link-local address is ours, not the client's.
    found = ipaddress.ip_address(text.partition("%")[0])
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)


class Identity:
    """Whose connection it is, and whose mail comes next."""

    def __init__(self, peer: Client, *, may_name: bool) -> None:
        """`peer` has connected, or a PROXY header has named him; `may_name` others."""
        self._peer = peer
        self._session = peer
        self._mail: Client | None = None
        self.may_name = may_name

    @property
    def client(self) -> Client:
        """Whose mail is to be judged."""
        return self._mail or self._session

    def xclient(self, argument: str) -> None:
        """The connection is that of this client from now on."""
        attributes = _read("XCLIENT", argument, _XCLIENT)
        changes = _changes(attributes)
        if "address" in changes:
            # What was known of the one before does not hold for this one.
            changes = {"port": 0, "name": ""} | changes
        self._session, self._mail = replace(self._session, **changes), None

    def xforward(self, argument: str) -> None:
        """The next mail is from this client; several commands add up."""
        changes = _changes(_read("XFORWARD", argument, _XFORWARD))
        if "address" in changes and self._mail is None:
            changes = {"port": 0, "name": "", "helo": "", "login": ""} | changes
        self._mail = replace(self.client, **changes)

    def mail_ended(self) -> None:
        """The next mail is that of whose connection it is."""
        self._mail = None

    def forget(self) -> None:
        """Nobody was named: what was said before TLS may be the word of anybody on the way."""
        self._session, self._mail = self._peer, None


def _unknown(value: str) -> bool:
    return value.upper() in {"[UNAVAILABLE]", "[TEMPUNAVAIL]"}


def _address(value: str) -> dict[str, Any]:
    bare = value[5:] if value[:5].upper() == "IPV6:" else value
    return {"address": "" if _unknown(value) else plain_address(bare)}


def _port(value: str) -> dict[str, Any]:
    if _unknown(value):
        return {"port": 0}
    if not (value.isascii() and value.isdecimal() and len(value) < 6 and int(value) < 65536):
        raise ValueError(value)
    return {"port": int(value)}


_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.\-]{0,253}[A-Za-z0-9_.])?")


def _name(value: str) -> dict[str, Any]:
    if not _unknown(value) and not _NAME.fullmatch(value):
        raise ValueError(value)
    return {"name": "" if _unknown(value) else value}


def _helo(value: str) -> dict[str, Any]:
    # A stranger chose it: what he may say to us he may say to the server in front, and no mail may fail for
    # what we cannot print.
    shown = "".join(c if c.isprintable() else "?" for c in value)
    return {"helo": "" if _unknown(value) else shown}


def _proto(value: str) -> dict[str, Any]:
    if not _unknown(value) and not (value.isascii() and value.isalnum()):
        raise ValueError(value)
    return {"esmtp": None if _unknown(value) else value.upper() != "SMTP"}


def _login(value: str) -> dict[str, Any]:
    if not value.isprintable():
        raise ValueError(value)
    return {"login": "" if _unknown(value) else value}


def _ignored(_value: str) -> dict[str, Any]:
    return {}


_Known = Mapping[str, Callable[[str], dict[str, Any]]]
_BOTH: _Known = {"NAME": _name, "ADDR": _address, "PORT": _port, "PROTO": _proto, "HELO": _helo}
_XCLIENT: _Known = {**_BOTH, "LOGIN": _login}
# The queue id of the server in front, and whether its client was a stranger: all mail is judged.
_XFORWARD: _Known = {**_BOTH, "IDENT": _ignored, "SOURCE": _ignored}

OFFERED = {"XCLIENT": " ".join(_XCLIENT), "XFORWARD": " ".join(_XFORWARD)}


def _read(verb: str, argument: str, known: _Known) -> list[tuple[Callable[[str], dict[str, Any]], str]]:
    found: dict[str, tuple[Callable[[str], dict[str, Any]], str]] = {}
    for word in argument.split():
        name, equals, value = word.partition("=")
        name = name.upper()
        if name not in known or name in found or not equals or not value:
            raise Refuse(501, "5.5.4", f"Bad {verb} attribute")
        found[name] = known[name], value
    if not found:
        raise Refuse(501, "5.5.4", f"Syntax: {verb} attribute=value...")
    return list(found.values())


def _changes(attributes: list[tuple[Callable[[str], dict[str, Any]], str]]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for read, value in attributes:
        try:
            changes |= read(_from_xtext(value))
        except ValueError:
            raise Refuse(501, "5.5.4", "Bad value of an attribute") from None
    return changes


_XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-Fa-f]{2}|[^\x00-\x7f])*")


def _from_xtext(text: str) -> str:
    """RFC 3461 section 4; octets above 127 may also stand as they are. ValueError where it is none."""
    if len(text) > 1024 or not _XTEXT.fullmatch(text):
        raise ValueError(text)
    octets = re.sub(rb"\+(..)", lambda found: bytes.fromhex(found[1].decode("ascii")), text.encode("utf-8"))
    return octets.decode("utf-8", "replace")
