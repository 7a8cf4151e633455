"""Which options are there? One frozen class a section; default and reason stand beside each option.

Pure. The shipped config/vigimel.toml shows the same defaults and the same reasons; a test compares them.
"""

import socket
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from milter.config.address import (
    check_domain,
    check_listen,
    check_nameserver,
    check_network,
    check_next_hop,
    check_postgresql,
    check_trusted,
    without_password,
)
from milter.config.milter_socket import check_socket

Listen = Annotated[str, AfterValidator(check_listen)]
MilterSocket = Annotated[str, AfterValidator(check_socket)]
Nameserver = Annotated[str, AfterValidator(check_nameserver)]
NextHopUrl = Annotated[str, AfterValidator(check_next_hop)]
PostgresqlUrl = Annotated[str, AfterValidator(check_postgresql)]
Network = Annotated[str, AfterValidator(check_network)]
HostName = Annotated[str, AfterValidator(check_domain)]
TrustedName = Annotated[str, AfterValidator(check_trusted)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class StateConfig(_Section):
    """[state]: where Vigimel writes."""

    directory: Path = Field(
        Path("../var"),
        description="Everything Vigimel writes is below this directory, which it makes when it is missing. "
        "A relative path starts at the directory of this file.",
    )


class ServiceConfig(_Section):
    """[service]: the processes that do the work."""

    workers: int = Field(
        0,
        ge=0,
        le=64,
        description="Processes that take mail, each on a core of its own. 0: one for each core. Beside them "
        "run one that watches them and one that keeps the quarantine.",
    )


class SmtpConfig(_Section):
    """[smtp]: how mail comes in."""

    listen: tuple[Listen, ...] = Field(
        ("127.0.0.1:10025",),
        description="Where mail comes in, as address:port or [IPv6]:port. Loopback, because the mail server "
        "in front stands on the same machine; a gateway that strangers reach must be meant to be one. "
        "Empty: nowhere, all mail comes in by [milter].",
    )
    hostname: HostName = Field(
        "",
        description="The name said in the greeting, in EHLO to the next hop and in Received. "
        "Empty: the name of the machine.",
    )
    max_message_size: int = Field(
        25 * 1024 * 1024,
        ge=64 * 1024,
        description="Octets. A larger mail is read to its end and then refused with 552, so that the client "
        "hears why. 25 MiB is what large providers take. Holds for [milter] too.",
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
    idle_timeout: float = Field(
        60.0,
        gt=0,
        description="Seconds without a word from the client before it hears 421. The mail server in front "
        "is near; a stranger who holds connections open is not a client.",
    )
    drain_time: float = Field(
        25.0,
        ge=0,
        description="Seconds that mails already begun get to end when the service stops or reads its "
        "configuration again; whoever comes while it stops hears 421. Under the 90 seconds after which "
        "systemd kills, above the time a next hop usually takes.",
    )


class MilterConfig(_Section):
    """[milter]: how mail servers ask us about mail that they keep."""

    listen: tuple[MilterSocket, ...] = Field(
        (),
        description="Where Postfix or Sendmail reach us as their milter, in the notation of either: "
        "inet:127.0.0.1:10030, inet:10030@127.0.0.1, unix:/run/vigimel/milter.sock or local:/path. The "
        "protocol knows no password, so loopback or a Unix socket. A relative path is below [state] "
        "directory. Empty: no milter.",
    )
    socket_mode: str = Field(
        "0660",
        pattern=r"^0?[0-7]{3}$",
        description="The permissions of a Unix socket. Its group may write, because the mail server does not "
        "run as our user.",
    )
    socket_group: str = Field(
        "",
        description='The group of a Unix socket, as in "postfix". Empty: that of our own process.',
    )
    quarantine: Literal["store", "mta"] = Field(
        "store",
        description="Who holds a mail: store, our quarantine, and the mail server is told to discard it "
        "(released mail goes to [next_hop] url); or mta, the mail server (the hold queue of Postfix, the "
        "quarantine of Sendmail), which our quarantine commands do not see.",
    )
    max_connections: int = Field(
        500,
        ge=1,
        description="Each process of the mail server has a connection of its own; Postfix has 100 smtpd and "
        "as many cleanup where nothing else is set. One more is hung up on.",
    )
    max_header_size: int = Field(
        256 * 1024,
        ge=16 * 1024,
        le=256 * 1024,
        description="Octets of header and recipients. A mail with more is refused with 552; more is not "
        "read by the judge, and what is not read may forge our fields.",
    )
    max_kept_size: int = Field(
        512 * 1024 * 1024,
        ge=1024 * 1024,
        description="Octets of all mails under way in one worker together. A mail beyond is answered 451 and "
        "comes again, so that many large ones at once cost time, not the memory of the machine.",
    )
    idle_timeout: float = Field(
        7210.0,
        gt=0,
        description="Seconds without a word between mails and during the envelope before the connection is "
        "closed. As in libmilter: the mail server is silent while its own client is, for Sendmail up to an "
        "hour.",
    )
    content_timeout: float = Field(
        300.0,
        gt=0,
        description="Seconds without a word in the middle of a mail. Both mail servers have all of the mail "
        "before they begin to send it to us, and give us as long.",
    )


class NextHopConfig(_Section):
    """[next_hop]: where mail goes on to."""

    url: NextHopUrl = Field(
        "maildir:maildir",
        description="smtp://host:port, lmtp://host:port, lmtp+unix:/path or maildir:path. The Maildir is for "
        "trying out: it needs no other server. A relative path is below [state] directory. Mail that came "
        "by [milter] goes here when it is released: name an entrance of the mail server that does not ask "
        "us again.",
    )
    connect_timeout: float = Field(
        10.0,
        gt=0,
        description="Seconds to reach the next hop. It is near; if it does not answer soon, the client "
        "hears 451 and keeps the mail.",
    )
    timeout: float = Field(
        60.0,
        gt=0,
        description="Seconds for each reply of the next hop. A mail server may filter before it answers "
        "the final dot; shorter waits make mail come twice.",
    )


class QuarantineConfig(_Section):
    """[quarantine]: where held mail waits."""

    path: Path = Field(
        Path("quarantine.db"),
        description="The SQLite file that holds quarantined mail, on a local disk (not NFS). "
        "A relative path is below [state] directory.",
    )
    url: PostgresqlUrl = Field(
        "",
        description="A PostgreSQL database instead, which several gateways may share, as in "
        '"postgresql://vigimel@db.example/vigimel" (needs vigimel[postgresql]). The password stands best in '
        "the ~/.pgpass of the user that the gateway runs as. Empty: the file at path.",
    )
    keep_days: int = Field(
        30,
        ge=1,
        le=90,
        description="Days after which a held mail is deleted for good. Long enough for a holiday; a mistaken "
        "catch may hold health data, so not longer than needed (GDPR article 5).",
    )

    @property
    def place(self) -> Path | str:
        """Where it is: a file, or the address of a database."""
        return self.url or self.path

    @property
    def shown(self) -> str:
        """The same for the operator, without a password."""
        return without_password(self.url) if self.url else str(self.path)


class DnsConfig(_Section):
    """[dns]: who answers our look-ups."""

    nameservers: tuple[Nameserver, ...] = Field(
        (),
        description='Who to ask, as in ["127.0.0.1:5353"]; the port is 53 where none is given. '
        "Empty: those of /etc/resolv.conf. A validating resolver on this machine is best.",
    )
    timeout: float = Field(
        5.0,
        gt=0,
        description="Seconds for all look-ups of one question. After that the answer is unknown, and a mail "
        "that it could have proven is deferred.",
    )


class ProofConfig(_Section):
    """[proof]: whom we believe about a signature that no longer fits the mail."""

    trusted_sealers: tuple[TrustedName, ...] = Field(
        (),
        description="Domains that seal mail with ARC (the d= of ARC-Seal) and whose word counts, as in "
        '["forwarder.example"]: a mail that such a one changed on its way (a mailing list, a forwarding '
        "service) is proven where he saw a good signature of the organisation. Empty, because whoever "
        "stands here can vouch for any mail; what others seal changes nothing.",
    )
    trusted_authserv_ids: tuple[TrustedName, ...] = Field(
        (),
        description="Names under which servers of yours in front of Vigimel write Authentication-Results, as "
        'in ["mx.example.org"], where one of them changes the body after it verified the signature. Empty, '
        "because a sender can write the field too: name only a server that removes such fields with its own "
        "name from mail that comes in (RFC 8601 section 5).",
    )


class JudgeConfig(_Section):
    """[judge]: the data that judging reads."""

    brands: Path = Field(
        Path("brands"),
        description="The directory of the files on who can be impersonated. A relative path starts at the "
        "directory of this file. Not set: the shipped ones, so that an update brings the facts of today.",
    )
    asks: Path = Field(
        Path("asks"),
        description="The directory of the words of demand, of denial and of the things asked for. As for "
        "brands.",
    )
    vision: Literal["auto", "off"] = Field(
        "auto",
        description="Whether the text in pictures and scanned pages is read, by the program tesseract "
        "(Debian: tesseract-ocr and tesseract-ocr-fra), where it is installed. auto: only of mail with "
        "hardly a word to read, because a page takes about a second of CPU.",
    )
    claim: Path = Field(
        Path("claim.toml"),
        description="The file of the words that every organisation uses, and of what each trace of a claim "
        "weighs. As for brands.",
    )


class PolicyConfig(_Section):
    """[policy]: what is done for each finding."""

    observe_only: bool = Field(
        False,
        description="Hold nothing back: what would be quarantined, rejected or deferred is tagged and "
        "delivered. For the first weeks.",
    )
    suspect: Literal["pass", "tag", "quarantine", "reject"] = Field(
        "tag",
        description="For a mail that says it is the organisation, cannot prove it, and asks for nothing, or "
        "that only tells what it does and wants something: it may be honest, so the reader is warned.",
    )
    impersonation: Literal["tag", "quarantine", "reject"] = Field(
        "quarantine",
        description="For a mail that says it is the organisation, cannot prove it, and wants something. "
        "Quarantine, because a reject tells the fraudster and cannot be taken back.",
    )
    undecided: Literal["tag", "quarantine", "defer"] = Field(
        "defer",
        description="For a mail whose proof could not be looked up. Defer: the sender keeps it and comes "
        "again when DNS answers.",
    )
    subject_tag: str = Field(
        "[Hameçonnage ?]",
        max_length=60,
        pattern=r"^[^\x00-\x1f\x7f]*$",
        description="Put before the subject of a tagged mail. Empty: the subject is left alone.",
    )
    language: Literal["fr", "en"] = Field(
        "fr",
        description="The language of the sentence in X-Vigimel-Reason, of the quarantine and of the "
        "command line: fr or en.",
    )
    authserv_id: HostName = Field(
        "",
        description="The name under which results are written in Authentication-Results (RFC 8601 section "
        "2.5). Fields that already carry it are forged and removed. Empty: [smtp] hostname.",
    )


class LogConfig(_Section):
    """[log]: what is written, on standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "info",
        description="The least level written. At info there is one line for each thing that happens to a "
        "mail, and never a word of its content.",
    )


class Config(_Section):
    """Everything the operator may set."""

    state: StateConfig = StateConfig()
    service: ServiceConfig = ServiceConfig()
    smtp: SmtpConfig = SmtpConfig()
    milter: MilterConfig = MilterConfig()
    next_hop: NextHopConfig = NextHopConfig()
    quarantine: QuarantineConfig = QuarantineConfig()
    dns: DnsConfig = DnsConfig()
    proof: ProofConfig = ProofConfig()
    judge: JudgeConfig = JudgeConfig()
    policy: PolicyConfig = PolicyConfig()
    log: LogConfig = LogConfig()

    @property
    def hostname(self) -> str:
        """The name we go by in SMTP."""
        # Not getfqdn: it asks DNS, and a start with DNS away would hang.
        return self.smtp.hostname or socket.gethostname()

    @property
    def authserv_id(self) -> str:
        """The name we go by in Authentication-Results."""
        return self.policy.authserv_id or self.hostname
