"""May this client send for this domain? (RFC 7208) Shown, never a proof: it passes on shared hosts.

spftrace evaluates; every look-up goes through our own resolver. Never raises.
"""

import ipaddress

from spftrace import BaseResolver, Evaluator, Limits, SpfError

from milter.mail.domain import Domain
from milter.mail.envelope import Envelope
from milter.proof.dns import DnsAway, LookUps
from milter.proof.proof import AuthResult, Method, Result
from milter.proof.reason import Reason

# RFC 7208 section 4.6.4 counts terms; ten `mx` terms may be a hundred look-ups.
_MAX_QUERIES = 50
_MAX_LOCAL_PART = 64


async def check_spf(envelope: Envelope, resolver: LookUps, seconds: float) -> AuthResult:
    """The result for MAIL FROM, or for HELO where the reverse-path is empty (RFC 7208 section 2.4).

    Never for HELO where there is a reverse-path: an attacker names himself in HELO and another in MAIL FROM
    (THREATS A1). `domain` is the one that was tested.
    """
    domain = _tested_domain(envelope)
    address = _address(envelope.client_address)
    if domain is None or address is None:
        return AuthResult(Method.SPF, Result.NONE, domain, reason=Reason.NOTHING_TO_TEST)
    local_part = envelope.reverse_path.rpartition("@")[0][:_MAX_LOCAL_PART] or "postmaster"
    limits = Limits(time_limit=seconds, max_queries=_MAX_QUERIES)
    try:
        found = await Evaluator(_Transport(resolver), limits, receiver="vigimel").evaluate(
            address, f"{local_part}@{domain}", _helo(envelope, domain)
        )
        result = Result(found.result)
    except (SpfError, ValueError, LookupError, RuntimeError):
        # Not known to happen; a hostile zone must not be the first to show it.
        result = Result.PERMERROR
    return AuthResult(Method.SPF, result, domain)


class _Transport(BaseResolver):
    """Our resolver, as spftrace asks for one."""

    def __init__(self, resolver: LookUps) -> None:
        self._resolver = resolver

    async def _lookup(self, name: str, rtype: str) -> tuple[str, list[str]]:
        try:
            return "NOERROR", await self._records(name, rtype)
        except DnsAway:
            return "TIMEOUT", []

    async def _records(self, name: str, rtype: str) -> list[str]:
        match rtype:
            case "TXT":
                # RFC 7208 section 3.1: ASCII only. A replacement character is an error in the record.
                return [value.decode("ascii", "replace") for value in await self._resolver.txt(name)]
            case "A":
                return list(await self._resolver.a(name))
            case "AAAA":
                return list(await self._resolver.aaaa(name))
            case "MX":
                return list(await self._resolver.mx(name))
            case _:
                return list(await self._resolver.ptr(name))


def _tested_domain(envelope: Envelope) -> Domain | None:
    if envelope.reverse_path:
        return Domain.parse(envelope.reverse_path.rpartition("@")[2])
    return Domain.parse(envelope.helo)


def _helo(envelope: Envelope, otherwise: Domain) -> str:
    return str(Domain.parse(envelope.helo) or otherwise)


def _address(text: str) -> str | None:
    """The client's address; None for what is none, and for this machine, which SPF records do not know."""
    try:
        address = ipaddress.ip_address(text.removeprefix("IPv6:"))
    except ValueError:
        return None
    return None if address.is_loopback or address.is_unspecified else str(address)
