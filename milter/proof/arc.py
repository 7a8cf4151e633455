"""Does the ARC chain hold, and what did the first trusted sealer see? (RFC 8617) Pure. Never raises.

A chain says only who passed the mail on: anybody may seal. It counts where every sealer from the last one
downwards is on the admin's list, and no further: behind a sealer whom nobody knows, all may be invented.
"""

import base64
import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from dkim.canonicalization import Relaxed
from dkim.util import parse_tag_value

from milter.mail.domain import Domain
from milter.mail.message import Field, Message
from milter.proof.dkim import Keys, SignedMail, evaluate, find_key, split, unsigned
from milter.proof.proof import AuthResult, Method, Result
from milter.proof.reason import Reason
from milter.proof.signature import (
    ALGORITHMS,
    UNREADABLE,
    Signature,
    has_plain_names,
    read_signature,
    without_space,
)
from milter.proof.statement import Statement, instance_of, read_sealed_statement

# RFC 8617 section 4.2.1 allows 50 sets. Each may cost two look-ups, and real mail has five at most.
_MAX_SETS = 10
_MAX_SEAL = 8192
# Google seals no Content-Type and Microsoft no To. What cannot be left out is what a reader goes by, and the
# body, which is always covered; none of the others may stand there twice.
_MUST_COVER = ("from", "subject", "date")

_AAR, _AMS, _SEAL = "arc-authentication-results", "arc-message-signature", "arc-seal"


@dataclass(frozen=True, slots=True)
class Seal:
    """An ARC-Seal field (RFC 8617 section 4.1.3)."""

    field: Field
    instance: int
    domain: Domain
    selector: str
    algorithm: bytes
    value: bytes
    cv: bytes

    @property
    def key_name(self) -> str:
        """Where the key is published."""
        return f"{self.selector}._domainkey.{self.domain}"


@dataclass(frozen=True, slots=True)
class ArcSet:
    """What one sealer added: what he saw, his signature of the mail, and his seal on the chain."""

    results: Field
    signature: Signature
    seal: Seal

    @property
    def statement(self) -> Statement | None:
        """What he saw."""
        return read_sealed_statement(self.results.value)


@dataclass(frozen=True, slots=True)
class Chain:
    """The sets in the order they were added."""

    sets: tuple[ArcSet, ...]

    @property
    def sealer(self) -> Domain:
        """Who sealed it last."""
        return self.sets[-1].seal.domain

    @property
    def key_names(self) -> frozenset[str]:
        """The keys that it takes to verify it."""
        return frozenset(
            name for one in self.sets for name in (one.seal.key_name, self.sets[-1].signature.key_name)
        )

    def first_trusted(self, trusted: Collection[Domain]) -> ArcSet | None:
        """The lowest set that every sealer above it, and its own, is trusted for."""
        first = None
        for one in reversed(self.sets):
            if one.seal.domain not in trusted:
                break
            first = one
        return first

    def result(self, result: Result, reason: str = "") -> AuthResult:
        """A result for this chain."""
        return AuthResult(Method.ARC, result, self.sealer, reason=reason)


def read_chain(message: Message) -> Chain | AuthResult | None:
    """The chain, or None where there is none, or the result of one that is not looked at further.

    `fail` where its structure is wrong (section 5.2 steps 1 to 3), `none` where it is too long for us.
    """
    found = {key: message.all(key) for key in (_AAR, _AMS, _SEAL)}
    if not any(found.values()):
        return None
    if max(map(len, found.values())) > _MAX_SETS:
        return AuthResult(Method.ARC, Result.NONE, None, reason=Reason.TOO_MANY_SETS)
    try:
        sets = tuple(_sets(found))
    except UNREADABLE:
        return AuthResult(Method.ARC, Result.FAIL, None, reason=Reason.MALFORMED_CHAIN)
    return Chain(sets)


def verify_chain(chain: Chain, mail: SignedMail, keys: Keys) -> AuthResult:
    """Pass where the last sealer's signature of the mail and every seal hold (section 5.2 steps 4 to 6)."""
    last = chain.sets[-1].signature
    own = evaluate(last, mail, keys.get(last.key_name), _MUST_COVER)
    if own.result not in {Result.PASS, Result.TEMPERROR}:
        return chain.result(own.result, own.reason)
    away = own.result is Result.TEMPERROR
    for one, digest in zip(chain.sets, _seal_digests(chain), strict=True):
        records = keys.get(one.seal.key_name)
        if records is None:
            away = True
            continue
        key = find_key(records, one.seal.algorithm)
        if key is None or key.weakness or not key.verifies(one.seal.value, digest):
            return chain.result(Result.FAIL, Reason.BROKEN_SEAL.format(one.seal.instance))
    return chain.result(Result.TEMPERROR, Reason.DNS_AWAY) if away else chain.result(Result.PASS)


def _sets(found: Mapping[str, Collection[Field]]) -> Iterator[ArcSet]:
    """The sets from the first on; ValueError where one is missing, doubled, or not as it must be."""
    by_instance: defaultdict[int | None, dict[str, Field]] = defaultdict(dict)
    for key, fields in found.items():
        for field in fields:
            instance = instance_of(field.value) if key == _AAR else _instance_tag(field)
            if not field.plain or instance is None or key in by_instance[instance]:
                raise ValueError(key)
            by_instance[instance][key] = field
    for instance in range(1, len(by_instance) + 1):
        fields_of_it = by_instance[instance]
        signature, seal = read_signature(fields_of_it[_AMS], in_arc=True), _seal(fields_of_it[_SEAL])
        if isinstance(signature, AuthResult) or b"arc-seal" in signature.signed:
            raise ValueError(_AMS)
        # A chain that failed before is over (step 2), and only the first sealer found none.
        if seal.cv != (b"none" if instance == 1 else b"pass"):
            raise ValueError(_SEAL)
        yield ArcSet(fields_of_it[_AAR], signature, seal)


def _instance_tag(field: Field) -> int | None:
    tag = parse_tag_value(field.raw.partition(b":")[2][:_MAX_SEAL])[b"i"]
    return int(tag) if tag.isdigit() and 1 <= int(tag) <= 50 else None


def _seal(field: Field) -> Seal:
    tags = parse_tag_value(field.raw.partition(b":")[2])
    domain = Domain.parse(tags[b"d"].decode("ascii")) if has_plain_names(tags) else None
    # Section 4.1.3: a seal covers the chain and nothing else, so there is no h=, and no bh=.
    if domain is None or tags[b"a"] not in ALGORITHMS or {b"h", b"bh"} & tags.keys():
        raise ValueError(_SEAL)
    return Seal(
        field=field,
        instance=int(tags[b"i"]),
        domain=domain,
        selector=tags[b"s"].decode("ascii").lower(),
        algorithm=tags[b"a"],
        value=base64.b64decode(without_space(tags[b"b"]), validate=True),
        cv=tags[b"cv"].lower(),
    )


def _seal_digests(chain: Chain) -> Iterator[bytes]:
    """What each seal signs (section 5.1.1): all sets up to its own, itself without its b=."""
    hashed = hashlib.sha256()
    for one in chain.sets:
        hashed.update(_relaxed(split(one.results)) + _relaxed(split(one.signature.field)))
        with_own = hashed.copy()
        with_own.update(_relaxed(unsigned(one.seal.field)).removesuffix(b"\r\n"))
        yield with_own.digest()
        hashed.update(_relaxed(split(one.seal.field)))


def _relaxed(field: tuple[bytes, bytes]) -> bytes:
    return b":".join(Relaxed.canonicalize_headers([field])[0])
