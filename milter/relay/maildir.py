"""How does mail get into a Maildir? The embedded next hop: it takes every recipient.

Raises TryLater when the disk does not take the mail; then nothing of it is left there.
https://cr.yp.to/proto/maildir.html
"""

import asyncio
import contextlib
import itertools
import os
import secrets
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from milter.disk import sync
from milter.errors import Reply, TryLater
from milter.mail.envelope import Envelope
from milter.mail.envelope import Path as SmtpPath
from milter.relay import wire
from milter.relay.smtp import BAD_PARAMETER, BAD_RECIPIENT, BAD_SENDER

_EXTENSIONS = MappingProxyType({"8BITMIME": "", "SMTPUTF8": "", "SIZE": "", "ENHANCEDSTATUSCODES": ""})
_counter = itertools.count()


@dataclass(frozen=True, slots=True)
class MaildirNextHop:
    """A directory with `tmp`, `new` and `cur`, made (mode 0700) when first opened."""

    path: Path

    # A directory cannot be told who the client was: the argument is there for the other next hops.
    async def open(self, client: Envelope | None = None) -> "MaildirSession":  # noqa: ARG002
        """A session; TryLater on failure."""
        try:
            await asyncio.to_thread(_make, self.path)
        except OSError as error:
            raise TryLater(f"maildir:{self.path}: {error}") from error
        return MaildirSession(self.path)

    async def begin(
        self, client: Envelope, sender: SmtpPath, recipient: SmtpPath
    ) -> tuple["MaildirSession", Reply, Reply | None]:
        """A session, and its answers to MAIL and RCPT."""
        session = await self.open(client)
        return session, *await session.begin(sender, recipient)

    async def close(self) -> None:
        """Nothing is open."""


class MaildirSession:
    """Transactions with the directory; they cannot be refused for anything but their syntax."""

    def __init__(self, path: Path) -> None:
        """No transaction yet."""
        self.extensions: Mapping[str, str] = _EXTENSIONS
        self.max_recipients: int | None = None
        self._path = path
        self._reverse_path = ""
        self._forward_paths: list[str] = []

    async def begin(self, sender: SmtpPath, recipient: SmtpPath) -> tuple[Reply, Reply | None]:
        """The answers to MAIL and, where that is none to refuse, RCPT."""
        reply = await self.mail(sender.address, sender.parameters)
        return reply, await self.rcpt(recipient.address, recipient.parameters) if reply.is_success else None

    async def mail(self, reverse_path: str, parameters: Sequence[str] = ()) -> Reply:
        """250 for a path, 553 for what is none."""
        if not wire.is_path(reverse_path):
            return BAD_SENDER
        if not wire.are_parameters(parameters):
            return BAD_PARAMETER
        self._reverse_path, self._forward_paths = reverse_path, []
        return Reply(250, "2.1.0", "Sender ok")

    async def rcpt(self, forward_path: str, parameters: Sequence[str] = ()) -> Reply:
        """250 for a path, 553 for what is none."""
        if not forward_path or not wire.is_path(forward_path):
            return BAD_RECIPIENT
        if not wire.are_parameters(parameters):
            return BAD_PARAMETER
        self._forward_paths.append(forward_path)
        return Reply(250, "2.1.5", "Recipient ok")

    async def data(self, chunks: Sequence[bytes]) -> Reply:
        """250 when the mail is on the disk: one file, however many recipients, the bytes unchanged
        below Return-Path and Delivered-To (RFC 5321 section 4.4)."""
        top = [f"Return-Path: <{self._reverse_path}>", *(f"Delivered-To: {p}" for p in self._forward_paths)]
        head = "".join(f"{line}\r\n" for line in top).encode()
        try:
            name = await asyncio.to_thread(_deliver, self._path, (head, *chunks))
        except OSError as error:
            raise TryLater(f"maildir:{self._path}: {error}") from error
        await self.rset()
        return Reply(250, "2.0.0", f"Delivered as {name}")

    async def rset(self) -> Reply:
        """250; the transaction is forgotten."""
        self._reverse_path, self._forward_paths = "", []
        return Reply(250, "2.0.0", "Ok")

    async def close(self) -> None:
        """Nothing is open."""


def _make(path: Path) -> None:
    for directory in (path, path / "tmp", path / "new", path / "cur"):
        if not directory.is_dir():
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync(directory.parent)


def _deliver(path: Path, chunks: Sequence[bytes]) -> str:
    name = _unique_name()
    written, delivered = path / "tmp" / name, path / "new" / name
    with _nothing_left(written, delivered):
        _write(written, chunks)
        # No reader may see the file before its bytes are safe, and no sender hear of it before its name is.
        written.rename(delivered)
        sync(delivered.parent)
    return name


def _write(path: Path, chunks: Sequence[bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.writelines(chunks)
        file.flush()
        os.fsync(descriptor)


@contextlib.contextmanager
def _nothing_left(*paths: Path) -> Iterator[None]:
    """On failure, take away what was written: the sender will come again with the whole mail."""
    try:
        yield
    except OSError:
        for path in paths:
            with contextlib.suppress(OSError):
                path.unlink()
        raise


def _unique_name() -> str:
    """Seconds, then microseconds, process, counter and chance, then the host, as the convention says."""
    now = time.time_ns() // 1000
    host = socket.gethostname().replace("/", r"\057").replace(":", r"\072")
    middle = f"M{now % 1_000_000:06d}P{os.getpid()}Q{next(_counter)}R{secrets.token_hex(4)}"
    return f"{now // 1_000_000}.{middle}.{host}"
