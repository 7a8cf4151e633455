"""The mailbox server, the gateway and the server in front; started once for all tests of a module."""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.certificate import write_certificate
from tests.dns_server import DnsServer
from tests.end_to_end.gateway import Gateway
from tests.end_to_end.postfix import Postfix, free_port, mailbox_server, server_in_front

Send = Callable[..., str]


@dataclass(frozen=True)
class Path3:
    """All three on the way of a mail."""

    front: Postfix
    gateway: Gateway
    behind: Postfix
    # Where the gateway wants a PROXY header.
    proxied: int


@pytest.fixture(scope="module")
def nameserver() -> Iterator[str]:
    with DnsServer() as server:
        yield server.address


@pytest.fixture(scope="module")
def way(tmp_path_factory: pytest.TempPathFactory, nameserver: str) -> Iterator[Path3]:
    directory: Path = tmp_path_factory.mktemp("gateway")
    certificate, key = write_certificate(directory)
    proxied = free_port()
    smtp = f"""\
proxy_listen = ["127.0.0.1:{proxied}"]
trusted_proxies = ["127.0.0.1"]
certificate = "{certificate}"
key = "{key}"
"""
    with (
        mailbox_server() as behind,
        Gateway(directory, f"smtp://127.0.0.1:{behind.port}", nameserver, smtp=smtp) as gateway,
        server_in_front(gateway.port) as front,
    ):
        yield Path3(front, gateway, behind, proxied)


@pytest.fixture
def send() -> Send:
    """Send with swaks; what was said on both sides, one line each."""

    def send(port: int, raw: bytes, *options: str, to: str = "b@hop.example") -> str:
        stuffed = raw.replace(b"\r\n.", b"\r\n..")
        command = ["swaks", "--server", f"127.0.0.1:{port}", "--from", "a@client.example", "--to", to]
        command += ["--helo", "client.example", "--no-data-fixup", "--data", "-", *options]
        done = subprocess.run(command, input=stuffed + b".\r\n", capture_output=True, timeout=60, check=False)
        return done.stdout.decode("utf-8", "replace")

    return send
