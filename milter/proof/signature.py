"""What do a DKIM-Signature field and its key record say? (RFC 6376 sections 3.5 and 3.6.1) Pure.

Never raises: what cannot be read is a result, or None. dkimpy splits the tag lists and checks the tags.
"""

import base64
import re
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from dkim import DKIMException, validate_signature_fields
from dkim.canonicalization import CanonicalizationPolicy, InvalidCanonicalizationPolicyError
from dkim.util import InvalidTagValueList, parse_tag_value

from milter.mail.domain import Domain
from milter.mail.message import Field
from milter.proof.proof import AuthResult, Method, Result

# RSA-4096 over forty fields takes 2,000 octets.
_MAX_SIGNATURE = 8192
_MAX_SIGNED_FIELDS = 200

_SPACE = re.compile(rb"[ \t\r\n]+")
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


def read_signature(field: Field) -> Signature | AuthResult:
    """The signature in a DKIM-Signature field, or the result that says why there is none. Never raises."""
    value = field.raw.partition(b":")[2]
    if len(value) > _MAX_SIGNATURE:
        return _unreadable("longer than 8192 octets")
    try:
        tags = parse_tag_value(value)
        if not all(_NAME.fullmatch(tags[tag]) for tag in (b"d", b"s")):
            # A NUL ends the name for a resolver written in C; brackets and quotes are syntax in
            # Authentication-Results (THREATS A3, A4).
            return AuthResult(Method.DKIM, Result.POLICY, None, reason="d= or s= is not a domain name")
        return _signature(field, tags)
    except (DKIMException, InvalidTagValueList, InvalidCanonicalizationPolicyError):
        return _unreadable("malformed signature")
    except (ValueError, LookupError, TypeError, AssertionError):
        # dkimpy lets these out on some malformed fields.
        return _unreadable("malformed signature")


def _signature(field: Field, tags: dict[bytes, bytes]) -> Signature | AuthResult:
    tags |= {tag: _SPACE.sub(b"", tags[tag]) for tag in (b"b", b"bh")}
    # An expired signature is a pass that does not count, see _weakness; dkimpy would call it malformed.
    expires = int(tags.pop(b"x")) if b"x" in tags else None
    validate_signature_fields(tags)
    domain, signed = Domain.parse(tags[b"d"].decode("ascii")), tags[b"h"].split(b":")
    if domain is None or len(signed) > _MAX_SIGNED_FIELDS:
        return _unreadable("malformed signature")
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
        expires=expires,
        in_subdomain=tags.get(b"i", b"@" + tags[b"d"]).rpartition(b"@")[2].lower() != tags[b"d"].lower(),
    )


@lru_cache(maxsize=1024)
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


def _unreadable(reason: str) -> AuthResult:
    return AuthResult(Method.DKIM, Result.PERMERROR, None, reason=reason)


def _words(value: bytes) -> frozenset[bytes]:
    return frozenset(word.strip().lower() for word in value.split(b":"))
