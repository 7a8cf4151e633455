"""A sealer that shares no code with the verifier (RFC 8617), for chains good and bad."""

import base64
import hashlib
import re

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from tests.proof.signing import chosen_fields, key, relaxed_body, relaxed_field

SIGNED_BY_SEALER = "from:to:subject:date:mime-version:content-type:dkim-signature"
SAW_IT = "dkim=pass header.d=info.ameli.fr header.s=s1; spf=fail smtp.mailfrom=info.ameli.fr"


def sealed(
    mail: bytes,
    sealer: str = "forwarder.example",
    saw: str = SAW_IT,
    *,
    h: str = SIGNED_BY_SEALER,
    message: dict[str, str] | None = None,
    seal: dict[str, str] | None = None,
) -> bytes:
    """The mail with one more ARC set on top; `message` and `seal` are tags instead of the usual ones."""
    header, _, body = mail.partition(b"\r\n\r\n")
    fields = header.split(b"\r\n")
    instance = 1 + sum(field.startswith(b"ARC-Seal:") for field in fields)
    results = f"ARC-Authentication-Results: i={instance}; mx.{sealer}; {saw}".encode()
    body_hash = base64.b64encode(hashlib.sha256(relaxed_body(body)).digest()).decode()
    tags = {
        "i": str(instance), "a": "rsa-sha256", "c": "relaxed/relaxed", "d": sealer, "s": "arc", "h": h,
        "bh": body_hash,
    } | (message or {})  # fmt: skip
    unsigned = _field("ARC-Message-Signature", tags)
    own = unsigned + _sign(b"".join(chosen_fields(fields, tags["h"])) + _last(unsigned))
    tags = {
        "i": str(instance), "a": "rsa-sha256", "cv": "pass" if instance > 1 else "none", "d": sealer,
        "s": "arc",
    } | (seal or {})  # fmt: skip
    unsigned = _field("ARC-Seal", tags)
    chain = b"".join(map(relaxed_field, [*_earlier(fields), results, own]))
    return b"\r\n".join([unsigned + _sign(chain + _last(unsigned)), own, results, mail])


def _field(name: str, tags: dict[str, str]) -> bytes:
    return f"{name}: {'; '.join(f'{tag}={value}' for tag, value in tags.items())}; b=".encode()


def _last(unsigned: bytes) -> bytes:
    return relaxed_field(unsigned).removesuffix(b"\r\n")


def _sign(hashed: bytes) -> bytes:
    return base64.b64encode(key().sign(hashed, padding.PKCS1v15(), hashes.SHA256()))


def _earlier(fields: list[bytes]) -> list[bytes]:
    order = (b"arc-authentication-results", b"arc-message-signature", b"arc-seal")
    arc = [field for field in fields if field.partition(b":")[0].lower() in order]
    return sorted(arc, key=lambda f: (_instance(f), order.index(f.partition(b":")[0].lower())))


def _instance(field: bytes) -> int:
    found = re.search(rb"\bi=(\d+)", field)
    assert found
    return int(found[1])
