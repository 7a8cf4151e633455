"""Who has come? The one at the other end of the connection, or whom a proxy of ours names first.

Raises HungUp where a proxy is expected and something else has come.
"""

import asyncio
from contextlib import AbstractContextManager

from milter import maillog
from milter.config.address import is_within
from milter.errors import PeerError
from milter.intake.client import Client, plain_address
from milter.intake.input import HungUp
from milter.intake.proxy_header import read_proxy_header


def arrived(peername: object) -> Client:
    """Who has connected, as the socket names him."""
    if isinstance(peername, tuple):
        return Client(plain_address(str(peername[0])), int(peername[1]))
    return Client("unknown")


async def named_by(
    peer: Client,
    reader: asyncio.StreamReader,
    trusted: tuple[str, ...],
    waiting: AbstractContextManager[None],
) -> Client | None:
    """Whose connection the proxy says it is; None where it is its own. `waiting` is entered for the wait."""
    why = "is no proxy of ours"
    if is_within(peer.address, trusted):
        try:
            with waiting:
                named = await read_proxy_header(reader)
        except PeerError as error:
            why = str(error)
        else:
            if named is not None:
                maillog.client_named(peer.address, "PROXY", named.address)
            return named
    maillog.proxy_refused(peer.address, why)
    raise HungUp(why)
