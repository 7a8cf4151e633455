"""When is a thing sent, and in which language? What the options of [report] and [digest] may be. Pure."""

import zoneinfo
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field

from milter.config.language import Language

_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_DAYS = "mon|tue|wed|thu|fri|sat|sun"


def check_zone(text: str) -> str:
    """The text when it names a time zone of this machine, or nothing; else ValueError."""
    if text:
        try:
            zoneinfo.ZoneInfo(text)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"is no time zone that this machine knows: {text!r}") from None
    return text


# A time of the day; empty: never.
Daily = Annotated[str, Field(pattern=rf"^(?:{_TIME})?$")]
# A day of the week and a time; empty: never.
Weekly = Annotated[str, Field(pattern=rf"^(?:(?:{_DAYS}) {_TIME})?$")]
# Empty: that of this machine.
Zone = Annotated[str, AfterValidator(check_zone)]
# Empty: that of [policy].
OwnLanguage: TypeAlias = Literal["", Language]
