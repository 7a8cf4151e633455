"""How is one thing said in a report: a count, a mail, a time, what a sender wrote? Pure."""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo

from milter.mail.masking import mask
from milter.report.table import Cell
from milter.speech.show import unlinked


def outside(text: str) -> Cell:
    """What a sender wrote, masked and disarmed."""
    # Cut first, then masked: what a cut leaves of a number is masked by the store already.
    return Cell(unlinked(mask(text)))


def number(value: int) -> Cell:
    """A count."""
    return Cell(str(value), is_number=True)


def number_of(mail_id: int, url: str) -> Cell:
    """The number of a mail, with a link to it where the page has an address."""
    return Cell(str(mail_id), f"{url}/mails/{mail_id}" if url else "", is_number=True)


def shortened(paths: Sequence[str]) -> str:
    """The first two of these recipients, and how many more there are."""
    return ", ".join(paths[:2]) + (f" +{len(paths) - 2}" if len(paths) > 2 else "")


def when(moment: datetime, language: str, zone: tzinfo | None) -> str:
    """A time in this zone (None: that of this machine)."""
    local = moment.astimezone(zone)
    return f"{day(local, language)} {local:%H:%M}"


def day(moment: date, language: str) -> str:
    """A day."""
    return moment.strftime("%d/%m/%Y" if language == "fr" else "%Y-%m-%d")
