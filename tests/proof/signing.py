"""A signer that shares no code with the verifier, and signs whatever tags it is told."""

import base64
import hashlib
import re
from functools import cache

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from milter.mail.domain import Domain
from milter.mail.message import Message
from milter.proof.dkim import SignedMail, read_signatures, verify
from milter.proof.proof import AuthResult

MAIL = (
    b"From: Votre Assurance Maladie <noreply@info.ameli.fr>\r\n"
    b"To: assure@mairie.example\r\n"
    b"Subject: Information de paiement\r\n"
    b"Date: Mon, 5 Jan 2026 08:00:00 +0100\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"\r\n"
    b"Bonjour,\r\n\r\nUn paiement  a ete effectue. \t\r\n\r\n\r\n"
)
FIELDS = ("from", "to", "subject", "date", "mime-version", "content-type")
KEY_NAME = "s1._domainkey.info.ameli.fr"
AUTHOR = Domain("info.ameli.fr")


@cache
def key() -> rsa.RSAPrivateKey:
    """A key made for this run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def record(**tags: str) -> bytes:
    """A key record, with more tags."""
    der = key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    words = "".join(f"{name}={value}; " for name, value in tags.items())
    return b"v=DKIM1; " + words.encode() + b"p=" + base64.b64encode(der)


def signed(mail: bytes = MAIL, /, **tags: str) -> bytes:
    """The mail with a relaxed/relaxed signature on top; `tags` come before, or instead of, the usual ones."""
    header, _, body = mail.partition(b"\r\n\r\n")
    canonical = relaxed_body(body)
    length = int(tags.get("l", len(canonical)))
    all_tags = {
        "v": "1", "a": "rsa-sha256", "c": "relaxed/relaxed", "d": "info.ameli.fr", "s": "s1",
        "h": ":".join(FIELDS), "bh": base64.b64encode(hashlib.sha256(canonical[:length]).digest()).decode(),
    } | tags  # fmt: skip
    value = "; ".join(f"{name}={text}" for name, text in all_tags.items()) + "; b="
    fields = header.split(b"\r\n")
    hashed = b"".join(chosen_fields(fields, all_tags["h"])) + b"dkim-signature:" + value.encode("utf-8")
    signature = key().sign(hashed, padding.PKCS1v15(), SHA256())
    return b"DKIM-Signature: " + value.encode() + base64.b64encode(signature) + b"\r\n" + mail


def results(mail: bytes, *records: bytes, author: Domain | None = AUTHOR) -> tuple[AuthResult, ...]:
    """What the verifier says; the records stand at every key name."""
    message = Message(mail)
    found = read_signatures(message, author)
    return verify(
        SignedMail(message),
        found,
        {one.key_name: records for one in found if not isinstance(one, AuthResult)},
    )


def chosen_fields(fields: list[bytes], names: str) -> list[bytes]:
    left = list(fields)
    chosen = []
    for name in names.split(":"):
        for field in reversed(left):
            if field.lower().startswith(name.encode() + b":"):
                left.remove(field)
                chosen.append(relaxed_field(field))
                break
    return chosen


def relaxed_field(field: bytes) -> bytes:
    name, _, value = field.partition(b":")
    return name.lower() + b":" + re.sub(rb"[ \t]+", b" ", value).strip() + b"\r\n"


def relaxed_body(body: bytes) -> bytes:
    lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)
