"""What becomes of more clients than can be served, and how soon is all well again? `make bench-overload`.

    python -m tests.bench.overload [--clients N] [--seconds S] [--workers N]

So many clients at once bring one mail after the other to a gateway that takes 200 connections; half of those
who get in hold their connection and send nothing more. Whoever hears 421 or 452 comes again at once. Counted
is what they heard and whether each acknowledged mail is there; then the crowd goes, and the time is taken
until a new client is greeted and until its mail is acknowledged.
"""

import argparse
import asyncio
import contextlib
import resource
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.cli.command import ORDINARY
from tests.serving import Gateway, configured, serving

_LIMIT = 200


@dataclass
class _Crowd:
    gateway: Gateway
    heard: Counter[str] = field(default_factory=Counter)
    acknowledged: list[str] = field(default_factory=list)
    number: int = 0

    async def client(self, *, stays: bool) -> None:
        """Come again and again, until the crowd is told to go."""
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._visit(stays=stays)
            await asyncio.sleep(0.05)

    async def _visit(self, *, stays: bool) -> None:
        reader, writer = await asyncio.open_connection(self.gateway.address.host, self.gateway.address.port)
        try:
            greeting = await _reply(reader)
            self.heard[f"greeting {greeting[:3]}"] += 1
            if not greeting.startswith("220"):
                return
            if stays:
                await reader.read()
                return
            self.number += 1
            name = f"crowd-{self.number}"
            answer = await _send(reader, writer, name)
            self.heard[f"mail {answer[:3]}"] += 1
            if answer.startswith("250"):
                self.acknowledged.append(name)
        finally:
            writer.close()


async def _reply(reader: asyncio.StreamReader) -> str:
    while (line := (await reader.readuntil(b"\n")).decode("ascii"))[3:4] == "-":
        pass
    return line


async def _send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, name: str) -> str:
    """The answer to the final dot, or to what was refused before."""
    for command in ("EHLO c.example", "MAIL FROM:<a@c.example>", "RCPT TO:<b@h.example>", "DATA"):
        writer.write(f"{command}\r\n".encode())
        answer = await _reply(reader)
        if answer[0] not in "23":
            return answer
    writer.write(f"X-Name: {name}\r\n".encode() + ORDINARY + b".\r\n")
    return await _reply(reader)


async def _run(gateway: Gateway, clients: int, seconds: float) -> set[str]:
    """The names of the mails that were acknowledged to the crowd."""
    crowd = _Crowd(gateway)
    tasks = [asyncio.create_task(crowd.client(stays=n % 2 == 0)) for n in range(clients)]
    await asyncio.sleep(seconds)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    gone = time.monotonic()
    knocks = 0
    while True:
        knocks += 1
        reader, writer = await asyncio.open_connection(gateway.address.host, gateway.address.port)
        if (await _reply(reader)).startswith("220"):
            break
        writer.close()
    greeted = time.monotonic() - gone
    answer = await _send(reader, writer, "after")
    served = time.monotonic() - gone
    writer.close()
    for what, count in sorted(crowd.heard.items()):
        print(f"{what:<44}{count:>10}")
    print(f"{'after the crowd: greeted, seconds':<44}{greeted:>10.3f}   at attempt {knocks}")
    print(f"{'after the crowd: mail acknowledged, seconds':<44}{served:>10.3f}   {answer.strip()}")
    return set(crowd.acknowledged)


def _reconcile(maildir: Path, acknowledged: set[str]) -> None:
    names = Counter(_name(file.read_bytes()) for file in maildir.iterdir())
    twice = sum(count - 1 for count in names.values())
    lost = acknowledged - names.keys()
    print(f"{'acknowledged and not there':<44}{len(lost):>10}")
    print(f"{'there twice':<44}{twice:>10}")


def _name(mail: bytes) -> str:
    return mail.partition(b"X-Name: ")[2].partition(b"\r\n")[0].decode("ascii")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--clients", type=int, default=5 * _LIMIT)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(chosen.clients + 200, hard), hard))
    with tempfile.TemporaryDirectory() as directory:
        config = Path(directory) / "vigimel.toml"
        config.write_text(configured(workers=chosen.workers, smtp=f"max_connections = {_LIMIT}"))
        with serving(config) as gateway:
            print(f"{chosen.clients} clients at once, {_LIMIT} connections allowed, {chosen.seconds:g} s")
            acknowledged = asyncio.run(_run(gateway, chosen.clients, chosen.seconds))
            _reconcile(config.parent / "maildir" / "new", acknowledged)


if __name__ == "__main__":
    main()
