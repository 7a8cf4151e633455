"""When is a thing sent, and in which language? What the options of [report] and [digest] may be. Pure."""

import zoneinfo
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator

from milter.config.language import Language
from milter.config.options.section import written

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
Daily = Annotated[str, written(rf"(?:{_TIME})?", 'must be a time of the day, as in "07:00"')]
# A day of the week and a time; empty: never.
Weekly = Annotated[
    str,
    written(
        rf"(?:(?:{_DAYS}) {_TIME})?",
        f'must be a day ({_DAYS.replace("|", ", ")}) and a time, as in "mon 07:00"',
    ),
]
# Empty: that of this machine.
Zone = Annotated[str, AfterValidator(check_zone)]
# Empty: that of [policy].
OwnLanguage: TypeAlias = Literal["", Language]
