"""What do a DKIM-Signature field and its key record say? (RFC 6376 sections 3.5 and 3.6.1) Pure.

Never raises: what cannot be read is a result, or None. dkimpy splits the tag lists and checks the tags.
"""

import base64
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from dkim import DKIMException, validate_signature_fields
from dkim.canonicalization import CanonicalizationPolicy, InvalidCanonicalizationPolicyError
from dkim.util import InvalidTagValueList, parse_tag_value

from milter.mail.domain import Domain
from milter.mail.message import Field
from milter.mail.remembered import remembered
from milter.proof.proof import AuthResult, Method, Result
from milter.proof.reason import Reason

# RSA-4096 over forty fields takes 2,000 octets.
_MAX_SIGNATURE = 8192
_MAX_SIGNED_FIELDS = 200

# What dkimpy and the codecs raise over a malformed field.
UNREADABLE = (
    DKIMException, InvalidTagValueList, InvalidCanonicalizationPolicyError,
    ValueError, LookupError, TypeError, AssertionError,
)  # fmt: skip

_SPACE = re.compile(rb"[ \t\r\n]+")
# RFC 8301 section 3.1 leaves out rsa-sha1: verifiers must not consider it valid.
ALGORITHMS = {b"rsa-sha256": RSAPublicKey, b"ed25519-sha256": Ed25519PublicKey}

_NAME = re.compile(rb"[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*")


@dataclass(frozen=True, slots=True)
class Signature:
    """A DKIM-Signature field that can be evaluated (RFC 6376 section 3.5)."""

    field: Field
    domain: Domain
    selector: str
    algorithm: bytes
    canonicalization: CanonicalizationPolicy
    signed: tuple[bytes, ...]
    body_hash: bytes
    value: bytes
    length: int | None
    made: int | None
    expires: int | None
    in_subdomain: bool

    @property
    def key_name(self) -> str:
        """Where the key is published (RFC 6376 section 3.6.2.1)."""
        return f"{self.selector}._domainkey.{self.domain}"

    def result(self, result: Result, reason: str = "") -> AuthResult:
        """The result for this signature."""
        return AuthResult(Method.DKIM, result, self.domain, self.selector, reason)


@dataclass(frozen=True, slots=True)
class Key:
    """A key record (RFC 6376 section 3.6.1): the key, its flags t=, its hash algorithms h=."""

    public: RSAPublicKey | Ed25519PublicKey
    flags: frozenset[bytes]
    hashes: frozenset[bytes]

    def verifies(self, value: bytes, digest: bytes) -> bool:
        """Was this SHA-256 digest signed with the private half of this key?"""
        try:
            match self.public:
                case RSAPublicKey():
                    self.public.verify(value, digest, PKCS1v15(), Prehashed(SHA256()))
                case Ed25519PublicKey():
                    self.public.verify(value, digest)
        except (InvalidSignature, ValueError):
            return False
        return True

    @property
    def weakness(self) -> str:
        """Why nothing signed with it counts (RFC 6376 section 3.6.1, RFC 8301 section 3.2); else empty."""
        if isinstance(self.public, RSAPublicKey) and self.public.key_size < 1024:
            return Reason.KEY_TOO_SHORT.format(self.public.key_size)
        if b"sha256" not in self.hashes:
            return Reason.KEY_NOT_FOR_SHA256
        return Reason.KEY_IN_TESTING if b"y" in self.flags else ""


def read_signature(field: Field, *, in_arc: bool = False) -> Signature | AuthResult:
    """The signature in a DKIM-Signature field, or the result that says why there is none. Never raises.

    `in_arc` reads an ARC-Message-Signature: there i= is a number, and v= is missing (RFC 8617 section 4.1.2).
    """
    value = field.raw.partition(b":")[2]
    if len(value) > _MAX_SIGNATURE:
        return _unreadable(Reason.TOO_LONG.format(_MAX_SIGNATURE))
    try:
        tags = parse_tag_value(value)
        if in_arc:
            tags.pop(b"i", None)
            tags[b"v"] = b"1"
        if not has_plain_names(tags):
            return AuthResult(Method.DKIM, Result.POLICY, None, reason=Reason.NO_NAMES)
        return _signature(field, tags)
    except UNREADABLE:
        return _unreadable(Reason.MALFORMED)


def has_plain_names(tags: dict[bytes, bytes]) -> bool:
    """Are d= and s= host names? KeyError where one is missing.

    A NUL ends the name for a resolver written in C; brackets and quotes are syntax in Authentication-Results
    (THREATS A3, A4).
    """
    return all(_NAME.fullmatch(tags[tag]) for tag in (b"d", b"s"))


def without_space(value: bytes) -> bytes:
    """The value of b= or bh= without its folding."""
    return _SPACE.sub(b"", value)


def _signature(field: Field, tags: dict[bytes, bytes]) -> Signature | AuthResult:
    tags |= {tag: without_space(tags[tag]) for tag in (b"b", b"bh")}
    # Out of its time, a signature is a pass that does not count, see dkim.weakness; dkimpy would call it
    # malformed.
    made, expires = _seconds(tags.pop(b"t", None)), _seconds(tags.pop(b"x", None))
    validate_signature_fields(tags)
    domain, signed = Domain.parse(tags[b"d"].decode("ascii")), tags[b"h"].split(b":")
    before_made = made is not None and expires is not None and expires < made
    if domain is None or len(signed) > _MAX_SIGNED_FIELDS or before_made:
        return _unreadable(Reason.MALFORMED)
    return Signature(
        field=field,
        domain=domain,
        selector=tags[b"s"].decode("ascii").lower(),
        algorithm=tags[b"a"],
        canonicalization=CanonicalizationPolicy.from_c_value(tags.get(b"c")),
        signed=tuple(one.strip().lower() for one in signed),
        body_hash=base64.b64decode(tags[b"bh"], validate=True),
        value=base64.b64decode(tags[b"b"], validate=True),
        length=int(tags[b"l"]) if b"l" in tags else None,
        made=made,
        expires=expires,
        in_subdomain=tags.get(b"i", b"@" + tags[b"d"]).rpartition(b"@")[2].lower() != tags[b"d"].lower(),
    )


@remembered(512, longest=1024)
def read_key(record: bytes) -> Key | None:
    """The key in a TXT record; None for all but a usable e-mail key (p= empty: revoked). Never raises."""
    try:
        tags = parse_tag_value(record)
        kind, raw = tags.get(b"k", b"rsa"), base64.b64decode(tags[b"p"])
        public = Ed25519PublicKey.from_public_bytes(raw) if kind == b"ed25519" else load_der_public_key(raw)
    except (InvalidTagValueList, ValueError, LookupError, UnsupportedAlgorithm):
        return None
    services = _words(tags.get(b"s", b"*"))
    if (
        tags.get(b"v", b"DKIM1") != b"DKIM1"
        or kind not in {b"rsa", b"ed25519"}
        or not services & {b"*", b"email"}
    ):
        return None
    if not isinstance(public, RSAPublicKey | Ed25519PublicKey):
        return None
    return Key(public, _words(tags.get(b"t", b"")), _words(tags.get(b"h", b"sha256")))


def _seconds(value: bytes | None) -> int | None:
    """A time in seconds since 1970; ValueError for what is no number."""
    if value is not None and not value.isdigit():
        raise ValueError(value)
    return None if value is None else int(value)


def _unreadable(reason: str) -> AuthResult:
    return AuthResult(Method.DKIM, Result.PERMERROR, None, reason=reason)


def _words(value: bytes) -> frozenset[bytes]:
    return frozenset(word.strip().lower() for word in value.split(b":"))
