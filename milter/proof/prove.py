"""Can the mail prove who it is? DKIM, SPF and DMARC together, within one time limit.

Raises nothing: a DNS that is away is a temperror.
"""

import asyncio
from collections.abc import Sequence

from milter.mail.domain import Domain
from milter.mail.envelope import Envelope
from milter.mail.message import Message
from milter.mail.reading import Mailbox
from milter.proof.alignment import aligned_domains
from milter.proof.dkim import read_signatures, verify
from milter.proof.dmarc import check_dmarc
from milter.proof.dns import DnsAway, Resolver
from milter.proof.proof import AuthResult, Method, Proof, Result
from milter.proof.signature import Signature
from milter.proof.spf import check_spf

# Octets. Larger mails are hashed in a thread, so that the other sessions go on.
_LARGE = 256 * 1024


class Prover:
    """Collects the proof of one mail after the other. `seconds` limits the look-ups of one mail together."""

    def __init__(self, resolver: Resolver, seconds: float = 10.0) -> None:
        self._resolver = resolver
        self._seconds = seconds

    async def prove(self, message: Message, author: Mailbox | None, envelope: Envelope | None) -> Proof:
        """All results, and who vouches for the author. SPF and DMARC only where there is an envelope."""
        until = asyncio.get_running_loop().time() + self._seconds
        author_domain = author.domain if author else None
        dkim, spf = await asyncio.gather(
            self._dkim(message, author_domain, until), self._spf(envelope, until)
        )
        results = (*dkim, *spf)
        if envelope is not None and author_domain is not None:
            results = (*results, await self._dmarc(author_domain, results, until))
        return Proof(author_domain, results, aligned_domains(author_domain, results))

    async def _dkim(
        self, message: Message, author_domain: Domain | None, until: float
    ) -> tuple[AuthResult, ...]:
        found = read_signatures(message, author_domain)
        if not found:
            return (AuthResult(Method.DKIM, Result.NONE, None),)
        names = sorted({one.key_name for one in found if isinstance(one, Signature)})
        records = await asyncio.gather(*(self._key(name, until) for name in names))
        keys = dict(zip(names, records, strict=True))
        if len(message.raw) > _LARGE:
            return await asyncio.to_thread(verify, message, found, keys)
        return verify(message, found, keys)

    async def _key(self, name: str, until: float) -> tuple[bytes, ...] | None:
        try:
            async with asyncio.timeout_at(until):
                return await self._resolver.txt(name)
        except (DnsAway, TimeoutError):
            return None

    async def _spf(self, envelope: Envelope | None, until: float) -> tuple[AuthResult, ...]:
        if envelope is None:
            return ()
        left = max(until - asyncio.get_running_loop().time(), 0.1)
        return (await check_spf(envelope, self._resolver, left),)

    async def _dmarc(self, author_domain: Domain, results: Sequence[AuthResult], until: float) -> AuthResult:
        try:
            async with asyncio.timeout_at(until):
                return await check_dmarc(author_domain, results, self._resolver)
        except (DnsAway, TimeoutError):
            return AuthResult(Method.DMARC, Result.TEMPERROR, author_domain, reason="DNS is away")
