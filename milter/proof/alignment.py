"""Which authenticated domains vouch for the author domain? Pure."""

from collections.abc import Iterable

from milter.mail.domain import Domain
from milter.proof.proof import AuthResult, Method, Result


def is_aligned(domain: Domain, author_domain: Domain) -> bool:
    """True where both belong to one organization (relaxed alignment, RFC 7489 section 3.1.1)."""
    return domain.organizational == author_domain.organizational


def aligned_domains(author_domain: Domain | None, results: Iterable[AuthResult]) -> frozenset[Domain]:
    """The domains with a DKIM pass that belong to the same organization as the author's.

    An empty answer is not a forgery: forwarders break signatures every day. SPF does not count: it
    passes on shared hosts. A pass that is too weak is `policy`, not `pass`, so it does not count either.
    """
    if author_domain is None:
        return frozenset()
    return frozenset(
        result.domain
        for result in results
        if result.method is Method.DKIM
        and result.result is Result.PASS
        and result.domain is not None
        and is_aligned(result.domain, author_domain)
    )
