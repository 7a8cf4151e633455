"""May this client send for that domain? (RFC 7208) Supports or explains DKIM, never replaces it.

spftrace evaluates, over our own resolver: without one it would ask a public nameserver. It answers 203 of the
203 cases of the openspf suite for RFC 7208. Raises nothing.
"""

import ipaddress

from spftrace import BaseResolver, DnsError, acheck

from milter.mail.domain import Domain
from milter.mail.envelope import Envelope
from milter.proof.dns import DnsAway, Resolver
from milter.proof.proof import AuthResult, Method, Result

_MAX_QUERIES = 40


class _OurResolver(BaseResolver):
    """spftrace's questions, asked through the product's one resolver."""

    def __init__(self, resolver: Resolver) -> None:
        self._ask = {
            "A": resolver.a,
            "AAAA": resolver.aaaa,
            "MX": resolver.mx,
            "PTR": resolver.ptr,
        }
        self._txt = resolver.txt

    async def _lookup(self, name: str, rtype: str) -> tuple[str, list[str]]:
        try:
            if rtype == "TXT":
                return "NOERROR", [value.decode("utf-8", "replace") for value in await self._txt(name)]
            return "NOERROR", list(await self._ask[rtype](name))
        except (DnsAway, KeyError) as error:
            raise DnsError(str(error)) from error


async def check_spf(envelope: Envelope, resolver: Resolver, time_limit: float) -> AuthResult:
    """The result for the domain of MAIL FROM, or of HELO where the reverse-path is empty (section 2.4).

    `domain` is the identity that was tested, and no other: alignment is computed from it alone.
    """
    identity = envelope.reverse_path.rpartition("@")[2] or envelope.helo
    domain = Domain.parse(identity)
    if domain is None or not _is_address(envelope.client_address):
        return AuthResult(Method.SPF, Result.NONE, domain)
    sender = envelope.reverse_path or f"postmaster@{domain}"
    try:
        found = await acheck(
            envelope.client_address,
            sender,
            envelope.helo,
            resolver=_OurResolver(resolver),
            max_queries=_MAX_QUERIES,
            time_limit=time_limit,
        )
    except (ValueError, RuntimeError) as error:
        # A local-part or HELO that is none: the check cannot be made (section 4.3).
        return AuthResult(Method.SPF, Result.NONE, domain, reason=type(error).__name__)
    return AuthResult(Method.SPF, Result(found.result), domain)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
