"""What does the author domain publish about mail in its name, and does this mail keep to it? (RFC 7489, 9989)

It can never turn an unproven mail into a proven one; it explains. Raises nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from milter.mail.domain import Domain
from milter.proof.alignment import is_aligned
from milter.proof.dns import DnsAway, Resolver
from milter.proof.proof import AuthResult, Method, Result

# RFC 9989 section 4.10: the walk up the tree asks eight names at the most.
_MAX_LABELS = 8
_MAX_RECORD = 4096
_POLICIES = frozenset({"none", "quarantine", "reject"})


@dataclass(frozen=True, slots=True)
class _Record:
    tags: Mapping[str, str]
    at: Domain

    def policy(self, author_domain: Domain) -> str:
        """`p=` for the domain itself, `sp=` for one below it; `none` where it makes no sense."""
        wanted = self.tags.get("p", "none")
        if author_domain != self.at:
            wanted = self.tags.get("sp", wanted)
        return wanted if wanted in _POLICIES else "none"

    def is_strict(self, tag: str) -> bool:
        return self.tags.get(tag) == "s"


async def check_dmarc(
    author_domain: Domain, results: Iterable[AuthResult], resolver: Resolver
) -> AuthResult:
    """pass where an aligned DKIM or SPF pass is among the results, else fail; none without a record."""
    try:
        record = await _discover(author_domain, resolver)
    except DnsAway:
        return AuthResult(Method.DMARC, Result.TEMPERROR, author_domain, reason="DNS is away")
    if record is None:
        return AuthResult(Method.DMARC, Result.NONE, author_domain)
    passed = any(_carries(result, author_domain, record) for result in results)
    found = Result.PASS if passed else Result.FAIL
    return AuthResult(Method.DMARC, found, author_domain, reason=f"p={record.policy(author_domain)}")


async def _discover(author_domain: Domain, resolver: Resolver) -> _Record | None:
    """The first record on the way up from the author domain (RFC 9989 section 4.10.1)."""
    for domain in _walk(author_domain):
        found = [tags for text in await resolver.txt(f"_dmarc.{domain}") if (tags := _read(text))]
        # Several records are none (RFC 7489 section 6.6.3).
        if len(found) == 1:
            return _Record(found[0], domain)
    return None


def _walk(domain: Domain) -> Iterable[Domain]:
    """The domain, then its parents; of a long name those of seven labels and less. Never a single label."""
    labels = domain.name.split(".")
    yield domain
    for count in range(min(len(labels) - 1, _MAX_LABELS - 1), 1, -1):
        yield Domain(".".join(labels[-count:]))


def _read(text: bytes) -> Mapping[str, str] | None:
    if not text[:8].strip().lower().startswith(b"v=dmarc1") or len(text) > _MAX_RECORD:
        return None
    tags: dict[str, str] = {}
    for part in text.decode("ascii", "replace").split(";"):
        name, _, value = part.partition("=")
        tags.setdefault(name.strip().lower(), value.strip().lower())
    return tags


def _carries(result: AuthResult, author_domain: Domain, record: _Record) -> bool:
    if result.result is not Result.PASS or result.domain is None:
        return False
    tag = {Method.DKIM: "adkim", Method.SPF: "aspf"}.get(result.method)
    if tag is None:
        return False
    if record.is_strict(tag):
        return result.domain == author_domain
    return is_aligned(result.domain, author_domain)
