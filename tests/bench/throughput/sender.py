"""How many mails a second does a server take? A sender over many connections, one command at a time.

    python -m tests.bench.throughput.sender FILE      (as `mails.write` writes it)

It is told what to send on its standard input, a line of four numbers a run (port, mails, connections, mails a
connection), and answers each with a line of JSON. A connection comes from one of the addresses of the mails,
so that nobody is taken for a local client.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import cast

from milter.workers.loop import new_event_loop
from tests.bench.throughput.mails import Mail, read


@dataclass
class Run:
    """What is still to be sent, and what became of the rest."""

    port: int
    mails: tuple[Mail, ...]
    number: int
    connections: int
    mails_a_connection: int
    taken: int = 0
    accepted: int = 0
    refusals: Counter[str] = field(default_factory=Counter)

    def take(self) -> Mail | None:
        """The next mail; None when all were sent."""
        if self.taken >= self.number:
            return None
        self.taken += 1
        return self.mails[self.taken % len(self.mails)]

    async def go(self) -> float:
        """Send them all; the seconds that it took."""
        began = time.perf_counter()
        await asyncio.gather(*(self._keep_sending() for _ in range(self.connections)))
        return time.perf_counter() - began

    async def _keep_sending(self) -> None:
        loop = asyncio.get_running_loop()
        while (mail := self.take()) is not None:
            here = (mail.client, 0)
            _, client = await loop.create_connection(
                partial(_Client, self, mail), "127.0.0.1", self.port, local_addr=here
            )
            await client.ended


class _Client(asyncio.Protocol):
    """One connection; each reply is answered with the next command."""

    def __init__(self, run: Run, mail: Mail) -> None:
        self.ended = asyncio.get_running_loop().create_future()
        self._run = run
        self._mail: Mail | None = mail
        self._left = run.mails_a_connection
        self._unread = b""
        self._to_say: list[bytes] = [f"EHLO mail{mail.client.rpartition('.')[2]}.example\r\n".encode()]
        self._to_say += _commands(mail)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)

    def data_received(self, data: bytes) -> None:
        *lines, self._unread = (self._unread + data).split(b"\n")
        for line in lines:
            if line[3:4] != b"-":
                self._hear(line)

    def connection_lost(self, error: Exception | None) -> None:
        if self._mail is not None:
            self._run.refusals[f"connection lost {error or ''}"] += 1
        if not self.ended.done():
            self.ended.set_result(None)

    def _hear(self, line: bytes) -> None:
        if line[:1] not in b"23":
            self._run.refusals[line.decode("latin-1").strip()[:80]] += 1
            self._mail = None
            self._transport.close()
        elif self._to_say:
            self._transport.write(self._to_say.pop(0))
        elif self._mail is not None:
            self._run.accepted += 1
            self._go_on()
        else:
            self._transport.close()

    def _go_on(self) -> None:
        self._left -= 1
        self._mail = self._run.take() if self._left else None
        self._to_say = _commands(self._mail) if self._mail else [b"QUIT\r\n"]
        self._transport.write(self._to_say.pop(0))


def _commands(mail: Mail) -> list[bytes]:
    return [
        f"MAIL FROM:<{mail.reverse_path}>\r\n".encode(),
        f"RCPT TO:<{mail.forward_path}>\r\n".encode(),
        b"DATA\r\n",
        mail.content,
    ]


def main() -> None:
    """Obey one line after the other."""
    mails = read(Path(sys.argv[1]))
    loop = new_event_loop()
    for line in sys.stdin:
        port, number, connections, mails_a_connection = map(int, line.split())
        run = Run(port, mails, number, connections, mails_a_connection)
        seconds = loop.run_until_complete(run.go())
        print(json.dumps([run.accepted, seconds, run.refusals]), flush=True)


if __name__ == "__main__":
    main()
