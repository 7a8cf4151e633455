"""Does the resolver answer at all? Asked only after it left a question unanswered.

Without this, each mail with a claim would wait the whole time limit while the DNS is away. A sender can name
zones that never answer, but not silence a resolver: it knows the servers of the root by heart (RFC 9609).
"""

import asyncio
import time

import dns.asyncresolver
import dns.exception
import dns.resolver

# Seconds for an answer that every resolver has at hand, and for which a silent one is left alone.
_PATIENCE = 1.0
_REST = 5.0


class Pulse:
    """Knows whether a resolver was silent when last asked."""

    def __init__(self, stub: dns.asyncresolver.Resolver) -> None:
        """Nothing is asked yet."""
        self._stub = stub
        self._silent_since: float | None = None
        self._feeling: asyncio.Task[bool] | None = None

    async def is_still(self) -> bool:
        """True where it did not answer when last asked, nor now."""
        return self._silent_since is not None and not await self.beats()

    async def beats(self) -> bool:
        """True where the resolver answers; asks it, unless it was silent a moment ago."""
        if self._silent_since is not None and time.monotonic() < self._silent_since + _REST:
            return False
        feeling = self._feeling
        if feeling is None or feeling.done() or feeling.get_loop() is not asyncio.get_running_loop():
            feeling = self._feeling = asyncio.create_task(self._feel())
        return await asyncio.shield(feeling)

    async def _feel(self) -> bool:
        try:
            await self._stub.resolve(".", "NS", raise_on_no_answer=False, search=False, lifetime=_PATIENCE)
        except (dns.exception.Timeout, OSError):
            self._silent_since = time.monotonic()
            return False
        except dns.exception.DNSException:
            # SERVFAIL and REFUSED are answers, too.
            pass
        self._silent_since = None
        return True
