"""Where does mail go on to? The next hop behind a URL.

Raises ConfigError on a URL that names none.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from milter.errors import ConfigError, Reply
from milter.mail.envelope import Envelope
from milter.relay.idle import Idle
from milter.relay.maildir import MaildirNextHop
from milter.relay.smtp import SmtpNextHop, SmtpSession

FORMS = "smtp://host:port, lmtp://host:port, lmtp+unix:/path or maildir:path"
# RFC 5321 section 2.3.4 and RFC 2033 section 5, which forbids 25 for LMTP; 24 is registered for it.
_PORTS = {"smtp": 25, "lmtp": 24}
# RFC 5321 section 4.1.1.1: a domain or an address literal.
_HELO_NAME = re.compile(r"[A-Za-z0-9._-]{1,255}|\[[A-Za-z0-9.:]{1,64}\]")


class Session(Protocol):
    """A connection to the next hop. A peer that fails (gone, late, garbage, 421) is TryLater; what comes
    back as a Reply was said. After a refused transaction, `rset` before the next `mail`."""

    @property
    def extensions(self) -> Mapping[str, str]:
        """The EHLO keywords, upper case, each with what follows it."""

    @property
    def max_recipients(self) -> int | None:
        """How many recipients one transaction takes; None when the next hop has set no limit."""

    @property
    def is_reused(self) -> bool:
        """True where it has had a mail before: the next hop may have ended it meanwhile."""

    async def mail(self, reverse_path: str, parameters: Sequence[str] = ()) -> Reply:
        """The answer to MAIL; parameters go only where the next hop offers their extension."""

    async def rcpt(self, forward_path: str, parameters: Sequence[str] = ()) -> Reply:
        """The answer to RCPT."""

    async def data(self, chunks: Sequence[bytes]) -> Reply:
        """The answer to the final dot, or to DATA where that is refused; the chunks go unchanged."""

    async def rset(self) -> Reply:
        """The answer to RSET."""

    async def close(self) -> None:
        """It is not needed any more; never fails, never hangs."""


class NextHop(Protocol):
    """Something that takes mail."""

    async def open(self, client: Envelope | None = None) -> Session:
        """A greeted session, for the mail of this client; TryLater with the cause on failure."""

    async def close(self) -> None:
        """End the connections that are kept; never fails, never hangs."""


def next_hop(
    url: str, *, connect_timeout: float, timeout: float, helo_name: str, keep_idle: float = 0
) -> NextHop:
    """The next hop of this URL: smtp://host:port, lmtp://host:port, lmtp+unix:/path, maildir:path.

    `connect_timeout` is for the connection, `timeout` for each call, `keep_idle` for a connection that
    waits for another mail; in seconds.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "maildir" and rest:
        return MaildirNextHop(Path(rest))
    if not _HELO_NAME.fullmatch(helo_name):
        raise ConfigError([f"host name {helo_name!r} is neither a domain nor an address literal"])
    address = _unix_path(rest) if scheme == "lmtp+unix" else _host_and_port(url)
    if address is None:
        raise ConfigError([f"next hop {url!r} is none of {FORMS}"])
    idle: Idle[SmtpSession] = Idle(keep_idle)
    return SmtpNextHop(url, address, scheme != "smtp", helo_name, connect_timeout, timeout, idle)


def _unix_path(rest: str) -> str | None:
    path = rest.removeprefix("//")
    return path if path.startswith("/") and "\0" not in path else None


def _host_and_port(url: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not host or port == 0:
        return None
    if "@" in parts.netloc or parts.path.strip("/") or parts.query or parts.fragment:
        return None
    return host, port or _PORTS[parts.scheme]
