"""Who asks for a mail that is held for him, and do the admins know it? A notice between two reports.

Raises TryLater when the database is away.
"""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from sqlalchemy import select

from milter.quarantine.held import Held
from milter.quarantine.requests import Request, Requests
from milter.quarantine.schema import sent_report
from milter.quarantine.store import Store
from milter.report.cells import number_of, outside, when
from milter.report.table import Cell, Document, Table
from milter.report.words import counted, say

Asked = tuple[Request, Held]


def name_of(request: Request) -> str:
    """What is noted when admins were told of it."""
    return f"request {request.id}"


def hour_of(now: datetime) -> str:
    """What is noted with each notice: there is one an hour, however many people ask."""
    return f"requests {now:%Y-%m-%dT%H}"


async def new_requests(store: Store) -> tuple[Asked, ...]:
    """The open requests that no admin was told of, with their mails; the newest first."""
    found = await Requests(store.transactions).list()
    names = select(sent_report.c.name).where(sent_report.c.name.in_([name_of(one) for one in found]))
    told = await store.transactions.read(lambda connection: set(connection.execute(names).scalars()))
    new = [one for one in found if name_of(one) not in told]
    return tuple([(one, held) for one in new if (held := await store.get(one.mail_id))])


def requests_of(asked: Sequence[Asked], language: str, url: str, zone: tzinfo | None) -> Table:
    """Who asks for which mail; for a report, and for a notice of its own."""
    rows = tuple(
        (
            number_of(held.id, url.rstrip("/")),
            Cell(when(one.asked, language, zone)),
            outside(one.recipient),
            outside(held.subject or say(language, "(no subject)")),
        )
        for one, held in asked
    )
    head = tuple(say(language, word) for word in ("no.", "asked", "recipient", "subject"))
    return Table("requests", say(language, "Recipients ask for"), head, rows, headline=3)


def notice(asked: Sequence[Asked], language: str, url: str, zone: tzinfo | None) -> Document:
    """What admins are told; `url` and `zone` as for a report."""
    lead = counted(language, len(asked), "requests of recipients")
    link = f"{url.rstrip('/')}/requests" if url else ""
    table = requests_of(asked, language, url, zone)
    title = f"Vigimel{say(language, ': ')}{lead}"
    return Document(language, title, title, say(language, "waits for answer"), "", link, (table,))
