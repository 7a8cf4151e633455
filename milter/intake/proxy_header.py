"""Whose connection does a proxy pass on? The PROXY header, version 1 and 2, before the first word of SMTP.

https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt; aiosmtpd reads it. Raises PeerError.
"""

import asyncio
import logging

from aiosmtpd.proxy_protocol import AF, PROTO, V2_CMD, get_proxy

from milter.errors import PeerError
from milter.intake.client import Client, plain_address

# A header names two addresses; what follows them is of no use to us, and some of it may be a certificate.
_MAX_HEADER = 8192

# It says what it does not like to a log of its own, which nobody reads.
logging.getLogger("mail").addHandler(logging.NullHandler())
logging.getLogger("mail").propagate = False


async def read_proxy_header(reader: asyncio.StreamReader) -> Client | None:
    """The client that the proxy names; None where it speaks for itself (LOCAL, UNKNOWN)."""
    try:
        header = await get_proxy(reader)
    except (asyncio.IncompleteReadError, OSError) as error:
        raise PeerError("no PROXY header") from error
    if not header.valid or len(header.whole_raw) > _MAX_HEADER:
        raise PeerError(f"PROXY header: {header.error or 'too long'}")
    if header.command == V2_CMD.LOCAL or header.family == AF.UNSPEC or header.protocol == PROTO.UNSPEC:
        return None
    if header.family not in {AF.INET, AF.INET6} or header.protocol != PROTO.STREAM:
        raise PeerError("PROXY header: no TCP connection")
    return Client(plain_address(str(header.src_addr)), int(header.src_port or 0))
