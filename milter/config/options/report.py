"""Who is told what happened, and when? Pure."""

from typing import Annotated

from pydantic import AfterValidator, Field

from milter.config.mailbox import MAILBOX, check_mailbox
from milter.config.options.section import Section, written
from milter.config.options.timetable import Daily, OwnLanguage, Weekly, Zone

Mailbox = Annotated[str, AfterValidator(check_mailbox)]
Sender = Annotated[str, written(rf"(?:{MAILBOX.pattern})?", "must be a mail address")]


class ReportConfig(Section):
    """[report]: the report that is mailed to admins."""

    to: tuple[Mailbox, ...] = Field(
        (),
        description="Who gets the report by mail, through the next hop. Empty: nobody; vigimel report writes "
        "it at any time.",
    )
    sender: Sender = Field(
        "",
        description="The address that the report comes from. Empty: vigimel at the host name of [smtp] "
        "hostname.",
    )
    daily: Daily = Field(
        "07:00",
        description="When the report of the last day is sent. Empty: not every day. Of several gateways with "
        "one PostgreSQL, one sends it.",
    )
    weekly: Weekly = Field(
        "",
        description='When that of the last week is sent, as in "mon 07:00". Empty: not every week.',
    )
    on_request: bool = Field(
        True,
        description="Whether they are told, too, once an hour at most, that recipients ask for mail that is "
        "held for them ([digest]): somebody waits for the answer.",
    )
    time_zone: Zone = Field(
        "",
        description='The zone of these times and of those in the report, as in "Europe/Paris". Empty: that '
        "of this machine.",
    )
    language: OwnLanguage = Field(
        "",
        description="The language of the report: fr or en. Empty: that of [policy].",
    )


class ReportKitConfig(Section):
    """[report_kit]: who else is told of a fraud, when somebody says so."""

    to: tuple[Mailbox, ...] = Field(
        (),
        description="Addresses that a fraud can be reported to on demand, in the form of RFC 5965, without "
        "its recipients: that of your Signal Spam account, say. Others can be typed each time.",
    )
