"""Can the mail prove who it is? The values, and what they mean for a brand. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from milter.mail.domain import Domain


class Result(StrEnum):
    """RFC 8601 section 2.7: the words of Authentication-Results."""

    NONE = "none"
    PASS = "pass"
    FAIL = "fail"
    POLICY = "policy"
    NEUTRAL = "neutral"
    SOFTFAIL = "softfail"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


class Method(StrEnum):
    """RFC 8601 section 2.7: what was tested."""

    DKIM = "dkim"
    SPF = "spf"
    DMARC = "dmarc"
    ARC = "arc"


@dataclass(frozen=True, slots=True)
class AuthResult:
    """One result. `domain` is d= for DKIM, the tested identity for SPF, the author domain for DMARC;
    `reason` says in a few words why it is not a pass, or why a pass does not count (`policy`)."""

    method: Method
    result: Result
    domain: Domain | None
    selector: str = ""
    reason: str = ""


class Standing(StrEnum):
    """How a claim stands after the proof was looked at."""

    PROVEN = "proven"
    UNPROVEN = "unproven"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Attestation:
    """What one whom the admin trusts says: these aligned domains had signed the mail when he got it.

    `by` is the sealer's domain (ARC) or the authserv-id. `certain` is False where the DNS was away, so that
    we cannot tell whether he says it.
    """

    by: str
    domains: frozenset[Domain]
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Proof:
    """All results, and the domains that vouch for the author: a full-strength DKIM pass whose signing
    domain is aligned with the one author domain (relaxed, RFC 7489 section 3.1.1). `attested` stands only
    where there is no such pass: the body was changed on the way, and somebody trusted saw it before."""

    author_domain: Domain | None = None
    results: tuple[AuthResult, ...] = ()
    aligned: frozenset[Domain] = frozenset()
    attested: Attestation | None = None

    @property
    def vouching(self) -> frozenset[Domain]:
        """The domains that vouch for the author, whoever saw that they signed, and saw it for certain."""
        if self.attested is None:
            return self.aligned
        return self.attested.domains if self.attested.certain else frozenset()

    def standing(self, owns: Callable[[Domain], bool]) -> Standing:
        """Does the proof carry a claim on the domains accepted by `owns`?

        A lookalike domain passes DKIM for itself, so a pass alone proves nothing; and an error at a
        domain that could not have proved the claim excuses nothing.
        """
        if self.author_domain is None or not owns(self.author_domain):
            return Standing.UNPROVEN
        if any(owns(domain) for domain in self.aligned):
            return Standing.PROVEN
        if self.attested and any(owns(domain) for domain in self.attested.domains):
            return Standing.PROVEN if self.attested.certain else Standing.UNKNOWN
        if any(self._could_prove(r) and r.domain and owns(r.domain) for r in self.results):
            return Standing.UNKNOWN
        return Standing.UNPROVEN

    @staticmethod
    def _could_prove(result: AuthResult) -> bool:
        return result.method is Method.DKIM and result.result is Result.TEMPERROR
