"""How does mail come in by SMTP? Pure."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from milter.config.address import check_listen, check_network
from milter.config.options.section import HostName, Section

Listen = Annotated[str, AfterValidator(check_listen)]
Network = Annotated[str, AfterValidator(check_network)]


class SmtpConfig(Section):
    """[smtp]: how mail comes in."""

    listen: tuple[Listen, ...] = Field(
        ("127.0.0.1:10025",),
        description="Where mail comes in, as address:port or [IPv6]:port. Loopback, because the mail server "
        "in front stands on the same machine; a gateway that strangers reach must be meant to be one. "
        "Empty: nowhere, all mail comes in by [milter].",
    )
    proxy_listen: tuple[Listen, ...] = Field(
        (),
        description="Where connections begin with a PROXY header (version 1 or 2), as HAProxy writes it; who "
        "connects must be one of trusted_proxies, and who sends no such header is hung up on. Never in "
        "listen too: a header from a stranger would be believed, or that of a proxy taken for a command.",
    )
    hostname: HostName = Field(
        "",
        description="The name said in the greeting, in EHLO to the next hop and in Received. "
        "Empty: the name of the machine.",
    )
    certificate: str = Field(
        "",
        description="The file of our certificate and its chain, in PEM, to offer STARTTLS with (TLS 1.2 and "
        "newer). A relative path starts at the directory of this file. Read again at SIGHUP, as a renewal "
        "wants it. Empty: no TLS, which on loopback nobody needs.",
    )
    key: str = Field(
        "",
        description="The file of its key, without a password. As for certificate. Empty: the key stands in "
        "the file of the certificate.",
    )
    require_tls: bool = Field(
        False,
        description="Take mail over TLS only; others hear 530. For clients that are known: RFC 3207 section "
        "4 forbids it to a server that strangers send mail to.",
    )
    max_message_size: int = Field(
        25 * 1024 * 1024,
        ge=64 * 1024,
        description="Octets. A larger mail is read to its end and then refused with 552, so that the client "
        "hears why. 25 MiB is what large providers take. Holds for [milter] too.",
    )
    max_header_size: int = Field(
        256 * 1024,
        ge=16 * 1024,
        le=256 * 1024,
        description="Octets of the header. A mail with more is refused with 552; more is not read by the "
        "judge, and what is not read may forge our fields. Postfix keeps 100 KiB.",
    )
    bare_newlines: Literal["reject", "normalize"] = Field(
        "reject",
        description="What becomes of a mail with a CR or an LF that stands alone. reject: it is refused with "
        "550, because servers do not agree where its lines end, which is how a second mail is smuggled in "
        "the first. normalize: each becomes CRLF before the mail is judged and passed on, for clients that "
        "cannot do better; a signature may then fail. A NUL is always refused.",
    )
    max_kept_size: int = Field(
        512 * 1024 * 1024,
        ge=1024 * 1024,
        description="Octets of all mails under way in one worker together. A mail beyond hears 452 and comes "
        "again, so that many large ones at once cost time, not the memory of the machine. At its peak a "
        "mail takes about three times its size.",
    )
    max_recipients: int = Field(
        100,
        ge=1,
        description="Recipients of one mail; the next one hears 452 and the client sends it "
        "in another mail. 100 is the least that RFC 5321 section 4.5.3.1.8 allows.",
    )
    max_connections: int = Field(
        200,
        ge=1,
        le=30000,
        description="Connections at once, of all processes together; the next one hears 421 and comes again. "
        "Each may hold a mail of the largest size in memory. Postfix in front has at most as many as it has "
        "smtpd processes, 100 where nothing else is set.",
    )
    max_connections_per_client: int = Field(
        20,
        ge=1,
        le=30000,
        description="Connections at once of one address (of an IPv6 network /64); the next one hears 421. "
        "Nobody needs more, and one client must not take the place of all others.",
    )
    trusted_clients: tuple[Network, ...] = Field(
        ("127.0.0.0/8", "::1/128"),
        description="Addresses and networks of mail servers of yours in front of Vigimel. They bring the "
        "mail of all their clients, so max_connections_per_client does not hold for them.",
    )
    trusted_proxies: tuple[Network, ...] = Field(
        (),
        description="Addresses and networks of servers of yours in front of Vigimel that say whose mail they "
        "bring: by XCLIENT, XFORWARD (Postfix) or PROXY (HAProxy). That client is the one who is limited "
        "(not by XFORWARD, where the server in front does it), judged, logged and passed on. Empty, because "
        "whoever stands here can put on any address; everybody else hears 550.",
    )
    max_command_length: int = Field(
        2048,
        ge=512,
        le=65536,
        description="Octets of a command line; a longer one is refused with 500. RFC 5321 section "
        "4.5.3.1.4 wants 512 and more for each extension; Postfix takes as many as this.",
    )
    max_commands_without_mail: int = Field(
        100,
        ge=10,
        description="Commands other than RCPT since the last mail; one more is answered 421. A client that "
        "brings mail needs a handful.",
    )
    max_errors: int = Field(
        10,
        ge=1,
        description="Commands that are none, or that come at the wrong time, in one connection; one more is "
        "answered 421. What the next hop refuses is not counted: that is for the next hop to do.",
    )
    idle_timeout: float = Field(
        60.0,
        gt=0,
        description="Seconds for a whole command, for the next octets of a mail, for a TLS handshake, before "
        "the client hears 421. The mail server in front is near; a stranger who holds connections open is "
        "not a client.",
    )
    min_data_rate: int = Field(
        500,
        ge=1,
        description="Octets a second, on average, of a mail while it comes in, beside one idle_timeout; a "
        "slower client hears 421. As in Postfix: slow lines are faster, and a client that sends a byte now "
        "and then only holds a connection.",
    )
    max_time_without_mail: float = Field(
        300.0,
        gt=0,
        description="Seconds from the greeting, or from the end of a mail, in which the text of the next one "
        "must begin; then the client hears 421. NOOP keeps no connection open.",
    )
    max_session_time: float = Field(
        1200.0,
        gt=0,
        description="Seconds after which a connection ends with 421, with whatever the client is sending; a "
        "mail that was read to its end is still answered. Mail servers close theirs after minutes.",
    )
    drain_time: float = Field(
        25.0,
        ge=0,
        description="Seconds that mails already begun get to end when the service stops or reads its "
        "configuration again; whoever comes while it stops hears 421, whoever is there at a reload may begin "
        "one for 5 seconds. Under the 90 seconds after which systemd kills, above the time a next hop "
        "usually takes.",
    )
