"""Do mails that real people got come out as they went in? `make bench-passage CORPORA=dir`.

    python -m tests.bench.passage DIR

Sends every mail of each `*ordinary*` folder of DIR through a gateway to a next hop that keeps it,
signed (DKIM) by a test key first, so that each has a signature that verifies. Delivered must be the
very bytes that were sent, below our own fields, and the signature must still verify. Only what SMTP
cannot carry is changed before: line ends become CRLF, a bare CR or NUL goes away. A mail that dkimpy
cannot sign is sent as it is, and said so. Exit status 1 where a mail differs or was not delivered.
"""

import argparse
import re
import smtplib
import sys
import tempfile
from collections import Counter
from pathlib import Path

import dkim

from milter.cli.mails import Place, find_mails
from milter.mail.message import Message
from tests.bench.sink import Sink
from tests.dns_server import ZONE, DnsServer, key_record
from tests.serving import configured, serving
from tests.sign import sign

_DOMAIN, _SELECTOR = "courriel-libre.example", "passage"
_LINE_END = re.compile(rb"\r\n|\r|\n")
_NO_FIELD = re.compile(rb"(?:[ \t][^\n]*\n)*")
_OURS = frozenset({"x-vigimel-finding", "x-vigimel-reason", "authentication-results", "received"})
_SIGNED, _UNSIGNED = "the same, signature verifies", "the same, cannot be signed"
_FINE = frozenset({_SIGNED, _UNSIGNED})


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("corpora", type=Path)
    chosen = parser.parse_args()
    folders = [folder for folder in sorted(chosen.corpora.iterdir()) if "ordinary" in folder.name]
    arrived: list[bytes] = []
    with tempfile.TemporaryDirectory() as name, DnsServer() as dns, Sink(arrived.append) as sink:
        config = Path(name) / "vigimel.toml"
        hop = f"smtp://127.0.0.1:{sink.port}"
        large = "max_message_size = 104857600"
        config.write_text(configured(workers=1, smtp=large, next_hop=hop, nameserver=dns.address))
        with serving(config) as gateway, gateway.smtp() as client:
            client.ehlo()
            outcomes = [_folder(folder, client, arrived) for folder in folders]
    sys.exit(int(any(set(outcome) - _FINE for outcome in outcomes) or not outcomes))


def _folder(folder: Path, client: smtplib.SMTP, arrived: list[bytes]) -> Counter[str]:
    """How often each thing became of a mail of this folder, printed with the names of those that differ."""
    outcomes: Counter[str] = Counter()
    mended = 0
    for place in find_mails([str(folder)]):
        if not isinstance(place, Place):
            continue
        on_disk = place.read()
        raw = _LINE_END.sub(b"\r\n", on_disk.replace(b"\0", b"")).removesuffix(b"\r\n") + b"\r\n"
        mended += b"\0" in on_disk or b"\r" in on_disk.replace(b"\r\n", b"")
        outcome = _pass(raw, client, arrived)
        outcomes[outcome] += 1
        if outcome not in _FINE:
            print(f"    {place.name}: {outcome}", flush=True)
    print(
        f"{folder.name}: {dict(outcomes)}; {mended} had a bare CR or NUL that SMTP cannot carry", flush=True
    )
    return outcomes


def _pass(raw: bytes, client: smtplib.SMTP, arrived: list[bytes]) -> str:
    """What became of this mail."""
    sent = _signed(raw)
    arrived.clear()
    try:
        client.mail("a@client.example", ["BODY=8BITMIME"])
        client.rcpt("b@town-hall.example")
        client.docmd("DATA")
        client.send((b"\r\n" + sent).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n")
        code, text = client.getreply()
    except smtplib.SMTPException as error:
        return f"{error}"
    if code != 250:
        return f"refused: {code} {text.decode()}"
    return _compared(sent, arrived[0]) if arrived else "held"


def _compared(sent: bytes, delivered: bytes) -> str:
    # Lines of white space before the first field stay where they are, with our fields below them.
    top = _NO_FIELD.match(sent)
    start = top.end() if top else 0
    if not (delivered.startswith(sent[:start]) and delivered.endswith(sent[start:])):
        return "other bytes"
    added = {one.key for one in Message(delivered[start : start - len(sent)] + b"\r\n").fields}
    if not added <= _OURS:
        return f"with fields {sorted(added - _OURS)}"
    if not _verifies(sent):
        return _UNSIGNED
    return _SIGNED if _verifies(delivered) else "its signature does not verify any more"


def _signed(raw: bytes) -> bytes:
    try:
        return sign(raw, _DOMAIN, _SELECTOR)
    except (dkim.DKIMException, IndexError):
        # Its header is none, as dkimpy reads it.
        return raw


def _verifies(raw: bytes) -> bool:
    """Does the first signature, which is that of the test key, verify? Asked of dkimpy, not of ourselves."""
    record = key_record(ZONE / "keys" / f"{_DOMAIN}.pem").encode()
    try:
        return bool(dkim.DKIM(raw).verify(dnsfunc=lambda *_, **__: record))
    except (dkim.DKIMException, IndexError):
        return False


if __name__ == "__main__":
    main()
