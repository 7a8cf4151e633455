"""A next hop with a journal: it says 250 to a mail once its name is on the disk."""

import contextlib
import socketserver
import threading
from pathlib import Path
from typing import Self

from tests.crash.journal import Journal
from tests.crash.mails import name_of
from tests.crash.points import KEPT
from tests.serving import eventually


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 100
    owner: "Downstream"


class Downstream:
    """Takes every recipient. `torn` counts mails that ended with a dot and were not whole."""

    def __init__(self, journal: Path) -> None:
        self.journal = Journal(journal)
        self.torn = 0
        self.busy = 0
        self.lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Session)
        self._server.owner = self

    @property
    def url(self) -> str:
        """As a configuration names it."""
        return f"smtp://127.0.0.1:{self._server.server_address[1]}"

    def settle(self) -> None:
        """Wait until everything that was sent is read: whoever is dead sends no more."""
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
                self._say("250-hop.example\r\n250 8BITMIME" if verb == b"EHLO" else "250 2.1.0 fine")

    def _say(self, reply: str) -> None:
        self.wfile.write(reply.encode() + b"\r\n")

    def _receive(self) -> bytes | None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line.endswith(b"\r\n"):
                return None
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)
