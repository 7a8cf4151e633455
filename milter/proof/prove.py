"""Can the mail prove who it is? Asks DNS for what the signatures need, and puts all results together.

Raises nothing: what DNS does not answer in time is a temperror.
"""

import asyncio

from milter.mail.domain import Domain
from milter.mail.envelope import Envelope
from milter.mail.message import Message
from milter.mail.reading import Mailbox
from milter.proof.alignment import aligned_domains
from milter.proof.dkim import read_signatures, verify
from milter.proof.dmarc import check_dmarc
from milter.proof.dns import DnsAway, Resolver
from milter.proof.proof import AuthResult, Proof
from milter.proof.signature import Signature
from milter.proof.spf import check_spf


class Prover:
    """Everything a proof needs; built once."""

    def __init__(self, resolver: Resolver) -> None:
        """The resolver's time limit is that of each of the questions."""
        self._resolver = resolver

    async def prove(self, message: Message, author: Mailbox | None, envelope: Envelope | None) -> Proof:
        """All results of the mail; without an author whom nobody can misread, none of them vouches.

        SPF needs the envelope, and is left out without one.
        """
        author_domain = author.domain if author is not None else None
        signed = asyncio.create_task(self._dkim(message, author_domain))
        results = [*([await self._spf(envelope)] if envelope else []), *await signed]
        if author_domain is not None:
            results.append(await self._dmarc(author_domain, results))
        results.sort(key=lambda one: list(type(one.method)).index(one.method))
        return Proof(author_domain, tuple(results), aligned_domains(author_domain, results))

    async def _dkim(self, message: Message, author_domain: Domain | None) -> tuple[AuthResult, ...]:
        found = read_signatures(message, author_domain)
        names = {one.key_name for one in found if isinstance(one, Signature)}
        records = await asyncio.gather(*map(self._key_records, names))
        return verify(message, found, dict(zip(names, records, strict=True)))

    async def _key_records(self, name: str) -> tuple[bytes, ...] | None:
        try:
            return await self._resolver.txt(name)
        except DnsAway:
            return None

    async def _spf(self, envelope: Envelope) -> AuthResult:
        return await check_spf(envelope, self._resolver, self._resolver.timeout)

    async def _dmarc(self, author_domain: Domain, results: list[AuthResult]) -> AuthResult:
        return await check_dmarc(author_domain, results, self._resolver)
