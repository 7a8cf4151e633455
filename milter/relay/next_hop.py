"""Where does mail go on to? The next hops of the configuration.

Raises ConfigError on a name that cannot be said, and on certificates that are none.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from milter.config import NextHopConfig
from milter.config.address import HostPort
from milter.errors import ConfigError, Reply
from milter.mail.envelope import Envelope
from milter.mail.envelope import Path as SmtpPath
from milter.relay.connection import Address
from milter.relay.maildir import MaildirNextHop
from milter.relay.route import Route
from milter.relay.server import Server, Times, is_helo_name
from milter.relay.tls import Encryption, Tls

# RFC 5321 section 2.3.4 and RFC 2033 section 5, which forbids 25 for LMTP; 24 is registered for it.
_PORTS = {"smtp": 25, "lmtp": 24}


class Session(Protocol):
    """A connection to the next hop. A peer that fails (gone, late, garbage, a good-bye) is TryLater; what
    comes back as a Reply was said. After a refused transaction, `rset` before the next `mail`."""

    @property
    def extensions(self) -> Mapping[str, str]:
        """The EHLO keywords, upper case, each with what follows it."""

    @property
    def max_recipients(self) -> int | None:
        """How many recipients one transaction takes; None when the next hop has set no limit."""

    async def begin(self, sender: SmtpPath, recipient: SmtpPath) -> tuple[Reply, Reply | None]:
        """The answers to MAIL and RCPT; none to RCPT where MAIL was refused."""

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

    async def begin(
        self, client: Envelope, sender: SmtpPath, recipient: SmtpPath
    ) -> tuple[Session, Reply, Reply | None]:
        """The same as far as the answers to MAIL and RCPT, so that where one fails another may be asked."""

    async def close(self) -> None:
        """End the connections that are kept; never fails, never hangs."""


def next_hop(
    config: NextHopConfig,
    helo_name: str,
    keep_idle: float = 0,
    note: Callable[[str], None] = lambda _: None,
) -> NextHop:
    """The next hop of this configuration; `helo_name` is what we call ourselves, `keep_idle` the seconds that
    a connection waits for another mail; `note` hears why one server was passed over."""
    scheme, _, rest = config.url.partition(":")
    if scheme == "maildir":
        return MaildirNextHop(Path(rest))
    if not is_helo_name(helo_name):
        raise ConfigError([f"host name {helo_name!r} is neither a domain nor an address literal"])
    tls = Tls.build(
        Encryption(config.tls), verify=config.tls_verify, ca_file=config.ca_file, name=config.tls_name
    )
    times = Times(config.connect_timeout, config.greeting_timeout, config.timeout, config.data_timeout)
    servers = [
        Server(url, _address(url), not url.startswith("smtp:"), helo_name, times, tls, config.tell_client)
        for url in config.urls
    ]
    return Route(servers, config.retry_after, keep_idle, note)


def _address(url: str) -> Address:
    scheme, _, rest = url.partition(":")
    if scheme == "lmtp+unix":
        return rest
    host_port = HostPort.parse(rest.removeprefix("//").removesuffix("/"), _PORTS[scheme])
    return host_port.host, host_port.port
