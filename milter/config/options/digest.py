"""Which recipients are told of their own held mail? Pure."""

from typing import Annotated

from pydantic import Field

from milter.config.options.report import Mailbox
from milter.config.options.review import Url
from milter.config.options.section import HostName, Section
from milter.config.options.timetable import Daily, OwnLanguage, Weekly, Zone


class DigestConfig(Section):
    """[digest]: what recipients are told of their own held mail."""

    domains: tuple[Annotated[HostName, Field(min_length=1)], ...] = Field(
        (),
        description="Domains whose recipients get a digest of the mail that is held for them: yours only, "
        "for to others you would send mail that they did not ask for. Empty, as recipients: nobody gets one, "
        "because it needs a page that your people reach, and somebody who answers their requests.",
    )
    recipients: tuple[Mailbox, ...] = Field(
        (), description="Single addresses of yours that get one, to begin with a few people, say."
    )
    left_out: tuple[Mailbox, ...] = Field(
        (),
        description="Addresses that get none: lists, whose members would read each other's mail and ask for "
        "it, and mailboxes of machines.",
    )
    daily: Daily = Field(
        "08:00",
        description="When the digest of the mail held since the last one is sent; recipients without new "
        "mail get none. Empty: not every day. Of several gateways with one PostgreSQL, one sends it.",
    )
    weekly: Weekly = Field(
        "",
        description='When it is sent instead each week, as in "mon 08:00". Empty: not every week.',
    )
    time_zone: Zone = Field(
        "",
        description='The zone of these times and of those in the digest, as in "Europe/Paris". Empty: that '
        "of this machine.",
    )
    language: OwnLanguage = Field(
        "", description="The language of the digest: fr or en. Empty: that of [policy]."
    )
    requests: bool = Field(
        True,
        description="Whether recipients may ask for a mail, which somebody then approves or denies. Never "
        "for a fraud that is plain: from an address or a lookalike of the organisation, or speaking in its "
        "name and asking for secrets.",
    )
    url: Url = Field(
        "",
        description="Where recipients reach the page on which they ask, without a login; only what is below "
        "/ask/ and /static/ must be reachable there. Empty: the url of [review].",
    )
    token_days: int = Field(
        7, ge=1, le=30, description="Days for which the links of a digest can be used, each once."
    )
    max_mails: int = Field(
        20,
        ge=1,
        le=100,
        description="Mails of one digest, the newest; of others only how many there are, and they come in "
        "the next one. Who floods a mailbox shall not flood it with digests.",
    )
    max_requests: int = Field(
        10, ge=1, le=1000, description="Requests of one recipient that wait for an answer at the same time."
    )

    @property
    def is_on(self) -> bool:
        """True where somebody gets one."""
        return bool(self.domains or self.recipients)
