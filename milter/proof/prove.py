"""Can the mail prove who it is? DKIM, SPF, DMARC, and what trusted servers saw, within one time limit.

Raises nothing: a DNS that is away is a temperror.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from milter.mail.domain import Domain
from milter.mail.envelope import Envelope
from milter.mail.message import Message
from milter.mail.reading import Mailbox
from milter.proof.alignment import aligned_domains, is_aligned
from milter.proof.arc import Chain, read_chain, verify_chain
from milter.proof.dkim import Keys, SignedMail, intact_but_for_change, read_signatures, verify
from milter.proof.dmarc import check_dmarc
from milter.proof.dns import DnsAway, Limited, Resolver
from milter.proof.proof import Attestation, AuthResult, Method, Proof, Result
from milter.proof.reason import Reason
from milter.proof.signature import Signature
from milter.proof.spf import check_spf
from milter.proof.statement import trusted_statements

# Octets. Larger mails are hashed in a thread, so that the other sessions go on.
_LARGE = 256 * 1024
# Look-ups of one mail in all. SPF may take 50, DKIM 5, ARC 11, a walk up the tree 8.
_MAX_QUESTIONS = 100

_T = TypeVar("_T")


class Prover:
    """Collects the proof of one mail after the other. `seconds` limits the look-ups of one mail together.

    `sealers` are the ARC sealers, `authserv_ids` the servers in front, that the admin trusts.
    """

    def __init__(
        self,
        resolver: Resolver,
        seconds: float = 10.0,
        *,
        sealers: Collection[str] = (),
        authserv_ids: Collection[str] = (),
    ) -> None:
        self._resolver = resolver
        self._seconds = seconds
        self._sealers = frozenset(filter(None, map(Domain.parse, sealers)))
        self._authserv_ids = frozenset(name.lower().removesuffix(".") for name in authserv_ids)

    async def prove(self, message: Message, author: Mailbox | None, envelope: Envelope | None) -> Proof:
        """All results, and who vouches for the author. SPF only where there is an envelope."""
        asking = self._resolver.for_a_mail(self._seconds, _MAX_QUESTIONS)
        author_domain = author.domain if author else None
        (dkim, arc, attested), spf = await asyncio.gather(
            self._signed(message, author_domain, asking), _spf(envelope, asking)
        )
        results = (*dkim, *spf)
        if author_domain is not None:
            dmarc = await _dmarc(author_domain, results, asking)
            if not spf and dmarc.result is Result.FAIL:
                # A mail from a file has no envelope: half of what could have passed is unknown.
                dmarc = replace(dmarc, reason=Reason.WITHOUT_SPF.format(dmarc.reason))
            results = (*results, dmarc)
        aligned = aligned_domains(author_domain, results)
        return Proof(author_domain, (*results, *arc), aligned, attested)

    async def _signed(
        self, message: Message, author_domain: Domain | None, asking: Limited
    ) -> tuple[tuple[AuthResult, ...], tuple[AuthResult, ...], Attestation | None]:
        """The results of DKIM, of ARC, and what somebody trusted says where DKIM vouches for nobody."""
        found = read_signatures(message, author_domain)
        if not found:
            return (AuthResult(Method.DKIM, Result.NONE, None),), (), None
        keys = await _keys({one.key_name for one in found if isinstance(one, Signature)}, asking)
        mail = SignedMail(message)
        dkim = await _apart(message, verify, mail, found, keys)
        if author_domain is None or aligned_domains(author_domain, dkim):
            return dkim, (), None
        changed = frozenset(
            domain
            for domain in intact_but_for_change(mail, found, dkim, keys)
            if is_aligned(domain, author_domain)
        )
        if not changed:
            return dkim, (), None
        for statement in trusted_statements(message, self._authserv_ids) if self._authserv_ids else ():
            if seen := statement.signed_by & changed:
                return dkim, (), Attestation(statement.authserv_id, seen)
        return dkim, *await self._sealed(message, mail, changed, asking)

    async def _sealed(
        self, message: Message, mail: SignedMail, changed: frozenset[Domain], asking: Limited
    ) -> tuple[tuple[AuthResult, ...], Attestation | None]:
        """The result of ARC, and what the first trusted sealer says. No key is asked for in vain."""
        chain = read_chain(message) if self._sealers else None
        if not isinstance(chain, Chain):
            return (chain,) if chain else (), None
        first = chain.first_trusted(self._sealers)
        if first is None:
            return (chain.result(Result.NONE, Reason.NOT_TRUSTED),), None
        result = await _apart(message, verify_chain, chain, mail, await _keys(chain.key_names, asking))
        seen = first.statement.signed_by & changed if first.statement else frozenset()
        if not seen or result.result not in {Result.PASS, Result.TEMPERROR}:
            return (result,), None
        return (result,), Attestation(first.seal.domain.name, seen, certain=result.result is Result.PASS)


async def _apart(message: Message, work: Callable[..., _T], *given: object) -> _T:
    """The work, in a thread where the mail is large."""
    return await asyncio.to_thread(work, *given) if len(message.raw) > _LARGE else work(*given)


async def _keys(names: Iterable[str], asking: Limited) -> Keys:
    """The TXT records of each key name; None where the DNS is away."""
    wanted = sorted(names)
    records = await asyncio.gather(*(_key(name, asking) for name in wanted))
    return dict(zip(wanted, records, strict=True))


async def _key(name: str, asking: Limited) -> tuple[bytes, ...] | None:
    try:
        return await asking.txt(name)
    except DnsAway:
        return None


async def _spf(envelope: Envelope | None, asking: Limited) -> tuple[AuthResult, ...]:
    if envelope is None:
        return ()
    left = max(asking.until - asyncio.get_running_loop().time(), 0.1)
    return (await check_spf(envelope, asking, left),)


async def _dmarc(author_domain: Domain, results: Sequence[AuthResult], asking: Limited) -> AuthResult:
    try:
        return await check_dmarc(author_domain, results, asking)
    except DnsAway:
        return AuthResult(Method.DMARC, Result.TEMPERROR, author_domain, reason=Reason.DNS_AWAY)
