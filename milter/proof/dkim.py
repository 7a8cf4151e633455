"""Which DKIM signatures does the mail carry, and what is each worth? (RFC 6376, 8301, 8463) Pure.

dkimpy reads tag lists and canonicalises header fields. Body, choice of the signed fields and arithmetic are
ours: dkimpy takes several times as long for them, and quadratic time on hostile input. A pass that somebody
could carry over to other words is no pass but `policy`.
"""

import hashlib
import re
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping

from dkim.canonicalization import CanonicalizationPolicy, Relaxed

from milter.mail.domain import Domain
from milter.mail.message import Field, Message
from milter.proof.alignment import is_aligned
from milter.proof.proof import AuthResult, Method, Result
from milter.proof.reason import Reason
from milter.proof.signature import ALGORITHMS, Key, Signature, read_key, read_signature

# A sender may write thousands of signatures; each costs a look-up and a hash.
_MAX_EVALUATED = 5
_MAX_READ = 50
_MAX_BODY = 25 * 1024 * 1024
# Seconds: clocks differ, and a mail that we deferred comes back.
_LEEWAY = 600

# Unsigned, or with one more above the signed one, each of these lets somebody carry the signature over to
# another text: RFC 6376 sections 8.2 and 8.15; THREATS A14 to A16.
MUST_COVER = ("from", "subject", "date", "to", "content-type", "mime-version")

# RFC 6376 section 3.7: the value of b= is left out with all white space around it.
_B_VALUE = re.compile(rb"((?:^|;)[ \t\r\n]*b[ \t\r\n]*=)[^;]*")

# Bytes that one program takes for the end of a line and the next for text, and lines that are no field: a
# signature covers one reading, the person is shown the other.
_TWO_READINGS = frozenset({"bare_cr", "nul", "not_a_field"})

Keys = Mapping[str, tuple[bytes, ...] | None]


def read_signatures(message: Message, author_domain: Domain | None) -> tuple[Signature | AuthResult, ...]:
    """At most five signatures, those that could vouch for the author first; a result for one we cannot read.

    One result at the end stands for all that are left out. Never raises.
    """
    fields = [field for field in message.fields if field.key == "dkim-signature"]
    found = [read_signature(field) for field in fields[:_MAX_READ]]
    found.sort(key=lambda one: not _could_vouch(one, author_domain))
    if len(fields) <= _MAX_EVALUATED:
        return tuple(found)
    too_many = Reason.TOO_MANY.format(len(fields) - _MAX_EVALUATED)
    return (*found[:_MAX_EVALUATED], AuthResult(Method.DKIM, Result.POLICY, None, reason=too_many))


def verify(
    mail: "SignedMail", found: tuple[Signature | AuthResult, ...], keys: Keys
) -> tuple[AuthResult, ...]:
    """One result a signature. `keys` are the TXT records by key name, None where the DNS was away."""
    return tuple(
        one if isinstance(one, AuthResult) else evaluate(one, mail, keys.get(one.key_name)) for one in found
    )


def intact_but_for_change(
    mail: "SignedMail",
    found: tuple[Signature | AuthResult, ...],
    results: tuple[AuthResult, ...],
    keys: Keys,
) -> Iterator[Domain]:
    """The domains of signatures that fail, and would count in full if they did not.

    Somebody trusted may say that such a one was right when he got the mail. What he cannot say is that a
    weak one is strong: he may not have looked, and it may be carried over to other words.
    """
    for one, result in zip(found, results, strict=True):
        if result.result not in {Result.FAIL, Result.TEMPERROR} or not isinstance(one, Signature):
            continue
        records = keys.get(one.key_name)
        key = find_key(records, one.algorithm) if records else None
        good = not key_weakness(key, one) if key else records is None
        if good and one.length is None and not weakness(one, mail):
            yield one.domain


class SignedMail:
    """What signatures are computed over; each canonical form is made once a mail."""

    def __init__(self, message: Message) -> None:
        self.counts = Counter(field.key for field in message.fields)
        self.has_two_readings = bool(message.defects & _TWO_READINGS)
        self.too_large = len(message.body) > _MAX_BODY
        self._fields: defaultdict[bytes, list[Field]] = defaultdict(list)
        for field in message.fields:
            self._fields[field.raw.partition(b":")[0].rstrip(b" \t").lower()].append(field)
        self._body = message.body
        self._bodies: dict[bool, bytes] = {}

    def body(self, policy: CanonicalizationPolicy) -> bytes:
        """The canonical body (RFC 6376 section 3.4)."""
        relaxed = policy.body_algorithm is Relaxed
        if relaxed not in self._bodies:
            self._bodies[relaxed] = canonical_body(self._body, relaxed=relaxed)
        return self._bodies[relaxed]

    def digest(self, signature: Signature) -> bytes:
        """What was signed (RFC 6376 section 3.7): the fields of h=, each name from the bottom upwards."""
        # The field itself was not there yet when it was made.
        left = {
            name: [field for field in self._fields[name] if field.start != signature.field.start]
            for name in set(signature.signed)
        }
        chosen = [split(left[name].pop()) for name in signature.signed if left[name]]
        chosen.append(unsigned(signature.field))
        hashed = b"".join(
            b":".join(field) for field in signature.canonicalization.canonicalize_headers(chosen)
        )
        return hashlib.sha256(hashed.removesuffix(b"\r\n")).digest()


def canonical_body(body: bytes, *, relaxed: bool) -> bytes:
    """The body in relaxed or simple form (RFC 6376 sections 3.4.3 and 3.4.4), in linear time."""
    body = _crlf(body) if body else b""
    if relaxed:
        body = body.replace(b"\t", b" ")
        while b"  " in body:
            body = body.replace(b"  ", b" ")
        body = body.replace(b" \r\n", b"\r\n")
    kept = body.rstrip(b"\r\n")
    # Only CRLF ends a line: a bare CR among the empty lines is content, and so is what stands before it.
    bare = body.rfind(b"\r\r", len(kept)) + 1
    body = body[:bare] if bare else kept
    return body + b"\r\n" if body or not relaxed else b""


def evaluate(
    signature: Signature,
    mail: SignedMail,
    records: tuple[bytes, ...] | None,
    must_cover: Collection[str] = MUST_COVER,
) -> AuthResult:
    """What a signature is worth, with the TXT records at its key name (None: the DNS is away).

    What can be refused without the key is refused first: a DNS that is away must not excuse it.
    """
    if refusal := _without_key(signature, mail):
        return refusal
    weak = weakness(signature, mail, must_cover)
    if records is None:
        return signature.result(*(Result.POLICY, weak) if weak else (Result.TEMPERROR, Reason.DNS_AWAY))
    key = find_key(records, signature.algorithm)
    if key is None:
        return signature.result(Result.PERMERROR, Reason.NO_USABLE_KEY if records else Reason.NO_KEY)
    if not key.verifies(signature.value, mail.digest(signature)):
        return signature.result(Result.FAIL, Reason.HEADER_CHANGED)
    weak = weak or key_weakness(key, signature)
    return signature.result(Result.POLICY if weak else Result.PASS, weak)


def find_key(records: tuple[bytes, ...], algorithm: bytes) -> Key | None:
    """The first usable key among the TXT records, if it is one for this algorithm."""
    key = next(filter(None, map(read_key, records)), None)
    return key if key and isinstance(key.public, ALGORITHMS[algorithm]) else None


def _without_key(signature: Signature, mail: SignedMail) -> AuthResult | None:
    """The result that needs no key; None where the key decides."""
    if signature.algorithm not in ALGORITHMS:
        # RFC 8301 section 3.1: verifiers must not consider rsa-sha1 valid.
        return signature.result(Result.POLICY, Reason.SHA1)
    if mail.too_large:
        return signature.result(Result.POLICY, Reason.BODY_TOO_LARGE)
    body = mail.body(signature.canonicalization)
    if signature.length is not None and signature.length > len(body):
        return signature.result(Result.PERMERROR, Reason.BODY_TOO_SHORT)
    if hashlib.sha256(body[: signature.length]).digest() != signature.body_hash:
        return signature.result(Result.FAIL, Reason.BODY_CHANGED)
    return None


def weakness(signature: Signature, mail: SignedMail, must_cover: Collection[str] = MUST_COVER) -> str:
    """Why a pass would not count, whatever the key; empty if it would."""
    if mail.has_two_readings:
        return Reason.TWO_READINGS
    now = time.time()
    if signature.expires is not None and signature.expires + _LEEWAY < now:
        return Reason.EXPIRED
    if signature.made is not None and signature.made - _LEEWAY > now:
        return Reason.IN_FUTURE
    if signature.length is not None and signature.length < len(mail.body(signature.canonicalization)):
        return Reason.END_UNSIGNED
    signed = Counter(signature.signed)
    for name in MUST_COVER:
        covered = signed[name.encode()]
        if not covered and name in must_cover and (mail.counts[name] or name == "from"):
            return Reason.UNSIGNED.format(name)
        if mail.counts[name] > max(covered, 1):
            return Reason.ONE_MORE.format(name)
    return ""


def key_weakness(key: Key, signature: Signature) -> str:
    """Why a pass with this key does not count; empty if it does."""
    if key.weakness:
        return key.weakness
    return Reason.KEY_NOT_FOR_SUBDOMAINS if b"s" in key.flags and signature.in_subdomain else ""


def _could_vouch(one: Signature | AuthResult, author_domain: Domain | None) -> bool:
    return isinstance(one, Signature) and author_domain is not None and is_aligned(one.domain, author_domain)


def split(field: Field) -> tuple[bytes, bytes]:
    """Name and value, as canonicalisation takes them."""
    name, _, value = field.raw.partition(b":")
    return name, _crlf(value)


def unsigned(field: Field) -> tuple[bytes, bytes]:
    """Name and value of a signature field without the value of its b=."""
    name, value = split(field)
    return name, _B_VALUE.sub(rb"\1", value, count=1)


def _crlf(text: bytes) -> bytes:
    """Lines that end in CRLF, the last one too: a file of a mail may have bare LF."""
    if text.count(b"\n") != text.count(b"\r\n"):
        text = text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return text if text.endswith(b"\r\n") else text + b"\r\n"
