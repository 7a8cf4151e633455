"""How is the next hop told who the client was? The commands XFORWARD and XCLIENT of Postfix. Pure.

XFORWARD is for the log of the next hop, and holds for one mail; after XCLIENT it treats us as if we were the
client, for the whole session. https://www.postfix.org/XFORWARD_README.html, XCLIENT_README.html
"""

import ipaddress

from milter.config.address import is_host_name
from milter.mail.envelope import Envelope
from milter.relay import wire

_UNAVAILABLE = "[UNAVAILABLE]"
# Several commands, so that none can be longer than 512 octets. The address last: for Postfix we are the
# client from there on, and the client may not say XCLIENT.
_COMMANDS = (("PROTO", "HELO"), ("LOGIN",), ("NAME", "ADDR", "PORT"))


def commands(verb: str, client: Envelope, attributes: str) -> tuple[bytes, ...]:
    """XFORWARD or XCLIENT with what is known of the client; `attributes` is what the next hop offered.

    A value that is not known or too long is `[UNAVAILABLE]`.
    """
    known = _known(client)
    wanted = set(attributes.upper().split())
    chosen = ([f"{name}={known[name]}" for name in names if name in wanted] for names in _COMMANDS)
    return tuple(wire.command(verb, *words) for words in chosen if words)


def _known(client: Envelope) -> dict[str, str]:
    return {
        # Postfix refuses the whole command for a name that is none.
        "NAME": client.client_name if is_host_name(client.client_name) else _UNAVAILABLE,
        "ADDR": _address(client.client_address),
        "PORT": str(client.client_port) if client.client_port else _UNAVAILABLE,
        "PROTO": "ESMTP" if client.esmtp else "SMTP",
        "HELO": _xtext(client.helo),
        "LOGIN": _xtext(client.login),
    }


def _address(text: str) -> str:
    # So it does for an address that is none: that of a Unix socket, say.
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return _UNAVAILABLE
    return f"IPV6:{address}" if address.version == 6 else str(address)


def _xtext(value: str) -> str:
    """RFC 3461 section 4, at most 255 octets."""
    octets = value.encode("utf-8", "replace")
    text = "".join(chr(o) if 0x20 < o < 0x7F and o not in b"+=" else f"+{o:02X}" for o in octets[:256])
    return text if 0 < len(text) <= 255 else _UNAVAILABLE
