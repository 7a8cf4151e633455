"""How is a thing said in French and English, and a time, and a size?"""

from collections.abc import Callable
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path

from babel.dates import format_date, format_datetime
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from milter.quarantine.journal import AT_COMMAND_LINE

_LOCALE = Path(__file__).parent / "locale"
# The day first, as people in France read it, also those who read English.
LOCALES = {"fr": "fr_FR", "en": "en_GB"}


@cache
def catalog(language: str) -> dict[str, str]:
    """What we say in this language, by the English sentence or by the word of the code."""
    with (_LOCALE / f"{language}.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def speaker(language: str) -> Callable[[str], str]:
    """What says a sentence in this language."""
    sentences = catalog(language)
    return lambda sentence: sentences.get(sentence) or sentence


def doer(who: str, language: str) -> str:
    """Who did something, of whom the journal says whether he did it at the command line."""
    name, at, rest = who.rpartition(AT_COMMAND_LINE)
    return f"{name}{speaker(language)(at)}" if at and not rest else who


def when(moment: datetime, language: str, zone: tzinfo | None = None) -> str:
    """A time as people of this language write it, in this time zone (None: that of this machine)."""
    return format_datetime(moment.astimezone(zone), "short", locale=LOCALES[language])


def day(moment: datetime, language: str, zone: tzinfo | None = None) -> str:
    """The day of it, in the same way."""
    return format_date(moment.astimezone(zone).date(), "short", locale=LOCALES[language])


def bytes_of(size: int, language: str) -> str:
    """A size as people of this language write it."""
    unit = "Ko" if language == "fr" else "KB"
    return f"{format_decimal(max(1, round(size / 1024)), locale=language)} {unit}"
