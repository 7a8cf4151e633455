"""What does the milter cost a mail server? Messages a second through real Postfix: `make bench-milter`.

    python -m tests.bench.milter [--rounds N] [--messages N]      (root: it starts Postfix)

One Postfix that throws all mail away has three entrances: without milter, with our milter and a judge that
believes the same of every mail (what the protocol costs), with the whole gateway. smtp-source sends the same
generated mails over eight connections to each in turn. Senders, Postfix and gateway share the cores.
"""

import argparse
import asyncio
import contextlib
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from milter.log.lines import configure_log
from tests.bench import judge
from tests.dns_server import DnsServer
from tests.end_to_end.gateway import Gateway
from tests.end_to_end.milter_site import milter_section
from tests.end_to_end.postfix import Postfix, free_port
from tests.intake.judges import FixedJudge
from tests.intake.milters import listening

_CONNECTIONS = 8
_MAIN = """\
relay_domains = hop.example
relay_recipient_maps =
relay_transport = discard
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_client_connection_count_limit = 0
"""
_ENTRANCE = "127.0.0.1:{port} inet n - n - - smtpd -o smtpd_milters={milter}"


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--messages", type=int, default=400)
    parser.add_argument("--null", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.null:
        asyncio.run(_serve_null(options.null))
        return
    with _site() as ports:
        print(f"{'mails':<24}" + "".join(f"{name:>22}" for name in ports) + "   messages/s")
        for title, mail in _mails():
            rates: dict[str, list[float]] = {name: [] for name in ports}
            for _ in range(options.rounds):
                for name, port in ports.items():
                    rates[name].append(_rate(port, mail, options.messages))
            print(
                f"{title:<24}" + "".join(f"{statistics.median(r):>22.0f}" for r in rates.values()), flush=True
            )


def _mails() -> Iterator[tuple[str, bytes]]:
    author = "Club du livre <club@livres.example>"
    for title, make in (("plain text, 3 KB", judge._plain), ("newsletter, 50 KB", judge._long_newsletter)):
        yield title, judge._mail(make, random.Random(title), author)


@contextlib.contextmanager
def _site() -> Iterator[dict[str, int]]:
    """The ports of the three entrances, by name."""
    null, whole = (f"inet:127.0.0.1:{free_port()}" for _ in range(2))
    ports = {name: free_port() for name in ("no milter", "milter, null judge", "milter, whole judge")}
    lines = [
        _ENTRANCE.format(port=port, milter=milter)
        for port, milter in zip(ports.values(), ("", null, whole), strict=True)
    ]
    postfix = Postfix("bench", _MAIN, "\n".join((*lines, "discard unix - - n - - discard")))
    with contextlib.ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        dns = stack.enter_context(DnsServer())
        hop = f"smtp://127.0.0.1:{postfix.port}"
        for part in (Gateway(directory, hop, dns.address, milter_section(whole)), _null(null), postfix):
            stack.enter_context(part)
        yield ports


@contextlib.contextmanager
def _null(address: str) -> Iterator[None]:
    command = [sys.executable, "-m", "tests.bench.milter", "--null", address]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            yield
        finally:
            process.terminate()


async def _serve_null(address: str) -> None:
    configure_log("info")
    async with listening(FixedJudge(), listen=(address,)):
        print("listening", flush=True)
        await asyncio.Event().wait()


def _rate(port: int, mail: bytes, messages: int) -> float:
    with tempfile.NamedTemporaryFile() as file:
        file.write(mail.replace(b"\r\n", b"\n"))
        file.flush()
        command = ["smtp-source", "-s", str(_CONNECTIONS), "-m", str(messages), "-f", "a@client.example"]
        command += ["-t", "b@hop.example", "-F", file.name, f"inet:127.0.0.1:{port}"]
        path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
        began = time.monotonic()
        subprocess.run(command, check=True, timeout=600, env={**os.environ, "PATH": path})
        return messages / (time.monotonic() - began)


if __name__ == "__main__":
    main()
