"""Who is told what happened, and when? Pure."""

import re
import zoneinfo
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from milter.config.options.section import Section

_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_DAYS = "mon|tue|wed|thu|fri|sat|sun"
# A time of the day, a day of the week with one; or empty.
AT = rf"^(?:{_TIME})?$"
DAY_AT = rf"^(?:(?:{_DAYS}) {_TIME})?$"
# What a mail server takes without SMTPUTF8, and what cannot end a header field or an SMTP command.
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")


def check_mailbox(text: str) -> str:
    """The text when it is an address of ASCII."""
    if not _MAILBOX.fullmatch(text):
        raise ValueError(f"is no mail address: {text!r}")
    return text


def check_zone(text: str) -> str:
    """The text when it names a time zone of this machine."""
    if text:
        try:
            zoneinfo.ZoneInfo(text)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"is no time zone that this machine knows: {text!r}") from None
    return text


Mailbox = Annotated[str, AfterValidator(check_mailbox)]


class ReportConfig(Section):
    """[report]: the report that is mailed to admins."""

    to: tuple[Mailbox, ...] = Field(
        (),
        description="Who gets the report by mail, through the next hop. Empty: nobody; vigimel report writes "
        "it at any time.",
    )
    sender: str = Field(
        "",
        pattern=rf"^(?:{_MAILBOX.pattern})?$",
        description="The address that the report comes from. Empty: vigimel at the host name of [smtp] "
        "hostname.",
    )
    daily: str = Field(
        "07:00",
        pattern=AT,
        description="When the report of the last day is sent. Empty: not every day. Of several gateways with "
        "one PostgreSQL, one sends it.",
    )
    weekly: str = Field(
        "",
        pattern=DAY_AT,
        description='When that of the last week is sent, as in "mon 07:00". Empty: not every week.',
    )
    time_zone: Annotated[str, AfterValidator(check_zone)] = Field(
        "",
        description='The zone of these times and of those in the report, as in "Europe/Paris". Empty: that '
        "of this machine.",
    )
    language: Literal["", "fr", "en"] = Field(
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
