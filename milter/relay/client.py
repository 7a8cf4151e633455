"""How is the next hop told who the client was? The commands XFORWARD and XCLIENT of Postfix. Pure.

XFORWARD is for the log of the next hop, and holds for one mail; after XCLIENT it treats us as if we were the
client, for the whole session. https://www.postfix.org/XFORWARD_README.html, XCLIENT_README.html
"""

import ipaddress
from collections.abc import Callable, Mapping

from milter.config.address import is_host_name
from milter.mail.envelope import Envelope
from milter.mail.remembered import remembered
from milter.relay import wire

_UNAVAILABLE = "[UNAVAILABLE]"
# Several commands, so that none can be longer than 512 octets. The address last: for Postfix we are the
# client from there on, and the client may not say XCLIENT.
_COMMANDS = (("PROTO", "HELO"), ("LOGIN",), ("NAME", "ADDR", "PORT"))


def commands(verb: str, client: Envelope, attributes: str) -> tuple[bytes, ...]:
    """XFORWARD or XCLIENT with what is known of the client; `attributes` is what the next hop offered.

    A value that is not known or too long is `[UNAVAILABLE]`.
    """
    wanted = set(attributes.upper().split())
    chosen = ([f"{name}={_VALUES[name](client)}" for name in names if name in wanted] for names in _COMMANDS)
    return tuple(wire.command(verb, *words) for words in chosen if words)


def _name(client: Envelope) -> str:
    # Postfix refuses the whole command for a name that is none.
    return client.client_name if is_host_name(client.client_name) else _UNAVAILABLE


# Of most mail, the one before came from there, too.
@remembered(512, longest=64)
def _address(text: str) -> str:
    # So it does for an address that is none: that of a Unix socket, say.
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return _UNAVAILABLE
    return f"IPV6:{address}" if address.version == 6 else str(address)


# Most mail comes from few servers.
@remembered(512, longest=64)
def _xtext(value: str) -> str:
    """RFC 3461 section 4, at most 255 octets."""
    octets = value.encode("utf-8", "replace")
    text = "".join(chr(o) if 0x20 < o < 0x7F and o not in b"+=" else f"+{o:02X}" for o in octets[:256])
    return text if 0 < len(text) <= 255 else _UNAVAILABLE


_VALUES: Mapping[str, Callable[[Envelope], str]] = {
    "NAME": _name,
    "ADDR": lambda client: _address(client.client_address),
    "PORT": lambda client: str(client.client_port) if client.client_port else _UNAVAILABLE,
    "PROTO": lambda client: "ESMTP" if client.esmtp else "SMTP",
    "HELO": lambda client: _xtext(client.helo),
    "LOGIN": lambda client: _xtext(client.login),
}
