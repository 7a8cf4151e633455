"""How do mail servers ask us about mail that they keep? Pure."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from milter.config.milter_socket import check_socket
from milter.config.options.section import Section, written

MilterSocket = Annotated[str, AfterValidator(check_socket)]
SocketMode = Annotated[str, written(r"0?[0-7]{3}", 'must be permissions, as in "0660"')]


class MilterConfig(Section):
    """[milter]: how mail servers ask us about mail that they keep."""

    listen: tuple[MilterSocket, ...] = Field(
        (),
        description="Where Postfix or Sendmail reach us as their milter, in the notation of either: "
        "inet:127.0.0.1:10030, inet:10030@127.0.0.1, unix:/run/vigimel/milter.sock or local:/path. The "
        "protocol knows no password, so loopback or a Unix socket. A relative path is below [state] "
        "directory. Empty: no milter.",
    )
    socket_mode: SocketMode = Field(
        "0660",
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
