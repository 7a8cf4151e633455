"""What does judging read, whom does it ask, whom does it believe? Pure."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from milter.config.address import check_nameserver, check_trusted
from milter.config.options.section import Section

Nameserver = Annotated[str, AfterValidator(check_nameserver)]
TrustedName = Annotated[str, AfterValidator(check_trusted)]


class DnsConfig(Section):
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


class ProofConfig(Section):
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


class JudgeConfig(Section):
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
    wording: Path = Field(
        Path("wording"),
        description="The directory of how impostors word their letters, a file for each brand that has one. "
        "An empty directory: no second opinion. As for brands.",
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
