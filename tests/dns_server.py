"""A small DNS server on loopback that serves the test zone, over UDP and TCP.

`python -m tests.dns_server --listen 127.0.0.1:5353 [--zone tests/zone]`, or in a test:
`with DnsServer() as server: Resolver([server.address])`.

Any selector below `_domainkey.<domain>` is answered with the public half of `keys/<domain>.pem`. All else
comes from `records.toml`, or from the records given to the constructor.
"""

import argparse
import base64
import contextlib
import socketserver
import struct
import sys
import threading
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, Self

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

ZONE = Path(__file__).parent / "zone"
Mode = Literal["answers", "dead", "servfail"]
Records = Mapping[str, Mapping[str, Sequence[str]]]
_TTL = 60


class DnsServer:
    """Serves one zone; `mode` may be changed while it runs. `questions` are all that were asked, in order.

    Modes: `answers`; `dead` (never a reply); `servfail`. A name given in `silent` never gets a reply.
    """

    def __init__(
        self, zone: Path | None = ZONE, records: Records | None = None, listen: str = "127.0.0.1:0"
    ) -> None:
        """Read the zone. Records are `{"name": {"TXT": ["..."]}}` and come before those of the zone."""
        self.mode: Mode = "answers"
        self.silent: set[str] = set()
        self.questions: list[str] = []
        self._zone = zone
        self._records: dict[str, Mapping[str, Sequence[str]]] = {
            **_read_records(zone),
            **_lower(records or {}),
        }
        host, _, port = listen.rpartition(":")
        self._udp, self._tcp = _bind(host.strip("[]"), int(port))
        self._udp.dns = self._tcp.dns = self

    @property
    def address(self) -> str:
        """`host:port`, as `[dns] nameservers` takes it."""
        host, port = self._udp.server_address[:2]
        return f"{host!s}:{port}"

    def __enter__(self) -> Self:
        """Start to serve, in two threads."""
        for server in (self._udp, self._tcp):
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop and free the port."""
        for server in (self._udp, self._tcp):
            server.shutdown()
            server.server_close()

    def reply(self, wire: bytes, limit: int = 65535) -> bytes | None:
        """The reply to a question in wire format, truncated (TC) above `limit`; None for no reply."""
        try:
            query = dns.message.from_wire(wire)
            question = query.question[0]
        except (dns.exception.DNSException, IndexError):
            return None
        name = question.name.to_text(omit_final_dot=True).lower()
        rdtype = dns.rdatatype.to_text(question.rdtype)
        self.questions.append(f"{rdtype} {name}")
        if self.mode == "dead" or name in self.silent:
            return None
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        if self.mode == "servfail":
            response.set_rcode(dns.rcode.SERVFAIL)
            return response.to_wire()
        self._fill(response, question.name, name, rdtype)
        return _within(response, limit)

    def _fill(self, response: dns.message.Message, owner: dns.name.Name, name: str, rdtype: str) -> None:
        sets = self._sets(name)
        if sets is None:
            response.set_rcode(dns.rcode.NXDOMAIN)
        values = [_quoted(text) if rdtype == "TXT" else text for text in (sets or {}).get(rdtype, ())]
        if values:
            response.answer.append(dns.rrset.from_text_list(owner, _TTL, dns.rdataclass.IN, rdtype, values))

    def _sets(self, name: str) -> Mapping[str, Sequence[str]] | None:
        if name in self._records:
            return self._records[name]
        _selector, found, domain = name.partition("._domainkey.")
        if found and self._zone and "/" not in domain:
            pem = self._zone / "keys" / f"{domain}.pem"
            return {"TXT": [key_record(pem)]} if pem.exists() else None
        return {} if any(known.endswith("." + name) for known in self._records) else None


@cache
def key_record(pem: Path) -> str:
    """The DKIM key record (RFC 6376 section 3.6.1) for a private key in PEM."""
    public = load_pem_private_key(pem.read_bytes(), None).public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return "v=DKIM1; k=rsa; p=" + base64.b64encode(der).decode("ascii")


def _read_records(zone: Path | None) -> Records:
    if zone is None or not (path := zone / "records.toml").exists():
        return {}
    return _lower(tomllib.loads(path.read_text("utf-8")))


def _lower(records: Records) -> Records:
    return {name.lower(): sets for name, sets in records.items()}


def _quoted(text: str) -> str:
    """A TXT value as strings of at most 255 octets, as master files write them."""
    raw = text.encode("utf-8")
    pieces = [raw[i : i + 255] for i in range(0, len(raw), 255)] or [b""]
    return " ".join('"' + "".join(f"\\{byte:03d}" for byte in piece) + '"' for piece in pieces)


def _within(response: dns.message.Message, limit: int) -> bytes:
    wire = response.to_wire(max_size=65535)
    if len(wire) <= limit:
        return wire
    response.answer.clear()
    response.flags |= dns.flags.TC
    return response.to_wire()


class _Udp(socketserver.ThreadingUDPServer):
    daemon_threads = True
    dns: DnsServer


class _Tcp(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    dns: DnsServer


def _bind(host: str, port: int) -> tuple[_Udp, _Tcp]:
    """The two servers on one port. Where the system chooses it, UDP's may be taken for TCP: then another."""
    for _ in range(20):
        udp = _Udp((host, port), _UdpQuestion)
        try:
            return udp, _Tcp(udp.server_address, _TcpQuestion)
        except OSError:
            udp.server_close()
            if port:
                raise
    raise OSError(f"no port is free for both UDP and TCP on {host}")


class _UdpQuestion(socketserver.BaseRequestHandler):
    server: _Udp

    def handle(self) -> None:
        """Answer one datagram, or stay silent."""
        wire, socket = self.request
        if reply := self.server.dns.reply(wire, limit=1232):
            with contextlib.suppress(OSError):
                socket.sendto(reply, self.client_address)


class _TcpQuestion(socketserver.StreamRequestHandler):
    server: _Tcp
    timeout = 10

    def handle(self) -> None:
        """Answer the questions of one connection."""
        with contextlib.suppress(OSError):
            for wire in self._questions():
                if reply := self.server.dns.reply(wire):
                    self.wfile.write(struct.pack("!H", len(reply)) + reply)

    def _questions(self) -> Iterator[bytes]:
        while len(head := self.rfile.read(2)) == 2:
            yield self.rfile.read(*struct.unpack("!H", head))


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--listen", default="127.0.0.1:5353", help="address:port (default %(default)s)")
    parser.add_argument("--zone", type=Path, default=ZONE, help="directory with keys/ and records.toml")
    options = parser.parse_args()
    with DnsServer(options.zone, listen=options.listen) as server, contextlib.suppress(KeyboardInterrupt):
        sys.stdout.write(f"DNS on {server.address}, zone {options.zone}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
