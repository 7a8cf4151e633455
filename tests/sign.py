"""Signs the test mails with the test keys: `python -m tests.sign CASE_DIR...`, or `--all`.

Each `[[sign]]` table of a case.toml makes one DKIM-Signature in message.eml: `domain`, `selector`, if wanted
`headers` (a list), `length = true` (l=), `canonicalization`. A signature of the same domain and selector is
replaced, so that it may be run again. A missing key is made.
"""

import argparse
import sys
import tomllib
from pathlib import Path
from typing import Any

import dkim
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from milter.mail.message import Message
from tests.cases import MAILS
from tests.dns_server import ZONE

_SIGNED = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Reply-To")


def sign(raw: bytes, domain: str, selector: str, **wanted: Any) -> bytes:
    """The mail with a signature of that domain on top, in place of an older one of the same name."""
    raw = _without(raw, domain, selector)
    present = {field.key for field in Message(raw).fields}
    names = wanted.get("headers") or [name for name in _SIGNED if name.lower() in present]
    algorithms = wanted.get("canonicalization", "relaxed/relaxed").encode().split(b"/")
    signature: bytes = dkim.sign(
        raw,
        selector.encode(),
        domain.encode(),
        _key(domain),
        include_headers=[name.encode() for name in names],
        canonicalize=tuple(algorithms),
        length=bool(wanted.get("length")),
    )
    return signature + raw


def _without(raw: bytes, domain: str, selector: str) -> bytes:
    for field in Message(raw).fields:
        tags = {tag.strip() for tag in field.value.replace(b"\r\n", b"").split(b";")}
        if field.key == "dkim-signature" and {f"d={domain}".encode(), f"s={selector}".encode()} <= tags:
            return raw[: field.start] + raw[field.end :]
    return raw


def _key(domain: str) -> bytes:
    path = ZONE / "keys" / f"{domain}.pem"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
    return path.read_bytes()


def sign_case(folder: Path) -> int:
    """Sign the mail of one folder; how many signatures it now has of ours."""
    wanted = tomllib.loads((folder / "case.toml").read_text("utf-8")).get("sign", ())
    mail = folder / "message.eml"
    for table in wanted:
        mail.write_bytes(sign(mail.read_bytes(), **table))
    return len(wanted)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--all", action="store_true", help="every folder of tests/mails")
    chosen = parser.parse_args()
    folders = [path.parent for path in sorted(MAILS.glob("*/case.toml"))] if chosen.all else chosen.folders
    made = sum(map(sign_case, folders))
    sys.stdout.write(f"{made} signatures in {len(folders)} folders\n")


if __name__ == "__main__":
    main()
