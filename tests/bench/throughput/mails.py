"""What do they all have to take? The same generated mails, as senders send them, and what DNS knows of them.

Of 200, 80 are plain text of 3 KB, 60 have text and HTML of 15 KB, 60 are newsletters of 25 and 50 KB; three
in four are DKIM-signed by their sender. Four are frauds in the name of the brand, which are quarantined.
"""

import json
import random
import textwrap
from dataclasses import astuple, dataclass
from pathlib import Path

import dkim

from tests.bench import judge

ADDRESSES = tuple(f"203.0.113.{number}" for number in range(10, 20))
DOMAIN = "livres.example"
HOP_DOMAIN = "hop.example"
_SELECTOR = "bench"


def _plain(rng: random.Random, claim: str) -> tuple[str, bytes]:
    """In lines as short as aiosmtpd wants them."""
    content_type, body = judge._plain(rng, claim)
    lines = (textwrap.fill(line, 72) for line in body.decode().split("\r\n"))
    return content_type, "\n".join(lines).replace("\n", "\r\n").encode()


_KINDS = (_plain,) * 4 + (judge._multipart,) * 3 + (judge._newsletter, judge._newsletter)
_NUMBER, _FRAUD_EVERY, _UNSIGNED_EVERY = 200, 50, 4
_SIGNED = (b"from", b"to", b"subject", b"date", b"mime-version", b"content-type")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail on the way: who sends it from where, and its octets with the final dot."""

    client: str
    reverse_path: str
    forward_path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mails:
    """All of them, and the zone of the domains in them, as local data of unbound."""

    mails: tuple[Mail, ...]
    zone: tuple[str, ...]


def write(mails: tuple[Mail, ...], path: Path) -> None:
    """Keep them for the sender, which is another process."""
    rows = [[*astuple(mail)[:3], mail.content.decode("latin-1")] for mail in mails]
    path.write_text(json.dumps(rows))


def read(path: Path) -> tuple[Mail, ...]:
    """What `write` has kept."""
    rows = json.loads(path.read_text())
    return tuple(
        Mail(envelope[0], envelope[1], envelope[2], content.encode("latin-1")) for *envelope, content in rows
    )


def make() -> Mails:
    """The same texts at each call; the key, and so the signatures, are new."""
    private, public = judge._key()
    mails = tuple(_mail(number, private) for number in range(_NUMBER))
    shuffled = tuple(random.Random(11).sample(mails, len(mails)))
    return Mails(shuffled, tuple(_zone(public)))


def _mail(number: int, private: bytes) -> Mail:
    rng = random.Random(number)
    kind = (*_KINDS, judge._long_newsletter)[number % (len(_KINDS) + 1)]
    is_fraud = number % _FRAUD_EVERY == 1
    author = "Assurance Maladie" if is_fraud else rng.choice(judge._NAMES)
    raw = judge._mail(kind, rng, f"{author} <contact@{DOMAIN}>", judge._CLAIM if is_fraud else "")
    if number % _UNSIGNED_EVERY:
        raw = _signed(raw, private)
    stuffed = raw.replace(b"\r\n.", b"\r\n..")
    content = stuffed + (b"" if stuffed.endswith(b"\r\n") else b"\r\n") + b".\r\n"
    client = ADDRESSES[number % len(ADDRESSES)]
    return Mail(client, f"contact@{DOMAIN}", f"user{number % 40}@{HOP_DOMAIN}", content)


def _signed(raw: bytes, private: bytes) -> bytes:
    domain, selector = DOMAIN.encode(), _SELECTOR.encode()
    relaxed = (b"relaxed", b"relaxed")
    signature = dkim.sign(raw, selector, domain, private, canonicalize=relaxed, include_headers=list(_SIGNED))
    return bytes(signature) + raw


def _zone(public: str) -> list[str]:
    key = f"v=DKIM1; k=rsa; p={public}"
    texts = {
        DOMAIN: "v=spf1 ip4:203.0.113.0/24 -all",
        f"_dmarc.{DOMAIN}": "v=DMARC1; p=none",
        f"{_SELECTOR}._domainkey.{DOMAIN}": '" "'.join((key[:250], key[250:])),
    }
    records = [f'{name}. 3600 IN TXT "{text}"' for name, text in texts.items()]
    records.append(f"{DOMAIN}. 3600 IN MX 10 mail.{DOMAIN}.")
    for address in ADDRESSES:
        last = address.rpartition(".")[2]
        records.append(f"mail.{DOMAIN}. 3600 IN A {address}")
        records.append(f"{last}.113.0.203.in-addr.arpa. 3600 IN PTR mail.{DOMAIN}.")
    return records
