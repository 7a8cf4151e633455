"""Does the client speak TLS now? The handshake after our 220. Raises HungUp where it does not."""

import asyncio
import ssl

from milter import maillog
from milter.intake.input import HungUp


async def shake_hands(
    transport: asyncio.Transport,
    protocol: asyncio.Protocol,
    context: ssl.SSLContext,
    client_address: str,
    *,
    seconds: float,
    goodbye: float,
) -> asyncio.Transport:
    """The encrypted connection; `goodbye`: seconds that its end may take."""
    try:
        async with asyncio.timeout(seconds):
            tls = await asyncio.get_running_loop().start_tls(
                transport, protocol, context, server_side=True, ssl_shutdown_timeout=goodbye
            )
    except OSError as error:
        # An alert of the client, no TLS at all, or none within its time.
        maillog.tls_failed(client_address, str(error))
        raise HungUp(str(error)) from error
    if tls is None:
        raise HungUp("gone after the handshake")
    return tls
