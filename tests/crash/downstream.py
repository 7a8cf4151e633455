"""Next hops that can say what arrived: a server that says 250 to a mail once its name is in its journal, on
the disk, and a Maildir."""

import contextlib
import socketserver
import threading
from pathlib import Path
from typing import Protocol, Self

from tests.crash.journal import Journal
from tests.crash.mails import name_of
from tests.crash.points import KEPT
from tests.serving import eventually


class Hop(Protocol):
    """A next hop, as a configuration names it."""

    @property
    def url(self) -> str: ...

    def settle(self) -> None:
        """Wait until everything that was sent is read: whoever is dead sends no more."""

    def names(self) -> list[str]:
        """The names of the mails that arrived whole, each as often as it did."""


class Maildir:
    """Only what a reader of mail would see: what has its name in `new`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def url(self) -> str:
        return f"maildir:{self._path}"

    def settle(self) -> None:
        """Whoever is dead writes no more."""

    def names(self) -> list[str]:
        found = [name_of(path.read_bytes()) for path in (self._path / "new").iterdir()]
        assert None not in found, "a file in new is not whole"
        return [name for name in found if name]


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 100
    owner: "Downstream"


class Downstream:
    """A server, by SMTP or LMTP, that takes every recipient.

    `torn` counts mails that ended with a dot and were not whole.
    """

    def __init__(self, journal: Path, protocol: str = "smtp") -> None:
        self.journal = Journal(journal)
        self.protocol = protocol
        self.torn = 0
        self.busy = 0
        self.lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Session)
        self._server.owner = self

    @property
    def url(self) -> str:
        return f"{self.protocol}://127.0.0.1:{self._server.server_address[1]}"

    def names(self) -> list[str]:
        return self.journal.names()

    def settle(self) -> None:
        eventually(lambda: self.busy == 0, "a session with the next hop has not ended")

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.journal.close()


class _Session(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        owner = self.server.owner
        with owner.lock:
            owner.busy += 1
        try:
            with contextlib.suppress(OSError):
                self._talk(owner)
        finally:
            with owner.lock:
                owner.busy -= 1

    def _talk(self, owner: Downstream) -> None:
        self._say("220 hop.example ESMTP")
        while (line := self.rfile.readline()).endswith(b"\r\n"):
            verb = line[:4].upper()
            if verb == b"DATA":
                self._say("354 go on")
                raw = self._receive()
                if raw is None:
                    return
                if (name := name_of(raw)) is None:
                    owner.torn += 1
                else:
                    owner.journal.add(name)
                self._say(f"250 2.0.0 {KEPT}")
            elif verb == b"QUIT":
                self._say("221 2.0.0 bye")
                return
            else:
                self._say(
                    "250-hop.example\r\n250 8BITMIME" if verb in {b"EHLO", b"LHLO"} else "250 2.1.0 fine"
                )

    def _say(self, reply: str) -> None:
        self.wfile.write(reply.encode() + b"\r\n")

    def _receive(self) -> bytes | None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line.endswith(b"\r\n"):
                return None
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)
