"""What does the author domain say about mail in its name, and does this mail meet it? (RFC 9989)

Shown, never a proof. Raises DnsAway.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from milter.mail.domain import Domain
from milter.proof.dns import LookUps
from milter.proof.proof import AuthResult, Method, Result

# RFC 9989 section 4.10: a name of many labels must not cost many look-ups.
_MAX_LABELS = 8
_MAX_RECORD = 4096
_POLICIES = frozenset({"none", "quarantine", "reject"})


@dataclass(frozen=True, slots=True)
class Record:
    """A DMARC record: the name it was found for, and its tags in lower case."""

    name: str
    tags: Mapping[str, str] = field(default_factory=dict)

    def tag(self, *names: str, default: str = "none") -> str:
        """The first of the tags that is there."""
        return next((self.tags[name] for name in names if name in self.tags), default)

    @property
    def applies(self) -> bool:
        """False where a policy in it is none of the three, and no reports are asked for (section 4.10.1)."""
        return self.valid or "mailto:" in self.tags.get("rua", "")

    @property
    def valid(self) -> bool:
        """True where each policy in it is one of the three; a missing p is `none` (section 4.7)."""
        return all(self.tags.get(name, "none") in _POLICIES for name in ("p", "sp", "np"))


async def check_dmarc(author_domain: Domain, results: Iterable[AuthResult], resolver: LookUps) -> AuthResult:
    """Pass where a DKIM or SPF pass is aligned with the author domain; none where there is no record.

    The reason is the policy asked for (`p=reject`).
    """
    records = await _walk(author_domain, resolver)
    record = _policy_record(author_domain, records)
    if record is None or not record.applies:
        return AuthResult(Method.DMARC, Result.NONE, author_domain)
    organization = _organization(author_domain, records)
    found = {Result.PASS: False, Result.TEMPERROR: False}
    for one in results:
        if one.result in found and not found[one.result]:
            found[one.result] = await _aligns(one, author_domain, record, organization, resolver)
    # RFC 9989 section 5.3: where an error is in the way, a failure is not certain.
    result = next((result for result, there in found.items() if there), Result.FAIL)
    policy = await _policy(author_domain, record, resolver)
    return AuthResult(Method.DMARC, result, author_domain, reason=policy)


async def _aligns(
    one: AuthResult, author_domain: Domain, record: Record, organization: Domain, resolver: LookUps
) -> bool:
    """Is what was tested the author's (section 4.4)? The very domain; its organization unless strict."""
    if one.domain is None or one.domain == author_domain:
        return one.domain is not None
    mode = record.tag("adkim" if one.method is Method.DKIM else "aspf", default="r")
    return mode != "s" and await _is_of(one.domain, organization, resolver)


def read_record(name: str, texts: Iterable[bytes]) -> Record | None:
    """The one DMARC record among the TXT records; None where there is none, or more than one.

    Unknown tags and faults do not spoil a record (RFC 9989). Never raises.
    """
    found = [text[:_MAX_RECORD].decode("latin-1") for text in texts if _is_dmarc(text)]
    if len(found) != 1:
        return None
    pairs = (part.partition("=") for part in found[0].split(";"))
    return Record(
        name, {tag.strip().lower(): value.strip().lower() for tag, equals, value in pairs if equals}
    )


def _is_dmarc(text: bytes) -> bool:
    version, equals, value = text[:_MAX_RECORD].partition(b";")[0].partition(b"=")
    return version.strip() == b"v" and bool(equals) and value.strip() == b"DMARC1"


async def _walk(domain: Domain, resolver: LookUps) -> tuple[Record, ...]:
    """The records at the domain and above, longest name first (RFC 9989 section 4.10, DNS Tree Walk).

    All are asked at once; an answer that is away counts only where the walk gets so far.
    """
    names = tuple(_ancestors(domain))
    answers = await asyncio.gather(
        *(resolver.txt(f"_dmarc.{name}") for name in names), return_exceptions=True
    )
    found = []
    for name, answer in zip(names, answers, strict=True):
        if isinstance(answer, BaseException):
            raise answer
        record = read_record(name, answer)
        if record is None or ("." not in name and record.tag("psd") != "y"):
            # A top-level domain is nobody's organization, unless it says that it is a suffix.
            continue
        found.append(record)
        if record.tag("psd") in {"n", "y"}:
            break
    return tuple(found)


def _ancestors(domain: Domain) -> Iterator[str]:
    labels = domain.name.split(".")
    yield domain.name
    for start in range(max(1, len(labels) - _MAX_LABELS + 1), len(labels)):
        yield ".".join(labels[start:])


def _policy_record(domain: Domain, records: tuple[Record, ...]) -> Record | None:
    """RFC 9989 section 4.10: of the domain itself, else of its organization, else of the suffix above."""
    organization = _organization(domain, records).name
    for name in (domain.name, organization):
        if own := [record for record in records if record.name == name]:
            return own[0]
    return next((record for record in reversed(records) if record.tag("psd") == "y"), None)


def _organization(domain: Domain, records: tuple[Record, ...]) -> Domain:
    """The Organizational Domain (RFC 9989 section 4.10); without any record, by the public suffix list."""
    for record in records:
        if record.tag("psd") == "n":
            return Domain(record.name)
        if record.tag("psd") == "y" and record.name != domain.name:
            below = domain.name.removesuffix("." + record.name).split(".")[-1]
            return Domain(f"{below}.{record.name}")
    return Domain(records[-1].name) if records else domain.organizational


async def _is_of(domain: Domain, organization: Domain, resolver: LookUps) -> bool:
    """Is this the organization of the domain? A record with psd=n between them says no."""
    if not domain.is_within(organization):
        return False
    return _organization(domain, await _walk(domain, resolver)) == organization


async def _policy(domain: Domain, record: Record, resolver: LookUps) -> str:
    """`p=...`, from p for the domain itself, from sp below it, from np where the domain does not exist."""
    if record.name == domain.name:
        policy = record.tag("p")
    elif "np" in record.tags and not await _exists(domain, resolver):
        policy = record.tag("np")
    else:
        policy = record.tag("sp", "p")
    test = ", t=y" if record.tag("t") == "y" else ""
    return f"p={policy if policy in _POLICIES and record.valid else 'none'}{test}"


async def _exists(domain: Domain, resolver: LookUps) -> bool:
    """RFC 9989: a domain that does not exist has no A, AAAA or MX record."""
    asked = (resolver.mx(domain.name), resolver.a(domain.name), resolver.aaaa(domain.name))
    answers = await asyncio.gather(*asked, return_exceptions=True)
    if any(isinstance(answer, tuple) and answer for answer in answers):
        return True
    if away := next((answer for answer in answers if isinstance(answer, BaseException)), None):
        raise away
    return False
