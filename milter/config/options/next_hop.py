"""Where does mail go on to? Pure."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from milter.config.address import check_next_hop, check_next_server
from milter.config.options.section import HostName, Section

# Seconds that an answer may take at most (RFC 5321 section 4.5.3.2). A release that is silent for longer has
# died: see `milter.quarantine.store`.
LONGEST_COMMAND, LONGEST_DATA = 300, 600

NextHopUrl = Annotated[str, AfterValidator(check_next_hop)]
NextServerUrl = Annotated[str, AfterValidator(check_next_server)]


class NextHopConfig(Section):
    """[next_hop]: where mail goes on to."""

    url: NextHopUrl = Field(
        "maildir:maildir",
        description="smtp://host:port, lmtp://host:port, lmtp+unix:/path or maildir:path. The Maildir is for "
        "trying out: it needs no other server. A relative path is below [state] directory. Mail that came "
        "by [milter] goes here when it is released: name an entrance of the mail server that does not ask "
        "us again.",
    )
    fallback: tuple[NextServerUrl, ...] = Field(
        (),
        description="Next hops that are tried in this order where url cannot be reached or takes no mail now "
        "(421), before the client is answered. Where a name has several addresses, each is tried. Once one "
        "of them has taken a MAIL, its failure is 451 to the client, because a second try could deliver "
        "twice.",
    )
    retry_after: float = Field(
        30.0,
        ge=0,
        description="Seconds that a next hop which failed is passed over for the others, so that not every "
        "client waits for it. Short, because nothing tells us that it is back.",
    )
    connect_timeout: float = Field(
        10.0,
        gt=0,
        description="Seconds to reach an address of the next hop. It is near; if it does not answer soon, "
        "another is tried, or the client hears 451 and keeps the mail.",
    )
    greeting_timeout: float = Field(
        20.0,
        gt=0,
        description="Seconds for its greeting, EHLO, STARTTLS and XCLIENT together. Some servers look a "
        "client up in DNS before they greet it.",
    )
    timeout: float = Field(
        60.0,
        gt=0,
        le=LONGEST_COMMAND,
        description="Seconds for its reply to MAIL, RCPT or RSET, and to find a next hop among all of them. "
        "Some servers ask others about a recipient. Under the 100 seconds that Postfix in front waits "
        "(smtpd_proxy_timeout); at most 300.",
    )
    data_timeout: float = Field(
        60.0,
        gt=0,
        le=LONGEST_DATA,
        description="Seconds from DATA to the answer to the final dot. A mail server may filter before it "
        "answers, and shorter waits make mail come twice; longer ones, too, because Postfix in front "
        "gives up after 100 seconds, of which judging may take 20; at most 600.",
    )
    tls: Literal["off", "opportunistic", "required"] = Field(
        "opportunistic",
        description="STARTTLS, of TLS 1.2 at least. opportunistic: where it is offered, without verifying "
        "whom we talk to, and in plain text where it fails, because mail that can be read on the way is "
        "better than mail that is lost. required: no mail goes without; the client hears 451. off: for a "
        "next hop on this machine, to save the handshake. Unix sockets never need it.",
    )
    tls_verify: bool = Field(
        True,
        description="Whether a required TLS asks for a certificate that is valid for tls_name. Without, "
        "whoever is on the way can pretend to be the next hop.",
    )
    tls_name: HostName = Field(
        "",
        description="The name that its certificate must carry. Empty: the host of its url.",
    )
    tls_ca: str = Field(
        "",
        pattern=r"^[^\x00]*$",
        description="A file of the certificates (PEM) that may sign that of the next hop, or its own where "
        "it signs itself. A relative path starts at the directory of this file. Empty: the system's.",
    )
    tell_client: Literal["xforward", "xclient", "off"] = Field(
        "xforward",
        description="How a next hop that allows it is told the address and name of the client. xforward: for "
        "its log. xclient: it treats the client as if it had come straight to it, with all its checks (where "
        "only XFORWARD is offered, that); name Vigimel in its smtpd_authorized_xclient_hosts. off: never.",
    )

    @property
    def urls(self) -> tuple[str, ...]:
        """All of them, in the order in which they are tried."""
        return (self.url, *self.fallback)

    @property
    def maildir(self) -> Path | None:
        """The Maildir that mail goes into; None: it goes to a server."""
        scheme, _, path = self.url.partition(":")
        return Path(path) if scheme == "maildir" else None

    @property
    def ca_file(self) -> Path | None:
        """The file of certificates; None: those of the system."""
        return Path(self.tls_ca) if self.tls_ca else None
